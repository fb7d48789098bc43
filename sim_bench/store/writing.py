"""What is computed goes into the store, many photos in one transaction."""

import json
from collections.abc import Iterable, Mapping, Sequence
from math import inf, isinf, isnan

import numpy as np
from numpy.typing import NDArray

from sim_bench.images.decode import DECODE_VERSION
from sim_bench.store.database import Database
from sim_bench.store.paths import encode, fit, split
from sim_bench.store.records import Entry
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
    Row,
)
from sim_bench.store.vectors import to_rows


def content_key(digest: bytes, camera: bool) -> bytes:
    """What a content is known by.

    Raises:
        ValueError: The digest is not of 32 bytes.
    """
    if len(digest) != 32:
        raise ValueError(f"A SHA-256 has 32 bytes, not {len(digest)}")
    return digest + (b"\x01" if camera else b"\x00")


def add_entries(db: Database, entries: Sequence[Entry]) -> None:
    """Keep photos with what was computed for them."""
    keys = [content_key(entry.digest, entry.camera) for entry in entries]
    contents = {key: _content(entry) for key, entry in zip(keys, entries, strict=True)}
    encoders = {name: None for entry in entries for name in entry.vectors}
    vectors = {
        encode(name): to_rows(
            {
                key: entry.vectors[name]
                for key, entry in zip(keys, entries, strict=True)
                if name in entry.vectors
            }
        )
        for name in encoders
    }
    scores = {
        (encode(name), key): _score(name, score)
        for key, entry in zip(keys, entries, strict=True)
        for name, score in entry.scores.items()
    }
    with db.change():
        ids = db.ensure(CONTENTS, contents, overwrite=True)
        _put_files(
            db,
            (
                (*entry.file, ids[key])
                for key, entry in zip(keys, entries, strict=True)
                if entry.file is not None
            ),
        )
        numbers = db.ensure(ENCODERS, {name: (name, b"") for name in vectors})
        for name, values in vectors.items():
            base = numbers[name] << SHIFT
            db.put(VECTORS, [(base + ids[key], value) for key, value in values.items()])
        numbers = db.ensure(ASSESSORS, {name: (name,) for name, _ in scores})
        db.put(
            SCORES,
            [((numbers[name] << SHIFT) + ids[key], s) for (name, key), s in scores.items()],
        )


def _content(entry: Entry) -> Row:
    key = content_key(entry.digest, entry.camera)
    notes = json.dumps(entry.notes).encode() if entry.notes else b""
    return (DECODE_VERSION, entry.width, entry.height, key, notes)


def _score(assessor: str, score: float) -> float:
    if isinf(score):
        raise ValueError(f"A score must be finite or NaN, not {score} (of {assessor})")
    return inf if isnan(score) else float(score)  # infinity is stored as NULL


def link_files(db: Database, files: Iterable[tuple[str, int, int, int]]) -> None:
    """Keep that files hold contents that are known already."""
    with db.change():
        _put_files(db, files)


def _put_files(db: Database, files: Iterable[tuple[str, int, int, int]]) -> None:
    rows = [(*split(path), size, fit(mtime), content) for path, size, mtime, content in files]
    folders = db.ensure(FOLDERS, {row[0]: (row[0],) for row in rows})
    db.put(
        FILES,
        [
            (folders[folder], size, mtime, content, name)
            for folder, name, size, mtime, content in rows
        ],
    )


def add_texts(db: Database, encoder: bytes, vectors: Mapping[str, NDArray[np.float32]]) -> None:
    """Keep the vectors of texts."""
    values = to_rows(vectors)
    with db.change():
        number = db.ensure(ENCODERS, {encoder: (encoder, b"")})[encoder]
        db.put(TEXTS, [(number, encode(text), value) for text, value in values.items()])
