"""What belongs to photos that are gone can go as well."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from sim_bench.errors import UnknownNameError
from sim_bench.store.database import Database
from sim_bench.store.orphans import ORPHANS
from sim_bench.store.paths import decode, encode
from sim_bench.store.store import Store
from sim_bench.store.tables import FILES, FOLDERS

_TOGETHER = 4096  # files looked for between two turns of others

DROPS = {
    "files": "(folder, name) IN (SELECT folder, name FROM temp.gone) OR " + ORPHANS["files"],
    "folders": "id NOT IN (SELECT folder FROM files)",
    # The plus sign takes the column's type away: with it the index could not be searched.
    "contents": "NOT EXISTS (SELECT 1 FROM files WHERE files.content = +contents.id)",
    "encoders": "fingerprint = ?",
    "vectors": ORPHANS["vectors"],
    "scores": ORPHANS["scores"],
    "texts": ORPHANS["texts"],
}
"""By table, what goes; in this order, since each may leave the next without what it belongs to."""


@dataclass(frozen=True, slots=True)
class Pruned:
    """How many rows of each kind were dropped."""

    files: int
    folders: int
    contents: int
    encoders: int
    vectors: int
    scores: int
    texts: int


class _DryRun(Exception):  # noqa: N818 - not an error
    """Takes back what was dropped."""


def prune(
    store: Store,
    *,
    dry_run: bool = False,
    encoder: str | None = None,
    include_missing_folders: bool = False,
) -> Pruned:
    """Drop files that are gone, contents that no file holds, and what was kept of these.

    Args:
        store: The store; others may use it meanwhile, though they wait while rows are dropped.
        dry_run: Only count.
        encoder: The fingerprint of an encoder of which everything is dropped as well.
        include_missing_folders: Also drop files whose whole folder is gone. They are kept
            otherwise, since their disk may only be unplugged.

    Raises:
        UnknownNameError: The store knows no such encoder.
        StoreError: The file cannot be used.
    """
    db = store.database
    fingerprint = _known(db, encoder)
    with db.turn() as connection:
        connection.execute("CREATE TEMP TABLE IF NOT EXISTS gone (folder, name)")
        connection.execute("DELETE FROM temp.gone")
    for gone in _gone(db, include_missing_folders):
        with db.turn() as connection:
            connection.executemany("INSERT INTO temp.gone VALUES (?, ?)", gone)
    counts: dict[str, int] = {}
    try:
        with db.change() as connection:
            for table, where in DROPS.items():
                given = (fingerprint,) if table == "encoders" else ()
                dropped = connection.execute(f"DELETE FROM {table} WHERE {where}", given)
                counts[table] = dropped.rowcount
            if dry_run:
                raise _DryRun
    except _DryRun:
        return Pruned(**counts)
    with db.turn() as connection:
        connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    return Pruned(**counts)


def _known(db: Database, encoder: str | None) -> bytes | None:
    if encoder is None:
        return None
    with db.turn() as connection:
        rows = connection.execute("SELECT fingerprint FROM encoders").fetchall()
    known = [bytes(row[0]).decode(errors="replace") for row in rows]
    if encoder not in known:
        raise UnknownNameError("encoder", encoder, known)
    return encode(encoder)


def _gone(db: Database, include_missing_folders: bool) -> Iterator[list[tuple[int, bytes]]]:
    """Blocks of files, by folder and name, that are not on disk any more."""
    query = FILES.select("(folder, name) > (?, ?) ORDER BY folder, name LIMIT ?")
    place: tuple[int, bytes] = (0, b"")
    while True:
        with db.turn() as connection:
            rows = connection.execute(query, (*place, _TOGETHER)).fetchall()
            if not rows:
                return
            place = rows[-1][0], rows[-1][4]
            rows = db.keep(FILES, rows)
            known = db.among(FOLDERS, "id", {row[0] for row in rows})
        folders = {row[0]: row[1] for row in known}
        gone = []
        for number, inside in groupby(rows, itemgetter(0)):
            if number in folders:
                names = [row[4] for row in inside]
                missing = _missing(decode(folders[number]), names, include_missing_folders)
                gone += [(number, name) for name in missing]
        yield gone


def _missing(folder: str, names: list[bytes], include_missing_folders: bool) -> list[bytes]:
    """Those names that a folder does not hold; none if nobody can tell."""
    try:
        there = {encode(name) for name in os.listdir(folder)}  # noqa: PTH208 - names, not paths
    except (FileNotFoundError, NotADirectoryError):
        return names if include_missing_folders else []
    except OSError:  # it cannot be read: its files may be there
        return []
    # Asked for again by name, since a disk may take large and small letters for the same.
    return [n for n in names if n not in there and not os.path.lexists(folder + decode(n))]
