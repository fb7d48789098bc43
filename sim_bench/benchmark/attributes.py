"""By what results are split: what a data set says of its items, size of series, brightness."""

from typing import TYPE_CHECKING

import numpy as np

from sim_bench.benchmark.joined import Joined, columns_of
from sim_bench.benchmark.material import Material
from sim_bench.benchmark.measures.common import Labels, thirds
from sim_bench.benchmark.measures.series import size_class
from sim_bench.benchmark.scoring import BRIGHTNESS
from sim_bench.evaluation.pairwise import strength

if TYPE_CHECKING:
    import pandas as pd


def opinion_attributes(material: Material, joined: Joined) -> dict[str, Labels]:
    """By name, the part that each photo is in, shape (n,), in the order of its opinions."""
    if material.opinions is None:
        return {}
    table = material.opinions.table
    found = {name: table[name].to_numpy(dtype=str) for name in material.opinions.attributes}
    if BRIGHTNESS in joined.merit:
        bright = thirds(columns_of(joined.merit, table["image"], [BRIGHTNESS])[:, 0])
        found.setdefault("brightness", bright)
    return found


def pair_attributes(material: Material, joined: Joined) -> dict[str, Labels]:
    """By name, the part that each pair is in, shape (n,), in the order of the pairs."""
    if material.pairs is None or joined.pairs is None:
        return {}
    table = material.pairs.table
    found = {"agreement": strength(joined.pairs.preference)}
    found |= {name: table[name].to_numpy(dtype=str) for name in material.pairs.attributes}
    if "series_size" not in found:
        found["series_size"] = _sizes(table)
    if BRIGHTNESS in joined.merit:
        sides = [columns_of(joined.merit, table[side], [BRIGHTNESS]) for side in ("left", "right")]
        found.setdefault("brightness", thirds(np.mean(sides, axis=0)[:, 0]))
    return found


def _sizes(table: "pd.DataFrame") -> Labels:
    """Class of sizes of each pair's series, by the photos that its pairs name."""
    photos: dict[str, set[str]] = {}
    for row in table.itertuples():
        photos.setdefault(str(row.burst), set()).update((str(row.left), str(row.right)))
    return np.array([size_class(len(photos[str(burst)])) for burst in table["burst"]])
