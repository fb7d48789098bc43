"""Nested cross-validation of a linear model: every prediction is made for series it never saw.

The strength of the penalty is chosen too, and choosing on what is then judged flatters the model
(Varma and Simon, BMC Bioinformatics 7, 2006). So it is chosen inside each training part, by a
cross-validation of its own.
"""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from sim_bench.evaluation.folds import group_folds
from sim_bench.evaluation.ridge import Linear

PENALTIES = (10.0, 1.0, 0.1, 0.01, 0.001, 0.0001)
"""Penalties tried, from the strongest; per row, on members of spread 1. Chosen by us: the first
leaves nearly nothing of a weight, the last nearly all."""


class Learner(Protocol):
    """A kind of linear model."""

    def fit(
        self, members: NDArray[np.float64], target: NDArray[np.float64], penalty: float
    ) -> Linear:
        """Fit members of shape (n, m) to a target of shape (n,)."""

    def loss(
        self, predicted: NDArray[np.float64], target: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return what each prediction costs, shape (n,)."""


def choose_penalty(
    learner: Learner,
    members: NDArray[np.float64],
    target: NDArray[np.float64],
    groups: NDArray[np.generic],
    folds: int,
    seed: int,
) -> float:
    """Return the penalty of least mean loss on series left out; the strongest of equal ones."""
    fold = group_folds(groups, folds, seed)
    losses = np.zeros(len(PENALTIES))
    for k in range(fold.max() + 1):
        rest, own = fold != k, fold == k
        for i, penalty in enumerate(PENALTIES):
            model = learner.fit(members[rest], target[rest], penalty)
            losses[i] += learner.loss(model.predict(members[own]), target[own]).sum()
    return PENALTIES[int(np.argmin(losses))]


def predict_nested(
    learner: Learner,
    members: NDArray[np.float64],
    target: NDArray[np.float64],
    groups: NDArray[np.generic],
    folds: int,
    inner: int,
    seed: int,
) -> tuple[NDArray[np.float64], NDArray[np.intp], NDArray[np.float64]]:
    """Predict every series by a model fitted, and its penalty chosen, on other series.

    Returns:
        Predictions of shape (n,), the fold of each row, and the penalty of each fold's model.

    Raises:
        ValueError: Fewer than three groups, fewer than 2 folds or inner folds.
    """
    if (count := len(np.unique(groups))) < 3:
        raise ValueError(f"nested cross-validation needs three groups or more. Got {count}.")
    fold = group_folds(groups, folds, seed)
    predicted, penalties = np.empty(len(target)), np.empty(fold.max() + 1)
    for k in range(len(penalties)):
        rest, own = fold != k, fold == k
        training = members[rest], target[rest]
        penalties[k] = choose_penalty(learner, *training, groups[rest], inner, seed)
        predicted[own] = learner.fit(*training, penalties[k]).predict(members[own])
    return predicted, fold, penalties
