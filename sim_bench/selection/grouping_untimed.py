"""Photos of which only the looks say where they belong."""

from collections.abc import Sequence
from statistics import median

import numpy as np
from numpy.typing import NDArray

from sim_bench.selection.grouping_copies import are_one_picture
from sim_bench.selection.grouping_strips import looks_of
from sim_bench.selection.look import thumbnail
from sim_bench.selection.look_similarity import similarities
from sim_bench.selection.shot import Shot
from sim_bench.selection.similarity import cluster

STRONG = 0.9
"""Least similarity at which photos without times join a group with them. Chosen by us: copies and
frames of one burst that lost their EXIF reach it, other photos of the place hardly do."""

_TELLING = 8.0
"""Least standard deviation of a thumbnail in grey levels for a photo to show that it belongs: what
is nearly of one grey is like everything that is. Chosen by us."""

_BLOCK = 2048


def by_likeness(shots: Sequence[Shot], threshold: float) -> list[list[Shot]]:
    """Group photos by similarity alone; those without pixels stay alone. In the order given."""
    seen = [shot for shot in shots if shot.look is not None]
    labels = cluster(looks_of(seen), threshold=threshold) if seen else []
    found: dict[int, list[Shot]] = {}
    for label, shot in zip(labels, seen, strict=True):
        found.setdefault(label, []).append(shot)
    return [*found.values(), *([shot] for shot in shots if shot.look is None)]


def homes(groups: Sequence[Sequence[Shot]], others: Sequence[Sequence[Shot]]) -> list[int | None]:
    """Find for each of some groups the one among others that it belongs to.

    That is where its most alike photo is, if half of its photos or more are as alike as `STRONG` to
    one there.

    Returns:
        For each group the place of the other in `others`; None where there is none.
    """
    seen = [shot for group in groups for shot in group if shot.look is not None]
    known = [
        (at, shot) for at, group in enumerate(others) for shot in group if shot.look is not None
    ]
    if not seen or not known:
        return [None] * len(groups)
    best, where = _best(looks_of(seen), looks_of(shot for _, shot in known))
    found = {}
    for shot, value, at in zip(seen, best.tolist(), where.tolist(), strict=True):
        home, other = known[at]
        tells = (_tells(shot) and _tells(other)) or are_one_picture(shot, other)
        found[shot.path] = (value if tells else 0.0, home)
    return [_home([found.get(shot.path, (0.0, -1)) for shot in group]) for group in groups]


def _home(found: Sequence[tuple[float, int]]) -> int | None:
    _, home = max(found, key=lambda one: (one[0], -one[1]))
    alike = [value if at == home else 0.0 for value, at in found]
    return home if median(alike) >= STRONG else None


def _tells(shot: Shot) -> bool:
    return shot.look is not None and float(thumbnail(shot.look).std()) >= _TELLING


def _best(
    looks: NDArray[np.float32], others: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.intp]]:
    """The greatest similarity of each look to any of the others, and to which."""
    best = np.full(len(looks), -2.0, dtype=np.float32)
    where = np.zeros(len(looks), dtype=np.intp)
    for row in range(0, len(looks), _BLOCK):
        rows = slice(row, row + _BLOCK)
        for column in range(0, len(others), _BLOCK):
            alike = similarities(looks[rows], others[column : column + _BLOCK])
            at = alike.argmax(axis=1)
            value = alike[np.arange(len(at)), at]
            better = value > best[rows]
            best[rows] = np.where(better, value, best[rows])
            where[rows] = np.where(better, column + at, where[rows])
    return best, where
