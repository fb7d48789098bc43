"""What the store knows of files, contents and texts, looked up many at a time."""

import json
import os
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import compress
from math import inf, nan
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from sim_bench.images.decode import DECODE_VERSION
from sim_bench.store.database import Database
from sim_bench.store.paths import encode, fit
from sim_bench.store.records import Content
from sim_bench.store.tables import (
    ASSESSORS,
    CONTENTS,
    ENCODERS,
    FILES,
    FOLDERS,
    SCORES,
    SHIFT,
    TEXTS,
    VECTORS,
    Table,
)
from sim_bench.store.vectors import from_rows

Key = TypeVar("Key")


def find_files(db: Database, files: Sequence[tuple[str, int, int]]) -> list[Content | None]:
    """The content of each file, if path, size and time of modification are known."""
    # Folder by folder, since most files lie in one with others.
    cuts = [path.rfind(os.sep) + 1 for path, _, _ in files]
    wanted: dict[str, set[bytes]] = defaultdict(set)
    names = []
    for (path, _, _), cut in zip(files, cuts, strict=True):
        names.append(encode(path[cut:]))
        wanted[path[:cut]].add(names[-1])
    numbers = db.numbers(FOLDERS, map(encode, wanted))
    rows = {}
    for folder, inside in wanted.items():
        number = numbers.get(encode(folder))
        if number is not None:
            held = db.among(FILES, "name", inside, "folder = ? AND ", number)
            rows[folder] = {row[4]: row for row in held}
    contents = find_contents(
        db, "id", {row[3] for inside in rows.values() for row in inside.values()}
    )
    found: list[Content | None] = []
    for (path, size, mtime), cut, name in zip(files, cuts, names, strict=True):
        row = rows.get(path[:cut], {}).get(name)
        same = row is not None and row[1] == size and row[2] == fit(mtime)
        found.append(contents.get(row[3]) if row and same else None)
    return found


def find_contents(
    db: Database, column: str, keys: Iterable[int] | Iterable[bytes]
) -> dict[int, Content]:
    """Contents by number; those of another version of decoding are not known."""
    return {
        row[0]: Content(row[0], row[2], row[3], tuple(json.loads(row[5])) if row[5] else ())
        for row in db.among(CONTENTS, column, keys)
        if row[1] == DECODE_VERSION
    }


def number_of(db: Database, table: Table, name: bytes) -> int | None:
    """The number of an encoder or assessor; None if nothing of it was ever stored."""
    return db.numbers(table, [name]).get(name)


def find_vectors(
    db: Database, ids: Sequence[int], encoder: bytes, dim: int
) -> dict[int, NDArray[np.float32]]:
    """The vectors of these contents, by content."""
    number = number_of(db, ENCODERS, encoder)
    if number is None:
        return {}
    base = number << SHIFT
    rows = db.among(VECTORS, "id", [base + content for content in ids])
    return _by_key(db, [row[0] - base for row in rows], [row[1] for row in rows], dim)


def find_texts(
    db: Database, encoder: bytes, texts: Sequence[bytes], dim: int
) -> dict[bytes, NDArray[np.float32]]:
    """The vectors of these texts, by text."""
    number = number_of(db, ENCODERS, encoder)
    if number is None:
        return {}
    rows = db.among(TEXTS, "text", texts, "encoder = ? AND ", number)
    return _by_key(db, [row[1] for row in rows], [row[2] for row in rows], dim)


def _by_key(
    db: Database, keys: list[Key], values: list[bytes], dim: int
) -> dict[Key, NDArray[np.float32]]:
    matrix, usable = from_rows(values, dim)
    if not db.all_sound(usable):
        keys = list(compress(keys, usable))
    return dict(zip(keys, matrix, strict=True))


def find_scores(db: Database, ids: Sequence[int], assessor: bytes) -> dict[int, float]:
    """The scores of these contents, by content; NaN where the method found none."""
    number = number_of(db, ASSESSORS, assessor)
    if number is None:
        return {}
    base = number << SHIFT
    rows = db.among(SCORES, "id", [base + content for content in ids])
    return {row[0] - base: nan if row[1] == inf else float(row[1]) for row in rows}
