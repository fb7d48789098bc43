"""What each photo of a burst is worth, from pairwise votes.

Bradley and Terry (Biometrika 39, 1952): P(i is preferred to j) = 1 / (1 + exp(s_j - s_i)) with
log-strengths s, here of mean 0 in each burst. They are found by maximum likelihood; a share of
votes counts as that many votes.

Where the maximum is not finite, because some photos win every time against the rest, the penalised
likelihood is taken (`strength_fit.py`). Photos never compared, not even through others, have no
common scale, and their burst gets no numbers.
"""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim_bench.evaluation.strength_fit import fitted

if TYPE_CHECKING:
    import pandas as pd


def strengths(
    left: ArrayLike,
    right: ArrayLike,
    wins: ArrayLike,
    votes: ArrayLike,
    items: int,
    *,
    penalty: float | None = None,
) -> NDArray[np.float64]:
    """Fit the log-strengths of one burst.

    Args:
        left: Number of the left photo of each pair, shape (n,), from 0 to items - 1.
        right: Number of the right photo, shape (n,).
        wins: How often the left photo was preferred, shape (n,); fractions are allowed.
        votes: Out of how many, shape (n,), above 0.
        items: How many photos the burst has.
        penalty: None: maximum likelihood where its maximum is finite, `PENALTY` elsewhere. A
            number, 0 or more: that penalty in any case.

    Returns:
        Shape (items,), mean 0; the difference of two is the log-odds that the first one wins.

    Raises:
        ValueError: Columns of unequal length, numbers out of range, photos that no chain of
            comparisons connects, or a penalty of 0 where there is no finite maximum.
    """
    first, second, won, total = _checked(left, right, wins, votes)
    both = np.concatenate([first, second])
    if not np.isin(both, np.arange(items)).all():
        raise ValueError(f"left and right must be whole numbers from 0 to {items - 1}.")
    tally = np.zeros((1, items, items))
    pairs = np.zeros(len(won), dtype=np.intp), first.astype(np.intp), second.astype(np.intp)
    _count(tally, pairs, won, total)
    found, fits = fitted(tally, penalty)
    if fits[0] == "not connected":
        raise ValueError(
            f"Comparisons do not connect all {items} photos, so they have no common scale; fit "
            "the connected parts one by one."
        )
    if fits[0] == "unbounded":
        raise ValueError(
            "Some photos win every time against the rest, so that likelihood alone has no finite "
            "maximum; give a penalty above 0, or none."
        )
    return np.asarray(found[0])


def strengths_by_burst(
    left: ArrayLike,
    right: ArrayLike,
    wins: ArrayLike,
    votes: ArrayLike,
    burst: ArrayLike,
    *,
    penalty: float | None = None,
) -> "pd.DataFrame":
    """Fit the log-strengths of many bursts, each by itself.

    Args:
        left: Left photo of each pair, shape (n,), names or numbers.
        right: Right photo of each pair, shape (n,).
        wins: As in `strengths`.
        votes: As in `strengths`.
        burst: Burst of each pair, shape (n,); a photo of two bursts is fitted in both.
        penalty: As in `strengths`.

    Returns:
        One row per photo and burst, bursts in order of first appearance: `burst`, `image`,
        `strength` (mean 0 in each burst), and `fit`: "likelihood", "penalised", or why `strength`
        is NaN: "not connected", or "unbounded" where a penalty of 0 was asked for and there is no
        finite maximum.

    Raises:
        ValueError: Columns of unequal length, more wins than votes, a photo against itself.
    """
    import pandas as pd

    first, second, won, total = _checked(left, right, wins, votes)
    labels = np.asarray(burst)
    if labels.shape != won.shape:
        raise ValueError(f"burst must be as long as left. Got {labels.shape} and {won.shape}.")
    bursts, burst_names = pd.factorize(labels)
    images, image_names = pd.factorize(np.concatenate([first, second]))
    if (bursts < 0).any() or (images < 0).any():
        raise ValueError("every pair needs a burst and two photos; one of them is missing.")
    keys, row = np.unique(
        np.tile(bursts, 2) * max(len(image_names), 1) + images, return_inverse=True
    )
    of, image = np.divmod(keys, max(len(image_names), 1))
    starts, sizes = np.unique(of, return_index=True, return_counts=True)[1:]
    place = (row - starts[np.tile(bursts, 2)]).reshape(2, -1)
    strength = np.full(len(keys), np.nan)
    fit = np.full(len(keys), "", dtype=object)
    for size in np.unique(sizes):
        members = np.flatnonzero(sizes == size)
        pairs = np.flatnonzero(sizes[bursts] == size)
        tally = np.zeros((len(members), size, size))
        number = np.searchsorted(members, bursts[pairs])
        _count(tally, (number, place[0, pairs], place[1, pairs]), won[pairs], total[pairs])
        rows = starts[members][:, None] + np.arange(size)
        strength[rows], fits = fitted(tally, penalty)
        fit[rows] = np.array(fits, dtype=object)[:, None]
    return pd.DataFrame(
        {"burst": burst_names[of], "image": image_names[image], "strength": strength, "fit": fit}
    )


def _count(
    tally: NDArray[np.float64],
    pairs: tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]],
    wins: NDArray[np.float64],
    votes: NDArray[np.float64],
) -> None:
    """Add the votes of pairs (burst, left, right) to a tally as `fitted` takes it."""
    burst, left, right = pairs
    np.add.at(tally, (burst, left, right), wins)
    np.add.at(tally, (burst, right, left), votes - wins)


def _checked(
    left: ArrayLike, right: ArrayLike, wins: ArrayLike, votes: ArrayLike
) -> tuple[NDArray[Any], NDArray[Any], NDArray[np.float64], NDArray[np.float64]]:
    first, second = np.asarray(left), np.asarray(right)
    won, total = np.asarray(wins, dtype=np.float64), np.asarray(votes, dtype=np.float64)
    if won.ndim != 1 or not first.shape == second.shape == won.shape == total.shape:
        raise ValueError(
            "left, right, wins and votes must be columns of equal length. "
            f"Got shapes {first.shape}, {second.shape}, {won.shape} and {total.shape}."
        )
    wrong = ~((won >= 0) & (won <= total) & (total > 0) & np.isfinite(total))
    if wrong.any():
        at = int(np.flatnonzero(wrong)[0])
        raise ValueError(
            "wins must lie between 0 and votes, and votes above 0. "
            f"Got {won[at]:g} of {total[at]:g} at position {at}."
        )
    if (first == second).any():
        at = int(np.flatnonzero(first == second)[0])
        raise ValueError(f"a photo cannot be compared with itself: {first[at]} at position {at}.")
    return first, second, won, total
