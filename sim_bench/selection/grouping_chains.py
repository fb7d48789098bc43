"""Photos of one moment within a strip: neighbours in time that are alike enough."""

from collections.abc import Sequence

import numpy as np

from sim_bench.selection.grouping_part import needed
from sim_bench.selection.grouping_strips import LOOK_BACK, Strip
from sim_bench.selection.panorama_shift import SURE, move_between

RECOMPOSED = 8
"""Pixels of the thumbnail's 32 by which a photo is shifted that shows something else. Chosen by us:
a quarter of the frame is no hand that shakes; it may be a panorama of two."""

_STILL = 0.95  # similarity of photos that have not moved as far
_PANS = 0.5  # seconds: within a faster burst the camera follows something


def chains(strip: Strip, free: Sequence[int]) -> list[list[int]]:
    """Join the photos of a strip with times into moments.

    Each is compared with up to four before it, however many of the others are taken already; what
    was taken lies between two moments.

    Args:
        strip: The strip.
        free: Places of the photos that are not part of something else, in order.

    Returns:
        Every free place in one list, lists and places in order.
    """
    allowed = set(free)
    first = {at: at for at in free}

    def root(at: int) -> int:
        while first[at] != at:
            at = first[at]
        return at

    for at in free:
        for back in range(1, LOOK_BACK + 1):
            before = at - back
            if before not in allowed:
                break
            a, b = sorted((root(before), root(at)))
            if a != b and _is_linked(strip, before, at):
                first[b] = a
    found: dict[int, list[int]] = {}
    for at in free:
        found.setdefault(root(at), []).append(at)
    return list(found.values())


def _is_linked(strip: Strip, before: int, after: int) -> bool:
    alike = strip.likeness[after - before - 1, before]
    gap = float(np.sum(strip.gaps[before:after]))
    if not alike >= needed(gap, strip.shots[before].capture.resolution):
        return False
    if alike >= _STILL or gap < _PANS:
        return True
    move = move_between(strip.shots[before], strip.shots[after])
    return move is None or move.z < SURE or abs(move.along) < RECOMPOSED
