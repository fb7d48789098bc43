"""What a method costs: its time for one photo over the time to decode that photo.

A ratio within one run says more than seconds of one machine: below 1, decoding is what takes time.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim_bench.errors import ImageError
from sim_bench.images.decode import read_picture
from sim_bench.quality_assessment.base import QualityAssessor
from sim_bench.quality_assessment.luma import Planes
from sim_bench.quality_assessment.vector_based import VectorBasedAssessor

PHOTOS = 16
"""Photos that are timed: one batch of an encoder."""


def costs(methods: Mapping[str, QualityAssessor], paths: Sequence[Path]) -> dict[str, float | None]:
    """Time every method on a few photos, of which one is held at a time.

    Args:
        methods: Methods by name, loaded.
        paths: Photos to choose from, spread over the whole; those that cannot be read are passed
            over.

    Returns:
        By method, the time for one photo over the median time to decode one at full size; methods
        over vectors in one batch, preparation and scoring included, unless they look at photos at
        their own size. None without a readable photo.
    """
    timers = {name: _timer(method) for name, method in methods.items()}
    decoding: list[float] = []
    for path in _spread(paths):
        began = perf_counter()
        try:
            rgb = read_picture(path).rgb
        except ImageError:  # the run itself gives it a row with the reason
            continue
        decoding.append(perf_counter() - began)
        for timer in timers.values():
            timer.look(rgb)
    if not decoding:
        return dict.fromkeys(methods)
    unit = median(decoding)
    return {name: timer.seconds() / unit for name, timer in timers.items()}


def _timer(method: QualityAssessor) -> "_Timer | _VectorTimer":
    if isinstance(method, VectorBasedAssessor) and method.encoder.input_size is not None:
        return _VectorTimer(method)
    return _Timer(method)


def _spread(paths: Sequence[Path]) -> list[Path]:
    chosen = np.linspace(0, len(paths) - 1, min(PHOTOS, len(paths))).round().astype(int)
    return [paths[k] for k in chosen]


class _Timer:
    """Times one photo after the other; the median is what counts."""

    def __init__(self, method: QualityAssessor) -> None:
        self._method = method
        self._spent: list[float] = []

    def look(self, rgb: NDArray[np.uint8]) -> None:
        self._spent.append(_timed(partial(self._score, rgb)))

    def seconds(self) -> float:
        return median(self._spent)

    def _score(self, rgb: NDArray[np.uint8]) -> None:
        self._method.score_observed([self._method.observe(Planes(rgb))])


class _VectorTimer:
    """Times the preparation of each photo, and encoding and scoring of all in one batch."""

    def __init__(self, method: VectorBasedAssessor) -> None:
        self._method = method
        self._inputs: list[Any] = []
        self._preparing = 0.0

    def look(self, rgb: NDArray[np.uint8]) -> None:
        began = perf_counter()
        self._inputs.append(self._method.encoder.prepare(rgb))
        self._preparing += perf_counter() - began

    def seconds(self) -> float:
        self._encode_and_score()  # the first call may compile
        return (self._preparing + _timed(self._encode_and_score)) / len(self._inputs)

    def _encode_and_score(self) -> None:
        self._method.score_vectors(self._method.encoder.encode_images(self._inputs))


def _timed(work: Callable[[], None]) -> float:
    began = perf_counter()
    work()
    return perf_counter() - began
