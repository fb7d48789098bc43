"""Photos that one camera took one after another, and how alike neighbours are.

A strip ends where the camera rested for longer than a minute, or, where times are not known, where
its count of photos jumps. Groups by time are found within strips only.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import nan

import numpy as np
from numpy.typing import NDArray

from sim_bench.selection.grouping_clock import crowds, is_crowded, knows_time
from sim_bench.selection.grouping_order import by_time_and_number, name_key, roll, seconds
from sim_bench.selection.look_similarity import paired_similarities
from sim_bench.selection.shot import Shot

REACH = 60.0
"""Seconds beyond which photos are not of one moment. Chosen by us."""
LOOK_BACK = 4
"""How many photos back each one is compared with, since the one before may be spoilt. Chosen by us:
in a burst of which most are damaged, a good one is hardly ever further away."""

_CHUNK = 2048  # pairs compared at once


@dataclass(frozen=True, slots=True, eq=False)
class Strip:
    """Consecutive photos of one camera.

    Attributes:
        shots: In the order in which they were taken.
        timed: Whether that is known from times; else from numbers, one after the other.
        gaps: Seconds from each to the next, shape (n - 1,); NaN where times are not known.
        likeness: Similarity of photo i to photo i + k at [k - 1, i], shape (`LOOK_BACK`, n); NaN
            where there is no such photo or no pixels.
    """

    shots: tuple[Shot, ...]
    timed: bool
    gaps: NDArray[np.float64]
    likeness: NDArray[np.float64] = field(repr=False)


def strips_of(shots: Sequence[Shot]) -> tuple[list[Strip], list[Shot]]:
    """Sort photos into strips.

    The time of more than 120 photos of one camera in the very same second is no time of theirs. A
    camera that does not say its name has no time of others' beside it: its photos are in one order
    with all that do not.

    Returns:
        Strips of photos with times, then of those that have only numbers; and the rest.
    """
    crowd = crowds(shots)
    timed: dict[str, list[Shot]] = defaultdict(list)
    counted: dict[tuple[str, str], list[Shot]] = defaultdict(list)
    rest: list[Shot] = []
    for shot in shots:
        one = shot.capture
        if knows_time(shot) and not is_crowded(shot, crowd):
            timed[one.camera].append(shot)
        elif one.number is not None:
            counted[one.camera, roll(shot)].append(shot)
        else:
            rest.append(shot)
    pieces = [
        piece for row in timed.values() for piece in _cut(by_time_and_number(row), _gap, REACH)
    ]
    known = len(pieces)
    for row in counted.values():
        row.sort(key=lambda shot: (shot.capture.number or 0, *name_key(shot)))
        pieces += _cut(row, _step, 1.0)
    tables = _likeness(pieces)
    return [
        _strip(piece, at < known, table)
        for at, (piece, table) in enumerate(zip(pieces, tables, strict=True))
    ], rest


def _gap(a: Shot, b: Shot) -> float:
    return seconds(b) - seconds(a)


def _step(a: Shot, b: Shot) -> float:
    return (b.capture.number or 0) - (a.capture.number or 0)


def _cut(
    shots: Sequence[Shot], distance: Callable[[Shot, Shot], float], most: float
) -> Iterable[list[Shot]]:
    piece = list(shots[:1])
    for before, after in pairwise(shots):
        if distance(before, after) > most:
            yield piece
            piece = []
        piece.append(after)
    if piece:
        yield piece


def _strip(piece: Sequence[Shot], timed: bool, likeness: NDArray[np.float64]) -> Strip:
    gaps = [_gap(a, b) if timed else nan for a, b in pairwise(piece)]
    return Strip(tuple(piece), timed, np.array(gaps, dtype=np.float64), likeness)


def _likeness(pieces: Sequence[Sequence[Shot]]) -> list[NDArray[np.float64]]:
    """`Strip.likeness` of each piece, computed together."""
    tables = [np.full((LOOK_BACK, len(piece)), nan) for piece in pieces]
    pairs = [
        (which, at, back)
        for which, piece in enumerate(pieces)
        for back in range(1, LOOK_BACK + 1)
        for at in range(len(piece) - back)
        if piece[at].look is not None and piece[at + back].look is not None
    ]
    for start in range(0, len(pairs), _CHUNK):
        some = pairs[start : start + _CHUNK]
        first = looks_of(pieces[which][at] for which, at, _ in some)
        second = looks_of(pieces[which][at + back] for which, at, back in some)
        found = paired_similarities(first, second).tolist()
        for (which, at, back), value in zip(some, found, strict=True):
            tables[which][back - 1, at] = value
    return tables


def looks_of(shots: Iterable[Shot]) -> NDArray[np.float32]:
    """Looks of photos that have one, shape (n, dim).

    Raises:
        ValueError: One has none.
    """
    looks = []
    for shot in shots:
        if shot.look is None:
            raise ValueError(f"{shot.path} has no look to compare; leave it out")
        looks.append(shot.look)
    return np.stack(looks)
