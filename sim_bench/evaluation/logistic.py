"""The 4-parameter logistic curve from scores to opinions, fitted by least squares.

    f(s) = (b1 - b2) / (1 + exp(-(s - b3) / |b4|)) + b2

Source: VQEG, Final report on the validation of objective models of video quality assessment
(FR-TV Phase I), 2000; the form in common use since. Methods have units of their own and saturate
at their ends; the curve takes both away before scores are compared with opinions on a line.

For given b3 and |b4| the best b1 and b2 are a straight-line fit of the opinions on the rising
curve g(s) = 1 / (1 + exp(-(s - b3) / |b4|)), so only two numbers are searched for: those at which
g and the opinions correlate most, either way (variable projection: Golub and Pereyra, SIAM Journal
on Numerical Analysis 10, 1973). Scores are first divided by their interquartile range (where that
is 0, by their standard deviation), so that neither their unit nor a far outlier matters.

Deviation: |b4| is kept between 0.01 and 100 such units, and b3 within 5 |b4| of the scores. A
straight line, an exponential and a step have no best curve, only better and better ones towards
these bounds; the fit then ends there, within half a percent of the correlation in the limit.

Both directions are allowed. b1 below b2 is a falling curve: people prefer what the method scores
low. It is not turned round: see `Logistic.rises` and `opinion_agreement`.
"""

from dataclasses import dataclass
from math import exp, log, nan

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim_bench.evaluation.correlation import why_undefined

_WIDTHS = (0.01, 100.0)
_BEYOND = 5.0  # widths that the centre may lie outside of the scores
_POLISHED = 6  # best starts that are followed to their end
_TOLERANCE = 1e-14
_STEPS = 1000
_ROUNDING = 1e-9  # share of the largest deviation below which the quartiles are the same


@dataclass(frozen=True, slots=True)
class Logistic:
    """A fitted curve.

    Attributes:
        b1: Opinion that very high scores tend to, in the unit of the opinions.
        b2: Opinion that very low scores tend to.
        b3: Score half-way.
        b4: Width, above 0, in the unit of the scores.
        n: Items it was fitted to.
        reason: Why there is no curve (the numbers are NaN then); None when there is one.
    """

    b1: float
    b2: float
    b3: float
    b4: float
    n: int
    reason: str | None = None

    @property
    def rises(self) -> bool:
        """Whether higher scores mean higher opinions; False too where there is no curve."""
        return self.b1 > self.b2

    def rising(self, merit: ArrayLike) -> NDArray[np.float64]:
        """Return g, which always rises from 0 to 1, for scores of any shape."""
        from scipy.special import expit

        found: NDArray[np.float64] = expit((np.asarray(merit, np.float64) - self.b3) / self.b4)
        return found

    def predict(self, merit: ArrayLike) -> NDArray[np.float64]:
        """Return the opinions that the curve expects, for scores of any shape."""
        return self.b2 + (self.b1 - self.b2) * self.rising(merit)


def fit_logistic(merit: ArrayLike, mean: ArrayLike) -> Logistic:
    """Fit the curve.

    Args:
        merit: Scores, larger is better, shape (n,); finite.
        mean: Mean opinions, shape (n,); finite.

    Returns:
        The curve of least squared error; with a reason in its place for fewer than four items,
        a constant column, or where the search does not converge.

    Raises:
        ValueError: Columns that differ in length or are not finite.
    """
    s, y = np.asarray(merit, dtype=np.float64), np.asarray(mean, dtype=np.float64)
    if s.ndim != 1 or s.shape != y.shape:
        raise ValueError(
            f"merit and mean must be columns of equal length. Got {s.shape} and {y.shape}."
        )
    if not (np.isfinite(s).all() and np.isfinite(y).all()):
        raise ValueError("merit and mean must be finite; leave such items out, and count them.")
    if reason := why_undefined(s, y):
        return Logistic(nan, nan, nan, nan, len(s), reason)
    middle, unit = _middle_and_unit(s)
    search = _Search((s - middle) / unit, (y - y.mean()) / np.abs(y - y.mean()).max())
    best = search.best()
    if best is None:
        return Logistic(nan, nan, nan, nan, len(s), "the logistic fit did not converge")
    curve = Logistic(1.0, 0.0, middle + unit * best[0], unit * best[1], len(s))
    slope, level = _line(curve.rising(s), y)
    return Logistic(level + slope, level, curve.b3, curve.b4, len(s))


def _middle_and_unit(s: NDArray[np.float64]) -> tuple[float, float]:
    quarter, middle, three = np.quantile(s, [0.25, 0.5, 0.75])
    largest = float(np.abs(s - middle).max())
    spread = float(three - quarter) / largest
    if spread < _ROUNDING:
        spread = float(((s - middle) / largest).std())
    return float(middle), spread * largest


class _Search:
    """Squared error of centred opinions y from the best line on g.

    Searched are the place of the centre, 0 to 1 between its bounds, and the logarithm of the width.
    """

    def __init__(self, z: NDArray[np.float64], y: NDArray[np.float64]) -> None:
        self.z, self.y = z, y
        self.lowest, self.range = float(z.min()), float(np.ptp(z))

    def best(self) -> tuple[float, float] | None:
        """Return centre and width; None where no search converges."""
        from scipy.optimize import least_squares

        bounds = ([0.0, log(_WIDTHS[0])], [1.0, log(_WIDTHS[1])])
        ends = [
            least_squares(
                self.residuals,
                start,
                self.slopes,
                bounds,
                max_nfev=_STEPS,
                ftol=_TOLERANCE,
                xtol=_TOLERANCE,
                gtol=_TOLERANCE,
            )
            for start in self._starts()[:_POLISHED]
        ]
        found = min((end for end in ends if end.success), key=lambda end: end.cost, default=None)
        return None if found is None else self._centre_and_width(found.x)

    def _starts(self) -> list[NDArray[np.float64]]:
        """Return places to start from, the best first."""
        inside = np.unique(np.quantile(self.z, np.linspace(0.02, 0.98, 25)))
        starts = []
        for width in (0.02, 0.1, 0.4, 1.5, 6.0):
            outside = self.lowest + np.array([-0.8, 0.8]) * _BEYOND * width + [0.0, self.range]
            for centre in (*inside, *outside):
                place = (centre - self.lowest + _BEYOND * width) / self._room(width)
                starts.append(np.array([place, log(width)]))
        return sorted(starts, key=lambda start: float(np.sum(self.residuals(start) ** 2)))

    def _room(self, width: float) -> float:
        return self.range + 2 * _BEYOND * width

    def _centre_and_width(self, at: NDArray[np.float64]) -> tuple[float, float]:
        width = exp(at[1])
        return self.lowest - _BEYOND * width + float(at[0]) * self._room(width), width

    def residuals(self, at: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return y less its line on g, shape (n,)."""
        shape, _ = self._shape(at)
        return self.y - _dot(shape, self.y) / _dot(shape, shape) * shape

    def slopes(self, at: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the derivatives of the residuals by place and log width, shape (n, 2)."""
        shape, changes = self._shape(at)
        square = _dot(shape, shape)
        slope = _dot(shape, self.y) / square
        columns = []
        for change in changes:
            turned = (_dot(change, self.y) - 2 * slope * _dot(change, shape)) / square
            columns.append(-(turned * shape + slope * change))
        return np.stack(columns, axis=1)

    def _shape(
        self, at: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], list[NDArray[np.float64]]]:
        """Return g and its derivatives, each centred."""
        from scipy.special import expit

        centre, width = self._centre_and_width(at)
        u = (self.z - centre) / width
        bell = expit(u) * expit(-u)
        by_place = -bell * self._room(width) / width
        by_width = -bell * (u + _BEYOND * (2 * at[0] - 1))
        columns = [column - column.mean() for column in (expit(u), by_place, by_width)]
        return columns[0], columns[1:]


def _dot(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    return float(np.dot(a, b))


def _line(x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[float, float]:
    """Return slope and level of the least-squares line of y on x."""
    away = x - x.mean()
    slope = _dot(away, y) / _dot(away, away)
    return slope, float(y.mean()) - slope * float(x.mean())
