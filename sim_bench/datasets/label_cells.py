"""Official label files as checked columns, with errors that name the file and the line."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim_bench.errors import DatasetError

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class LabelCells:
    """The cells of a label file as text, without the spaces around them.

    Attributes:
        path: The file.
        lines: The line of the file that each row is from, counted from 1.
        cells: One list per column, as long as `lines`.
    """

    path: Path
    lines: Sequence[int]
    cells: Mapping[str, Sequence[str]]

    def names(self, column: str) -> list[str]:
        """Return a column of names, none empty and none twice.

        Raises:
            DatasetError: A name is missing or repeated; names the file and the line.
        """
        first: dict[str, int] = {}
        for line, name in zip(self.lines, self.cells[column], strict=True):
            if not name:
                raise DatasetError(f"{self.path}, line {line}: no {column}; every row needs one")
            if name in first:
                raise DatasetError(
                    f"{self.path}, line {line}: {column} {name!r} is in line {first[name]} already"
                )
            first[name] = line
        return list(first)

    def numbers(
        self, column: str, low: float = -inf, high: float = inf, *, whole: bool = False
    ) -> NDArray[np.float64]:
        """Return a column of finite numbers, shape (rows,).

        Args:
            column: Its name.
            low: Least number allowed.
            high: Greatest number allowed.
            whole: Whether only whole numbers are allowed.

        Raises:
            DatasetError: A cell is no such number; names the file and the line.
        """
        values = np.array([_number(cell) for cell in self.cells[column]], dtype=np.float64)
        fits = np.isfinite(values) & (values >= low) & (values <= high)
        if whole:
            fits &= np.mod(values, 1.0, where=fits, out=np.ones(len(values))) == 0
        if not fits.all():
            row = int(np.argmin(fits))
            kind = "a whole number" if whole else "a number"
            allowed = f" from {low:g} to {high:g}" if (low, high) != (-inf, inf) else ""
            raise DatasetError(
                f"{self.path}, line {self.lines[row]}: {column} is {self.cells[column][row]!r}; "
                f"{kind}{allowed} is expected"
            )
        return values


def read_cells(
    path: Path,
    columns: Sequence[str],
    *,
    separator: str = ",",
    header: bool = True,
) -> LabelCells:
    """Read a text file of labels.

    Args:
        path: The file, UTF-8.
        columns: Columns that must be there; all of them, in order, where there is no header.
        separator: What separates the cells; a space stands for any number of spaces and tabs.
        header: Whether the first line names the columns.

    Raises:
        DatasetError: The file cannot be read, lacks a column, or a row has another number of
            cells; names the file and the line.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetError(f"{path} cannot be read: {error}") from error
    return cells_of(path, _rows(path, text, separator), None if header else columns, columns)


def cells_of(
    path: Path,
    rows: Sequence[tuple[int, Sequence[str]]],
    names: Sequence[str] | None,
    columns: Sequence[str],
) -> LabelCells:
    """Make a table of numbered rows of cells.

    Args:
        path: The file that they are from.
        rows: Line and cells of each row.
        names: What the columns are called; None takes them from the first row.
        columns: Columns that must be there.

    Raises:
        DatasetError: There is no row, a column is missing, or a row has another number of cells.
    """
    if names is None:
        names, rows = [cell.strip() for cell in rows[0][1]] if rows else [], rows[1:]
    missing = [column for column in columns if column not in names]
    if missing:
        found = ", ".join(name for name in names if name) or "none"
        raise DatasetError(f"{path} has no column {missing[0]!r}; its columns are {found}")
    if not rows:
        raise DatasetError(f"{path} has no row of labels")
    width = len(names)
    for line, row in rows:
        if len(row) < width or any(cell.strip() for cell in row[width:]):
            raise DatasetError(f"{path}, line {line}: {len(row)} cells where {width} are expected")
    cells = {name: [row[k].strip() for _, row in rows] for k, name in enumerate(names) if name}
    return LabelCells(path, [line for line, _ in rows], cells)


def opinions_table(
    image: Sequence[str],
    mean: NDArray[np.float64],
    *,
    spread: NDArray[np.float64] | None = None,
    n: NDArray[np.float64] | None = None,
    group: Sequence[str] | None = None,
    attributes: Mapping[str, Sequence[str]] | None = None,
) -> "pd.DataFrame":
    """Make the table of `judgements.Opinions`; what is not given is unknown.

    Args:
        image: Ids.
        mean: Mean opinions, larger is better, shape (photos,).
        spread: Standard deviations of single opinions, on the scale of `mean`.
        n: Numbers of opinions.
        group: What each photo is not independent of; the photo itself where not given.
        attributes: Further columns.
    """
    import pandas as pd

    return pd.DataFrame(
        {
            "image": list(image),
            "mean": mean,
            "spread": np.full(len(mean), np.nan) if spread is None else spread,
            "n": pd.array([pd.NA] * len(mean) if n is None else n.astype(np.int64), dtype="Int64"),
            "group": list(image if group is None else group),
            **(attributes or {}),
        }
    )


def _rows(path: Path, text: str, separator: str) -> list[tuple[int, Sequence[str]]]:
    if separator == " ":
        lines = enumerate(text.split("\n"), start=1)
        return [(number, line.split()) for number, line in lines if line.strip()]
    reader = csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        return [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise DatasetError(f"{path}, line {reader.line_num}: {error}") from error


def _number(cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        return np.nan
