"""Rows into a file as they come: CSV, Parquet or JSON lines, by the file's suffix."""

import csv
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, TextIO

from sim_bench.errors import MissingDependencyError

SUFFIXES = (".csv", ".parquet", ".jsonl")


class RowWriter(Protocol):
    """Something that takes rows and is closed at the end."""

    def write(self, row: Mapping[str, Any]) -> None:
        """Add one row."""
        ...

    def write_columns(self, columns: Mapping[str, Sequence[Any]]) -> None:
        """Add many rows."""
        ...

    def close(self) -> None:
        """Finish the file; what was written is kept, also when the run was interrupted."""
        ...


class TableFile:
    """A file of rows, written as they come and complete whenever it is closed.

    A missing score is an empty cell in CSV, and null in Parquet and JSON lines.

    Args:
        path: Where to write; its suffix, one of `SUFFIXES`, decides the format. Folders
            on the way are made, an existing file is replaced. None writes CSV to stdout.
        columns: Names of all columns, in order.
        numeric: Those of them that hold scores.

    Raises:
        ValueError: Another suffix.
        MissingDependencyError: Parquet without the extra [parquet].
    """

    def __init__(self, path: Path | None, columns: Sequence[str], numeric: Sequence[str]) -> None:
        if path is None:
            self._writer: RowWriter = _CsvWriter(sys.stdout, columns)
            return
        check_suffix(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".parquet":
            self._writer = _ParquetWriter(path, columns, numeric)
        elif path.suffix == ".jsonl":
            self._writer = _JsonWriter(path.open("w", encoding="utf-8"))
        else:
            self._writer = _CsvWriter(path.open("w", encoding="utf-8", newline=""), columns)

    def write(self, row: Mapping[str, Any]) -> None:
        """Add one row."""
        self._writer.write(row)

    def write_columns(self, columns: Mapping[str, Sequence[Any]]) -> None:
        """Add many rows, given as a sequence of values for each column, all of one length."""
        self._writer.write_columns(columns)

    def __enter__(self) -> "TableFile":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._writer.close()


def check_suffix(path: Path) -> None:
    """Refuse a file whose suffix names no format that can be written.

    Raises:
        ValueError: The suffix is not one of `SUFFIXES`.
    """
    if path.suffix not in SUFFIXES:
        raise ValueError(f"{path}: the suffix must be one of {', '.join(SUFFIXES)}")


def _none_if_nan(value: Any) -> Any:
    return None if value != value else value  # NaN alone differs from itself


def _rows(columns: Mapping[str, Sequence[Any]]) -> Iterator[dict[str, Any]]:
    for values in zip(*columns.values(), strict=True):
        yield dict(zip(columns, values, strict=True))


class _CsvWriter:
    def __init__(self, stream: TextIO, columns: Sequence[str]) -> None:
        self._stream = stream
        self._columns = columns
        self._writer = csv.writer(stream, lineterminator="\n")
        self._writer.writerow(columns)

    def write(self, row: Mapping[str, Any]) -> None:
        self._writer.writerow([_none_if_nan(row[column]) for column in self._columns])

    def write_columns(self, columns: Mapping[str, Sequence[Any]]) -> None:
        cells = (map(_none_if_nan, columns[name]) for name in self._columns)
        self._writer.writerows(zip(*cells, strict=True))

    def close(self) -> None:
        self._stream.flush() if self._stream is sys.stdout else self._stream.close()


class _JsonWriter:
    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, row: Mapping[str, Any]) -> None:
        known = {key: _none_if_nan(value) for key, value in row.items()}
        self._stream.write(json.dumps(known, ensure_ascii=False) + "\n")

    def write_columns(self, columns: Mapping[str, Sequence[Any]]) -> None:
        for row in _rows(columns):
            self.write(row)

    def close(self) -> None:
        self._stream.close()


class _ParquetWriter:
    """Collects rows into row groups, so that memory does not grow with their number."""

    ROWS = 4096

    def __init__(self, path: Path, columns: Sequence[str], numeric: Sequence[str]) -> None:
        try:
            import pyarrow as pa
            import pyarrow.parquet as pq
        except ImportError as error:
            raise MissingDependencyError("writing Parquet files", "parquet") from error
        kinds = {"width": pa.int64(), "height": pa.int64(), **dict.fromkeys(numeric, pa.float64())}
        schema = pa.schema([(name, kinds.get(name, pa.string())) for name in columns])
        self._batch_of: Callable[..., Any] = pa.RecordBatch.from_pylist
        self._writer = pq.ParquetWriter(path, schema)
        self._rows: list[Mapping[str, Any]] = []

    def write(self, row: Mapping[str, Any]) -> None:
        self._rows.append({key: _none_if_nan(value) for key, value in row.items()})
        if len(self._rows) == self.ROWS:
            self._flush()

    def write_columns(self, columns: Mapping[str, Sequence[Any]]) -> None:
        for row in _rows(columns):
            self.write(row)

    def _flush(self) -> None:
        if self._rows:
            self._writer.write_batch(self._batch_of(self._rows, schema=self._writer.schema))
            self._rows = []

    def close(self) -> None:
        self._flush()
        self._writer.close()
