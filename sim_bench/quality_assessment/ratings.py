"""The ratings 1 to 10 that people would give a photo, as probabilities: mean, spread and reasons.

Source: Talebi and Milanfar, IEEE TIP 2018 (arXiv 1709.05424), for the mean and the spread.
Deviation: the probabilities of a network, which add up to 1 within rounding, are divided by their
sum, as idealo does for NIMA.
"""

import numpy as np
from numpy.typing import NDArray

from sim_bench.quality_assessment.base import Explanation, Reason

RATINGS = np.arange(1.0, 11.0)


def mean_rating(vectors: NDArray[np.float32]) -> NDArray[np.float64]:
    """Mean rating of each row of ten probabilities, shape (n, 10); shape (n,), each 1 to 10."""
    mean = (_shares(vectors) * RATINGS).sum(axis=1)
    return np.asarray(np.clip(mean, RATINGS[0], RATINGS[-1]))  # rounding may leave the range


def rating_details(observed: NDArray[np.float32]) -> dict[str, float]:
    """Of ten probabilities: `spread`, `p1` to `p10`, and the mean rating as `overall`.

    The spread is the standard deviation of the distribution, 0 to 4.5.
    """
    shares, mean = _shares(observed[None])[0], float(mean_rating(observed[None])[0])
    spread = float(np.sqrt((shares * (RATINGS - mean) ** 2).sum()))
    each = {f"p{number}": share for number, share in enumerate(shares.tolist(), start=1)}
    return {"spread": spread, **each, "overall": mean}


def rating_reasons(observed: NDArray[np.float32]) -> Explanation:
    """One reason per rating: the rating times its probability."""
    reasons = [
        Reason(f"rating {rating:.0f}", float(rating * share), f"probability {share:.3f}")
        for rating, share in zip(RATINGS, _shares(observed[None])[0], strict=True)
    ]
    return Explanation.of(float(mean_rating(observed[None])[0]), reasons)


def _shares(vectors: NDArray[np.float32]) -> NDArray[np.float64]:
    """Divide each row (n, 10) by its sum."""
    shares = vectors.astype(np.float64)
    return np.asarray(shares / shares.sum(axis=1, keepdims=True))
