"""Paired permutation tests in which all items of a group are exchanged together.

If two methods are equally good, their names can be exchanged: doing so turns the sign of each
item's difference. Items of one group are not independent, so a whole group is exchanged or none
of it, and the sum of all differences is compared with what such exchanges give. Source: Fisher,
The Design of Experiments, 1935, section 21; Ernst, Statistical Science 19, 2004, section 3.2; for
groups, Winkler et al., NeuroImage 123, 2015 (whole-block exchanges).

An average over items (accuracy) is such a sum. A correlation is one too: give the difference of
two methods' `srcc_influences` (or `plcc_influences`, both in `influence.py`), and against chance
`srcc_contributions` (or `plcc_contributions`).
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim_bench.evaluation.clusters import checked

_BLOCK = 200_000  # signs held at once: few enough to stay in the cache of a core
_ROUNDING = 1e-12  # relative to the sum of the groups' sizes of difference


def sign_flip_test(
    differences: ArrayLike, groups: ArrayLike, *, permutations: int = 10_000, seed: int = 0
) -> NDArray[np.float64]:
    """Test whether differences add up to more, either way, than exchanges of groups would give.

    Args:
        differences: What one method has over the other on each item, shape (n,), or in k
            comparisons at once, shape (n, k); finite. Against chance: what it has over a coin
            (credit - 1/2), or its contributions to a correlation.
        groups: Label of each item's group, shape (n,).
        permutations: How many exchanges are drawn. Where all of them are no more than this (13
            groups for 10,000), each is made once and the result is exact.
        seed: Decides the draws.

    Returns:
        Two-sided p-values in (0, 1], shape (k,), (1,) for one column; drawn, (1 + those at least
        as far from 0) / (1 + permutations) (Phipson and Smyth 2010), and so never 0. G groups
        cannot give less than 2 / 2^G: five or fewer never reach 0.05. NaN for no items.

    Raises:
        ValueError: Lengths that differ, values that are not finite, or no permutations.
    """
    if permutations < 1:
        raise ValueError(f"permutations must be 1 or more. Got {permutations!r}.")
    table, clusters = checked(differences, groups, 1)
    if len(table) == 0:
        return np.full(table.shape[1], np.nan)
    sums = clusters.sums(table)
    reached = np.abs(sums.sum(axis=0)) - _ROUNDING * np.abs(sums).sum(axis=0)
    exact = 2**clusters.count <= permutations
    signs = _every(clusters.count) if exact else _drawn(clusters.count, permutations, seed)
    beyond = np.zeros(table.shape[1])
    for block in signs:
        beyond += (np.abs(block @ sums) >= reached).sum(axis=0)
    return beyond / 2**clusters.count if exact else (1 + beyond) / (1 + permutations)


def srcc_contributions(merit: ArrayLike, mean: ArrayLike) -> NDArray[np.float64]:
    """Split Spearman's correlation into what each item adds to it.

    Each is the product of the item's two midranks, standardised, over n. They test a correlation
    against chance: a method that knows nothing might as well have ranked a group the other way
    round, which turns the sign of the group's contributions. Deviation: ranks are not made anew
    after such a turn, which matters little where a group is a small part of the items. To compare
    two methods, `srcc_influences` are the better choice.

    Args:
        merit: Scores of one method, larger is better, shape (n,); finite.
        mean: Mean opinions, shape (n,); finite.

    Returns:
        Shape (n,); their sum is the correlation.

    Raises:
        ValueError: Columns that differ in length, are not finite, or are constant.
    """
    from scipy.stats import rankdata

    a, b = columns(merit, mean)
    return _products(rankdata(a), rankdata(b))


def plcc_contributions(merit: ArrayLike, mean: ArrayLike) -> NDArray[np.float64]:
    """Split Pearson's correlation; otherwise as `srcc_contributions`, of scores, not ranks."""
    return _products(*columns(merit, mean))


def _every(count: int) -> Iterator[NDArray[np.float64]]:
    size = max(1, _BLOCK // count)
    for start in range(0, 2**count, size):
        codes = np.arange(start, min(start + size, 2**count))
        yield _signs(codes[:, None] >> np.arange(count) & 1)


def _drawn(count: int, permutations: int, seed: int) -> Iterator[NDArray[np.float64]]:
    random = np.random.default_rng(seed)
    size = max(1, _BLOCK // count)
    for start in range(0, permutations, size):
        yield _signs(random.integers(2, size=(min(size, permutations - start), count)))


def _signs(bits: NDArray[np.int64]) -> NDArray[np.float64]:
    return (1 - 2 * bits).astype(np.float64)


def columns(merit: ArrayLike, mean: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Check two columns that are to be correlated; ValueError where they cannot be."""
    a, b = np.asarray(merit, dtype=np.float64), np.asarray(mean, dtype=np.float64)
    if a.ndim != 1 or a.shape != b.shape:
        raise ValueError(
            f"merit and mean must be columns of equal length. Got {a.shape} and {b.shape}."
        )
    for name, column in (("merit", a), ("mean", b)):
        if not np.isfinite(column).all():
            raise ValueError(f"{name} must be finite; leave such items out, and count them.")
        if len(column) == 0 or np.ptp(column) <= 1e-13 * np.abs(column).max():
            raise ValueError(f"{name} must vary: a constant has no correlation to be tested.")
    return a, b


def _products(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    a, b = a - a.mean(), b - b.mean()
    a, b = a / np.abs(a).max(), b / np.abs(b).max()  # so that squares neither over- nor underflow
    contributions: NDArray[np.float64] = a * b / np.sqrt((a @ a) * (b @ b))
    return contributions
