"""The lines of an undo journal: what they hold, and how they are read again."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from sim_bench.export.outcome import ExportError

HEAD = {"sim-bench": "undo journal of sidecars", "version": 1}
TEMPORARY, END = ".sim-bench-", ".tmp"


@dataclass(frozen=True, slots=True)
class Entry:
    """One sidecar, before and after.

    Attributes:
        path: The sidecar, absolute.
        before: SHA-256 of what it was; None if there was none.
        after: SHA-256 of what it was to become.
        temporary: Name of the file in between, in the same folder.
        line: Where its line begins in the journal, in bytes.
        size: How many bytes its line has.
    """

    path: Path
    before: str | None
    after: str
    temporary: str
    line: int
    size: int

    @property
    def between(self) -> Path:
        """The temporary file."""
        return self.path.with_name(self.temporary)


def read_lines(stream: BinaryIO, path: Path) -> tuple[list[Entry], int]:
    """Read a journal.

    Args:
        stream: The file, open for reading.
        path: Its name, for messages.

    Returns:
        Its entries, and how many bytes of it are whole lines; what follows was cut off by a kill.

    Raises:
        ExportError: It is no journal.
    """
    entries: list[Entry] = []
    stream.seek(0)
    at = 0
    for number, line in enumerate(_lines(stream), start=1):
        if not line.endswith(b"\n"):
            if number == 1 and not json.dumps(HEAD).encode("ascii").startswith(line):
                raise _strange(path, number)
            break  # cut off by a kill: its sidecar was not touched
        try:
            record = json.loads(line)
            if number == 1:
                if record != HEAD:
                    raise _strange(path, number)
            else:
                entries.append(_entry(record, at, len(line)))
        except (ValueError, KeyError, TypeError) as error:
            raise _strange(path, number) from error
        at += len(line)
    return entries, at


def _lines(stream: BinaryIO) -> Iterator[bytes]:
    """Lines of an unbuffered file, read in large pieces."""
    rest = b""
    while piece := stream.read(1 << 20):
        *lines, rest = (rest + piece).split(b"\n")
        yield from (line + b"\n" for line in lines)
    if rest:
        yield rest


def _entry(record: dict[str, Any], at: int, size: int) -> Entry:
    name, before, after = record["temporary"], record["before_sha256"], record["after_sha256"]
    safe = name.startswith(TEMPORARY) and name.endswith(END) and Path(name).name == name
    if not safe or not isinstance(after, str) or (before is None) != (record["before"] is None):
        raise ValueError("not an entry")
    return Entry(Path(record["sidecar"]), before, after, name, at, size)


def _strange(path: Path, number: int) -> ExportError:
    return ExportError(
        f"{path}: line {number} is not of an undo journal of sim-bench; give another file"
    )
