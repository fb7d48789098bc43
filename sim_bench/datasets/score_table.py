"""A table of human scores: one row per photo, columns named by the configuration."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from sim_bench.datasets.base import Dataset, DatasetInfo, LabelFile
from sim_bench.datasets.judgements import OPINION_COLUMNS, Opinions
from sim_bench.datasets.text_table import image_ids, numbers, read_text_table
from sim_bench.errors import DatasetError

if TYPE_CHECKING:
    import pandas as pd

Scalar = str | int | float | bool

LARGEST = 1e100
"""Scores beyond this, of either sign, are no scores: their squares could not be added up."""


class ScoreTable(Dataset):
    """A folder of photos with a CSV or Parquet file of scores.

    Args:
        root: Folder that holds the table, and the photos.
        split: There are none; choose rows by `where`.
        labels: The table, below the root.
        photos: Folder of the photos, below the root; image ids are relative to it.
        image: Column of photos.
        mean: Column of mean opinions.
        spread: Column of standard deviations of single opinions, if there is one.
        n: Column of numbers of opinions, if there is one.
        group: Column of the series; a photo without a value is its own group.
        series: Whether groups are series of one scene that people choose from; by default, if
            `group` is given.
        direction: Whether a higher or a lower score is better; lower ones are turned about.
        where: Rows to keep: the values, or lists of values, that columns must have.
        attributes: Columns by which results may be split, or the only one.

    Raises:
        ValueError: A split was given, an unknown direction, or an attribute that is called as one
            of our own columns.
    """

    info = DatasetInfo(
        name="score_table",
        title="a table of scores",
        shape="opinion",
        paper="none: your own",
        licence="not stated",
        source="a CSV or Parquet file with one row per photo; its columns are parameters",
        labels=(LabelFile(("labels.csv",)),),
    )

    def __init__(
        self,
        root: Path,
        split: str | None = None,
        *,
        labels: str = "labels.csv",
        photos: str = "",
        image: str = "image",
        mean: str = "mean",
        spread: str | None = None,
        n: str | None = None,
        group: str | None = None,
        series: bool | None = None,
        direction: Literal["higher", "lower"] = "higher",
        where: Mapping[str, Scalar | Sequence[Scalar]] | None = None,
        attributes: Sequence[str] | str = (),
    ) -> None:
        super().__init__(root, split)
        if direction not in ("higher", "lower"):
            raise ValueError(f"direction must be 'higher' or 'lower'. Got {direction!r}.")
        self.attributes = (attributes,) if isinstance(attributes, str) else tuple(attributes)
        if taken := sorted(set(self.attributes) & set(OPINION_COLUMNS)):
            raise ValueError(
                f"attributes must not be called {', '.join(OPINION_COLUMNS)}. Got {taken}."
            )
        self.labels = labels
        self.direction = direction
        self.where = dict(where or {})
        self.series = group is not None if series is None else series
        self._photos = photos
        self._columns = {"image": image, "mean": mean, "spread": spread, "n": n, "group": group}

    @property
    def label_files(self) -> tuple[LabelFile, ...]:
        """The table."""
        return (LabelFile((self.labels,)),)

    @property
    def photos(self) -> Path:
        """The folder of photos."""
        return self.root / self._photos

    def read(self) -> Opinions:
        """Read the table; the photos need not be there.

        Returns:
            The rows that `where` keeps; the others are no part of this data set. Left out are
            photos without a readable finite score (up to `LARGEST`), and photos that several rows
            are about.

        Raises:
            DataMissingError: There is no such table.
            DatasetError: A column is missing, a cell cannot be what its column should hold,
                `where` keeps no row, or no row has a score.
        """
        path = self.label_file()
        named = [name for name in self._columns.values() if name is not None]
        whole = read_text_table(path, [*named, *self.where, *self.attributes])
        if whole.empty:
            raise DatasetError(f"{path}: there is no row below the header")
        rows = self._kept(whole, path)
        opinions = self._opinions(rows, path)
        left_out = _left_out(opinions, rows[self._columns["mean"]])
        table = opinions[~opinions["image"].isin(list(left_out))].reset_index(drop=True)
        if table.empty:
            reasons = "; ".join(f"{n} {why}" for why, n in Counter(left_out.values()).most_common())
            raise DatasetError(f"{path}: none of {len(rows)} rows can be used: {reasons}")
        return Opinions(table, self.photos, self.series, self.attributes, left_out)

    def _kept(self, table: "pd.DataFrame", path: Path) -> "pd.DataFrame":
        for column, value in self.where.items():
            allowed = [value] if isinstance(value, Scalar) else list(value)
            kept = table[[any(_same(cell, v) for v in allowed) for cell in table[column]]]
            if kept.empty:
                there = ", ".join(map(repr, sorted(set(table[column]))[:10]))
                raise DatasetError(
                    f"{path}: no row has {allowed} in column {column!r}; there are {there}"
                )
            table = kept
        return table

    def _opinions(self, rows: "pd.DataFrame", path: Path) -> "pd.DataFrame":
        import pandas as pd

        columns = self._columns
        sign = 1.0 if self.direction == "higher" else -1.0
        image = image_ids(rows, str(columns["image"]), path)
        mean = pd.to_numeric(rows[columns["mean"]], errors="coerce").astype("float64")
        unknown = pd.Series(float("nan"), rows.index)
        spread = numbers(rows, columns["spread"], path) if columns["spread"] else unknown
        count = numbers(rows, columns["n"], path) if columns["n"] else unknown
        _refuse(rows, columns["spread"], spread < 0, "0 or more", path)
        fraction = count.notna() & (count % 1 != 0)
        whole = "a whole number from 1 on"
        _refuse(rows, columns["n"], (count < 1) | fraction, whole, path)
        group = rows[columns["group"]] if columns["group"] else pd.Series("", rows.index)
        return pd.DataFrame(
            {
                "image": image,
                "mean": sign * mean,
                "spread": spread,
                "n": count.astype("Int64"),
                "group": group.where(group != "", image),
                **{name: rows[name] for name in self.attributes},
            }
        )


def _left_out(opinions: "pd.DataFrame", given: "pd.Series[str]") -> dict[str, str]:
    """Say by image why it is left out; in words that rows have in common, to be counted."""
    rows = Counter(opinions["image"])
    reasons = {image: f"{n} rows are about it" for image, n in rows.items() if n > 1}
    usable = opinions["mean"].abs() <= LARGEST
    for line in opinions.index[~usable]:
        cell = given.loc[line]
        reason = "no score" if cell == "" else f"{cell!r} is no score"
        reasons.setdefault(opinions.loc[line, "image"], reason)
    return reasons


def _refuse(
    rows: "pd.DataFrame", column: str | None, wrong: "pd.Series[bool]", what: str, path: Path
) -> None:
    for line in rows.index[wrong][:1]:
        given = rows.loc[line, column]
        raise DatasetError(f"{path}, line {line}: column {column!r} must be {what}. Got {given!r}.")


def _same(cell: str, value: Scalar) -> bool:
    if isinstance(value, str):
        return cell == value
    if isinstance(value, bool):
        return cell.casefold() == str(value).casefold()
    try:
        return float(cell) == value
    except ValueError:
        return False
