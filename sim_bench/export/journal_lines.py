"""The lines of an undo journal: what they hold, and how they are read again."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from sim_bench.export.outcome import ExportError

HEAD = {"sim-bench": "undo journal of sidecars", "version": 1}
_FIRST = json.dumps(HEAD).encode("ascii") + b"\n"
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


@dataclass(frozen=True, slots=True)
class Lines:
    """What a journal holds.

    Attributes:
        entries: The oldest first.
        end: How many bytes of it are whole lines; what follows was cut off by a kill.
        damaged: Numbers of the lines that cannot be read; the first line has number 1.
    """

    entries: list[Entry]
    end: int
    damaged: list[int]


def read_lines(stream: BinaryIO, path: Path) -> Lines:
    """Read a journal.

    Args:
        stream: The file, open for reading.
        path: Its name, for messages.

    Raises:
        ExportError: Its first line is not of a journal.
    """
    found = Lines([], 0, [])
    at = 0
    stream.seek(0)
    for number, line in enumerate(_lines(stream), start=1):
        whole = line.endswith(b"\n")
        if number == 1 and line != _FIRST and (whole or not _FIRST.startswith(line)):
            raise ExportError(
                f"{path}: this is not an undo journal of sim-bench; give the file that an export "
                "wrote, or a name that is free"
            )
        if not whole:
            break  # its sidecar was not touched
        if number > 1:
            try:
                found.entries.append(_entry(json.loads(line), at, len(line)))
            except (ValueError, KeyError, TypeError, AttributeError):
                found.damaged.append(number)
        at += len(line)
    return Lines(found.entries, at, found.damaged)


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
    path = Path(record["sidecar"])
    safe = name.startswith(TEMPORARY) and name.endswith(END) and Path(name).name == name
    if not safe or path.suffix.lower() != ".xmp" or not path.is_absolute():
        raise ValueError("not the name of a sidecar")
    if not isinstance(after, str) or (before is None) != (record["before"] is None):
        raise ValueError("not the sums of a sidecar")
    return Entry(path, before, after, name, at, size)
