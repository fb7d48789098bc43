"""All files of the store with their vectors, block by block, for reading through once.

Vectors are read in the order in which they lie on disk. The walk remembers where it is by key, so
that neither a lock nor a snapshot is held while the caller works on a block.
"""

from collections.abc import Iterator
from itertools import compress
from operator import add
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim_bench.store.database import Database
from sim_bench.store.paths import decode, decode_all
from sim_bench.store.reading import number_of
from sim_bench.store.tables import ENCODERS, FILES, FOLDERS, SHIFT, VECTORS
from sim_bench.store.vectors import from_rows

Place = tuple[object, object, object]
Columns = list[tuple[Any, ...]]
Block = tuple[list[str], NDArray[np.float32]]

_TOGETHER = 256
"""Vectors that are read, checked and copied at a time, so that they stay in the cache."""

_WALK = """
    SELECT f.folder, f.size, f.mtime, f.content, f.name, f.crc, v.value, v.crc
    FROM files AS f INDEXED BY files_by_content CROSS JOIN vectors AS v ON v.id = f.content + ?
    WHERE (f.content, f.folder, f.name) > (?, ?, ?)
    ORDER BY f.content, f.folder, f.name LIMIT ?
"""
_FOLDER, _CONTENT, _NAME, _VALUE = 0, 3, 4, 6
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
    folders: list[int] = []
    names: list[bytes] = []
    last = None
    read = 0
    cursor = db.connection.execute(_WALK, (base, *place, block))
    while rows := cursor.fetchmany(_TOGETHER):
        read += len(rows)
        last = (rows[-1][_CONTENT], rows[-1][_FOLDER], rows[-1][_NAME])
        columns = _sound(db, base, list(zip(*rows, strict=True)))
        vectors, usable = from_rows(columns[_VALUE], dim)
        if not db.all_sound(usable):
            columns = [tuple(compress(column, usable)) for column in columns]
        matrix[len(names) : len(names) + len(vectors)] = vectors
        folders += columns[_FOLDER]
        names += columns[_NAME]
    paths, known = _paths(db, folders, names)
    found = matrix[: len(names)]
    return last if read == block else None, (paths, found if all(known) else found[known])


def _sound(db: Database, base: int, columns: Columns) -> Columns:
    """The columns without the rows of which the file's part or the vector's is damaged."""
    files = FILES.sound(columns[:_FILE])
    if not db.all_sound(files):  # a damaged content's number need not even be a number
        columns = [tuple(compress(column, files)) for column in columns]
    ids = [base + content for content in columns[_CONTENT]]
    vectors = VECTORS.sound((ids, *columns[_VALUE:]))
    if not db.all_sound(vectors):
        columns = [tuple(compress(column, vectors)) for column in columns]
    return columns


def _paths(db: Database, folders: list[int], names: list[bytes]) -> tuple[list[str], list[bool]]:
    """The paths of files of known folders, and which files these are."""
    known = {row[0]: decode(row[1]) for row in db.among(FOLDERS, "id", set(folders))}
    found = list(map(known.__contains__, folders))
    if not all(found):
        folders, names = list(compress(folders, found)), list(compress(names, found))
    return list(map(add, map(known.__getitem__, folders), decode_all(names))), found
