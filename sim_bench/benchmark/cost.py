"""What a method costs: its time for one photo over the time to decode that photo.

A ratio within one run says more than seconds of one machine: below 1, decoding is what takes time.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter

from sim_bench.errors import ImageError
from sim_bench.images.decode import read_picture
from sim_bench.images.picture import Picture
from sim_bench.quality_assessment.base import QualityAssessor
from sim_bench.quality_assessment.luma import Planes
from sim_bench.quality_assessment.vector_based import VectorBasedAssessor

PHOTOS = 16
"""Photos that are timed: one batch of an encoder."""


def costs(methods: Mapping[str, QualityAssessor], paths: Sequence[Path]) -> dict[str, float | None]:
    """Time every method on a few photos.

    Args:
        methods: Methods by name, loaded.
        paths: Photos to choose from, spread over the whole; those that cannot be read are passed
            over.

    Returns:
        By method, the time for one photo over the median time to decode one at full size; methods
        over vectors in one batch, preparation and scoring included. None without a readable photo.
    """
    step = max(1, len(paths) // PHOTOS)
    pictures: list[Picture] = []
    decoding: list[float] = []
    for path in paths[::step][:PHOTOS]:
        began = perf_counter()
        try:
            pictures.append(read_picture(path))
        except ImageError:  # the run itself gives it a row with the reason
            continue
        decoding.append(perf_counter() - began)
    if not pictures:
        return dict.fromkeys(methods)
    unit = median(decoding)
    return {name: _seconds(method, pictures) / unit for name, method in methods.items()}


def _seconds(method: QualityAssessor, pictures: Sequence[Picture]) -> float:
    if isinstance(method, VectorBasedAssessor):
        encoder = method.encoder

        def encode_and_score() -> None:
            inputs = [encoder.prepare(picture.rgb) for picture in pictures]
            method.score_vectors(encoder.encode_images(inputs))

        encode_and_score()  # the first call may compile
        return _timed(encode_and_score) / len(pictures)

    def observe_and_score(picture: Picture) -> None:
        method.score_observed([method.observe(Planes(picture.rgb))])

    return median(_timed(partial(observe_and_score, picture)) for picture in pictures)


def _timed(work: Callable[[], None]) -> float:
    began = perf_counter()
    work()
    return perf_counter() - began
