"""Linear models with a ridge penalty (Hoerl and Kennard, Technometrics 12, 1970).

Members are divided by their spread, so that the penalty treats all alike; the mean loss of a row
plus penalty / 2 times the sum of squared weights is minimised. A member without spread gets no
weight.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_ROUNDING = 1e-13  # relative spread below which a member is constant but for rounding
_LAST_STEP = 1e-9  # convergence is quadratic: after this step the error is below rounding
_MOST_STEPS = 200


@dataclass(frozen=True, eq=False)
class Linear:
    """A fitted linear model.

    Attributes:
        weights: Per unit of each member, shape (m,).
        intercept: Prediction where all members are 0.
        spread: What each member was divided by, shape (m,).
    """

    weights: NDArray[np.float64]
    intercept: float
    spread: NDArray[np.float64]

    def predict(self, members: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return predictions of shape (n,) for members of shape (n, m)."""
        return np.asarray(members @ self.weights + self.intercept)


class LogisticRidge:
    """Logistic regression without intercept; a target p counts as p of a win.

    The spread is the root mean square, since a difference of 0 means no preference. Loss in nats.
    """

    def fit(
        self, members: NDArray[np.float64], target: NDArray[np.float64], penalty: float
    ) -> Linear:
        """Fit members of shape (n, m) to targets in [0, 1] of shape (n,) by Newton's method."""
        spread = np.sqrt((members**2).mean(axis=0))
        moving = spread > 0
        x = members[:, moving] / spread[moving]
        found = np.zeros(x.shape[1])
        for _ in range(_MOST_STEPS):
            step = _newton_step(x, target, found, penalty)
            if np.abs(step).max(initial=0.0) <= _LAST_STEP:
                break
            before = self._objective(x, target, found, penalty)
            while self._objective(x, target, found + step, penalty) > before + 1e-12:
                step /= 2
            found += step
        else:
            raise ValueError(f"No weights after {_MOST_STEPS} steps: is a member far too skewed?")
        weights = np.zeros(len(spread))
        weights[moving] = (found + step) / spread[moving]
        return Linear(weights, 0.0, spread)

    def loss(
        self, predicted: NDArray[np.float64], target: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return the cross-entropy of log-odds and targets, shape (n,)."""
        return np.asarray(np.logaddexp(0.0, predicted) - target * predicted)

    def _objective(
        self,
        x: NDArray[np.float64],
        target: NDArray[np.float64],
        weights: NDArray[np.float64],
        penalty: float,
    ) -> float:
        loss = self.loss(x @ weights, target).mean()
        return float(loss + 0.5 * penalty * (weights @ weights))


class Ridge:
    """Least squares with intercept, which is not penalised; the spread is standard deviation.

    Loss is half the squared error.
    """

    def fit(
        self, members: NDArray[np.float64], target: NDArray[np.float64], penalty: float
    ) -> Linear:
        """Fit members of shape (n, m) to targets of shape (n,) by the normal equations."""
        centre, spread = members.mean(axis=0), members.std(axis=0)
        spread[spread <= _ROUNDING * np.abs(members).max(axis=0)] = 0.0
        moving = spread > 0
        x = (members - centre)[:, moving] / spread[moving]
        square = x.T @ x / len(x) + penalty * np.eye(x.shape[1])
        weights = np.zeros(len(spread))
        weights[moving] = np.linalg.solve(square, x.T @ (target - target.mean()) / len(x))
        weights[moving] /= spread[moving]
        return Linear(weights, float(target.mean() - centre @ weights), spread)

    def loss(
        self, predicted: NDArray[np.float64], target: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return half the squared errors, shape (n,)."""
        return np.asarray(0.5 * (predicted - target) ** 2)


def _newton_step(
    x: NDArray[np.float64],
    target: NDArray[np.float64],
    weights: NDArray[np.float64],
    penalty: float,
) -> NDArray[np.float64]:
    from scipy.special import expit

    odds = x @ weights
    predicted = expit(odds)
    slope = x.T @ (target - predicted) / len(x) - penalty * weights
    bend = predicted * expit(-odds)
    curvature = (x * bend[:, None]).T @ x / len(x) + penalty * np.eye(x.shape[1])
    return np.asarray(np.linalg.solve(curvature, slope))
