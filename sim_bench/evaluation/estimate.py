"""A statistic with its interval from cluster resamples, or the reason why it has none.

The interval is the expanded percentile interval (Hesterberg, The American Statistician 69, 2015,
section 3.2, there for single items; here the items are whole clusters): percentiles of the
resampled values, taken a little further out than the level says, because G clusters drawn from G
spread by sqrt((G - 1) / G) too little and their spread is itself estimated (Student's t in place
of the normal distribution). For 2,000 clusters it is the plain percentile interval; for 60 it is
3% wider. docs/evaluation.md shows what that is worth in coverage.
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
        standard_error: Standard deviation of the resampled values times sqrt(G / (G - 1)) for G
            clusters, in the unit of `value`; NaN when there is no interval.
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


def without_interval(value: float, reason: str, *, level: float, n: int, clusters: int) -> Estimate:
    """Return a value (NaN where it is undefined too) whose interval is missing for a reason."""
    return Estimate(value, nan, nan, nan, level, n, clusters, reason)


def estimate(
    value: float, resampled: NDArray[np.float64], *, level: float, n: int, clusters: int
) -> Estimate:
    """Join a statistic and its resampled values to an estimate.

    Args:
        value: The statistic of the data themselves, finite.
        resampled: The statistic of each cluster resample, shape (resamples,); NaN where it has
            none.
        level: Probability that the interval is meant to cover, between 0 and 1.
        n: Items behind the value.
        clusters: Groups that were resampled.

    Returns:
        Without an interval, and with a reason, for fewer than four clusters, where more than a
        tenth of the resamples have no value, and where all resamples are equal: a method that is
        right in each of 30 series has not shown that it is never wrong.

    Raises:
        ValueError: A level that is no probability.
    """
    check_level(level)
    counts = {"level": level, "n": n, "clusters": clusters}
    defined = resampled[np.isfinite(resampled)]
    reason = None
    if clusters < LEAST_CLUSTERS:
        reason = f"{clusters} groups; an interval takes at least {LEAST_CLUSTERS}"
    elif len(defined) < max(2.0, LEAST_DEFINED * len(resampled)):
        reason = f"only {len(defined)} of {len(resampled)} resamples have a value"
    elif np.ptp(defined) <= _ROUNDING * np.abs(defined).max():
        reason = "every resample gives the same value, which shows no uncertainty"
    if reason is not None:
        return without_interval(value, reason, level=level, n=n, clusters=clusters)
    tail = expanded_tail(level, clusters)
    low, high = np.quantile(defined, [tail, 1 - tail])
    error = float(defined.std(ddof=1)) * sqrt(clusters / (clusters - 1))
    return Estimate(value, float(low), float(high), error, **counts)


def expanded_tail(level: float, clusters: int) -> float:
    """Return the share of resamples beyond each end: below (1 - level) / 2, the fewer the more."""
    from scipy.special import ndtr, stdtrit

    reach = stdtrit(clusters - 1, 0.5 + level / 2) * sqrt(clusters / (clusters - 1))
    return float(ndtr(-reach))


def check_level(level: float) -> None:
    """Raise ValueError for a level that is no probability."""
    if not 0 < level < 1:
        raise ValueError(f"level must lie between 0 and 1, such as 0.95. Got {level!r}.")
