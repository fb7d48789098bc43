"""A connection to a store's file, or an error that says what to do.

Several processes may hold one each. What a process has written is on disk when the call returns,
as far as the operating system goes: killing the process loses nothing, a power cut may lose the
last seconds (write-ahead log, `synchronous=NORMAL`), and neither harms the rest.
"""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sim_bench.errors import StoreError
from sim_bench.store.tables import APPLICATION, SCHEMA, VERSION

PATIENCE = 60.0
"""Seconds to wait for another process's turn; chosen by us, a turn lasts milliseconds."""

PAGE = 8192
"""Bytes of a page; chosen by us.

Each new photo's digest falls on another page of its index, and all of that page is written: beside
pages of 16384 bytes, photos are added to a million others 1.19 times as fast. A page holds 3
vectors of 512 floats (of 16384 bytes: 7), so that the file is 1.15 times as large.
"""

_PAGE_CACHE = 65536  # KiB, whatever the size of the store: the digests of a million photos
_LOG_LIMIT = 1 << 26  # bytes of log before it is worked into the file; fewer write a page oftener
_MAGIC = b"SQLite format 3\0"
_ELSEWHERE = "or name another file with --store or SIM_BENCH_STORE"
_DELETE = f"Delete it with its -wal and -shm files (nothing but time is lost), {_ELSEWHERE}."

_DAMAGE = {  # SQLite's answers to a file that is not as it was left
    sqlite3.SQLITE_ERROR,  # a table is not there
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_FORMAT,
    sqlite3.SQLITE_CONSTRAINT,
    sqlite3.SQLITE_MISMATCH,
}


def connect(path: Path) -> sqlite3.Connection:
    """Open a store's file; make it and its folder if they are not there.

    Raises:
        StoreError: It cannot be opened or written, or is not a store of this version.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(_refused(path, error.strerror or str(error))) from error
    if path.is_dir():
        raise StoreError(_refused(path, "is a folder"))
    place = path if path.exists() else path.parent
    if not os.access(place, os.W_OK):
        raise StoreError(_refused(path, f"{place} is read-only for this user"))
    if not _may_be_database(path):
        raise StoreError(_stranger(path))
    with explained(path):
        connection = sqlite3.connect(
            path,
            timeout=PATIENCE,
            isolation_level=None,  # transactions are begun by hand
            check_same_thread=False,  # a lock of ours serves the threads
            cached_statements=256,
        )
        try:
            connection.text_factory = bytes
            _prepare(connection, path)
        except BaseException:
            connection.close()
            raise
    return connection


def _may_be_database(path: Path) -> bool:
    """Whether SQLite may have this file: it would take a very short one for empty."""
    try:
        with path.open("rb") as file:
            start = file.read(len(_MAGIC))
    except FileNotFoundError:
        return True
    except OSError as error:
        raise StoreError(_refused(path, error.strerror or str(error))) from error
    return start in (b"", _MAGIC)


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    connection.execute(f"PRAGMA page_size = {PAGE}")  # of a new file
    connection.execute(f"PRAGMA cache_size = -{_PAGE_CACHE}")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute(f"PRAGMA journal_size_limit = {_LOG_LIMIT}")
    connection.execute(f"PRAGMA wal_autocheckpoint = {_LOG_LIMIT // PAGE}")
    if _is_new(connection, path):
        with writing(connection, "EXCLUSIVE"):
            if _is_new(connection, path):  # no other process was faster
                for statement in SCHEMA:
                    connection.execute(statement)
    _log_ahead(connection)


def _is_new(connection: sqlite3.Connection, path: Path) -> bool:
    """Whether the file is empty.

    Raises:
        StoreError: It is something else than a store of this version.
    """
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if application == APPLICATION:
        if version != VERSION:
            raise StoreError(
                f"{path} is a store of version {version}; this sim-bench uses version {VERSION}."
                f" {_DELETE}"
            )
        return False
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if application or version or tables:
        raise StoreError(
            f"{path} is a database of another program (application id {application:#x}, a store"
            f" has {APPLICATION:#x}). Name another file with --store or SIM_BENCH_STORE."
        )
    return True


def _log_ahead(connection: sqlite3.Connection) -> None:
    """Switch to the write-ahead log, for which SQLite itself does not wait its turn."""
    start = time.monotonic()
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL").fetchone()
        except sqlite3.OperationalError as error:
            if _code(error) != sqlite3.SQLITE_BUSY or time.monotonic() - start > PATIENCE:
                raise
            time.sleep(0.01)
        else:
            return


@contextmanager
def writing(connection: sqlite3.Connection, kind: str = "IMMEDIATE") -> Iterator[None]:
    """One transaction: all of it is written, or nothing."""
    connection.execute(f"BEGIN {kind}")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.DatabaseError):  # SQLite may have rolled back already
            connection.execute("ROLLBACK")
        raise


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into a StoreError that names the file and what to do."""
    try:
        yield
    except sqlite3.ProgrammingError:  # our mistake, or a store used after it was closed
        raise
    except sqlite3.DatabaseError as error:
        raise StoreError(_explain(path, error)) from error


def _explain(path: Path, error: sqlite3.DatabaseError) -> str:
    code = _code(error)
    if code == sqlite3.SQLITE_BUSY:
        return f"{path} was held by another process for {PATIENCE:.0f} s. Try again later."
    if code == sqlite3.SQLITE_NOTADB:
        return _stranger(path)
    if code in _DAMAGE:
        return f"{path} is damaged: {error}. {_DELETE}"
    return _refused(path, "the disk is full" if code == sqlite3.SQLITE_FULL else str(error))


def _code(error: sqlite3.Error) -> int:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF  # the rest of it says which kind


def _stranger(path: Path) -> str:
    return (
        f"{path} is not a store, nor any database. Name another file with --store or"
        " SIM_BENCH_STORE; if this was a store, delete it (nothing but time is lost)."
    )


def _refused(path: Path, reason: str) -> str:
    return f"{path} cannot be used: {reason}. Make it writable or make room, {_ELSEWHERE}."
