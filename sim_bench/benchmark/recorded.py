"""Scores computed elsewhere, joined to photos by image id or by pair id."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sim_bench.benchmark.config import Scores
from sim_bench.benchmark.material import Material
from sim_bench.errors import DatasetError

if TYPE_CHECKING:
    import pandas as pd


def recorded_scores(scores: Scores, file: Path, material: Material) -> "pd.Series[float]":
    """Read recorded scores.

    Args:
        scores: Which columns hold them.
        file: The CSV file.
        material: The data set they are for.

    Returns:
        Score by image id, NaN where it is missing or infinite; photos of the data set that the
        file does not name are not in it.

    Raises:
        DatasetError: No row fits the data set, or a photo has two different scores.
        ValueError: A score is no number.
    """
    import pandas as pd

    if scores.pair is None:
        table = pd.read_csv(file, dtype={scores.image: str})
        found = pd.Series(
            pd.to_numeric(table[scores.score]).to_numpy(dtype=float), index=table[scores.image]
        )
    else:
        found = _by_pair(pd.read_csv(file, dtype={scores.pair: str}), scores, file, material)
    finite = found.where(np.isfinite(found))
    return _one_each(finite[finite.index.isin(list(material.images))], file, material)


def _by_pair(
    table: "pd.DataFrame", scores: Scores, file: Path, material: Material
) -> "pd.Series[float]":
    import pandas as pd

    if material.all_pairs is None:
        raise DatasetError(
            f"{file}: scores listed by pair, but {material.name} has no pairs; list them by image"
        )
    known = material.all_pairs.table.set_index("pair")[["left", "right"]]
    table = table[table[scores.pair].isin(known.index)]
    sides = known.loc[table[scores.pair]]
    return pd.concat(
        [
            pd.Series(pd.to_numeric(table[column]).to_numpy(dtype=float), index=sides[side])
            for side, column in (("left", scores.left), ("right", scores.right))
        ]
    )


def _one_each(found: "pd.Series[float]", file: Path, material: Material) -> "pd.Series[float]":
    if found.empty:
        raise DatasetError(
            f"{file}: none of its rows names a photo or pair of {material.name}; "
            "its ids must be those of the data set"
        )
    values = found.groupby(level=0, sort=False).agg(["min", "max", "first"])
    unequal = values[values["min"] != values["max"]].dropna()
    if len(unequal):
        raise DatasetError(
            f"{file}: {len(unequal)} photos have two different scores; the first is "
            f"{unequal.index[0]!r} with {unequal['min'].iloc[0]} and {unequal['max'].iloc[0]}"
        )
    return values["first"]
