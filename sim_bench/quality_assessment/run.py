"""Many photos through many methods: looked up, opened, encoded, scored and kept, side by side.

    paths -> look up -> open (threads: read, hash, decode, prepare) -> encode (one thread)
          -> score and keep (here) -> records

Each stage holds a bounded number of photos, so memory does not grow with their number. A photo is
read, decoded and encoded at most once, and not at all where the store answers.
"""

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from itertools import islice
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim_bench.images.stream import in_order
from sim_bench.quality_assessment.base import QualityAssessor
from sim_bench.quality_assessment.photo import Asked, Photo, Twins, look_up
from sim_bench.quality_assessment.record import Record, table_of
from sim_bench.quality_assessment.remarks import Remarks
from sim_bench.quality_assessment.vector_based import mirrored_key
from sim_bench.store.store import Store

if TYPE_CHECKING:
    import pandas as pd

BATCH = 64
"""Photos encoded in one call."""

_LOOK_UP = 512
"""Photos looked up, and known photos scored, at once."""

_PATIENCE, _END_OF_PATIENCE = 1.0, 5.0
"""Seconds after which what has been read goes on to be encoded and kept, a full batch or not, so
that little is lost where a run ends before its time: after the first where that pads no batch of
an encoder (they hold at most `_TOGETHER`), after the second in any case."""

_TOGETHER = 16

Vectors = dict[str, NDArray[np.float32]]


def score_stream(
    paths: Iterable[Path],
    methods: Mapping[str, QualityAssessor],
    *,
    store: Store | None = None,
    batch: int = BATCH,
    workers: int | None = None,
    vectors_of: Collection[str] = (),
) -> Iterator[Record]:
    """Score photos as they are read; one record per path, in the order given.

    Each file is decoded once and serves every method; methods over the same vectors share them.
    At the end a method's remark on the run, if it has one, is a `RunRemark` warning.

    Args:
        paths: The files.
        methods: Methods by column name.
        store: Keeps vectors and scores; what it holds is not computed again. The caller closes
            it. A batch is in it before its first record is handed out.
        batch: Photos encoded at once.
        workers: Decoding threads; the number of CPU cores when None.
        vectors_of: Methods over vectors whose vectors the records are to hold.

    Raises:
        ModelError: A method cannot run here; at once, not at the first record.
        StoreError: The store cannot be used.
    """
    for method in methods.values():
        method.load(store)
    run = _Run(methods, store, batch, workers or os.cpu_count() or 1, vectors_of)
    return run.records(paths)


def score_table(
    paths: Sequence[Path], methods: Mapping[str, QualityAssessor], **options: Any
) -> "pd.DataFrame":
    """Score photos into a table: one row per path, `COLUMNS`, then one column per method."""
    return table_of(score_stream(paths, methods, **options), list(methods))


class _Run:
    def __init__(
        self,
        methods: Mapping[str, QualityAssessor],
        store: Store | None,
        batch: int,
        workers: int,
        vectors_of: Collection[str],
    ) -> None:
        self.asked = Asked(methods)
        self.store = store
        self.batch = batch
        self.workers = workers
        self.vectors_of = {name: self.asked.vector[name][1] for name in vectors_of}
        self.remarks = Remarks(
            {name: one for name, one in self.asked.vector.items() if one[0].remarks}
        )
        self.twins = Twins()
        for key, encoder in self.asked.encoders.items():
            if store:
                store.name_encoder(key, encoder.name)
                if self.remarks.looks_at(key):
                    store.name_encoder(mirrored_key(key), f"{encoder.name}, mirrored photos")

    def records(self, paths: Iterable[Path]) -> Iterator[Record]:
        opened = in_order(
            self._looked_up(enumerate(paths)),
            workers=self.workers,
            ahead=2 * self.batch + 2 * self.workers,
        )
        encoding = ThreadPoolExecutor(1, thread_name_prefix="encode")
        under_way: tuple[list[Photo], Future[list[Vectors]]] | None = None
        chunk: list[Photo] = []
        new, began = self.remarks.extra, monotonic()
        try:
            for photo in opened:
                chunk.append(photo)
                new += photo.opened
                if under_way and under_way[1].done():
                    yield from self._finish(*under_way)
                    under_way = None
                if new >= self.batch or len(chunk) == _LOOK_UP or _is_late(new, began):
                    # It waits for the encoder before this thread turns to the one under way.
                    job = encoding.submit(self._encode, chunk)
                    if under_way:
                        yield from self._finish(*under_way)
                    under_way = chunk, job
                    chunk, new, began = [], 0, monotonic()
            last = encoding.submit(self._encode, chunk)
            if under_way:
                yield from self._finish(*under_way)
            if chunk:
                yield from self._finish(chunk, last)
        finally:
            opened.close()
            encoding.shutdown(wait=False, cancel_futures=True)
        self.remarks.warn()

    def _looked_up(
        self, paths: Iterator[tuple[int, Path]]
    ) -> Iterator[Photo | Callable[[], Photo]]:
        while some := list(islice(paths, _LOOK_UP)):
            for photo in look_up(some, self.asked, self.store):
                if photo.answers(self.asked):
                    yield photo
                else:
                    yield partial(photo.open, self.asked, self.store, self.twins)

    def _encode(self, chunk: Sequence[Photo]) -> list[Vectors]:
        """Encode what waits for it; per photo, the vectors of this run."""
        fresh: list[Vectors] = [photo.encoded for photo in chunk]
        for key, encoder in self.asked.encoders.items():
            waiting = [k for k, photo in enumerate(chunk) if key in photo.inputs]
            if not waiting:
                continue
            inputs = [chunk[k].inputs[key] for k in waiting]
            mirrored = waiting[: self.remarks.take(key, len(waiting))]
            mirrors = [np.ascontiguousarray(x[:, ::-1]) for x in inputs[: len(mirrored)]]
            vectors = encoder.encode_images([*inputs, *mirrors])
            for k, vector in zip(waiting, vectors, strict=False):
                fresh[k][key] = vector
            for k, vector in zip(mirrored, vectors[len(inputs) :], strict=True):
                fresh[k][mirrored_key(key)] = vector
        return fresh

    def _finish(self, chunk: Sequence[Photo], job: "Future[list[Vectors]]") -> Iterator[Record]:
        """Score a chunk and keep what is new of it, then hand out its records."""
        fresh = job.result()
        for photo, vectors in zip(chunk, fresh, strict=True):
            photo.vectors.update(vectors)
            photo.inputs.clear()
        columns = self._scores([photo.twin or photo for photo in chunk])
        silent = self.asked.silent(columns)
        if self.store:
            self._keep(chunk, fresh, self.store)
        self.remarks.look_at(chunk, self.store)
        lists = {name: columns[name].tolist() for name in self.asked.methods}
        for k, photo in enumerate(chunk):
            scores = {name: column[k] for name, column in lists.items()}
            yield _record(photo, scores, silent.get(k, ()), self.vectors_of)

    def _keep(self, chunk: Sequence[Photo], fresh: Sequence[Vectors], store: Store) -> None:
        new = [
            (photo, vectors) for photo, vectors in zip(chunk, fresh, strict=True) if photo.opened
        ]
        if new:
            store.add([photo.entry(self.asked, vectors) for photo, vectors in new])
        self.twins.forget(photo for photo in chunk if photo.digest)
        for photo in chunk:
            if (
                photo.twin
                and photo.file
                and (content := store.find_content(photo.digest, photo.camera))
            ):
                store.link([(*photo.file, content.id)])

    def _scores(self, chunk: Sequence[Photo]) -> dict[str, NDArray[np.float64]]:
        """A column of scores for each method and member; NaN where there is none."""
        columns: dict[str, NDArray[np.float64]] = {}
        for name, (vector_method, key) in self.asked.vector.items():
            column = np.full(len(chunk), np.nan)
            rows = [k for k, photo in enumerate(chunk) if key in photo.vectors]
            if rows:
                vectors = np.stack([chunk[k].vectors[key] for k in rows])
                column[rows] = vector_method.score_vectors(vectors)
                self.remarks.add(name, column[rows])
            columns[name] = _finite(column)
        for name, method in self.asked.pixel.items():
            column = np.full(len(chunk), np.nan)
            seen = [k for k, photo in enumerate(chunk) if name in photo.observed]
            if seen:
                scores = _finite(method.score_observed([chunk[k].observed[name] for k in seen]))
                for k, score in zip(seen, scores.tolist(), strict=True):
                    chunk[k].scores[name] = score
            rows = [k for k, photo in enumerate(chunk) if name in photo.scores]
            column[rows] = [chunk[k].scores[name] for k in rows]
            columns[name] = column
        for name, (method, members) in self.asked.combined.items():
            scores = method.combine({one: columns[member] for one, member in members.items()})
            columns[name] = _finite(scores)
        return columns


def _finite(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(np.isfinite(scores), scores, np.nan)


def _is_late(new: int, began: float) -> bool:
    patience = _END_OF_PATIENCE if new % _TOGETHER else _PATIENCE
    return new > 0 and monotonic() - began > patience


def _record(
    photo: Photo,
    scores: dict[str, float],
    silent: Sequence[str],
    vectors_of: Mapping[str, str],
) -> Record:
    found = photo.twin or photo
    reason = found.reason or (f"no finite score by {', '.join(silent)}" if silent else "")
    return Record(
        photo.path,
        "unscored" if reason else "scored",
        reason,
        found.width,
        found.height,
        scores,
        found.notes,
        found.width is not None and not photo.opened,
        {name: found.vectors[key] for name, key in vectors_of.items() if key in found.vectors},
    )
