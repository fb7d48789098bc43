"""The worst cases, to be looked at: where a method is wrong although people agree."""

import numpy as np

from sim_bench.benchmark.measures.common import Array
from sim_bench.benchmark.measures.opinions import OpinionItems
from sim_bench.benchmark.measures.pairs import PairItems
from sim_bench.benchmark.results import FailureRow

MOST = 24
"""Cases of one data set in all, spread over the methods; chosen by us, to be looked at."""

_AGREED = 0.7  # people agree on a pair from here on, as in the published evaluation of PhotoTriage


def pair_failures(items: PairItems) -> tuple[FailureRow, ...]:
    """Pairs that people agree on and a method decides against them, the surest mistakes first.

    Differences are divided by their root mean square, so that methods can be compared; what is
    ranked is that times how far people agree.
    """
    difference = _standardised(items.left - items.right)
    lean = 2 * items.preference - 1
    wrong = -difference * lean[:, None]
    wrong[np.maximum(items.preference, 1 - items.preference) < _AGREED] = -np.inf
    rows = []
    for k, method in enumerate(items.methods):
        for i in _worst(wrong[:, k], _share(len(items.methods))):
            liked = 0 if items.preference[i] > 0.5 else 1
            share = max(items.preference[i], 1 - items.preference[i])
            scores = (items.left[i, k], items.right[i, k])
            rows.append(
                FailureRow(
                    kind="failure",
                    task="pairs",
                    method=method,
                    images=(str(items.images[i, liked]), str(items.images[i, 1 - liked])),
                    said=f"score {scores[liked]:.3g}, the other {scores[1 - liked]:.3g}",
                    people=_preferred(float(share)),
                    badness=float(wrong[i, k]),
                )
            )
    return tuple(rows)


def pair_disagreements(items: PairItems, first: str, second: str) -> tuple[FailureRow, ...]:
    """Pairs that two methods decide most clearly apart, whoever is right."""
    i, j = items.methods.index(first), items.methods.index(second)
    difference = _standardised(items.left - items.right)
    apart = -difference[:, i] * difference[:, j]
    rows = []
    for row in _worst(apart, MOST // 4):
        liked = 0 if difference[row, i] > 0 else 1
        share = items.preference[row] if liked == 0 else 1 - items.preference[row]
        rows.append(
            FailureRow(
                kind="disagreement",
                task="pairs",
                method=f"{first} / {second}",
                images=(str(items.images[row, liked]), str(items.images[row, 1 - liked])),
                said=f"{first} prefers the first, {second} the other",
                people=_preferred(float(share)),
                badness=float(apart[row]),
            )
        )
    return tuple(rows)


def opinion_failures(items: OpinionItems) -> tuple[FailureRow, ...]:
    """Photos whose place in the method's order is farthest from their place in people's."""
    rows = []
    for k, method in enumerate(items.methods):
        theirs, ours = _places(items.mean, items.merit[:, k])
        off = np.abs(ours - theirs)
        for i in _worst(off, _share(len(items.methods))):
            rows.append(
                FailureRow(
                    kind="failure",
                    task="opinion",
                    method=method,
                    images=(str(items.images[i]),),
                    said=f"better than {ours[i]:.0%} of the photos",
                    people=f"better than {theirs[i]:.0%} ({items.mean[i]:.3g})",
                    badness=float(off[i]),
                )
            )
    return tuple(rows)


def opinion_disagreements(items: OpinionItems, first: str, second: str) -> tuple[FailureRow, ...]:
    """Photos whose places in two methods' orders are farthest apart."""
    i, j = items.methods.index(first), items.methods.index(second)
    one, other = _places(items.merit[:, i], items.merit[:, j])
    theirs, _ = _places(items.mean, items.merit[:, i])
    off = np.abs(one - other)
    return tuple(
        FailureRow(
            kind="disagreement",
            task="opinion",
            method=f"{first} / {second}",
            images=(str(items.images[row]),),
            said=f"{first}: better than {one[row]:.0%}; {second}: than {other[row]:.0%}",
            people=f"better than {theirs[row]:.0%} ({items.mean[row]:.3g})",
            badness=float(off[row]),
        )
        for row in _worst(off, MOST // 4)
    )


def _preferred(share: float) -> str:
    if share in (0.0, 1.0):
        return f"the {'first' if share else 'second'} is better"
    return f"{share:.0%} prefer the first"


def _share(methods: int) -> int:
    return max(1, MOST // methods)


def _standardised(difference: Array) -> Array:
    known = np.where(np.isfinite(difference), difference, 0.0)
    spread = np.sqrt((known**2).sum(axis=0) / np.maximum(np.isfinite(difference).sum(axis=0), 1))
    return difference / np.where(spread > 0, spread, 1.0)


def _places(a: Array, b: Array) -> tuple[Array, Array]:
    """Share of photos that each photo beats, in both orders, over those with both values."""
    from scipy.stats import rankdata

    both = np.isfinite(a) & np.isfinite(b)
    out = np.full((2, len(a)), np.nan)
    for row, values in zip(out, (a, b), strict=True):
        row[both] = (rankdata(values[both]) - 1) / max(1, int(both.sum()) - 1)
    return out[0], out[1]


def _worst(badness: Array, number: int) -> list[int]:
    known = np.where(np.isfinite(badness) & (badness > 0), badness, -np.inf)
    order = np.argsort(-known, kind="stable")[:number]
    return [int(i) for i in order if np.isfinite(known[i])]
