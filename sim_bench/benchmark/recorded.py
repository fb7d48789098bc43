"""Scores computed elsewhere, joined to photos by image id or by pair id."""

import logging
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sim_bench.benchmark.config import Scores
from sim_bench.benchmark.material import Material
from sim_bench.datasets.text_table import image_ids, read_text_table
from sim_bench.errors import DatasetError

if TYPE_CHECKING:
    import pandas as pd

log = logging.getLogger(__name__)

NO_SCORE = ("", "nan", "na", "n/a", "null", "none")
"""What tables say where there is no score, in any case of letters."""


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
        DatasetError: It is no table with these columns, no row fits the data set, or a photo has
            two different scores.
        ValueError: A score is no number; names the line and the column.
    """
    import pandas as pd

    by_pair = (scores.pair, scores.left, scores.right)
    named = (scores.image, scores.score) if scores.pair is None else by_pair
    columns = [name for name in named if name]
    table = read_text_table(file, columns)
    if scores.pair is None:
        ids = image_ids(table, columns[0], file)
        found = pd.Series(_scores(table, scores.score).to_numpy(), index=ids)
    else:
        found = _by_pair(table, scores, file, material)
        ids = table[columns[0]]
    if strange := _strange(ids, scores, material):
        log.info("%s: %d of %d rows are about nothing here", file, strange, len(ids))
    here = found[found.index.isin(list(material.images))]
    if here.empty:
        theirs = table[columns[0]].iloc[:1].tolist()
        raise DatasetError(
            f"{file}: none of its rows names a photo or pair of {material.name}; its ids must be "
            f"those of the data set, such as {_example(scores, material)!r}"
            + (f". Got {theirs[0]!r}." if theirs else "; it has no rows.")
        )
    return _one_each(here.where(np.isfinite(here)), file)


def _scores(table: "pd.DataFrame", column: str | None) -> "pd.Series[float]":
    """Read a column of scores; NaN where a cell is empty or says that there is none."""
    import pandas as pd

    values = pd.to_numeric(table[column], errors="coerce").astype("float64")
    wrong = table.index[values.isna() & ~table[column].str.casefold().isin(NO_SCORE)]
    if len(wrong):
        raise ValueError(
            f"line {wrong[0]}: column {column!r} holds numbers, or nothing where there is no "
            f"score. Got {table.loc[wrong[0], column]!r}."
        )
    return values


def _strange(ids: "pd.Series[str]", scores: Scores, material: Material) -> int:
    """Count the rows about photos that take no part, or about pairs that there are not."""
    if scores.pair is not None and material.all_pairs is not None:
        return int((~ids.isin(material.all_pairs.table["pair"])).sum())
    return int((~ids.isin(list(material.images))).sum())


def _example(scores: Scores, material: Material) -> str | None:
    if scores.pair is not None and material.all_pairs is not None:
        return next(iter(material.all_pairs.table["pair"]), None)
    return next(iter(material.images), None)


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
            pd.Series(_scores(table, column).to_numpy(), index=sides[side])
            for side, column in (("left", scores.left), ("right", scores.right))
        ]
    )


def _one_each(found: "pd.Series[float]", file: Path) -> "pd.Series[float]":
    values = found.groupby(level=0, sort=False).agg(["min", "max", "first"])
    unequal = values[values["min"] != values["max"]].dropna()
    if len(unequal):
        raise DatasetError(
            f"{file}: {len(unequal)} photos have two different scores; the first is "
            f"{unequal.index[0]!r} with {unequal['min'].iloc[0]} and {unequal['max'].iloc[0]}"
        )
    return values["first"]
