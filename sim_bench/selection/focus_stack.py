"""Focus stacks: one frame, focused at one distance after another.

What is read: the subject's distance, where the lens tells it (EXIF 2.32, 4.6.5), and where there is
detail. In a stack each part of the picture becomes sharper and then softer again, neighbouring
parts at nearly the same time, and no one frame is the sharpest nearly everywhere. Blur, shake and
noise that spoil frames of a burst come and go, and reach the whole frame.
The bounds were chosen by us: docs/grouping_kinds.md, `benchmarks/grouping.py`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from sim_bench.selection.bracket import exposure_value
from sim_bench.selection.grouping_part import Part
from sim_bench.selection.grouping_strips import Strip, looks_of
from sim_bench.selection.look import DETAIL, detail
from sim_bench.selection.shot import Shot

_PAUSE = 10.0  # seconds: by hand, with a ring to turn
_SAME_LIGHT = 0.15  # stops: rounding only
_STILL = 0.97  # least similarity of neighbours: nothing but the focus moves
_TOLD, _SEEN = 3, 4  # least number of frames, with distances and without
_GRAIN = 0.5  # grey levels added to the detail: less is noise
_AMOUNT, _ROUGH, _COHERENT, _TOP = 0.08, 0.25, 0.5, 0.8


@dataclass(frozen=True, slots=True)
class Travel:
    """How the sharp region moves through some frames.

    Attributes:
        amount: How much focus changed: standard deviation of the logarithm of the detail, less
            the means of its frame and of its cell.
        roughness: What two slow waves over the frames leave of all changes of detail, as a share
            of what they leave of changes at random: near 0 for a focus that goes on, near 1 for
            frames of which each is spoilt in its own way.
        coherence: How alike neighbouring cells go the way of the slower wave: correlation, to 1.
        top: Share of the changes of detail that have their peak in one and the same frame.
    """

    amount: float
    roughness: float
    coherence: float
    top: float


def travel(looks: NDArray[np.float32]) -> Travel:
    """Measure how the sharp region moves through looks (n, dim) in order.

    Raises:
        ValueError: Fewer than three looks.
    """
    count = len(looks)
    if count < _TOLD:
        raise ValueError(f"a focus that moves takes three looks or more. Got {count}.")
    fine = np.log(detail(looks).astype(np.float64).reshape(count, -1) + _GRAIN)
    change = fine - fine.mean(axis=0)
    moved = change - change.mean(axis=1, keepdims=True)
    if moved.std() < 1e-6:
        return Travel(0.0, 1.0, 0.0, 1.0)
    waves = np.cos(np.pi * (np.arange(count) + 0.5) * np.array([[1], [2]]) / count)
    waves *= np.sqrt(2.0 / count)
    left = 1.0 - np.square(waves @ change).sum() / np.square(change).sum()
    by_chance = (count - 3) / (count - 1)
    span = np.ptp(fine, axis=0)
    peaks = np.bincount(fine.argmax(axis=0), span, minlength=count)
    return Travel(
        amount=float(moved.std()),
        roughness=float(left / by_chance) if count > _TOLD else 0.0,
        coherence=_coherence((waves[0] @ moved).reshape(DETAIL, DETAIL)),
        top=float(peaks.max() / span.sum()),
    )


def _coherence(plane: NDArray[np.float64]) -> float:
    apart = plane - plane.mean()
    beside = (apart[1:] * apart[:-1]).mean() + (apart[:, 1:] * apart[:, :-1]).mean()
    return float(beside / 2.0 / max(np.square(apart).mean(), 1e-12))


def find_focus_stacks(strip: Strip, taken: Sequence[bool]) -> list[Part]:
    """Find the focus stacks of a strip, in order.

    Args:
        strip: The strip.
        taken: Of each photo, whether it is part of something else already.
    """
    return [part for start, stop in _still(strip, taken) if (part := _stack(strip, start, stop))]


def _still(strip: Strip, taken: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """The longest runs in which nothing but the focus moves."""
    start = 0
    for at in range(len(strip.shots)):
        ends = at + 1 == len(strip.shots) or not _holds(strip, at, taken)
        if ends:
            if at + 1 - start >= _TOLD:
                yield start, at + 1
            start = at + 1


def _holds(strip: Strip, at: int, taken: Sequence[bool]) -> bool:
    if taken[at] or taken[at + 1] or not strip.likeness[0, at] >= _STILL:
        return False
    if strip.timed and strip.gaps[at] > _PAUSE:
        return False
    a, b = (exposure_value(strip.shots[k]) for k in (at, at + 1))
    return a is None or b is None or abs(a - b) <= _SAME_LIGHT


def _stack(strip: Strip, start: int, stop: int) -> Part | None:
    shots = strip.shots[start:stop]
    found = travel(looks_of(shots))
    if found.amount < _AMOUNT or found.top > _TOP:
        return None
    if distances := _told(shots):
        seen = f"of one frame, focused from {distances[0]:.2g} to {distances[-1]:.2g} m"
        return Part("focus_stack", start, stop, seen)
    if len(shots) < _SEEN or found.roughness > _ROUGH or found.coherence < _COHERENT:
        return None
    return Part("focus_stack", start, stop, "of one frame, of which the sharp part moves on")


def _told(shots: Sequence[Shot]) -> list[float]:
    """Distances, if all are known and go on in one direction; else none."""
    known = [shot.capture.distance for shot in shots if shot.capture.distance is not None]
    moves = [b - a for a, b in pairwise(known)]
    if len(known) < len(shots):
        return []
    return known if all(m > 0 for m in moves) or all(m < 0 for m in moves) else []
