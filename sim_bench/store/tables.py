"""The tables, and the check that every row of them carries.

A row's check is the CRC-32 of its numbers, packed, followed by its byte strings. Its key is among
them, so a row that came to lie under another key fails like one whose value changed. Text is kept
as bytes: a file's name need not be text, and a damaged one must not stop the reading of others.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import eq
from struct import Struct, error
from typing import Any
from zlib import crc32

Row = tuple[Any, ...]

APPLICATION = 0x53696D42
"""Says in the file's header whose file it is: "SimB"."""

VERSION = 1
"""Of the tables; raised whenever an older or newer sim-bench could misread them."""

SHIFT = 40
"""A vector's or score's number is its encoder's or assessor's, times 2**40, plus its content's.

So all vectors of one encoder lie together, in the order of their contents, without an index.
"""

LIMIT = 1 << SHIFT
"""Larger than any number of a row of the numbered tables."""


@dataclass(frozen=True, slots=True)
class Table:
    """One table.

    Attributes:
        name: In the database.
        numbers: The columns that are numbers.
        layout: How the numbers are packed for the check.
        strings: The columns that are byte strings.
        key: The columns that name a row.
        unique: For tables whose rows are numbered: the column that says what a row is about.
        infinite: A column whose NULL is read and written as infinity.
    """

    name: str
    numbers: tuple[str, ...]
    layout: Struct
    strings: tuple[str, ...] = ()
    key: tuple[str, ...] = ("id",)
    unique: str = ""
    infinite: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns in the order of a row; the check is the last."""
        return (*self.numbers, *self.strings, "crc")

    def select(self, where: str, how: str = "") -> str:
        """The statement that reads rows."""
        read = (f"coalesce({c}, 9e999)" if c == self.infinite else c for c in self.columns)
        return f"SELECT {', '.join(read)} FROM {self.name} {how} WHERE {where}"

    def insert(self) -> str:
        """The statement that writes rows over those of the same key."""
        marks = ("nullif(?, 9e999)" if c == self.infinite else "?" for c in self.columns)
        return (
            f"INSERT OR REPLACE INTO {self.name} ({', '.join(self.columns)})"
            f" VALUES ({', '.join(marks)})"
        )

    def checks(self, columns: Sequence[Iterable[Any]]) -> list[int]:
        """The check of each row, given the columns but for `crc`."""
        numbers, strings = columns[: len(self.numbers)], columns[len(self.numbers) :]
        found = map(crc32, map(self.layout.pack, *numbers))
        for values in strings:
            found = map(crc32, values, found)
        return list(found)

    def sound(self, columns: Sequence[Iterable[Any]]) -> list[bool]:
        """Whether each row is as it was written, given all columns."""
        try:
            found: list[int] = self.checks(columns[:-1])
        except (TypeError, error):  # SQLite lets a damaged value be of any type
            return [self._is_sound(row) for row in zip(*columns, strict=True)]
        return list(map(eq, found, columns[-1]))

    def _is_sound(self, row: Row) -> bool:
        try:
            (found,) = self.checks([(value,) for value in row[:-1]])
        except (TypeError, error):
            return False
        return bool(found == row[-1])


FOLDERS = Table("folders", ("id",), Struct("<q"), ("path",), unique="path")
FILES = Table(
    "files",
    ("folder", "size", "mtime", "content"),
    Struct("<qqqq"),
    ("name",),
    key=("folder", "name"),
)
CONTENTS = Table(
    "contents",
    ("id", "decoded", "width", "height"),  # decoded: the version of decoding
    Struct("<qqqq"),
    ("digest", "notes"),
    unique="digest",
)
ENCODERS = Table("encoders", ("id",), Struct("<q"), ("fingerprint", "name"), unique="fingerprint")
ASSESSORS = Table("assessors", ("id",), Struct("<q"), ("fingerprint",), unique="fingerprint")
VECTORS = Table("vectors", ("id",), Struct("<q"), ("value",))
SCORES = Table("scores", ("id", "value"), Struct("<qd"), infinite="value")
TEXTS = Table("texts", ("encoder",), Struct("<q"), ("text", "value"), key=("encoder", "text"))

TABLES = (FOLDERS, FILES, CONTENTS, ENCODERS, ASSESSORS, VECTORS, SCORES, TEXTS)

# AUTOINCREMENT: a number is never used again, so what was kept for a dropped row stays lost.
# No types where a value must come back as it went in: a REAL column loses the sign of -0.0.
SCHEMA = (
    "CREATE TABLE folders (id INTEGER PRIMARY KEY AUTOINCREMENT, path UNIQUE, crc)",
    "CREATE TABLE files (folder, name, size, mtime, content, crc, PRIMARY KEY (folder, name))"
    " WITHOUT ROWID",
    "CREATE INDEX files_by_content ON files (content, folder, name, size, mtime, crc)",
    "CREATE TABLE contents (id INTEGER PRIMARY KEY AUTOINCREMENT, digest UNIQUE, decoded, width,"
    " height, notes, crc)",
    "CREATE TABLE encoders (id INTEGER PRIMARY KEY AUTOINCREMENT, fingerprint UNIQUE, name, crc)",
    "CREATE TABLE assessors (id INTEGER PRIMARY KEY AUTOINCREMENT, fingerprint UNIQUE, crc)",
    "CREATE TABLE vectors (id INTEGER PRIMARY KEY, value, crc)",
    "CREATE TABLE scores (id INTEGER PRIMARY KEY, value, crc)",
    "CREATE TABLE texts (encoder, text, value, crc, PRIMARY KEY (encoder, text)) WITHOUT ROWID",
    f"PRAGMA application_id = {APPLICATION}",
    f"PRAGMA user_version = {VERSION}",
)
