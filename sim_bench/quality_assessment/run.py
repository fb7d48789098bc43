"""Many photos through many methods: one decode each, one row each."""

import math
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim_bench.images.picture import Picture
from sim_bench.images.stream import Read, map_pictures
from sim_bench.quality_assessment.base import QualityAssessor

if TYPE_CHECKING:
    import pandas as pd

BATCH = 32
"""Photos scored at once; a batch holds prepared pieces, never whole pictures."""

SAMPLE = 16
"""Prepared photos kept from the start of a run for a method's remark on it."""

COLUMNS = ("path", "status", "reason", "width", "height")


class RunRemark(UserWarning):
    """Something a reader of a whole run ought to know, e.g. that its scores are all alike."""


@dataclass(frozen=True, slots=True)
class Record:
    """What became of one input.

    Attributes:
        path: The file, as given.
        status: "scored" when every method gave a finite score, else "unscored".
        reason: Why it is unscored; empty when it is scored.
        width: Width in pixels of the upright photo; None when it gave no pixels.
        height: Height in pixels, likewise.
        scores: Score by method; NaN where a method gave none.
        notes: What was met while reading it, e.g. a colour profile that could not be used.
    """

    path: Path
    status: str
    reason: str
    width: int | None
    height: int | None
    scores: Mapping[str, float]
    notes: tuple[str, ...] = ()

    def as_row(self) -> dict[str, Any]:
        """Return the record as a flat row: `COLUMNS`, then one column per method."""
        return {
            "path": str(self.path),
            "status": self.status,
            "reason": self.reason,
            "width": self.width,
            "height": self.height,
            **self.scores,
        }


@dataclass
class _Watch:
    """Spread of one method's scores and a few photos, for its remark at the end of the run."""

    n: int = 0
    mean: float = 0.0
    squares: float = 0.0
    sample: list[Any] = field(default_factory=list)

    def add(self, scores: NDArray[np.float64], prepared: Sequence[Any]) -> None:
        for score in scores[np.isfinite(scores)]:  # Welford (1962): one pass, no list of scores
            self.n += 1
            step = score - self.mean
            self.mean += step / self.n
            self.squares += step * (score - self.mean)
        self.sample.extend(prepared[: SAMPLE - len(self.sample)])

    @property
    def spread(self) -> float:
        return math.sqrt(self.squares / (self.n - 1)) if self.n > 1 else 0.0


def score_stream(
    paths: Iterable[Path],
    methods: Mapping[str, QualityAssessor],
    *,
    batch: int = BATCH,
    workers: int | None = None,
) -> Iterator[Record]:
    """Score photos as they are read; one record per path, in the order given.

    Each file is decoded once and serves every method. At the end a method's remark on the
    run, if it has one, is a `RunRemark` warning.

    Args:
        paths: The files.
        methods: Methods by column name.
        batch: Photos scored at once.
        workers: Decoding threads; the number of CPU cores when None.

    Raises:
        ModelError: A method cannot run here; at once, not at the first record.
    """
    for method in methods.values():
        method.load()
    return _scored(paths, methods, batch, workers)


def _scored(
    paths: Iterable[Path],
    methods: Mapping[str, QualityAssessor],
    batch: int,
    workers: int | None,
) -> Iterator[Record]:
    def prepare(picture: Picture) -> dict[str, Any]:
        return {name: method.prepare(picture) for name, method in methods.items()}

    watches = {name: _Watch() for name in methods}
    reads = map_pictures(paths, prepare, workers=workers)
    while chunk := list(islice(reads, batch)):
        yield from _score_chunk(chunk, methods, watches)
    for name, watch in watches.items():
        remark = methods[name].remark(watch.spread, watch.sample) if watch.n > 1 else None
        if remark:
            warnings.warn(f"{name}: {remark}", RunRemark, stacklevel=3)


def _score_chunk(
    chunk: Sequence[Read[dict[str, Any]]],
    methods: Mapping[str, QualityAssessor],
    watches: Mapping[str, _Watch],
) -> Iterator[Record]:
    readable = [read.value for read in chunk if read.value is not None]
    columns: dict[str, Iterator[float]] = {}
    for name, method in methods.items():
        prepared = [value[name] for value in readable]
        scores = method.score_prepared(prepared) if prepared else np.empty(0)
        watches[name].add(scores, prepared)
        columns[name] = iter(scores.tolist())
    for read in chunk:
        if read.value is None:
            scores_of_one = dict.fromkeys(methods, float("nan"))
            reason = read.reason
        else:
            scores_of_one = {name: next(column) for name, column in columns.items()}
            failed = [name for name, score in scores_of_one.items() if not np.isfinite(score)]
            scores_of_one.update(dict.fromkeys(failed, float("nan")))
            reason = f"no finite score by {', '.join(failed)}" if failed else ""
        status = "unscored" if reason else "scored"
        yield Record(read.path, status, reason, read.width, read.height, scores_of_one, read.notes)


def score_table(
    paths: Sequence[Path], methods: Mapping[str, QualityAssessor], **options: Any
) -> "pd.DataFrame":
    """Score photos into a table: one row per path, `COLUMNS`, then one column per method."""
    return table_of(score_stream(paths, methods, **options), list(methods))


def table_of(records: Iterable[Record], names: Sequence[str]) -> "pd.DataFrame":
    """Collect records into a table with the columns `COLUMNS` and `names`."""
    import pandas as pd

    rows = [record.as_row() for record in records]
    table = pd.DataFrame(rows, columns=[*COLUMNS, *names])
    return table.astype({"width": "Int64", "height": "Int64", **dict.fromkeys(names, "float64")})
