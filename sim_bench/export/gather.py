"""The chosen photos, copied or linked into one folder with their sidecars."""

import errno
import os
import secrets
import shutil
import sys
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Literal

from sim_bench.export.file import sync_folder
from sim_bench.export.outcome import ExportError, Outcome, in_words
from sim_bench.export.placement import PICKS, Layout, Placement, placements
from sim_bench.export.rows import Row, Verdict

How = Literal["copy", "link"]

_GROWING, _END = ".sim-bench-copy-", ".tmp"


def gather(
    rows: Iterable[Row],
    folder: Path,
    how: How = "copy",
    *,
    verdicts: Collection[Verdict] = PICKS,
    layout: Layout = "flat",
    root: Path | None = None,
) -> Iterator[Outcome]:
    """Copy or hard-link photos and their sidecars into a folder, where `placements` puts them.

    Nothing that is there is overwritten. A file appears under its name when all of it is on the
    disk; started again after a kill, the same call does the rest. Sidecars are always copied, so
    that a change to one of them stays there.

    Args:
        rows: The photos and their verdicts.
        folder: Where they go; made where it is not there.
        how: "copy", or "link": hard links, which take no room but need the same disk, and are the
            photo itself under a second name.
        verdicts: Which of the photos.
        layout: As for `placements`.
        root: As for `placements`.

    Yields:
        One outcome per file, of its place in the folder.

    Raises:
        ExportError: The folder cannot be used.
        ValueError: `how` is none of the two, or as `placements` raises.
    """
    if how not in ("copy", "link"):
        raise ValueError(f"how must be 'copy' or 'link'. Got {how!r}.")
    with _held(folder):
        lost: set[Path] = set()
        swept: set[Path] = set()
        places = placements(rows, folder, verdicts=verdicts, layout=layout, root=root)
        for placement in places:
            if placement.target.parent not in swept:
                _sweep(placement.target.parent)
                swept.add(placement.target.parent)
            outcome = _brought(placement, how, lost)
            if outcome.status == "failed" and placement.source == placement.photo:
                lost.add(placement.photo)
            yield outcome


def _brought(placement: Placement, how: How, lost: set[Path]) -> Outcome:
    target, source = placement.target, placement.source
    if placement.photo in lost:
        return Outcome(target, "failed", "its photo could not be brought, so it was not either")
    if placement.state == "unreadable":
        return Outcome(target, "failed", f"it cannot be read: {placement.reason}")
    if placement.state == "different":
        return Outcome(target, "failed", "another sidecar is there, which is not overwritten")
    if placement.state == "same":
        return Outcome(target, "unchanged", "it is there already")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if how == "link" and source == placement.photo:
            os.link(source.resolve(), target)
        else:
            _copy(source, target)
        sync_folder(target.parent)
    except OSError as error:
        return Outcome(target, "failed", _trouble(error, how))
    except ExportError as error:
        return Outcome(target, "failed", str(error))
    linked = how == "link" and source == placement.photo
    return Outcome(target, "done", "linked" if linked else "copied")


def _trouble(error: OSError, how: How) -> str:
    if error.errno == errno.EXDEV:
        return "a hard link cannot lead to another disk; copy instead"
    if how == "link" and error.errno in (errno.EPERM, errno.ENOTSUP):
        return f"hard links are not possible here ({in_words(error)}); copy instead"
    if isinstance(error, FileExistsError):
        return "something else got that name meanwhile, and is not overwritten"
    return f"it cannot be written: {in_words(error)}"


def _copy(source: Path, target: Path) -> None:
    """Copy under another name first, short enough for any system."""
    growing = target.with_name(f"{_GROWING}{secrets.token_hex(8)}{_END}")
    try:
        before = source.stat()
        with source.open("rb") as reading, growing.open("xb") as writing:
            shutil.copyfileobj(reading, writing, 1 << 20)
            writing.flush()
            os.fsync(writing.fileno())
        after = source.stat()
        size = growing.stat().st_size
        if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or (
            size != before.st_size
        ):
            raise ExportError("it changed while it was copied; try again")
        shutil.copystat(source, growing)
        _name(growing, target)
    finally:
        growing.unlink(missing_ok=True)


def _sweep(folder: Path) -> None:
    """Remove what a killed run left; the folder is held, so no other run is at work on it."""
    for left in folder.glob(f"{_GROWING}*{_END}"):
        with suppress(OSError):  # one that stays is hidden and harms nothing
            left.unlink()


def _name(growing: Path, target: Path) -> None:
    """Give a finished file its name without ever replacing another."""
    try:
        os.link(growing, target)
    except OSError as error:
        if isinstance(error, FileExistsError):
            raise
        if os.path.lexists(target):  # a disk without hard links, as FAT
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST)) from error
        growing.rename(target)


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Make a folder, and hold it for this process where the system can hold folders."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ExportError(f"{folder}: the folder cannot be made: {in_words(error)}") from error
    if sys.platform == "win32":
        yield
        return
    try:
        opened = os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise ExportError(f"{folder}: the folder cannot be used: {in_words(error)}") from error
    try:
        _lock(opened, folder)
        yield
    finally:
        os.close(opened)


def _lock(opened: int, folder: Path) -> None:
    """Hold an open folder until it is closed, which a kill does too."""
    if sys.platform == "win32":
        return
    import fcntl

    try:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise ExportError(
            f"{folder}: photos are being gathered here already; wait for it"
        ) from error
    except OSError as error:
        if error.errno not in (errno.ENOLCK, errno.ENOTSUP, errno.EBADF, errno.EINVAL):
            raise  # else the disk knows no locks: go on without
