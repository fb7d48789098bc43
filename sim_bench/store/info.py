"""What the store holds."""

from dataclasses import dataclass
from pathlib import Path

from sim_bench.store.database import Database
from sim_bench.store.paths import decode
from sim_bench.store.store import Store
from sim_bench.store.tables import ASSESSORS, ENCODERS, SHIFT, Row, Table


@dataclass(frozen=True, slots=True)
class EncoderInfo:
    """What is kept of one encoder: its name is empty if it was never told, `dim` 0 if unknown."""

    fingerprint: str
    name: str
    dim: int
    vectors: int
    texts: int


@dataclass(frozen=True, slots=True)
class AssessorInfo:
    """What is kept of one method."""

    fingerprint: str
    scores: int


@dataclass(frozen=True, slots=True)
class StoreInfo:
    """What the store holds; `bytes` on disk, with the log that SQLite keeps beside the file."""

    path: Path
    bytes: int
    files: int
    contents: int
    encoders: tuple[EncoderInfo, ...]
    assessors: tuple[AssessorInfo, ...]
    texts: int


def info(store: Store) -> StoreInfo:
    """Count what the store holds; reads through it once, but checks no row of it.

    Raises:
        StoreError: The file cannot be used.
    """
    db = store.database
    with db.turn():
        encoders = tuple(_encoder(db, row) for row in _all(db, ENCODERS))
        return StoreInfo(
            path=store.path,
            bytes=size_on_disk(store.path),
            files=_count(db, "files"),
            contents=_count(db, "contents"),
            encoders=encoders,
            assessors=tuple(_assessor(db, row) for row in _all(db, ASSESSORS)),
            texts=sum(encoder.texts for encoder in encoders),
        )


def size_on_disk(path: Path) -> int:
    """Bytes of the store's file and of those that SQLite keeps beside it."""
    beside = (path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm"))
    return sum(one.stat().st_size for one in beside if one.exists())


def _all(db: Database, table: Table) -> list[Row]:
    return db.keep(table, db.connection.execute(table.select("true ORDER BY id")).fetchall())


def _encoder(db: Database, row: Row) -> EncoderInfo:
    number, fingerprint, name, _ = row
    texts = _count(db, "texts WHERE encoder = ?", number)
    vectors = _count(db, "vectors WHERE id BETWEEN ? AND ?", *_range(number))
    first = "SELECT length(value) / 4 FROM vectors WHERE id BETWEEN ? AND ? LIMIT 1"
    found = db.connection.execute(first, _range(number)).fetchone()
    if found is None:
        first = "SELECT length(value) / 4 FROM texts WHERE encoder = ? LIMIT 1"
        found = db.connection.execute(first, (number,)).fetchone()
    dim = int(found[0] or 0) if found else 0
    return EncoderInfo(decode(fingerprint), decode(name), dim, vectors, texts)


def _assessor(db: Database, row: Row) -> AssessorInfo:
    scores = _count(db, "scores WHERE id BETWEEN ? AND ?", *_range(row[0]))
    return AssessorInfo(decode(row[1]), scores)


def _range(number: int) -> tuple[int, int]:
    """The first and last number that a vector or score of this encoder or method can have."""
    return number << SHIFT, ((number + 1) << SHIFT) - 1


def _count(db: Database, what: str, *given: int) -> int:
    (found,) = db.connection.execute(f"SELECT count(*) FROM {what}", given).fetchone()
    return int(found)
