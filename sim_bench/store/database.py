"""Rows in and out of a store's file; a damaged row is reported and never comes out."""

import sqlite3
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import compress
from pathlib import Path
from threading import RLock
from typing import Any

from sim_bench.store.connection import connect, explained, writing
from sim_bench.store.tables import LIMIT, Row, Table

_TOGETHER = 512  # keys per statement; SQLite may be built to allow 999 and no more


class DamagedStoreWarning(UserWarning):
    """Rows of the store were not as they had been written."""


class Database:
    """The file of a store, open.

    Attributes:
        path: The file.
        connection: To be used inside `turn` only.
        damaged: How many damaged rows were met so far.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.connection = connect(path)
        self.damaged = 0
        self._warned = False
        self._lock = RLock()

    @contextmanager
    def turn(self) -> Iterator[sqlite3.Connection]:
        """One thread at a time; what goes wrong is explained, what was damaged is warned of."""
        with self._lock, explained(self.path):
            yield self.connection
        if self.damaged and not self._warned:
            self._warned = True
            rows = "1 damaged row" if self.damaged == 1 else f"{self.damaged} damaged rows"
            warnings.warn(
                f"{rows} in {self.path}: ignored, so they are computed again and replaced."
                " `sim-bench store verify` looks through the whole store.",
                DamagedStoreWarning,
                stacklevel=4,
            )

    @contextmanager
    def change(self) -> Iterator[sqlite3.Connection]:
        """A turn in which all is written, or nothing."""
        with self.turn() as connection, writing(connection):
            yield connection

    def close(self) -> None:
        """Close the file; several times do no harm."""
        with self._lock:
            self.connection.close()

    def among(
        self, table: Table, column: str, keys: Iterable[Any], where: str = "", *given: Any
    ) -> list[Row]:
        """The sound rows whose column has one of these values, in no particular order."""
        wanted = list(keys)
        rows: list[Row] = []
        for start in range(0, len(wanted), _TOGETHER):
            part = wanted[start : start + _TOGETHER]
            # Few different lengths, so that SQLite need not parse each statement anew.
            part += [part[-1]] * ((1 << (len(part) - 1).bit_length()) - len(part))
            marks = ",".join("?" * len(part))
            query = table.select(f"{where}{column} IN ({marks})")
            rows += self.connection.execute(query, (*given, *part)).fetchall()
        return self.keep(table, rows)

    def keep(self, table: Table, rows: list[Row]) -> list[Row]:
        """The sound ones of these rows."""
        if not rows:
            return rows
        sound = table.sound(tuple(zip(*rows, strict=True)))
        return rows if self.all_sound(sound) else list(compress(rows, sound))

    def all_sound(self, sound: Sequence[bool]) -> bool:
        """Whether all are sound; those that are not are counted."""
        lost = sound.count(False)
        self.damaged += lost
        return not lost

    def put(self, table: Table, rows: Sequence[Row]) -> None:
        """Write rows, given without their checks, over those of the same key."""
        if rows:
            columns = tuple(zip(*rows, strict=True))
            checked = zip(*columns, table.checks(columns), strict=True)
            self.connection.executemany(table.insert(), checked)

    def numbers(self, table: Table, keys: Iterable[bytes]) -> dict[bytes, int]:
        """The numbers of those of these that have a sound row."""
        at = table.columns.index(table.unique)
        return {row[at]: row[0] for row in self.among(table, table.unique, keys)}

    def ensure(
        self, table: Table, rows: Mapping[bytes, Row], *, overwrite: bool = False
    ) -> dict[bytes, int]:
        """The numbers of these, which get a row where they have none; inside `change` only.

        Args:
            table: One whose rows are numbered.
            rows: By what each is about; without number and check.
            overwrite: Rows that are there get these values too, and keep their numbers.
        """
        at = table.columns.index(table.unique)
        found = {row[at]: row[:-1] for row in self.among(table, table.unique, rows)}
        fresh = self._fresh(table) if len(found) < len(rows) else 0
        changed = []
        for key, values in rows.items():
            old = found.get(key)
            if old is None:  # or damaged: what was kept under its number may be another's
                found[key] = (fresh, *values)
                fresh += 1
            elif overwrite and old[1:] != values:
                found[key] = (old[0], *values)
            else:
                continue
            changed.append(found[key])
        self.put(table, changed)
        return {key: row[0] for key, row in found.items()}

    def _fresh(self, table: Table) -> int:
        """A number that no row of the table ever had, nor has any larger one.

        Numbers that no row can have are damage, not to be counted on from.
        """
        query = (
            "SELECT 1 + max(coalesce((SELECT max(seq) FROM sqlite_sequence"
            f" WHERE name = '{table.name}' AND seq < {LIMIT}), 0),"
            f" coalesce((SELECT max(id) FROM {table.name} WHERE id < {LIMIT}), 0))"
        )
        return int(self.connection.execute(query).fetchone()[0])
