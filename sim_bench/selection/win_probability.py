"""How likely people are to prefer a photo, from scores.

Bradley and Terry (Biometrika 39, 1952): P(i is preferred to j) = 1 / (1 + exp(-(m_i - m_j))) for
merits m in log-odds, and Luce (Individual Choice Behavior, 1959): the best of a group is i with
probability exp(m_i) / sum exp(m), the only rule by which the odds of two photos do not depend on
what else is in the group. A score becomes a merit by its scale: how much of it is worth odds of
e to 1.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

_LEAST, _MOST = 1e-6, 1e6
"""Bounds of a fitted scale, in standard deviations of the margins."""


def preference(margin: ArrayLike) -> NDArray[np.float64]:
    """Probability that the first of two photos is preferred.

    Args:
        margin: Merit of the first less that of the second, in log-odds, of any shape.

    Returns:
        Of the same shape, 0 to 1; 0.5 for a margin of 0, NaN for NaN.
    """
    return np.asarray(0.5 + 0.5 * np.tanh(0.5 * np.asarray(margin, dtype=np.float64)))


def win_probabilities(merits: ArrayLike) -> NDArray[np.float64]:
    """Probability of each photo of a group to be the one that people prefer of all.

    Args:
        merits: In log-odds, larger is better, shape (n,); what is not finite takes no part.

    Returns:
        Shape (n,); they add up to 1, equal merits get equal shares, and NaN where a photo takes
        no part.
    """
    given = np.asarray(merits, dtype=np.float64)
    finite = np.isfinite(given)
    found = np.full(given.shape, np.nan)
    if finite.any():
        odds = np.exp(given[finite] - given[finite].max())
        found[finite] = odds / odds.sum()
    return found


def fit_scale(margins: ArrayLike, preferred: ArrayLike) -> float:
    """Find the scale by which differences of scores predict what people prefer.

    Maximum likelihood of P = 1 / (1 + exp(-margin / scale)); a share of votes counts as that many
    votes.

    Args:
        margins: Score of the first photo of each pair less that of the second, larger is better,
            shape (n,); finite.
        preferred: Probability that people prefer the first, 0 to 1, shape (n,).

    Returns:
        Above 0, in units of the score. As large as it may be where scores say nothing of
        preferences, or contradict them.

    Raises:
        ValueError: Columns of unequal length, numbers out of range, or margins that are all 0.
    """
    from scipy.optimize import minimize_scalar

    x, y = np.asarray(margins, dtype=np.float64), np.asarray(preferred, dtype=np.float64)
    if x.ndim != 1 or x.shape != y.shape:
        raise ValueError(
            f"margins and preferred must be columns of equal length. Got {x.shape} and {y.shape}."
        )
    if not (np.isfinite(x).all() and ((y >= 0) & (y <= 1)).all()):
        raise ValueError("margins must be finite, and preferred from 0 to 1; leave other pairs out")
    unit = float(np.sqrt(np.mean(x**2))) if len(x) else 0.0
    if not unit > 0:
        raise ValueError("a scale needs at least one pair whose scores differ. Got none.")

    def loss(log_scale: float) -> float:
        odds = x / (unit * np.exp(log_scale))
        return float(np.mean(y * np.logaddexp(0.0, -odds) + (1 - y) * np.logaddexp(0.0, odds)))

    found = minimize_scalar(
        loss, bounds=(np.log(_LEAST), np.log(_MOST)), method="bounded", options={"xatol": 1e-9}
    )
    return unit * float(np.exp(found.x))
