"""Photos as grouping and choosing see them: one run gives their scores and looks."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim_bench.images.capture import read_capture
from sim_bench.quality_assessment.base import Explanation, QualityAssessor
from sim_bench.quality_assessment.record import Record, table_of
from sim_bench.quality_assessment.run import score_stream
from sim_bench.quality_assessment.vector_based import VectorBasedAssessor
from sim_bench.selection.look import LookEncoder
from sim_bench.selection.shot import Shot

if TYPE_CHECKING:
    import pandas as pd

    from sim_bench.store.store import Store

Watch = Callable[[Iterable[Record], int], Iterable[Record]]

_LOOK = "look"


class _Look(VectorBasedAssessor):
    """Has a run look at photos; its score says nothing."""

    name = _LOOK
    score_range = (0.0, 0.0)
    encoder = LookEncoder()

    def score_vectors(self, vectors: NDArray[np.float32]) -> NDArray[np.float64]:
        return np.zeros(len(vectors))

    def details_observed(self, observed: NDArray[np.float32]) -> dict[str, float]:
        return {"overall": 0.0}

    def explain_observed(self, observed: NDArray[np.float32]) -> Explanation:
        return Explanation(0.0, ())


@dataclass(frozen=True, eq=False)
class Card:
    """Photos that were looked at and scored.

    Attributes:
        shots: One per photo, in the order given.
        scores: One row per photo, likewise, with `record.COLUMNS` and a column per method.
    """

    shots: tuple[Shot, ...]
    scores: "pd.DataFrame"


def take(
    paths: Sequence[Path],
    methods: Mapping[str, QualityAssessor],
    *,
    store: "Store | None" = None,
    watch: Watch = lambda records, _: records,
) -> Card:
    """Look at photos and score them, each decoded once.

    Looks and scores stay in memory: about 8 KB a photo.

    Args:
        paths: The photos, each once.
        methods: By column; loaded here.
        store: Keeps looks, vectors and scores; what it holds is not computed again.
        watch: Passes records on, given their number; e.g. to show progress.

    Raises:
        ValueError: A method is called "look", or a photo is given twice.
        ModelError: A method cannot run here.
    """
    if _LOOK in methods:
        raise ValueError(f"a column cannot be called {_LOOK!r} here; give the method another one")
    if len(set(paths)) != len(paths):
        raise ValueError("a photo was given twice; give each once")
    asked = {**methods, _LOOK: _Look()}
    stream = score_stream(paths, asked, store=store, vectors_of=(_LOOK,))
    with ThreadPoolExecutor() as pool:
        captures = pool.map(read_capture, paths)
        records = list(watch(stream, len(paths)))
        shots = [
            Shot(record.path, capture, record.vectors.get(_LOOK))
            for record, capture in zip(records, captures, strict=True)
        ]
    plain = [replace(record, scores=_without_look(record.scores)) for record in records]
    return Card(tuple(_with_digests(shots)), table_of(plain, list(methods)))


def _without_look(scores: Mapping[str, float]) -> dict[str, float]:
    return {name: score for name, score in scores.items() if name != _LOOK}


def _with_digests(shots: Sequence[Shot]) -> list[Shot]:
    """Hash the files that may be copies: those of equal length that look exactly alike."""
    alike: dict[tuple[int, bytes], list[int]] = defaultdict(list)
    for k, shot in enumerate(shots):
        if shot.look is not None:
            alike[shot.path.stat().st_size, shot.look.tobytes()].append(k)
    found = list(shots)
    for places in alike.values():
        for k in places if len(places) > 1 else ():
            with shots[k].path.open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").digest()
            found[k] = replace(shots[k], digest=digest)
    return found
