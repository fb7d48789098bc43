"""Cluster bootstrap: whole groups are drawn, because items of one group are not independent.

Pairs of one series share photos, and distorted photos share their reference. Source: Davison and
Hinkley, Bootstrap Methods and their Application, 1997, section 3.8; Field and Welsh, Journal of
the Royal Statistical Society B 69, 2007 (the randomised cluster bootstrap). As many groups are
drawn, with replacement, as there are, each with all its items, so that the number of items varies.

A draw is held as how often each group was drawn; an item's weight is that of its group, and an
item of weight w counts as w copies. Equal groups, resamples and seed give equal draws: statistics
of several methods may be drawn in separate calls and still be subtracted resample by resample.
"""

from collections.abc import Iterator
from math import nan

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim_bench.evaluation.estimate import Estimate, check_level, estimate, without_interval

_BLOCK = 200_000  # weights held at once: few enough to stay in the cache of a core


class Clusters:
    """The groups of n items.

    Args:
        groups: Label of each item's group (its series, its reference image), shape (n,).

    Attributes:
        index: Number of each item's group, 0 to count - 1, shape (n,).
        count: How many groups there are.
        sizes: Items in each group, shape (count,).

    Raises:
        ValueError: Labels that are no column, or of which one is NaN.
    """

    def __init__(self, groups: ArrayLike) -> None:
        labels = np.asarray(groups)
        if labels.ndim != 1:
            raise ValueError(f"groups must be one label per item, shape (n,). Got {labels.shape}.")
        if labels.dtype.kind == "f" and np.isnan(labels).any():
            raise ValueError("groups must not be NaN: give each item the label of its group.")
        kept, index = np.unique(labels, return_inverse=True)
        self.index: NDArray[np.intp] = index.astype(np.intp)
        self.count: int = len(kept)
        self.sizes: NDArray[np.intp] = np.bincount(self.index, minlength=self.count)

    def sums(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Add values of shape (n, m) up within each group; shape (count, m)."""
        columns = [np.bincount(self.index, column, self.count) for column in values.T]
        return np.stack(columns, axis=1)

    def draws(
        self, resamples: int, seed: int, *, width: int | None = None
    ) -> Iterator[tuple[slice, NDArray[np.intp]]]:
        """Yield blocks of draws, all of them the same whatever the size of the blocks.

        Args:
            resamples: How many draws in all.
            seed: Decides the draws.
            width: Numbers that the caller holds per draw; None: one per group.

        Yields:
            Which draws these are, and how often each group was drawn: shape (block, count).
        """
        random = np.random.default_rng(seed)
        size = max(1, _BLOCK // max(1, self.count, width or 0))
        for start in range(0, resamples, size):
            block = min(size, resamples - start)
            drawn = random.integers(self.count, size=(block, self.count))
            drawn += self.count * np.arange(block)[:, None]
            times = np.bincount(drawn.ravel(), minlength=block * self.count)
            yield slice(start, start + block), times.reshape(block, self.count)

    def weights(self, resamples: int, seed: int) -> Iterator[tuple[slice, NDArray[np.intp]]]:
        """Yield the same draws as how often each item was drawn: blocks of shape (block, n)."""
        for which, times in self.draws(resamples, seed, width=len(self.index)):
            yield which, times[:, self.index]


def bootstrap_mean(
    values: ArrayLike,
    groups: ArrayLike,
    *,
    level: float = 0.95,
    resamples: int = 2000,
    seed: int = 0,
) -> Estimate:
    """Average a column; the interval from resampled groups.

    Args:
        values: One number per item (such as the credit of a pair), shape (n,), finite.
        groups: Label of each item's group, shape (n,).
        level: Probability that the interval is meant to cover.
        resamples: How many resamples are drawn.
        seed: Decides the draws.

    Returns:
        The mean over items (large groups weigh more), in the unit of the values; NaN with a
        reason for no items, and as `estimate` where only the interval is missing.

    Raises:
        ValueError: Lengths that differ, values that are not finite (leave such items out of both
            columns, and count them), a level that is no probability, or no resamples.
    """
    column = np.asarray(values, dtype=np.float64)
    if column.ndim != 1:
        raise ValueError(f"values must have the shape (n,). Got {column.shape}.")
    return bootstrap_means(column[:, None], groups, level=level, resamples=resamples, seed=seed)[0]


def bootstrap_means(
    values: ArrayLike,
    groups: ArrayLike,
    *,
    level: float = 0.95,
    resamples: int = 2000,
    seed: int = 0,
) -> list[Estimate]:
    """Average each column of values of shape (n, m); otherwise as `bootstrap_mean`."""
    table, clusters = checked(values, groups, resamples)
    check_level(level)
    if len(table) == 0:
        return [without_interval(nan, "no items", clusters.sizes, level=level)] * table.shape[1]
    drawn = resampled_means(table, groups, resamples, seed)
    return [
        estimate(float(mean), column, clusters.sizes, level=level)
        for mean, column in zip(table.mean(axis=0), drawn.T, strict=True)
    ]


def resampled_means(
    values: ArrayLike, groups: ArrayLike, resamples: int = 2000, seed: int = 0
) -> NDArray[np.float64]:
    """Average values of shape (n, m) or (n,) over each resample's items.

    Returns:
        Shape (resamples, m): sum over the drawn items by their number. Subtract two columns for
        the resampled difference of two methods on the same items.

    Raises:
        ValueError: As `bootstrap_mean`; also for no items.
    """
    table, clusters = checked(values, groups, resamples, least=1)
    sums = clusters.sums(np.column_stack([table, np.ones(len(table))]))
    found = np.empty((resamples, table.shape[1]))
    for which, times in clusters.draws(resamples, seed):
        totals = times.astype(np.float64) @ sums
        found[which] = totals[:, :-1] / totals[:, -1:]
    return found


def checked(
    values: ArrayLike, groups: ArrayLike, resamples: int, *, least: int = 0
) -> tuple[NDArray[np.float64], Clusters]:
    """Check the arguments of a resampled statistic; return values of shape (n, m) and groups."""
    table = np.asarray(values, dtype=np.float64)
    table = table[:, None] if table.ndim == 1 else table
    clusters = Clusters(groups)
    if table.ndim != 2:
        raise ValueError(f"values must have the shape (n,) or (n, m). Got {table.shape}.")
    if len(table) != len(clusters.index):
        raise ValueError(
            "values must have one group for each of the n items. "
            f"Got {len(table)} items and {len(clusters.index)} groups."
        )
    if not np.isfinite(table).all():
        raise ValueError(
            f"values must be finite. Got {int((~np.isfinite(table)).sum())} that are not; leave "
            "their items out of every column, and count them."
        )
    if len(table) < least:
        raise ValueError(f"at least {least} items are needed. Got {len(table)}.")
    if resamples < 1:
        raise ValueError(f"resamples must be 1 or more. Got {resamples!r}.")
    return table, clusters
