"""The slope of a method: how many log-odds a unit of score difference is worth.

P(left wins) = 1 / (1 + exp(-slope * difference)): the model of Bradley and Terry (Biometrika 39,
1952) with log-strengths that are the method's scores times one number.
"""

from math import sqrt

import numpy as np
from numpy.typing import ArrayLike

from sim_bench.evaluation.pairwise import checked_preference

STEEPEST = 20.0
"""Largest slope, either way, per root mean square of the difference. Chosen by us: only a method
that is never wrong, whose best slope is infinite, comes near; its probabilities end at 1 - 2e-9."""


def fit_slope(difference: ArrayLike, preference: ArrayLike) -> float:
    """Fit the slope by maximum likelihood, a preference counting as that share of a vote.

    Args:
        difference: Finite differences of merit (left minus right), shape (n,).
        preference: Share of people who prefer the left photo, shape (n,).

    Returns:
        Slope per unit of difference, at most `STEEPEST` per root mean square of the differences
        either way; 0 where all differences are 0 or there is none.

    Raises:
        ValueError: Columns of unequal length, a difference that is not finite, a preference
            outside [0, 1].
    """
    from scipy.optimize import brentq
    from scipy.special import expit

    d, p = np.asarray(difference, dtype=np.float64), checked_preference(preference)
    if d.shape != p.shape:
        raise ValueError(
            f"difference and preference must be equally long. Got {d.shape} and {p.shape}."
        )
    if not np.isfinite(d).all():
        raise ValueError("difference must be finite; leave unscored pairs out.")
    largest = float(np.abs(d).max(initial=0.0))
    if largest == 0.0:
        return 0.0
    scale = largest * sqrt(float(np.mean((d / largest) ** 2)))
    x = d / scale

    def ascent(slope: float) -> float:
        return float(x @ (p - expit(slope * x)))

    if ascent(STEEPEST) >= 0.0:
        return STEEPEST / scale
    if ascent(-STEEPEST) <= 0.0:
        return -STEEPEST / scale
    return float(brentq(ascent, -STEEPEST, STEEPEST, xtol=1e-14)) / scale
