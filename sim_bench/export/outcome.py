"""What became of one file, and why it could not be done."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sim_bench.errors import SimBenchError

Status = Literal["done", "unchanged", "failed"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file.

    Attributes:
        path: The file that was to be written.
        status: "done": written, or removed by an undo; "unchanged": it was to stay as it is, or
            is so already; "failed": it could not be done, and the file is as it was.
        reason: What was done, or why not, without the path; one line.
    """

    path: Path
    status: Status
    reason: str


class ExportError(SimBenchError):
    """Something that cannot be written or used; the message is the reason."""


def in_words(error: OSError) -> str:
    """Say what the system said, without the path."""
    return error.strerror or str(error) or type(error).__name__
