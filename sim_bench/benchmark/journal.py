"""The scores of a run under way, written as they come, so that a killed run can go on.

JSON lines. The first names what the scores belong to; a run whose methods or models are others
does not use them. Nor is a line used that was cut off, or whose photo is no longer as it was.
"""

import json
import math
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

from sim_bench.quality_assessment.record import Record

NAME = "scores.partial.jsonl"

State = list[int] | None
"""Size and time of change of a file; None for one that is not there."""


class Journal:
    """The file of scores of a run that has not ended.

    Args:
        path: The file.
        belongs_to: Names all that the scores depend on but the photos.
        resume: Whether to go on with what is there; else it is begun anew.

    Attributes:
        done: Records that an earlier run left, by path.
    """

    def __init__(self, path: Path, belongs_to: str, *, resume: bool) -> None:
        self.done: dict[Path, Record] = dict(_read(path, belongs_to)) if resume else {}
        anew = path.with_suffix(".tmp")  # in one step, so that a kill right now loses nothing
        with anew.open("w", encoding="utf-8") as stream:
            stream.write(json.dumps({"belongs_to": belongs_to}) + "\n")
            stream.writelines(map(_line, self.done.values()))
        anew.replace(path)
        self._stream = path.open("a", encoding="utf-8")

    def keep(self, records: Iterable[Record]) -> Iterator[Record]:
        """Pass records on, each written down first."""
        for record in records:
            self._stream.write(_line(record))
            self._stream.flush()
            yield record

    def __enter__(self) -> "Journal":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stream.close()


def _line(record: Record) -> str:
    row = record.as_row()
    scores = {n: score if math.isfinite(score) else None for n, score in record.scores.items()}
    head = {key: row[key] for key in ("path", "status", "reason", "width", "height")}
    rest = {"state": _state(record.path), "scores": scores, "notes": record.notes}
    return json.dumps({**head, **rest}) + "\n"


def _read(path: Path, belongs_to: str) -> Iterator[tuple[Path, Record]]:
    if not path.is_file():
        return
    with path.open("rb") as stream:
        head = _whole(stream.readline())
        if head is None or head.get("belongs_to") != belongs_to:
            return
        for line in stream:
            row = _whole(line)
            if row is None:
                return
            photo = Path(row["path"])
            if row["state"] == _state(photo):
                yield photo, _record(row)


def _state(photo: Path) -> State:
    try:
        found = photo.stat()
    except (OSError, ValueError):  # a name that cannot be one has no file either
        return None
    return [found.st_size, found.st_mtime_ns]


def _whole(line: bytes) -> dict[str, Any] | None:
    """Parse a line; None for one that was cut off."""
    if not line.endswith(b"\n"):
        return None
    try:
        found = json.loads(line)
    except ValueError:  # no JSON, or no text at all
        return None
    return found if isinstance(found, dict) else None


def _record(row: dict[str, Any]) -> Record:
    return Record(
        path=Path(row["path"]),
        status=row["status"],
        reason=row["reason"],
        width=row["width"],
        height=row["height"],
        scores={
            name: math.nan if score is None else score for name, score in row["scores"].items()
        },
        notes=tuple(row["notes"]),
        known=True,
    )
