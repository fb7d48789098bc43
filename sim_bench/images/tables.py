"""Paths of photos from one column of a CSV, TSV or Parquet file."""

import csv
from difflib import get_close_matches
from pathlib import Path

from sim_bench.errors import DiscoveryError, MissingDependencyError

TABLE_SUFFIXES = frozenset({".csv", ".tsv", ".parquet"})

PATH_COLUMNS = (
    *("path", "image_path", "file_path", "filepath", "image", "file", "filename", "file_name"),
    *("image_name", "imagename", "img", "img_path", "photo", "photo_path"),
)
"""Column names that mean a path, best first; case, spaces and hyphens do not matter."""


def paths_in_table(table: Path, column: str | None = None) -> list[Path]:
    """Read a column of paths, in the order of the rows.

    Args:
        table: A `.csv` (comma, semicolon or tab, by its first line), `.tsv` or `.parquet` file.
        column: Its name; None takes the best of `PATH_COLUMNS` that is there.

    Returns:
        One path per row; a relative one is relative to the folder of the table.

    Raises:
        DiscoveryError: if the table cannot be read, has no such column, or a row has no path.
        MissingDependencyError: for Parquet without the extra [parquet].
    """
    if table.suffix.lower() not in TABLE_SUFFIXES:
        known = ", ".join(sorted(TABLE_SUFFIXES))
        raise DiscoveryError(f"{table} is no table of paths: its suffix must be one of {known}.")
    try:
        reader = _parquet_column if table.suffix.lower() == ".parquet" else _text_column
        cells = reader(table, column)
    except FileNotFoundError as error:
        raise DiscoveryError(f"The table {table} does not exist.") from error
    except (OSError, UnicodeDecodeError, csv.Error, ValueError) as error:
        raise DiscoveryError(f"The table {table} cannot be read: {error}") from error
    empty = [row for row, cell in cells if not cell]
    if empty:
        raise DiscoveryError(
            f"Row {empty[0]} of {table} names no photo ({len(empty)} such rows of {len(cells)}). "
            "Every row needs a path: fill it in or take the row out."
        )
    return [table.parent / cell for _, cell in cells]


def _text_column(table: Path, wanted: str | None) -> list[tuple[int, str]]:
    """The cells of a column, each with the number of its line, the header being line 1."""
    with table.open(encoding="utf-8-sig", newline="") as file:
        first = file.readline()
        file.seek(0)
        counts = {sign: first.count(sign) for sign in ",;\t"}
        tabbed = table.suffix.lower() == ".tsv"
        separator = "\t" if tabbed else max(counts, key=lambda sign: counts[sign])
        rows = csv.reader(file, delimiter=separator, strict=True)
        index = _find_column(next(rows, []), wanted, table)
        return [
            (rows.line_num, row[index].strip() if index < len(row) else "") for row in rows if row
        ]


def _parquet_column(table: Path, wanted: str | None) -> list[tuple[int, str]]:
    """The cells of a column, each with the number of its row, from 1."""
    try:
        import pyarrow.parquet as parquet
    except ImportError as error:
        raise MissingDependencyError("Reading Parquet", "parquet") from error
    with table.open("rb") as file:
        source = parquet.ParquetFile(file)
        names = list(source.schema_arrow.names)
        name = names[_find_column(names, wanted, table)]
        cells = source.read(columns=[name]).column(name).to_pylist()
    odd = {type(cell).__name__ for cell in cells if not isinstance(cell, str | None)}
    if odd:
        raise DiscoveryError(f"Column {name!r} of {table} holds {min(odd)}, not paths.")
    return [(row, (cell or "").strip()) for row, cell in enumerate(cells, start=1)]


def _find_column(names: list[str], wanted: str | None, table: Path) -> int:
    there = ", ".join(name for name in names if name.strip()) or "none"
    plain = [_plain(name) for name in names]
    for candidate in (wanted,) if wanted is not None else PATH_COLUMNS:
        exact = candidate in names
        found = [at for at, name in enumerate(names) if name == candidate] if exact else []
        found = found or [at for at, name in enumerate(plain) if name == _plain(candidate)]
        if len(found) > 1:
            raise DiscoveryError(f"{table} has {len(found)} columns {candidate!r}: {there}.")
        if found:
            return found[0]
    if wanted is not None:
        close = get_close_matches(wanted, names, n=1)
        hint = f" Did you mean {close[0]!r}?" if close else ""
        raise DiscoveryError(f"{table} has no column {wanted!r}.{hint} Columns: {there}.")
    raise DiscoveryError(
        f"{table} has no column of paths that is known by its name. Columns: {there}. "
        f"Say which, as in {table}::COLUMN, or name it {PATH_COLUMNS[0]!r}."
    )


def _plain(name: str) -> str:
    return name.strip().lower().replace(" ", "_").replace("-", "_")
