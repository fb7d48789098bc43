"""What a reader of a whole run ought to know: spread and noise gathered while it runs."""

import math
import warnings
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from sim_bench.quality_assessment.photo import Photo
from sim_bench.quality_assessment.vector_based import VectorBasedAssessor, mirrored_key
from sim_bench.store.store import Store

SAMPLE = 8
"""Photos that are encoded mirrored too, to measure the noise of a score; chosen by us."""

_SEARCH = 4096
"""Photos at the start of a run among which mirrored ones are looked for in the store."""


class RunRemark(UserWarning):
    """Something a reader of a whole run ought to know, e.g. that its scores are all alike."""


class Remarks:
    """Gathers what methods over vectors need for their remarks, in bounded memory.

    Args:
        methods: By name, each with the key of its vectors.
    """

    def __init__(self, methods: Mapping[str, tuple[VectorBasedAssessor, str]]) -> None:
        self._methods = methods
        self._spreads = {name: _Spread() for name in methods}
        self._dims = {key: method.encoder.dim for method, key in methods.values()}
        self._samples: dict[str, list[tuple[NDArray[np.float32], NDArray[np.float32]]]] = {
            key: [] for key in self._dims
        }
        self._taken = dict.fromkeys(self._dims, 0)
        self._searched = 0

    @property
    def extra(self) -> int:
        """How many mirrored photos are encoded beside the first photos of a run."""
        return SAMPLE if self._methods else 0

    def looks_at(self, key: str) -> bool:
        """Whether some method has a remark that is made of these vectors."""
        return key in self._dims

    def take(self, key: str, waiting: int) -> int:
        """How many of the photos that wait for the encoder are to be encoded mirrored too."""
        if not self.looks_at(key):
            return 0
        number = min(waiting, SAMPLE - self._taken[key])
        self._taken[key] += number
        return number

    def add(self, name: str, scores: NDArray[np.float64]) -> None:
        """Take note of some scores of one method, if it has remarks."""
        if name in self._spreads:
            self._spreads[name].add(scores[np.isfinite(scores)])

    def look_at(self, chunk: Sequence[Photo], store: Store | None) -> None:
        """Keep the first photos of which there is a mirrored vector, from this run or the store."""
        for key, sample in self._samples.items():
            if len(sample) >= SAMPLE or self._searched > _SEARCH:
                continue
            flipped = mirrored_key(key)
            ids = [p.content.id for p in chunk if p.content and flipped not in p.vectors]
            kept = store.vectors(ids, flipped, self._dims[key]) if store and ids else {}
            for photo in chunk:
                found = photo.vectors.get(flipped)
                if found is None and photo.content:
                    found = kept.get(photo.content.id)
                if found is not None and key in photo.vectors and len(sample) < SAMPLE:
                    sample.append((photo.vectors[key], found))
        self._searched += len(chunk)

    def warn(self) -> None:
        """Raise each method's remark on the run, if it has one, as a `RunRemark`."""
        for name, (method, key) in self._methods.items():
            spread, sample = self._spreads[name], self._samples[key]
            if spread.n < 2 or len(sample) < 2:
                continue
            vectors, mirrored = (np.stack(side) for side in zip(*sample, strict=True))
            if remark := method.remark(spread.deviation, vectors, mirrored):
                warnings.warn(f"{name}: {remark}", RunRemark, stacklevel=4)


class _Spread:
    """Standard deviation of scores that come in parts (Chan, Golub and LeVeque, 1979)."""

    def __init__(self) -> None:
        self.n = 0
        self._mean = 0.0
        self._squares = 0.0

    def add(self, scores: NDArray[np.float64]) -> None:
        if not scores.size:
            return
        total = self.n + scores.size
        step = float(scores.mean()) - self._mean
        self._squares += float(((scores - scores.mean()) ** 2).sum())
        self._squares += step**2 * self.n * scores.size / total
        self._mean += step * scores.size / total
        self.n = total

    @property
    def deviation(self) -> float:
        """Sample standard deviation; 0 for fewer than two scores."""
        return math.sqrt(self._squares / (self.n - 1)) if self.n > 1 else 0.0
