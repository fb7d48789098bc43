"""Agreement with people on pairs of photos: which of the two is better.

*Merit* is a score turned so that larger is better. *Preference* is the share of people, in [0, 1],
who prefer the left photo. Both are arrays of shape (n,), one entry per pair.
"""

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Ties = Literal["half", "left", "right"]

STRENGTHS = ("<0.6", "0.6-0.7", "0.7-0.8", ">=0.8")
"""How far people agree, from near division to near unanimity; each begins at its first number."""

_EDGES = (0.6, 0.7, 0.8)
_DECIMALS = 9  # 1 - 0.3 is a little less than 0.7: shares that differ by less are the same


def pair_credits(
    left: ArrayLike, right: ArrayLike, preference: ArrayLike, ties: Ties = "half"
) -> NDArray[np.float64]:
    """Credit a method for each pair; the mean of the credits is its pairwise accuracy.

    Args:
        left: Merits of the left photos, shape (n,).
        right: Merits of the right photos, shape (n,).
        preference: Share of people who prefer the left photo, shape (n,).
        ties: What to do with two equal merits: count a "half", or decide for the "left" or the
            "right" photo, as some published tools do.

    Returns:
        Shape (n,): 1 where the method prefers the photo that more people prefer, 0 where it
        prefers the other, 1/2 where people are evenly divided, NaN where a merit is missing or
        infinite. Chance is 1/2.

    Raises:
        ValueError: Columns of unequal length, a preference outside [0, 1], an unknown `ties`.
    """
    if ties not in ("half", "left", "right"):
        raise ValueError(f"ties must be 'half', 'left' or 'right'. Got {ties!r}.")
    a, b, p = checked_pairs(left, right, preference)
    side = np.sign(_gain(a, b))
    side[side == 0] = {"half": 0.0, "left": 1.0, "right": -1.0}[ties]
    people = np.where(divided(p), 0.0, np.sign(p - 0.5))
    return np.asarray(0.5 + 0.5 * side * people, dtype=np.float64)


def tied(left: ArrayLike, right: ArrayLike) -> NDArray[np.bool_]:
    """Mark the pairs, shape (n,), whose two merits are finite and exactly equal."""
    a, b = np.asarray(left, dtype=np.float64), np.asarray(right, dtype=np.float64)
    if a.ndim != 1 or a.shape != b.shape:
        raise ValueError(f"left and right must be equally long columns. Got {a.shape}, {b.shape}.")
    return np.asarray(np.isfinite(a) & (a == b))


def divided(preference: ArrayLike) -> NDArray[np.bool_]:
    """Mark the pairs, shape (n,), on which people are evenly divided (up to 1e-9)."""
    return np.asarray(np.round(checked_preference(preference), _DECIMALS) == 0.5)


def strength(preference: ArrayLike) -> NDArray[np.str_]:
    """Name how far people agree on each pair.

    Args:
        preference: Share of people who prefer the left photo, shape (n,).

    Returns:
        For each pair one of `STRENGTHS`, by the share of those who agree with the majority,
        max(p, 1 - p), rounded to nine decimals; the lower bound belongs to its class.
    """
    p = checked_preference(preference)
    agreement = np.round(np.maximum(p, 1.0 - p), _DECIMALS)
    return np.array(STRENGTHS)[np.searchsorted(_EDGES, agreement, side="right")]


def auc(left: ArrayLike, right: ArrayLike, preference: ArrayLike) -> float:
    """Area under the ROC curve of the score difference.

    How likely it is that, of two pairs drawn at random, the method's difference (left - right) is
    larger for the one whose left photo people prefer. Unlike accuracy it asks whether differences
    can be compared between pairs. Which photo is called left is an accident, so each pair enters
    both ways round, as (d, y) and as (-d, 1 - y). Equal differences count a half; chance is 1/2.

    Args:
        left: Merits of the left photos, shape (n,).
        right: Merits of the right photos, shape (n,).
        preference: Share of people who prefer the left photo, shape (n,).

    Returns:
        A number in [0, 1] from the pairs with two finite merits on which people are not evenly
        divided; NaN when there is none.
    """
    parts = auc_parts(left, right, preference)
    used = np.isfinite(parts)
    return float(parts[used].mean()) if used.any() else float("nan")


def auc_parts(left: ArrayLike, right: ArrayLike, preference: ArrayLike) -> NDArray[np.float64]:
    """Split the area under the ROC curve among the pairs, so that it can be resampled as a mean.

    Part i is 2 c_i - AUC, where c_i is the share of pairs that pair i is in the right order with.
    The mean of the parts is the AUC; their spread is that of the AUC to first order, as in the
    infinitesimal jackknife (DeLong et al., Biometrics 44, 1988). The spread of the c_i
    themselves would be half as large, since each pair also takes part in the shares of the others.

    Args:
        left: Merits of the left photos, shape (n,).
        right: Merits of the right photos, shape (n,).
        preference: Share of people who prefer the left photo, shape (n,).

    Returns:
        Shape (n,); NaN for pairs that `auc` leaves out.
    """
    a, b, p = checked_pairs(left, right, preference)
    used = np.isfinite(_gain(a, b)) & ~divided(p)
    margin = np.where(p > 0.5, a - b, b - a)[used]  # towards the photo that people prefer
    others = np.sort(-margin)
    below = np.searchsorted(others, margin, side="left")
    below_or_equal = np.searchsorted(others, margin, side="right")
    parts = np.full(len(p), np.nan)
    if len(margin):
        shares = (below + below_or_equal) / (2.0 * len(margin))
        parts[used] = 2.0 * shares - shares.mean()
    return parts


def checked_pairs(
    left: ArrayLike, right: ArrayLike, preference: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return merits and preference as arrays of one shape (n,); missing or infinite ones as NaN."""
    a, b = np.asarray(left, dtype=np.float64), np.asarray(right, dtype=np.float64)
    p = checked_preference(preference)
    if not a.shape == b.shape == p.shape:
        raise ValueError(
            "left, right and preference must be columns of equal length. "
            f"Got shapes {a.shape}, {b.shape} and {p.shape}."
        )
    return np.where(np.isfinite(a), a, np.nan), np.where(np.isfinite(b), b, np.nan), p


def checked_preference(preference: ArrayLike) -> NDArray[np.float64]:
    """Return preferences as an array of shape (n,), all within [0, 1]."""
    p = np.asarray(preference, dtype=np.float64)
    if p.ndim != 1:
        raise ValueError(f"preference must be a column of shape (n,). Got shape {p.shape}.")
    wrong = ~((p >= 0.0) & (p <= 1.0))
    if wrong.any():
        first = int(np.flatnonzero(wrong)[0])
        raise ValueError(
            "preference must be a share between 0 and 1; leave pairs that nobody judged out. "
            f"Got {p[first]} at position {first}."
        )
    return p


def _gain(left: NDArray[np.float64], right: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return 1, 0 or -1 as the left merit is larger, equal or smaller; NaN where one is NaN.

    Compared rather than subtracted, so that neither overflow nor underflow makes or hides a tie.
    """
    compared = (left > right).astype(np.float64) - (left < right)
    return np.where(np.isnan(left) | np.isnan(right), np.nan, compared)
