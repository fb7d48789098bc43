"""How likely the method says it is that people prefer the left photo, and whether that is so.

A score difference becomes a probability by one number, the method's slope (see `slope.py`); the
slope that a series is judged with is fitted on other series.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim_bench.evaluation.folds import group_folds
from sim_bench.evaluation.pairwise import checked_preference
from sim_bench.evaluation.slope import fit_slope

_DECIMALS = 12  # q and 1 - (1 - q) differ by rounding, and must fall into the same bin


@dataclass(frozen=True, eq=False)
class CrossFitted:
    """Probabilities of pairs from models that saw nothing of their series.

    Attributes:
        probability: That people prefer the left photo, shape (n,); NaN where a score is missing.
        slopes: Slope of each fold's model, per unit of difference, shape (folds,); below 0 where
            people prefer the smaller score.
        fold: Which of the slopes each pair was judged with, shape (n,); -1 where a score is
            missing.
    """

    probability: NDArray[np.float64]
    slopes: NDArray[np.float64]
    fold: NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """Pairs of similar probability, seen from the photo that the method thinks more likely.

    Attributes:
        predicted: Mean probability that this photo wins, 0.5 to 1.
        observed: Mean share of people who prefer it, 0 to 1.
        n: Number of pairs.
    """

    predicted: float
    observed: float
    n: int


def win_probability(
    difference: ArrayLike,
    preference: ArrayLike,
    groups: ArrayLike,
    folds: int = 10,
    seed: int = 0,
) -> CrossFitted:
    """Turn score differences into probabilities, each by a slope fitted on other series.

    Args:
        difference: Merit of the left photo minus that of the right one, shape (n,).
        preference: Share of people who prefer the left photo, shape (n,).
        groups: Series of each pair, shape (n,).
        folds: Parts that the series are dealt into; with fewer series, each is one.
        seed: Decides the deal.

    Returns:
        Probabilities and slopes. Pairs whose difference is missing or infinite are not fitted on.

    Raises:
        ValueError: Columns of unequal length, a preference outside [0, 1], fewer than 2 folds, or
            fewer than two series with a pair that has a difference.
    """
    from scipy.special import expit

    d, p = _checked("difference", difference, preference)
    labels = np.asarray(groups)
    if labels.shape != d.shape:
        raise ValueError(f"groups must be as long as difference. Got {labels.shape}, {d.shape}.")
    used = np.isfinite(d)
    fold = np.full(len(d), -1)
    fold[used] = group_folds(labels[used], folds, seed)
    others = [used & (fold != number) for number in range(fold.max() + 1)]
    slopes = np.array([fit_slope(d[rows], p[rows]) for rows in others])
    probability = np.full(len(d), np.nan)
    probability[used] = expit(slopes[fold[used]] * d[used])
    return CrossFitted(probability, slopes, fold)


def log_loss(probability: ArrayLike, preference: ArrayLike) -> NDArray[np.float64]:
    """Charge each probability for what people said: the cross-entropy, in nats.

    Args:
        probability: Predicted probability that people prefer the left photo, shape (n,).
        preference: Share of people who do, shape (n,).

    Returns:
        Shape (n,), 0 or more, smaller is better; its mean is the log-loss. Saying 0.5 always costs
        log 2 = 0.693; no method can have less than `log_loss_floor`. NaN where there is no
        probability. Probabilities are kept 2.2e-16 away from 0 and 1, as by scikit-learn, so that
        a single pair costs 36 at most.

    Raises:
        ValueError: Columns of unequal length, a number outside [0, 1].
    """
    q, p = _checked_probability(probability, preference)
    least = np.finfo(np.float64).eps
    q = np.clip(q, least, 1.0 - least)
    return np.asarray(-p * np.log(q) - (1.0 - p) * np.log1p(-q))


def log_loss_floor(preference: ArrayLike) -> NDArray[np.float64]:
    """Return the least possible log-loss of each pair, shape (n,): the entropy of its votes."""
    from scipy.special import entr

    p = checked_preference(preference)
    return np.asarray(entr(p) + entr(1.0 - p))


def reliability(
    probability: ArrayLike, preference: ArrayLike, bins: int = 10
) -> list[ReliabilityBin]:
    """Compare predicted with observed shares, from the least to the most certain pairs.

    Each pair is seen from the photo that the method thinks more likely, so that it does not matter
    which one is called left; at exactly 0.5 there is no such photo, and both ways round count
    half. Bins hold nearly equal numbers of pairs; equal probabilities are never parted.

    Args:
        probability: Predicted probability that people prefer the left photo, shape (n,).
        preference: Share of people who do, shape (n,).
        bins: At most how many bins.

    Returns:
        The bins that have pairs. Pairs without a probability are in none.

    Raises:
        ValueError: Columns of unequal length, a number outside [0, 1], fewer than 1 bin.
    """
    from scipy.stats import rankdata

    if bins < 1:
        raise ValueError(f"bins must be 1 or more. Got {bins!r}.")
    q, p = _checked_probability(probability, preference)
    q, p = np.round(q[~np.isnan(q)], _DECIMALS), p[~np.isnan(q)]
    confidence = np.maximum(q, 1.0 - q)
    agreeing = np.where(q == 0.5, 0.5, np.where(q > 0.5, p, 1.0 - p))
    place = (rankdata(np.round(confidence, _DECIMALS)) - 0.5) / max(len(q), 1)
    of = np.minimum((place * bins).astype(int), bins - 1)
    return [
        ReliabilityBin(
            float(confidence[of == k].mean()), float(agreeing[of == k].mean()), int(sum(of == k))
        )
        for k in np.unique(of)
    ]


def calibration_error(probability: ArrayLike, preference: ArrayLike, bins: int = 10) -> float:
    """Expected calibration error: mean gap of predicted and observed share, weighted by pairs.

    Naeini et al. (AAAI 2015), with the confidence of the predicted class as Guo et al. (ICML
    2017). Deviations: bins of equal count instead of equal width, since the probabilities of weak
    methods all lie near 0.5; people's share instead of one label. A binned error is never below 0,
    so that even true probabilities show a small one.

    Args:
        probability: Predicted probability that people prefer the left photo, shape (n,).
        preference: Share of people who do, shape (n,).
        bins: At most how many bins.

    Returns:
        A share in [0, 1], smaller is better; NaN when no pair has a probability.

    Raises:
        ValueError: As `reliability`.
    """
    found = reliability(probability, preference, bins)
    n = sum(each.n for each in found)
    gaps = sum(each.n * abs(each.predicted - each.observed) for each in found)
    return gaps / n if n else float("nan")


def _checked(
    name: str, column: ArrayLike, preference: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    x, p = np.asarray(column, dtype=np.float64), checked_preference(preference)
    if x.shape != p.shape:
        raise ValueError(
            f"{name} and preference must be columns of equal length. Got {x.shape} and {p.shape}."
        )
    return x, p


def _checked_probability(
    probability: ArrayLike, preference: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    q, p = _checked("probability", probability, preference)
    if ((q < 0.0) | (q > 1.0)).any():
        wrong = int(np.flatnonzero((q < 0.0) | (q > 1.0))[0])
        raise ValueError(f"probability must lie in [0, 1]. Got {q[wrong]} at position {wrong}.")
    return q, p
