"""A part of a data set: so many groups or items drawn with a seed, or those that a file names."""

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from sim_bench.benchmark.config import DatasetConfig, Sample
from sim_bench.datasets.judgements import Opinions, Pairs
from sim_bench.errors import DatasetError

if TYPE_CHECKING:
    import pandas as pd


def sample_opinions(opinions: Opinions, config: DatasetConfig) -> Opinions:
    """Keep the sampled photos, or the photos of the sampled groups.

    Raises:
        DatasetError: The sample asks for pairs, or names items that the data set does not have.
    """
    columns = {"groups": "group", "images": "image"}
    return replace(opinions, table=_sampled(opinions.table, columns, config))


def sample_pairs(pairs: Pairs, config: DatasetConfig) -> Pairs:
    """Keep the sampled pairs, or the pairs of the sampled bursts; otherwise as for opinions."""
    columns = {"groups": "burst", "pairs": "pair"}
    return replace(pairs, table=_sampled(pairs.table, columns, config))


def _sampled(
    table: "pd.DataFrame", columns: dict[str, str], config: DatasetConfig
) -> "pd.DataFrame":
    sample = config.sample
    if sample is None:
        return table
    if sample.of not in columns:
        raise DatasetError(
            f"{config.name}: sample.of is {sample.of!r}, which this data set does not consist of; "
            f"allowed: {', '.join(columns)}"
        )
    column = columns[sample.of]
    known = list(dict.fromkeys(table[column].astype(str)))
    wanted = set(_listed(config, sample)) if sample.listed_in else set(_drawn(known, sample))
    if strange := sorted(wanted - set(known)):
        raise DatasetError(
            f"{config.listed_in}: {len(strange)} of {len(wanted)} named {sample.of} are not in "
            f"{config.name}; the first is {strange[0]!r}"
        )
    return table[table[column].astype(str).isin(wanted)].reset_index(drop=True)


def _drawn(known: list[str], sample: Sample) -> Iterable[str]:
    number = min(sample.number or len(known), len(known))
    chosen = np.random.default_rng(sample.seed).choice(len(known), size=number, replace=False)
    return (known[k] for k in chosen)


def _listed(config: DatasetConfig, sample: Sample) -> Iterable[str]:
    import pandas as pd

    if sample.listed_in is None or config.listed_in is None:
        return ()
    table = pd.read_csv(config.listed_in, dtype=str, usecols=[sample.listed_in.column])
    return table[sample.listed_in.column].dropna()
