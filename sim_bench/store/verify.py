"""Whether every row of the store is as it was written."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress

import numpy as np

from sim_bench.store.database import Database
from sim_bench.store.orphans import ORPHANS
from sim_bench.store.store import Store
from sim_bench.store.tables import TABLES, TEXTS, VECTORS, Row, Table

_TOGETHER = 256
"""Rows read and checked at a time, so that vectors stay in the processor's cache."""


@dataclass(frozen=True, slots=True)
class TableCheck:
    """How many rows a table has, and how many of them are damaged."""

    name: str
    rows: int
    damaged: int


@dataclass(frozen=True, slots=True)
class Verification:
    """What was found.

    Attributes:
        structure: What SQLite itself finds wrong with the file; empty if nothing.
        tables: The rows, table by table.
        orphans: Rows that belong to a content, folder or fingerprint that is not there. They do
            no harm; `prune` drops them too.
        repaired: Whether damaged rows and orphans were dropped, and the indexes made anew.
    """

    structure: tuple[str, ...]
    tables: tuple[TableCheck, ...]
    orphans: int
    repaired: bool

    @property
    def sound(self) -> bool:
        """Whether everything is as it was written."""
        return not self.structure and not any(table.damaged for table in self.tables)

    def lines(self) -> list[str]:
        """What a person reads."""
        lines = [f"file: {fault}" for fault in self.structure] or ["file: sound"]
        lines += [f"{one.name}: {one.rows} rows, {one.damaged} damaged" for one in self.tables]
        lines.append(f"{self.orphans} rows without what they belong to (harmless)")
        if self.repaired:
            lines.append("damaged rows were dropped; they are computed again when needed")
        return lines


def verify(store: Store, *, repair: bool = False) -> Verification:
    """Read every row and compare it with its check.

    Args:
        store: The store; other threads wait meanwhile, other processes do not.
        repair: Drop what is damaged, and make the indexes anew if they are wrong.

    Raises:
        StoreError: The file cannot be read at all.
    """
    db = store.database
    with db.turn() as connection:
        answers = connection.execute("PRAGMA integrity_check(20)").fetchall()
        structure = tuple(bytes(row[0]).decode() for row in answers if row[0] != b"ok")
        if structure and repair:
            connection.execute("REINDEX")
        tables = tuple(_look_through(db, table, repair=repair) for table in TABLES)
        if not repair:
            orphans = sum(_count(db, table, where) for table, where in ORPHANS.items())
            return Verification(structure, tables, orphans, repaired=False)
    with db.change() as connection:
        orphans = sum(
            connection.execute(f"DELETE FROM {table} WHERE {where}").rowcount
            for table, where in ORPHANS.items()
        )
    return Verification(structure, tables, orphans, repaired=True)


def _look_through(db: Database, table: Table, *, repair: bool) -> TableCheck:
    query = table.select("true", "NOT INDEXED")  # an index may hold copies of all columns
    cursor = db.connection.execute(query)
    checked = 0
    damaged: list[Row] = []
    at = [table.columns.index(column) for column in table.key]
    while rows := cursor.fetchmany(_TOGETHER):
        checked += len(rows)
        columns = tuple(zip(*rows, strict=True))
        sound = table.sound(columns)
        if table in (VECTORS, TEXTS):
            sound = _of_floats(columns[-2], sound)
        if not all(sound):
            bad = compress(rows, (not fine for fine in sound))
            damaged += [tuple(row[place] for place in at) for row in bad]
    if damaged and repair:
        where = " AND ".join(f"{column} IS ?" for column in table.key)
        with db.change() as connection:
            connection.executemany(f"DELETE FROM {table.name} WHERE {where}", damaged)
    return TableCheck(table.name, checked, len(damaged))


def _of_floats(values: Sequence[bytes], sound: list[bool]) -> list[bool]:
    """Which of the sound values are finite vectors as well."""
    return [
        fine
        and len(value) > 0
        and len(value) % 4 == 0
        and bool(np.isfinite(np.frombuffer(value, "<f4")).all())
        for value, fine in zip(values, sound, strict=True)
    ]


def _count(db: Database, table: str, where: str) -> int:
    query = f"SELECT count(*) FROM {table} WHERE {where}"
    return int(db.connection.execute(query).fetchone()[0])
