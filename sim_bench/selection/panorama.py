"""Panoramas: frames that overlap and go on in one direction.

The bounds were chosen by us: docs/grouping_kinds.md, `benchmarks/grouping.py`.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from sim_bench.selection.grouping_part import Part
from sim_bench.selection.grouping_strips import Strip
from sim_bench.selection.look import THUMB
from sim_bench.selection.panorama_shift import SURE, Move, likeliest, shift_planes, shifts

LIKELY = 1.2
"""z that is enough beside a sure one, where the shift is the same."""

_FASTEST, _SLOWEST = 0.5, 12.0  # seconds from frame to frame; faster: a burst that pans
_LEAST = 4  # px of 32: an overlap of 88% or less
_ALIKE = 0.95  # similarity of photos that have not moved as far
_UNEVEN = 1.6  # times as far as the usual shift of the panorama, or as little
_SLACK = 3  # px around the usual shift
_ZOOM = 1.05  # focal lengths that count as one
_LIGHT = 4.0  # times as long exposures: two stops


def find_panoramas(strip: Strip, taken: Sequence[bool]) -> list[Part]:
    """Find the panoramas of a strip, in order.

    Args:
        strip: The strip.
        taken: Of each photo, whether it is part of something else already.
    """
    parts: list[Part] = []
    for run in _runs([at for at in range(len(strip.gaps)) if _may_go_on(strip, at, taken)]):
        if len(run) < 2 or not (strip.likeness[0, run] < _ALIKE).any():
            continue
        planes = shift_planes([(strip.shots[at], strip.shots[at + 1]) for at in run])
        for first, last, usual in _steady(planes):
            seen = f"each shifted by about {_words(usual)} against the one before"
            parts.append(Part("panorama", run[first], run[last - 1] + 2, seen))
    return parts


def _may_go_on(strip: Strip, at: int, taken: Sequence[bool]) -> bool:
    if taken[at] or taken[at + 1] or np.isnan(strip.likeness[0, at]):
        return False
    a, b = strip.shots[at].capture, strip.shots[at + 1].capture
    if strip.timed:
        longest = strip.gaps[at] + (1.0 if a.resolution is None or a.resolution >= 1.0 else 0.0)
        if longest < _FASTEST or strip.gaps[at] > _SLOWEST:
            return False
    return (
        (a.width, a.height) == (b.width, b.height)
        and _near(a.focal_length, b.focal_length, _ZOOM)
        and _near(a.exposure_time, b.exposure_time, _LIGHT)
    )


def _near(a: float | None, b: float | None, times: float) -> bool:
    return a is None or b is None or max(a, b) <= times * min(a, b)


def _runs(numbers: Sequence[int]) -> list[list[int]]:
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return runs


def _steady(planes: NDArray[np.float32]) -> Iterator[tuple[int, int, Move]]:
    """Runs of two pairs or more that go on by one shift, each begun at a sure pair."""
    moves = [likeliest(plane) for plane in planes]
    begun = 0
    for seed, usual in enumerate(moves):
        if seed < begun or usual.z < SURE or abs(usual.along) < _LEAST:
            continue
        first = last = seed
        while first > begun and _goes_on(planes[first - 1], moves[first - 1], usual):
            first -= 1
        while last + 1 < len(moves) and _goes_on(planes[last + 1], moves[last + 1], usual):
            last += 1
        if last > first:
            begun = last + 1
            yield first, last + 1, usual


def _goes_on(plane: NDArray[np.float32], move: Move, usual: Move) -> bool:
    """Whether a pair's own shift, or one close to the usual, is like the usual."""
    if move.z >= SURE and max(abs(move.down), abs(move.right)) < _LEAST:
        return False
    if move.z >= LIKELY and move.level == usual.level:
        ratio = move.along / usual.along
        if 1.0 / _UNEVEN <= ratio <= _UNEVEN:
            return True
    down, right = shifts()
    near = (np.abs(down - usual.down) <= _SLACK) & (np.abs(right - usual.right) <= _SLACK)
    return bool(plane[near].max() >= LIKELY)


def _words(move: Move) -> str:
    share = f"{abs(move.along) / THUMB:.0%} of the frame"
    # What moves left in the picture: the camera turned to the right.
    way = ("left", "right") if move.level else ("up", "down")
    return (
        f"{share} to the {way[move.along < 0]}" if move.level else f"{share} {way[move.along < 0]}"
    )
