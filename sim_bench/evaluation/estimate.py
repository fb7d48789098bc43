"""A statistic with its interval from cluster resamples, or the reason why it has none.

The interval is an expanded percentile interval (Hesterberg, The American Statistician 69, 2015,
section 3.2, there for single items): percentiles of the resampled values, taken further out than
the level says, for two reasons. G equal groups drawn from G spread by sqrt((G - 1) / G) too
little, and the spread is itself estimated, which asks for Student's t in place of the normal.

Deviation, for groups of unequal size: the first takes Kish's effective number (sum N)^2 / sum N^2
of groups of N items in place of G. The second takes Satterthwaite's degrees of freedom (Biometrics
Bulletin 2, 1946) for a sum over groups whose squares are in proportion to N^2, as they are when
items of one group are much alike: (sum N^2)^2 / sum N^4 - 1. Plain percentiles cover too seldom
there (docs/evaluation.md has the figures); with 2,000 groups the two hardly differ.
"""

from dataclasses import dataclass
from math import nan, sqrt

import numpy as np
from numpy.typing import NDArray

LEAST_CLUSTERS = 4
"""Fewer clusters give no interval: chosen by us; some 20 are needed for one to be trusted."""

LEAST_DEFINED = 0.9
"""Share of the resamples that must have a value for their percentiles to mean anything."""

_ROUNDING = 1e-12  # relative spread below which resampled values are equal but for rounding


@dataclass(frozen=True, slots=True)
class Estimate:
    """A statistic and its uncertainty.

    Attributes:
        value: The statistic; NaN when undefined.
        low: Lower end of the interval; NaN when there is none.
        high: Upper end of the interval; NaN when there is none.
        standard_error: Standard deviation of the resampled values, corrected as the interval is
            for the number of groups, in the unit of `value`; NaN when there is no interval.
        level: Probability that the interval is meant to cover.
        n: Items behind the value.
        clusters: Groups that the items come from; these are what is resampled.
        reason: Why the value or its interval is missing; None when both are there.
    """

    value: float
    low: float
    high: float
    standard_error: float
    level: float
    n: int
    clusters: int
    reason: str | None = None


def estimate(
    value: float,
    resampled: NDArray[np.float64],
    sizes: NDArray[np.intp],
    *,
    level: float = 0.95,
) -> Estimate:
    """Join a statistic and its resampled values to an estimate.

    Args:
        value: The statistic of the data themselves.
        resampled: The statistic of each resample, shape (resamples,); NaN where it has none.
        sizes: Items in each of the resampled groups, shape (clusters,).
        level: Probability that the interval is meant to cover, between 0 and 1.

    Returns:
        Without an interval, and with a reason, for fewer than four groups, where more than a
        tenth of the resamples have no value, and where all resamples are equal: a method that is
        right in each of 30 series has not shown that it is never wrong.

    Raises:
        ValueError: A level that is no probability.
    """
    check_level(level)
    defined = resampled[np.isfinite(resampled)]
    reason = None
    if len(sizes) < LEAST_CLUSTERS:
        reason = f"{len(sizes)} groups; an interval takes at least {LEAST_CLUSTERS}"
    elif len(defined) < max(2.0, LEAST_DEFINED * len(resampled)):
        reason = f"only {len(defined)} of {len(resampled)} resamples have a value"
    elif np.ptp(defined) <= _ROUNDING * np.abs(defined).max():
        reason = "every resample gives the same value, which shows no uncertainty"
    if reason is not None:
        return without_interval(value, reason, sizes, level=level)
    tail = expanded_tail(sizes, level)
    low, high = np.quantile(defined, [tail, 1 - tail])
    error = float(defined.std(ddof=1)) * _widening(sizes)
    return Estimate(value, float(low), float(high), error, level, int(sizes.sum()), len(sizes))


def without_interval(
    value: float, reason: str, sizes: NDArray[np.intp], *, level: float = 0.95
) -> Estimate:
    """Return a value (NaN where it is undefined too) whose interval is missing for a reason."""
    return Estimate(value, nan, nan, nan, level, int(sizes.sum()), len(sizes), reason)


def expanded_tail(sizes: NDArray[np.intp], level: float = 0.95) -> float:
    """Return the share of resamples beyond each end, below (1 - level) / 2.

    Args:
        sizes: Items in each group, shape (clusters,).
        level: Probability that the interval is meant to cover.
    """
    from scipy.special import ndtr, stdtrit

    squares = sizes.astype(np.float64) ** 2
    freedom = max(1.0, squares.sum() ** 2 / (squares**2).sum() - 1)
    return float(ndtr(-stdtrit(freedom, 0.5 + level / 2) * _widening(sizes)))


def check_level(level: float) -> None:
    """Raise ValueError for a level that is no probability."""
    if not 0 < level < 1:
        raise ValueError(f"level must lie between 0 and 1, such as 0.95. Got {level!r}.")


def _widening(sizes: NDArray[np.intp]) -> float:
    effective = max(2.0, float(sizes.sum()) ** 2 / float((sizes.astype(np.float64) ** 2).sum()))
    return sqrt(effective / (effective - 1))
