"""A user's own table of labels: every cell as text, every row with its line number.

Text, because a photo called 0042 or a series called NA must stay what it is.
"""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sim_bench.errors import DataMissingError, DatasetError, MissingDependencyError

if TYPE_CHECKING:
    import pandas as pd


def read_text_table(path: Path, needed: Sequence[str]) -> "pd.DataFrame":
    """Read a CSV file (comma, UTF-8) or a Parquet file (`.parquet`).

    Args:
        path: The file.
        needed: Columns that must be there.

    Returns:
        All columns that have a name; cells are text without surrounding blanks, "" where there is
        none. The index is the line in the file; of a Parquet file, the row counted from 1.

    Raises:
        DataMissingError: There is no such file.
        DatasetError: It is no such table, or a column is missing or there twice.
        MissingDependencyError: A Parquet file without the extra [parquet].
    """
    if not path.is_file():
        raise DataMissingError(f"{path}: there is no such file; it should hold the labels")
    table = _parquet(path) if path.suffix.lower() == ".parquet" else _csv(path)
    if not len(table.columns):
        raise DatasetError(f"{path}: is empty; its first line should name the columns")
    for name in needed:
        count = list(table.columns).count(name)
        if count != 1:
            there = ", ".join(map(repr, table.columns)) or "none"
            problem = "there is no column" if count == 0 else "there is more than one column"
            raise DatasetError(f"{path}: {problem} {name!r}; its columns are {there}")
    return table


def numbers(table: "pd.DataFrame", column: str, path: Path) -> "pd.Series[float]":
    """Read a column of finite numbers; NaN where a cell is empty or says NaN.

    Raises:
        DatasetError: A cell is something else; names file, line and column.
    """
    import pandas as pd

    values = pd.to_numeric(table[column], errors="coerce").astype("float64")
    empty = table[column].str.casefold().isin(["", "nan"])
    wrong = table.index[~np.isfinite(values) & ~empty]
    if len(wrong):
        given = table.loc[wrong[0], column]
        raise DatasetError(
            f"{path}, line {wrong[0]}: column {column!r} holds numbers. Got {given!r}."
        )
    return values


def image_ids(table: "pd.DataFrame", column: str, path: Path) -> "pd.Series[str]":
    """Read a column of photos: relative paths, written with forward slashes.

    Raises:
        DatasetError: A cell is empty, or leads out of the folder of photos.
    """
    ids = table[column].str.replace("\\", "/", regex=False).str.removeprefix("./")
    wrong = table.index[(ids == "") | ids.str.contains(r"^/|^[A-Za-z]:|(?:^|/)\.\.(?:/|$)")]
    if len(wrong):
        given = table.loc[wrong[0], column]
        raise DatasetError(
            f"{path}, line {wrong[0]}: column {column!r} holds paths below the folder of photos. "
            f"Got {given!r}."
        )
    return ids


def _csv(path: Path) -> "pd.DataFrame":
    import pandas as pd

    rows: list[list[str]] = []
    lines: list[int] = []
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.reader(stream, strict=True)
            header = [cell.strip() for cell in next(reader, [])]
            _refuse_other_separators(header, path)
            for row in reader:
                if any(cell.strip() for cell in row):
                    rows.append(_fitted(row, len(header), f"{path}, line {reader.line_num}"))
                    lines.append(reader.line_num)
    except UnicodeDecodeError as error:
        raise DatasetError(
            f"{path}: not a CSV file in UTF-8: {error}; save it as CSV in UTF-8 again"
        ) from error
    except csv.Error as error:
        raise DatasetError(f"{path}, line {reader.line_num}: {error}") from error
    table = pd.DataFrame(rows, columns=header, index=lines, dtype="str")
    return table.loc[:, [name != "" for name in header]]


def _refuse_other_separators(header: list[str], path: Path) -> None:
    """Say so if all columns seem to be one: a spreadsheet saves what its language is used to."""
    for separator, called in ((";", "semicolons"), ("\t", "tabs")):
        if len(header) == 1 and separator in header[0]:
            raise DatasetError(
                f"{path}: its columns are separated by {called}; save it with commas between the "
                "columns, and with points in decimal numbers"
            )


def _fitted(row: list[str], width: int, place: str) -> list[str]:
    """Strip the cells of a row; missing ones at its end are empty."""
    cells = [cell.strip() for cell in row]
    if any(cells[width:]):
        raise DatasetError(f"{place}: {len(cells)} cells, but the header names {width}")
    return cells[:width] + [""] * (width - len(cells))


def _parquet(path: Path) -> "pd.DataFrame":
    import pandas as pd

    try:
        import pyarrow as pa
    except ImportError as error:
        raise MissingDependencyError("reading Parquet files", "parquet") from error
    try:
        table = pd.read_parquet(path)
    except (pa.ArrowException, OSError) as error:
        raise DatasetError(f"{path}: not a Parquet file: {error}") from error
    table = table.reset_index(drop=True)
    table.index += 1
    cells = {
        name: ["" if pd.isna(cell) else str(cell).strip() for cell in table[name]]
        for name in table.columns
    }
    return pd.DataFrame(cells, index=table.index, dtype="str")
