"""Correlation of two scores, signed, with an interval and the number of pairs behind it.

Intervals by Fisher's z (Fisher, Metron 1, 1921), whose standard error is sqrt(v / (n - 3)) with
v = 1 for Pearson and v = 1 + r^2 / 2 for Spearman (Bonett and Wright, Psychometrika 65, 2000).

They assume independent pairs, and for Pearson a joint distribution near to normal. How far they
can be trusted, by simulation, is in docs/evaluation.md; pairs that come in groups (bursts) are
not independent: see `bootstrap.py`.
"""

from collections.abc import Hashable
from dataclasses import asdict, dataclass, fields
from itertools import combinations, combinations_with_replacement
from math import atanh, nan, sqrt, tanh
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

if TYPE_CHECKING:
    import pandas as pd

Kind = Literal["pearson", "spearman"]
Interval = Literal["fisher", "bonett-wright", "bootstrap"]

LEAST_PAIRS = 4
"""Fewer pairs give no interval (n - 3 must be above 0), so no correlation is reported."""

_ROUNDING = 1e-13  # relative spread below which a column is constant but for rounding


@dataclass(frozen=True, slots=True)
class Correlation:
    """A correlation and its uncertainty.

    Attributes:
        kind: Which coefficient.
        estimate: The coefficient in [-1, 1]; NaN when undefined.
        low: Lower end of the interval; NaN when undefined.
        high: Upper end of the interval; NaN when undefined.
        level: Probability that the interval is meant to cover.
        n: Pairs used.
        dropped: Pairs left out because a value was missing or infinite.
        interval: How the interval was made.
        reason: Why there is no correlation; None when there is one.
    """

    kind: Kind
    estimate: float
    low: float
    high: float
    level: float
    n: int
    dropped: int
    interval: Interval
    reason: str | None = None


def correlate(
    x: ArrayLike, y: ArrayLike, kind: Kind = "pearson", *, level: float = 0.95
) -> Correlation:
    """Correlate two columns pair by pair.

    Args:
        x: Scores of shape (n,).
        y: Scores of shape (n,), in the same order.
        kind: "pearson" (straight line) or "spearman" (order; ties share their mean rank).
        level: Probability that the interval is meant to cover, between 0 and 1.

    Returns:
        The signed coefficient; with a reason in its place for fewer than four pairs or a
        constant column. Never an absolute value: a method that ranks backwards shows it.

    Raises:
        ValueError: Unequal lengths, an unknown kind or a level that is no probability.
    """
    interval: Interval = "fisher" if kind == "pearson" else "bonett-wright"
    a, b, dropped = usable_pairs(x, y, kind, level)
    if reason := why_undefined(a, b):
        return Correlation(kind, nan, nan, nan, level, len(a), dropped, interval, reason)
    estimate = coefficient(a, b, kind)
    low, high = fisher_interval(estimate, len(a), kind, level)
    return Correlation(kind, estimate, low, high, level, len(a), dropped, interval)


def usable_pairs(
    x: ArrayLike, y: ArrayLike, kind: Kind, level: float
) -> tuple[NDArray[np.float64], NDArray[np.float64], int]:
    """Check the arguments; return both columns where both are finite, and the number dropped."""
    a, b = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if a.ndim != 1 or a.shape != b.shape:
        raise ValueError(f"x and y must be columns of equal length. Got {a.shape} and {b.shape}.")
    if kind not in ("pearson", "spearman"):
        raise ValueError(f"kind must be 'pearson' or 'spearman'. Got {kind!r}.")
    if not 0 < level < 1:
        raise ValueError(f"level must lie between 0 and 1. Got {level!r}.")
    finite = np.isfinite(a) & np.isfinite(b)
    return a[finite], b[finite], int((~finite).sum())


def why_undefined(a: NDArray[np.float64], b: NDArray[np.float64]) -> str | None:
    """Say why two finite columns have no correlation; None when they have one."""
    if len(a) < LEAST_PAIRS:
        return f"{len(a)} pairs; at least {LEAST_PAIRS} are needed"
    for name, column in (("first", a), ("second", b)):
        if np.ptp(column) <= _ROUNDING * np.abs(column).max():
            return f"the {name} column is constant"
    return None


def coefficient(a: NDArray[np.float64], b: NDArray[np.float64], kind: Kind) -> float:
    """Return the coefficient of two columns that `why_undefined` finds nothing against."""
    if kind == "spearman":
        from scipy.stats import rankdata

        a, b = rankdata(a), rankdata(b)
    a, b = a - a.mean(), b - b.mean()
    a, b = a / np.abs(a).max(), b / np.abs(b).max()  # so that squares neither over- nor underflow
    r = float(a @ b) / sqrt(float(a @ a) * float(b @ b))
    return min(1.0, max(-1.0, r))


def fisher_interval(r: float, n: int, kind: Kind, level: float) -> tuple[float, float]:
    """Return the interval of a coefficient of n >= 4 pairs.

    Two equal orders have r = 1 exactly, where z is infinite and the interval would be [1, 1] even
    for four pairs. For Spearman the end inside is therefore taken at half a step (one exchange of
    neighbours) from 1, as in a continuity correction. For Pearson r = 1 means that one column is
    the other times a constant, which is no accident: [1, 1] stands.
    """
    from scipy.special import ndtri

    if abs(r) == 1.0 and kind == "pearson":
        return r, r
    inside = 1.0 - 6.0 / (n * (n * n - 1))  # n values without ties move by 12 / (n^3 - n) a step
    centre = min(inside, max(-inside, r)) if kind == "spearman" else r
    variance = 1.0 if kind == "pearson" else 1.0 + centre * centre / 2
    reach = float(ndtri(0.5 + level / 2)) * sqrt(variance / (n - 3))
    low, high = tanh(atanh(centre) - reach), tanh(atanh(centre) + reach)
    return min(low, r), max(high, r)


def correlation_matrix(frame: "pd.DataFrame", kind: Kind = "pearson") -> "pd.DataFrame":
    """Correlate every column with every other.

    Args:
        frame: One numeric column per method, one row per photo.
        kind: As in `correlate`.

    Returns:
        Signed estimates, 1 on the diagonal; NaN where undefined. Each cell uses the rows in
        which both of its columns have a value; `correlation_table` says how many.
    """
    import pandas as pd

    matrix = pd.DataFrame(nan, index=frame.columns, columns=frame.columns, dtype=np.float64)
    for first, second in combinations_with_replacement(frame.columns, 2):
        estimate = _between(frame, first, second, kind).estimate
        matrix.loc[first, second] = matrix.loc[second, first] = estimate
    return matrix


def correlation_table(frame: "pd.DataFrame", kind: Kind = "pearson") -> "pd.DataFrame":
    """List the correlation of every pair of columns, with interval and counts.

    Returns:
        One row per pair in the order of the columns: `first`, `second`, then the attributes of
        `Correlation`; `reason` is empty where there is a correlation.
    """
    import pandas as pd

    rows = []
    for first, second in combinations(frame.columns, 2):
        found = asdict(_between(frame, first, second, kind))
        rows.append({"first": first, "second": second, **found, "reason": found["reason"] or ""})
    names = [field.name for field in fields(Correlation)]
    return pd.DataFrame(rows, columns=["first", "second", *names])


def _between(frame: "pd.DataFrame", first: Hashable, second: Hashable, kind: Kind) -> Correlation:
    x, y = (frame[name].to_numpy(dtype=np.float64, na_value=nan) for name in (first, second))
    return correlate(x, y, kind)
