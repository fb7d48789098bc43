"""All files of the store with their vectors, block by block, for reading through once.

Vectors are read in the order in which they lie on disk. The walk remembers where it is by key, so
that neither a lock nor a snapshot is held while the caller works on a block.
"""

from collections.abc import Iterable, Iterator
from itertools import compress
from operator import and_

import numpy as np
from numpy.typing import NDArray

from sim_bench.store.database import Database
from sim_bench.store.paths import decode, unsplit
from sim_bench.store.reading import number_of
from sim_bench.store.tables import ENCODERS, FILES, FOLDERS, SHIFT, VECTORS
from sim_bench.store.vectors import from_rows

Place = tuple[object, object, object]
Block = tuple[list[str], NDArray[np.float32]]

_TOGETHER = 256
"""Vectors that are read, checked and copied at a time, so that they stay in the cache."""

_WALK = """
    SELECT f.folder, f.size, f.mtime, f.content, f.name, f.crc, v.id, v.value, v.crc
    FROM files AS f INDEXED BY files_by_content CROSS JOIN vectors AS v ON v.id = f.content + ?
    WHERE (f.content, f.folder, f.name) > (?, ?, ?)
    ORDER BY f.content, f.folder, f.name LIMIT ?
"""
_FILE = len(FILES.columns)


def walk(db: Database, encoder: bytes, dim: int, block: int) -> Iterator[Block]:
    """Yield paths and a matrix (n, dim) of their vectors, n no larger than `block`."""
    place: Place | None = (-1, 0, b"")
    while place is not None:
        with db.turn():
            number = number_of(db, ENCODERS, encoder)
            if number is None:
                return
            place, (paths, matrix) = _block(db, number << SHIFT, dim, block, place)
        if paths:
            yield paths, matrix


def _block(
    db: Database, base: int, dim: int, block: int, place: Place
) -> tuple[Place | None, Block]:
    """Read one block behind a place; also where the next one begins, None at the end."""
    matrix = np.empty((block, dim), np.float32)
    places: list[tuple[int, bytes]] = []
    last = None
    read = 0
    cursor = db.connection.execute(_WALK, (base, *place, block))
    while rows := cursor.fetchmany(_TOGETHER):
        read += len(rows)
        last = (rows[-1][3], rows[-1][0], rows[-1][4])
        columns = tuple(zip(*rows, strict=True))
        sound = FILES.sound(columns[:_FILE])
        whole = VECTORS.sound(columns[_FILE:])
        if not (db.all_sound(sound) and db.all_sound(whole)):
            rows = list(compress(rows, map(and_, sound, whole)))
        vectors, usable = from_rows([row[7] for row in rows], dim)
        if not db.all_sound(usable):
            rows = list(compress(rows, usable))
        matrix[len(places) : len(places) + len(rows)] = vectors
        places += [(row[0], row[4]) for row in rows]
    paths, known = _paths(db, places)
    found = matrix[: len(places)]
    return last if read == block else None, (paths, found if all(known) else found[known])


def _paths(db: Database, places: Iterable[tuple[int, bytes]]) -> tuple[list[str], list[bool]]:
    """The paths of files of known folders, and which files these are."""
    folders, names = zip(*places, strict=True) if places else ((), ())
    known = {row[0]: decode(row[1]) for row in db.among(FOLDERS, "id", set(folders))}
    found = [folder in known for folder in folders]
    if not all(found):
        folders, names = tuple(compress(folders, found)), tuple(compress(names, found))
    return unsplit(map(known.__getitem__, folders), names), found
