"""The scores of a run under way, written as they come, so that a killed run can go on.

JSON lines. The first names what the scores belong to; a run whose configuration, methods or models
are others does not use them. A line that was cut off is not read.
"""

import json
import math
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from sim_bench.quality_assessment.record import Record

NAME = "scores.partial.jsonl"


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
        self._path = path
        self.done: dict[Path, Record] = dict(_read(path, belongs_to)) if resume else {}
        with path.open("w", encoding="utf-8") as stream:
            stream.write(json.dumps({"belongs_to": belongs_to}) + "\n")
            for record in self.done.values():
                stream.write(_line(record))
        self._stream = path.open("a", encoding="utf-8")

    def keep(self, records: Iterable[Record]) -> Iterator[Record]:
        """Pass records on, each written down first."""
        for record in records:
            self._stream.write(_line(record))
            self._stream.flush()
            yield record

    def remove(self) -> None:
        """Delete the file: its scores are in the results now."""
        self._stream.close()
        self._path.unlink()

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
    scores = {name: score if math.isfinite(score) else None for name, score in _scores(record)}
    head = {key: row[key] for key in ("path", "status", "reason", "width", "height")}
    return json.dumps({**head, "scores": scores, "notes": record.notes}) + "\n"


def _scores(record: Record) -> Sequence[tuple[str, float]]:
    return list(record.scores.items())


def _read(path: Path, belongs_to: str) -> Iterator[tuple[Path, Record]]:
    if not path.is_file():
        return
    with path.open(encoding="utf-8") as stream:
        head = _whole(stream.readline())
        if head is None or head.get("belongs_to") != belongs_to:
            return
        for line in stream:
            row = _whole(line)
            if row is None:
                return
            yield Path(row["path"]), _record(row)


def _whole(line: str) -> dict[str, Any] | None:
    """Parse a line; None for one that was cut off."""
    if not line.endswith("\n"):
        return None
    try:
        found = json.loads(line)
    except json.JSONDecodeError:
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
