"""The maximum of the Bradley-Terry likelihood, for many bursts at once.

It is finite only where no part of a burst wins against the rest every time (Ford, Amer. Math.
Monthly 64, 1957; Hunter, Ann. Statist. 32, 2004). Elsewhere the penalised likelihood is taken:
log-likelihood - penalty * sum of squared log-strengths, as by `choix.opt_pairwise(alpha=penalty)`.
"""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

Fit = Literal["likelihood", "penalised", "unbounded", "not connected"]

PENALTY = 0.01
"""Used where likelihood alone has no finite maximum. Chosen by us: four votes to none then mean
0.989, close to the 0.990 that PhotoTriage publishes for unanimous pairs."""

_LAST_STEP = 1e-9  # convergence is quadratic: after this step the error is below rounding
_MOST_STEPS = 300
_TOO_ONE_SIDED = "votes of one burst are of too different a size for log-strengths; give a penalty"
_ROUNDING = 1e-15  # a slope this small relative to its terms is 0 but for rounding


def fitted(
    tally: NDArray[np.float64], penalty: float | None
) -> tuple[NDArray[np.float64], list[Fit]]:
    """Fit bursts of one size.

    Args:
        tally: How often photo i wins against photo j, shape (bursts, k, k), 0 or more.
        penalty: None: `PENALTY` where likelihood alone has no finite maximum, else none. A number,
            0 or more: that penalty in any case.

    Returns:
        Log-strengths of shape (bursts, k), mean 0 in each burst, and how each burst was fitted;
        NaN for those that are "not connected" or "unbounded".

    Raises:
        ValueError: A penalty below 0, or votes of one burst that differ by some 20 orders of
            magnitude.
    """
    if penalty is not None and not 0 <= penalty < np.inf:
        raise ValueError(f"penalty must be finite and 0 or more, or None. Got {penalty!r}.")
    connected = _all_reach_all((tally > 0) | (tally > 0).swapaxes(1, 2))
    finite = _all_reach_all(tally > 0)
    weight = np.full(len(tally), penalty or 0.0)
    if penalty is None:
        weight[~finite] = PENALTY
    solvable = connected & (finite | (weight > 0))
    found = np.full(tally.shape[:2], np.nan)
    found[solvable] = _newton(tally[solvable], weight[solvable])
    fits: list[Fit] = [
        "not connected" if not c else "unbounded" if not s else "penalised" if w else "likelihood"
        for c, s, w in zip(connected, solvable, weight, strict=True)
    ]
    return found, fits


def _all_reach_all(edges: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Say for each graph of shape (k, k) whether every node can be reached from every other."""
    k = edges.shape[1]
    reach = edges | np.eye(k, dtype=bool)
    for _ in range(max(k - 1, 1).bit_length()):
        reach = (reach.astype(np.float64) @ reach) > 0
    return np.asarray(reach.all(axis=(1, 2)))


def _newton(tally: NDArray[np.float64], penalty: NDArray[np.float64]) -> NDArray[np.float64]:
    """Maximise the (penalised) likelihood of each burst; shape (bursts, k).

    Newton's method with the step of length log(1 + d) / d, d being the largest change of a
    log-odds: for logistic likelihoods it converges from anywhere (Sun and Tran-Dinh, Math.
    Program. 178, 2019). A ridge along equal shifts, which change nothing, keeps the mean at 0.
    """
    from scipy.special import expit

    bursts, k = tally.shape[:2]
    found = np.zeros((bursts, k))
    votes = tally + tally.swapaxes(1, 2)
    for _ in range(_MOST_STEPS):
        lose = expit(found[:, None, :] - found[:, :, None])
        lost = tally * lose
        slope = lost.sum(axis=2) - lost.sum(axis=1) - 2.0 * penalty[:, None] * found
        bend = votes * lose * lose.swapaxes(1, 2)
        curvature = -bend
        diagonal = bend.sum(axis=2) + 2.0 * penalty[:, None]
        curvature[:, range(k), range(k)] += diagonal
        curvature += (diagonal.mean(axis=1) / k)[:, None, None]
        try:
            step = np.linalg.solve(curvature, slope[:, :, None])[:, :, 0]
        except np.linalg.LinAlgError as error:
            raise ValueError(_TOO_ONE_SIDED) from error
        change = np.ptp(step, axis=1)
        found += step * (np.log1p(change) / np.where(change > 0, change, 1.0))[:, None]
        rounding = _ROUNDING * (lost.sum(axis=2) + lost.sum(axis=1)).max(axis=1)
        if ((change <= _LAST_STEP) | (np.abs(slope).max(axis=1) <= rounding)).all():
            return np.asarray(found - found.mean(axis=1, keepdims=True))
    raise ValueError(_TOO_ONE_SIDED)
