"""Focus stacks: one frame, focused at one distance after another.

What is read: the subject's distance, where the lens tells it (EXIF 2.32, 4.6.5), and where there is
detail. The logarithm of the detail of each frame and cell, less the means of its frame and of its
cell, is what focus moved: in a stack its largest component goes on from frame to frame, and from
one side of the picture to the other. Blur, shake and noise of a whole frame are in the means.
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


@dataclass(frozen=True, slots=True)
class Travel:
    """How the sharp region moves through some frames.

    Attributes:
        amount: Standard deviation of what focus moved, in natural logarithms of detail.
        steadiness: Correlation of its largest component with the order of the frames, 0 to 1.
        slant: Share of that component which is a plane over the picture, 0 to 1.
    """

    amount: float
    steadiness: float
    slant: float


_LEAST_SEEN = Travel(0.18, 0.85, 0.5)
_LEAST_TOLD = Travel(0.10, 0.75, 0.0)


def travel(looks: NDArray[np.float32]) -> Travel:
    """Measure how the sharp region moves through looks (n, dim) in order, n at least 2."""
    fine = np.log(detail(looks).astype(np.float64).reshape(len(looks), -1) + _GRAIN)
    moved = fine - fine.mean(axis=0)
    moved -= moved.mean(axis=1, keepdims=True)
    amount = float(moved.std())
    if amount < 1e-6:
        return Travel(0.0, 0.0, 0.0)
    frames, _, cells = np.linalg.svd(moved, full_matrices=False)
    order = np.arange(len(looks)) - (len(looks) - 1) / 2
    steady = abs(order @ frames[:, 0]) / np.linalg.norm(order)
    down, right = np.mgrid[:DETAIL, :DETAIL].reshape(2, -1) - (DETAIL - 1) / 2
    plane = [cells[0] @ axis / np.linalg.norm(axis) for axis in (down, right)]
    return Travel(amount, float(steady), float(np.square(plane).sum()))


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
    distances = _told(shots)
    if distances and _reaches(found, _LEAST_TOLD):
        seen = f"of one frame, focused from {distances[0]:.2g} to {distances[-1]:.2g} m"
        return Part("focus_stack", start, stop, seen)
    if len(shots) >= _SEEN and _reaches(found, _LEAST_SEEN):
        return Part("focus_stack", start, stop, "of one frame, of which the sharp part moves on")
    return None


def _reaches(found: Travel, least: Travel) -> bool:
    return (
        found.amount >= least.amount
        and found.steadiness >= least.steadiness
        and found.slant >= least.slant
    )


def _told(shots: Sequence[Shot]) -> list[float]:
    """Distances, if all are known and go on in one direction; else none."""
    known = [shot.capture.distance for shot in shots if shot.capture.distance is not None]
    moves = [b - a for a, b in pairwise(known)]
    if len(known) < len(shots):
        return []
    return known if all(m > 0 for m in moves) or all(m < 0 for m in moves) else []
