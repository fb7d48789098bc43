"""The cabinet: from a name to a weight file on this machine that is what it should be.

Looked for in the folder of offline copies (SIM_BENCH_MODELS, and `weights` in it), then in the
cabinet's own folder, `sim-bench/weights/NAME` in the user's cache; else fetched into the latter.
Trust: the table's SHA-256 is held to where it has one; else a file is trusted when it is first
seen, be it downloaded or put there by hand, and recorded in `record.json`. From then on exactly
this file is used. Converting a PyTorch file records the original and the result.
"""

import os
from pathlib import Path

from sim_bench.errors import WeightsError, WeightsUnavailableError
from sim_bench.weights.arrays import damaged
from sim_bench.weights.convert import can_convert, convert, needs_torch
from sim_bench.weights.fetch import download
from sim_bench.weights.kept import Kept
from sim_bench.weights.lock import LOCK, locked
from sim_bench.weights.place import copies_folders, home_of
from sim_bench.weights.progress import bar
from sim_bench.weights.read import PICKLES
from sim_bench.weights.record import RECORD, new_record, read_record
from sim_bench.weights.table import WeightFile, weight_file
from sim_bench.weights.trust import BY_HAND, check_kind, hashed, trusted


def find_weights(name: str, *, fetch: bool = True) -> Kept:
    """Find a weight file, fetching and converting it where need be.

    Args:
        name: In the table.
        fetch: Whether the network may be asked; never with HF_HUB_OFFLINE set.

    Raises:
        UnknownNameError: There is no such name.
        WeightsUnavailableError: It is neither here nor to be had; the message says what to do.
        WeightsError: What is here, or was sent, is not what it must be.
        MissingDependencyError: It is here, must be converted, and PyTorch is not installed.
    """
    entry = weight_file(name)
    try:
        path = locate(name)
        if path is None or path.suffix in PICKLES:
            with locked(home_of(name)):
                path = locate(name)  # another process may have been faster
                if path is None:
                    path = _fetched(entry, fetch=fetch)
                if path.suffix in PICKLES:
                    path = _converted(entry, path)
        record = trusted(entry, path)
    except OSError as error:
        raise WeightsUnavailableError(absent(entry, _cause(error, name))) from error
    return Kept(entry.name, path, record.sha256, entry.licence, entry.trained_on)


def locate(name: str) -> Path | None:
    """Find a weight file on this machine, without reading it.

    Returns:
        The file that is used, or the PyTorch file that it is made from; None where there is none.

    Raises:
        OSError: A folder in which it may lie cannot be looked into.
    """
    entry = weight_file(name)
    for folder in (*copies_folders(), home_of(name)):
        for file in dict.fromkeys((entry.kept_file, entry.file)):
            if (folder / file).is_file():
                return folder / file
    return None


def missing_weights(name: str) -> str | None:
    """Say what to fetch and where to put it; None when the weights are here and can be used.

    Nothing is downloaded, read or converted.
    """
    entry = weight_file(name)
    try:
        path = locate(name)
    except OSError as error:
        return absent(entry, _cause(error, name))
    if path is None:
        return absent(entry, _not_here(entry))
    if lacks_torch(name, path):
        return f"{path.parent}: {needs_torch(path.name, name)}"
    return None


def lacks_torch(name: str, path: Path) -> bool:
    """Whether a file, as `locate` gives it, has yet to be converted and cannot be."""
    converted = home_of(name) / weight_file(name).kept_file
    return path.suffix in PICKLES and not converted.is_file() and not can_convert()


def kept_file(
    path: str | Path,
    name: str | None = None,
    *,
    licence: str = "unknown",
    trained_on: tuple[str, ...] | None = None,
) -> Kept:
    """Take any weight file, one's own for instance, outside the table.

    Args:
        path: `.safetensors`, `.npz`, `.hdf5` or `.h5`.
        name: What scores are labelled with; None: the file's name without its suffix.
        licence: As in `Kept`.
        trained_on: As in `Kept`.

    Raises:
        WeightsError: It cannot be read.
    """
    path = Path(path)
    try:
        return Kept(name or path.stem, path, hashed(path).sha256, licence, trained_on)
    except OSError as error:
        raise damaged(path, error.strerror or str(error)) from error


def absent(entry: WeightFile, reason: str) -> str:
    """Say that a file cannot be used, why, and what to do."""
    lines = [
        f"The weights {entry.name} cannot be used: {reason}.",
        f"Fetch them: sim-bench models get {entry.name} ({entry.megabytes:g} MB, {entry.licence}).",
        f"Or by hand: {entry.url}",
        f"to {home_of(entry.name) / entry.file}",
    ]
    if entry.is_pickle and not can_convert():
        lines.insert(1, f"{needs_torch(entry.file, entry.name)}.")
    return "\n".join(lines)


def _cause(error: OSError, name: str) -> str:
    """What is wrong with which file, without the number of the error."""
    where = Path(error.filename or home_of(name))
    if where.name == LOCK:
        return f"{where.parent} cannot be written to: {error.strerror}"
    return f"{where}: {error.strerror or error}"


def _not_here(entry: WeightFile) -> str:
    """Why there is no file: a folder or a link to nowhere may have its name."""
    for folder in (*copies_folders(), home_of(entry.name)):
        for path in (folder / entry.kept_file, folder / entry.file):
            if path.is_dir():
                return f"{path} is a folder, not the file"
            if path.is_symlink():
                return f"{path} is a link to a file that is not there"
    return "they are not on this machine"


def is_offline() -> bool:
    """Whether HF_HUB_OFFLINE forbids the network."""
    return os.environ.get("HF_HUB_OFFLINE", "").upper() in ("1", "ON", "YES", "TRUE")


def _fetched(entry: WeightFile, *, fetch: bool) -> Path:
    """Download a file into the cabinet and record it."""
    if is_offline() or not fetch:
        why = "HF_HUB_OFFLINE is set" if is_offline() else "no download was asked for"
        raise WeightsUnavailableError(absent(entry, f"{_not_here(entry)}, and {why}"))
    if entry.is_pickle and not can_convert():  # known before hundreds of megabytes are fetched
        why = "they are not on this machine, and PyTorch is not, which must convert them"
        raise WeightsUnavailableError(absent(entry, why))
    target = home_of(entry.name) / entry.file
    if target.is_dir():  # it would be in the way once all has arrived
        raise WeightsUnavailableError(absent(entry, _not_here(entry)))
    earlier = read_record(home_of(entry.name) / RECORD)
    if earlier and earlier.url == BY_HAND:  # what was put there is gone: it vouches for nothing
        earlier = None
    known = earlier.files.get(entry.file) if earlier else None
    try:
        with bar(entry.name) as progress:
            fetched = download(
                entry.url,
                target,
                most=entry.most_bytes,
                sha256=entry.sha256 or (known.sha256 if known else None),
                progress=progress,
            )
    except WeightsError as error:
        if entry.sha256 is None and known:
            place = home_of(entry.name) / RECORD
            raise WeightsError(f"{error} To accept another file, remove {place}.") from error
        raise
    except WeightsUnavailableError as error:
        raise WeightsUnavailableError(absent(entry, str(error))) from error
    if not entry.is_pickle:
        try:
            check_kind(target)
        except WeightsError:
            target.unlink()
            raise
    record = earlier or new_record(entry.name, entry.url, fetched.revision)
    record.with_file(entry.file, fetched.record).write(home_of(entry.name) / RECORD)
    return target


def _converted(entry: WeightFile, source: Path) -> Path:
    """Convert a PyTorch file into the cabinet, unless this very file has been converted."""
    home = home_of(entry.name)
    target, place = home / entry.kept_file, home / RECORD
    original = trusted(entry, source)
    record = read_record(place) or new_record(entry.name, BY_HAND)
    if not (target.is_file() and record.files.get(target.name) == hashed(target)):
        convert(source, target, entry.name)
        record = record.with_file(source.name, original).with_file(target.name, hashed(target))
        record.write(place)
    if source.parent == home and record.url != BY_HAND:
        source.unlink()  # fetched only for what was made of it
    return target
