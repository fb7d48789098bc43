"""Correlations of cluster resamples, with an item of weight w worth w copies of it.

Ranks are made anew in each resample. The rank of an item then depends on weights alone: with B
drawn items below its value and W at it, its midrank is B + (W + 1) / 2, as scipy's rankdata gives
to W copies. Twice the distance from the mean rank is a whole number, so nothing is rounded before
the last division.
"""

from math import nan

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim_bench.evaluation.clusters import Clusters, checked

LARGEST_FOR_KRCC = 3000
"""Items above which Kendall's tau is not resampled: its cost grows with their square."""

_ROUNDING = 1e-13  # relative spread below which a column is constant but for rounding


def resampled_srcc(
    x: ArrayLike, y: ArrayLike, groups: ArrayLike, resamples: int = 2000, seed: int = 0
) -> NDArray[np.float64]:
    """Correlate the ranks of x and y in each resample (Spearman, ties share their mean rank).

    Args:
        x: Scores of m methods, shape (n, m), or of one, shape (n,); finite.
        y: Mean opinions, shape (n,); finite.
        groups: Label of each item's group, shape (n,).
        resamples: How many resamples are drawn.
        seed: Decides the draws; they are those of `resampled_means`.

    Returns:
        Shape (resamples, m), signed; NaN where a column of the resample is constant.

    Raises:
        ValueError: Lengths that differ, values that are not finite, or no resamples.
    """
    table, column, clusters = _checked(x, y, groups, resamples)
    ranked, others = _Levels(column), [_Levels(each) for each in table.T]
    found = np.empty((resamples, len(others)))
    for which, weights in clusters.weights(resamples, seed):
        ranks, spread = ranked.ranks(weights)
        weighted = ranks * weights
        for k, other in enumerate(others):
            its_ranks, its_spread = other.ranks(weights)
            product = np.einsum("ij,ij->i", weighted, its_ranks)
            found[which, k] = _ratio(product, spread, its_spread)
    return found


def resampled_plcc(
    x: ArrayLike, y: ArrayLike, groups: ArrayLike, resamples: int = 2000, seed: int = 0
) -> NDArray[np.float64]:
    """Correlate x and y in each resample (Pearson); otherwise as `resampled_srcc`."""
    table, column, clusters = _checked(x, y, groups, resamples)
    found = np.empty((resamples, table.shape[1]))
    for which, drawn in clusters.weights(resamples, seed):
        weights = drawn.astype(np.float64)
        deviations, spread = _deviations(column, weights)
        weighted = deviations * weights
        for k, each in enumerate(table.T):
            its_deviations, its_spread = _deviations(each, weights)
            product = np.einsum("ij,ij->i", weighted, its_deviations)
            found[which, k] = _ratio(product, spread, its_spread)
    return found


def resampled_krcc(
    x: ArrayLike, y: ArrayLike, groups: ArrayLike, resamples: int = 2000, seed: int = 0
) -> NDArray[np.float64]:
    """Take Kendall's tau-b of x and y in each resample; otherwise as `resampled_srcc`.

    Copies of one item are tied with each other in both columns.

    Raises:
        ValueError: As `resampled_srcc`; also for more than `LARGEST_FOR_KRCC` items.
    """
    table, column, clusters = _checked(x, y, groups, resamples)
    if len(column) > LARGEST_FOR_KRCC:
        raise ValueError(f"at most {LARGEST_FOR_KRCC} items can be compared. Got {len(column)}.")
    found = np.empty((resamples, table.shape[1]))
    order = _order(column)
    ranked = _Levels(column)
    for k, each in enumerate(table.T):
        concordance = order * _order(each)  # float32 holds sums of so few items exactly
        levels = _Levels(each)
        for which, drawn in clusters.weights(resamples, seed):
            weights = drawn.astype(np.float32)
            product = np.einsum("ij,ij->i", weights @ concordance, weights, dtype=np.float64)
            found[which, k] = _ratio(product, ranked.untied(drawn), levels.untied(drawn))
    return found


class _Levels:
    """The distinct values of a column, in order."""

    def __init__(self, column: NDArray[np.float64]) -> None:
        kept, self.level = np.unique(column, return_inverse=True)
        self.order = np.argsort(self.level, kind="stable")
        self.starts = np.searchsorted(self.level[self.order], np.arange(len(kept)))

    def totals(self, weights: NDArray[np.intp]) -> NDArray[np.intp]:
        """Add up weights of shape (block, n) at each value."""
        return np.add.reduceat(weights[:, self.order], self.starts, axis=1)

    def ranks(self, weights: NDArray[np.intp]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return twice each item's rank less its mean, and the weighted sum of its squares."""
        totals = self.totals(weights)
        up_to = totals.cumsum(axis=1)
        doubled = (2 * up_to - totals - up_to[:, -1:]).astype(np.float64)
        spread = np.einsum("ij,ij,ij->i", totals, doubled, doubled)
        return doubled[:, self.level], spread

    def untied(self, weights: NDArray[np.intp]) -> NDArray[np.float64]:
        """Count, twice, the pairs of drawn items whose values differ."""
        totals = self.totals(weights).astype(np.float64)
        pairs: NDArray[np.float64] = totals.sum(axis=1) ** 2 - np.einsum("ij,ij->i", totals, totals)
        return pairs


def _deviations(
    column: NDArray[np.float64], weights: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    mean = (weights @ column) / weights.sum(axis=1)
    away = column - mean[:, None]
    spread = np.einsum("ij,ij,ij->i", weights, away, away)
    least = weights.sum(axis=1) * (_ROUNDING * np.abs(column).max()) ** 2
    return away, np.where(spread > least, spread, 0.0)


def _ratio(
    product: NDArray[np.float64], first: NDArray[np.float64], second: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return product / sqrt(first * second) within [-1, 1]; NaN where either spread is 0."""
    scale = np.sqrt(first) * np.sqrt(second)
    found = np.full(len(product), nan)
    np.divide(product, scale, out=found, where=scale > 0)
    found.clip(-1.0, 1.0, out=found)
    return found


def _order(column: NDArray[np.float64]) -> NDArray[np.float32]:
    signs: NDArray[np.float32] = np.sign(column[:, None] - column[None, :]).astype(np.float32)
    return signs


def _checked(
    x: ArrayLike, y: ArrayLike, groups: ArrayLike, resamples: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], Clusters]:
    table, clusters = checked(x, groups, resamples, least=1)
    column, _ = checked(y, groups, resamples)
    if np.ndim(y) != 1:
        raise ValueError(f"y must have the shape (n,). Got {np.shape(y)}.")
    return table, column[:, 0], clusters
