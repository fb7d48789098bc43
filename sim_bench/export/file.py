"""One small file, read or replaced as a whole: it is never half there."""

import errno
import hashlib
import os
import shutil
import stat
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from sim_bench.export.outcome import ExportError, in_words
from sim_bench.export.xmp_reader import LARGEST

_NO_FOLDER_SYNC = {errno.EINVAL, errno.ENOTSUP, errno.EBADF, errno.EACCES}


def digest(data: bytes | None) -> str | None:
    """SHA-256 in hexadecimal; None for a file that is not there."""
    return None if data is None else hashlib.sha256(data).hexdigest()


def read(path: Path) -> bytes | None:
    """Read a sidecar; None if it is not there.

    Raises:
        ExportError: There is something else under that name, or far too much of it. A symbolic
            link is not followed: what it leads to may be no sidecar, or another photo's.
        OSError: It cannot be read.
    """
    try:
        found = path.lstat()
    except FileNotFoundError:
        return None
    if stat.S_ISLNK(found.st_mode):
        raise ExportError("it is a symbolic link, which is not followed; it is left alone")
    if not stat.S_ISREG(found.st_mode):
        raise ExportError("it is no file but a folder or a device; it is left alone")
    if found.st_size > LARGEST:
        raise ExportError(
            f"it is larger than a sidecar should be ({found.st_size} bytes, at most {LARGEST})"
        )
    return path.read_bytes()


def check_writable(path: Path) -> None:
    """Refuse a sidecar that is write-protected, or whose folder is.

    Raises:
        ExportError: It is. Replacing a file needs leave for its folder only, but who protects the
            file means it.
    """
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise ExportError("its folder is write-protected")
    if path.exists() and not os.access(path, os.W_OK):
        raise ExportError("it is write-protected")


def replace(path: Path, data: bytes, temporary: Path) -> None:
    """Put a file in the place of another, or where there was none, in one step.

    The bytes are on the disk under the temporary name before they get the name; whoever looks
    finds the former file or the new one. Owner, mode and extended attributes are those of the
    former file; its time is now, so that other programs notice. After a power cut it may be the
    former file again, unless `sync_folder` was called.

    Args:
        path: The file.
        data: What it is to hold.
        temporary: A name in the same folder that nothing has.

    Raises:
        OSError: It cannot be done; the file is as it was.
    """
    made = False
    try:
        target = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
        made = True
        with os.fdopen(target, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        if path.exists():
            _dress_as(temporary, path)
        temporary.replace(path)
    except BaseException:
        if made:
            temporary.unlink(missing_ok=True)
        raise


def _dress_as(path: Path, former: Path) -> None:
    then, now = former.stat(), path.stat()
    if hasattr(os, "chown") and (then.st_uid, then.st_gid) != (now.st_uid, now.st_gid):
        with suppress(PermissionError):  # only the administrator may give files away
            os.chown(path, then.st_uid, then.st_gid)
    shutil.copystat(former, path)
    os.utime(path)


def sync_folder(folder: Path) -> None:
    """See to it that names in a folder are on the disk, where the system can.

    Raises:
        OSError: The disk is in trouble.
    """
    if os.name == "nt":
        return
    try:
        opened = os.open(folder, os.O_RDONLY)
    except PermissionError:  # writable, but not to be listed
        return
    try:
        os.fsync(opened)
    except OSError as error:
        if error.errno not in _NO_FOLDER_SYNC:
            raise
    finally:
        os.close(opened)


def sync_folders(folders: Iterable[Path]) -> None:
    """See to it that names in these folders are on the disk; one that is gone has none.

    Raises:
        ExportError: A disk is in trouble.
    """
    for folder in folders:
        try:
            sync_folder(folder)
        except FileNotFoundError:
            continue
        except OSError as error:
            raise ExportError(f"{folder}: the disk is in trouble: {in_words(error)}") from error
