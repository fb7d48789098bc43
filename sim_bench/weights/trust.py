"""What a weight file must be: as the table says, else as it was when it was first trusted."""

import json
import warnings
from functools import lru_cache
from pathlib import Path

from sim_bench.encoders.bundle import record_of
from sim_bench.encoders.settings import FileRecord
from sim_bench.errors import WeightsError
from sim_bench.weights.arrays import damaged
from sim_bench.weights.place import home_of
from sim_bench.weights.read import PICKLES, read_tensors
from sim_bench.weights.record import RECORD, Record, new_record, read_record
from sim_bench.weights.table import WeightFile

BY_HAND = "put there by hand"
"""In a record, in place of an address."""


def trusted(entry: WeightFile, path: Path) -> FileRecord:
    """Hash a file and hold it to the table and the record, or record it.

    A PyTorch file is recorded with what was made of it, once it could be converted.

    Raises:
        WeightsError: It is another file than it must be.
    """
    actual = hashed(path)
    published = path.name == entry.file and entry.sha256 is not None
    if published and actual.sha256 != entry.sha256:
        raise WeightsError(
            f"{path} is not the published file of {entry.name}: its SHA-256 is {actual.sha256} "
            f"instead of {entry.sha256}. Remove it and fetch it again: "
            f"sim-bench models get {entry.name}"
        )
    place = record_path(entry.name, path)
    record = read_record(place)
    known = record.files.get(path.name) if record else None
    if known is None and not published and path.suffix not in PICKLES:
        check_kind(path)  # or a damaged file would be what a sound one is held to
        record = record or new_record(entry.name, BY_HAND)
        _note(record.with_file(path.name, actual), place)
    if known is not None and known != actual:
        raise WeightsError(
            f"{path} has changed since {place} recorded it ({record and record.date}): its SHA-256 "
            f"is {actual.sha256} instead of {known.sha256}. Remove the file and fetch it again "
            f"(sim-bench models get {entry.name}); or, if the change was meant, remove the record."
        )
    return actual


def hashed(path: Path) -> FileRecord:
    """Hash a file, once per process as long as its size and time of change stay."""
    status = path.stat()
    return _hashed(path.resolve(), status.st_size, status.st_mtime_ns)


@lru_cache(maxsize=64)
def _hashed(path: Path, *_seen: int) -> FileRecord:
    return record_of(path)


def check_kind(path: Path) -> None:
    """Make sure that a file is of the kind that its name says, without reading it through.

    Raises:
        WeightsError: It is not.
    """
    if path.suffix != ".json":
        read_tensors(path)
        return
    try:
        json.loads(path.read_bytes())
    except ValueError as error:
        raise damaged(path, "it is no JSON") from error


def record_path(name: str, path: Path) -> Path:
    """Where it is recorded what a file must be: beside a copy, else in the cabinet."""
    beside = path.with_name(f"{path.name}.{RECORD}")
    return beside if beside.is_file() else home_of(name) / RECORD


def _note(record: Record, place: Path) -> None:
    """Write a record; where the folder cannot be written to, say that nothing is held to."""
    try:
        record.write(place)
    except OSError as error:
        warnings.warn(
            f"{record.name} is used, but a later change would go unnoticed: {place} cannot be "
            f"written ({error.strerror or error})",
            stacklevel=2,
        )
