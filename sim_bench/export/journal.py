"""The undo journal: what each sidecar was, written down before it is touched.

JSON lines. The first says what the file is; each further one holds a sidecar's path, all of its
former bytes in base64 (null if there was none), the SHA-256 of the former and of the new bytes,
and the name of the temporary file in between. A line is on the disk before its sidecar changes.
"""

import base64
import json
import os
import secrets
import sys
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

from sim_bench.export.file import digest, sync_folder
from sim_bench.export.journal_lines import END, HEAD, TEMPORARY, Entry, read_lines
from sim_bench.export.outcome import ExportError, in_words


class Journal:
    """An undo journal, for one process at a time.

    Args:
        path: The file.
        new: Whether it is made where it is not there, with its folder, and can be added to, in
            the place of a line that a kill cut off; else nothing in it changes.

    Attributes:
        entries: What it holds, the oldest first.
        damaged: Numbers of its lines that cannot be read, from 1.

    Raises:
        ExportError: It cannot be used, or is no journal.
    """

    def __init__(self, path: Path, *, new: bool) -> None:
        self.path = path
        try:
            self._stream = _opened(path, new)
        except OSError as error:
            raise ExportError(f"{path}: the undo journal cannot be used: {in_words(error)}") from (
                error
            )
        try:
            _lock(self._stream, path)
            found = read_lines(self._stream, path)
            self.entries, self.damaged, self._end = found.entries, found.damaged, found.end
            if new and self._end == 0:
                self._add(HEAD)
                sync_folder(path.parent)
        except OSError as error:
            self._stream.close()
            raise ExportError(f"{path}: the undo journal cannot be used: {in_words(error)}") from (
                error
            )
        except ExportError:
            self._stream.close()
            raise

    def add(self, path: Path, before: bytes | None, after: bytes) -> Entry:
        """Write down what a sidecar is and will be; it is on the disk when this returns.

        Raises:
            OSError: It is not on the disk, so the sidecar must not be touched.
        """
        name = f"{TEMPORARY}{secrets.token_hex(8)}{END}"
        record = {
            "sidecar": str(path),
            "before": None if before is None else base64.b64encode(before).decode("ascii"),
            "before_sha256": digest(before),
            "after_sha256": digest(after),
            "temporary": name,
        }
        line, size = self._add(record)
        entry = Entry(path, digest(before), str(digest(after)), name, line, size)
        self.entries.append(entry)
        return entry

    def former(self, entry: Entry) -> bytes | None:
        """The former bytes of a sidecar; None if there was none.

        Raises:
            ExportError: The journal no longer holds them as they were.
        """
        if entry.before is None:
            return None
        self._stream.seek(entry.line)
        try:
            data = base64.b64decode(
                json.loads(self._stream.read(entry.size))["before"], validate=True
            )
        except (ValueError, KeyError, TypeError) as error:
            raise ExportError(f"its former bytes in {self.path} are damaged") from error
        if digest(data) != entry.before:
            raise ExportError(f"its former bytes in {self.path} are damaged")
        return data

    def sweep(self) -> None:
        """Remove the temporary files that a killed export or undo left, where that is possible.

        One that stays is no sidecar and harms nothing; the folder itself is the trouble then, and
        the outcomes of its sidecars tell.
        """
        for entry in self.entries:
            with suppress(OSError):
                if entry.between.is_file() and not entry.between.is_symlink():
                    entry.between.unlink()

    def _add(self, record: dict[str, Any]) -> tuple[int, int]:
        start, line = self._end, json.dumps(record).encode("ascii") + b"\n"
        self._stream.truncate(start)  # what an earlier attempt left on a full disk
        self._stream.seek(start)
        rest = memoryview(line)
        while rest:
            rest = rest[self._stream.write(rest) :]
        os.fsync(self._stream.fileno())
        self._end = start + len(line)
        return start, len(line)

    def __enter__(self) -> "Journal":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stream.close()


def _opened(path: Path, new: bool) -> BinaryIO:
    """Unbuffered, so that nothing is written later than it seems."""
    if not new:
        return path.open("rb", buffering=0)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        return path.open("x+b", buffering=0)
    except FileExistsError:
        return path.open("r+b", buffering=0)


def _lock(stream: BinaryIO, path: Path) -> None:
    if sys.platform == "win32":
        return
    import fcntl

    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise ExportError(
            f"{path}: another export or undo is using this journal; wait for it"
        ) from error
