"""Correlation with a bootstrap interval, for pairs that come in groups or are far from normal.

Percentile bootstrap (Efron, Ann. Statist. 7, 1979). With groups, whole groups are drawn
(Davison and Hinkley, Bootstrap Methods and their Application, 1997, section 3.8), because photos
of one burst are not independent. It needs some 20 groups or more: it cannot make up for few data,
and below that it is narrower than it should be.
"""

from math import nan

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim_bench.evaluation.correlation import (
    LEAST_PAIRS,
    Correlation,
    Kind,
    coefficient,
    usable_pairs,
    why_undefined,
)

LEAST_DEFINED = 0.9
"""Share of the resamples that must have a correlation for their percentiles to mean anything."""


def bootstrap_correlate(
    x: ArrayLike,
    y: ArrayLike,
    kind: Kind = "pearson",
    *,
    groups: ArrayLike | None = None,
    level: float = 0.95,
    resamples: int = 2000,
    seed: int = 0,
) -> Correlation:
    """Correlate two columns; the interval from resampled pairs, or resampled groups of pairs.

    Args:
        x: Scores of shape (n,).
        y: Scores of shape (n,), in the same order.
        kind: As in `correlate`.
        groups: Group of each pair (its burst), shape (n,); None: every pair is its own.
        level: Probability that the interval is meant to cover.
        resamples: How many resamples are drawn.
        seed: Decides the draws; equal seeds give equal intervals.

    Returns:
        As `correlate`; also with a reason in place of a value for fewer than four groups.

    Raises:
        ValueError: As `correlate`; also for groups of another length or fewer than 1 resample.
    """
    if resamples < 1:
        raise ValueError(f"resamples must be 1 or more. Got {resamples!r}.")
    a, b, dropped = usable_pairs(x, y, kind, level)
    members = _members(x, y, groups)
    reason = why_undefined(a, b)
    if reason is None and len(members) < LEAST_PAIRS:
        reason = f"{len(members)} groups; at least {LEAST_PAIRS} are needed"
    if reason is None:
        estimate = coefficient(a, b, kind)
        drawn = _resampled(a, b, kind, members, resamples, np.random.default_rng(seed))
        defined = drawn[np.isfinite(drawn)]
        if len(defined) >= LEAST_DEFINED * resamples:
            low, high = np.quantile(defined, [0.5 - level / 2, 0.5 + level / 2])
            ends = float(low), float(high)
            return Correlation(kind, estimate, *ends, level, len(a), dropped, "bootstrap")
        reason = f"only {len(defined)} of {resamples} resamples have a correlation"
    return Correlation(kind, nan, nan, nan, level, len(a), dropped, "bootstrap", reason)


def _members(x: ArrayLike, y: ArrayLike, groups: ArrayLike | None) -> list[NDArray[np.intp]]:
    """Return the positions of each group's pairs among the finite ones."""
    finite = np.isfinite(np.asarray(x, dtype=np.float64))
    finite &= np.isfinite(np.asarray(y, dtype=np.float64))
    labels = np.arange(len(finite)) if groups is None else np.asarray(groups)
    if labels.shape != finite.shape:
        raise ValueError(f"groups must be as long as x. Got {labels.shape} and {finite.shape}.")
    _, group = np.unique(labels[finite], return_inverse=True)
    order = np.argsort(group, kind="stable")
    return np.split(order, np.cumsum(np.bincount(group))[:-1]) if len(group) else []


def _resampled(
    a: NDArray[np.float64],
    b: NDArray[np.float64],
    kind: Kind,
    members: list[NDArray[np.intp]],
    resamples: int,
    random: np.random.Generator,
) -> NDArray[np.float64]:
    found = np.full(resamples, nan)
    for i in range(resamples):
        chosen = random.integers(len(members), size=len(members))
        rows = np.concatenate([members[group] for group in chosen])
        if why_undefined(a[rows], b[rows]) is None:
            found[i] = coefficient(a[rows], b[rows], kind)
    return found
