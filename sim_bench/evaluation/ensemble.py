"""The best linear ensemble of several methods, judged on series that it was not fitted on.

It says how much the methods know together, and which of them adds to the others. Its honest score
is that of `Ensemble.out_of_fold`; the weights are from a fit on everything.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim_bench.evaluation.nested import Learner, choose_penalty, predict_nested
from sim_bench.evaluation.pairwise import checked_preference
from sim_bench.evaluation.ridge import LogisticRidge, Ridge


@dataclass(frozen=True, eq=False)
class Ensemble:
    """A linear ensemble of m members.

    Attributes:
        weights: Of the fit on all rows, per spread of each member (of pairs: root mean square of
            its differences; of opinions: its standard deviation), shape (m,); comparable between
            members. 0 for a member without spread.
        raw_weights: The same per unit of the member's merit, shape (m,).
        intercept: Prediction of the fit on all rows where all members are 0; 0 for pairs.
        penalty: Penalty of the fit on all rows.
        out_of_fold: Prediction for each row from a model that saw none of its series, in log-odds
            for pairs, in units of opinion otherwise; shape (n,), NaN where a member has no score.
        fold: Fold of each row, shape (n,); -1 where a member has no score.
        penalties: Penalty of each fold's model, shape (folds,).
    """

    weights: NDArray[np.float64]
    raw_weights: NDArray[np.float64]
    intercept: float
    penalty: float
    out_of_fold: NDArray[np.float64]
    fold: NDArray[np.intp]
    penalties: NDArray[np.float64]


def pair_ensemble(
    differences: ArrayLike,
    preference: ArrayLike,
    groups: ArrayLike,
    *,
    folds: int = 5,
    inner: int = 4,
    seed: int = 0,
) -> Ensemble:
    """Combine methods to tell which photo of a pair people prefer.

    Logistic regression on score differences, without intercept, since which photo is called left
    is an accident; a preference counts as that share of a vote. Ridge penalty.

    Args:
        differences: Merit of the left photo minus that of the right one, shape (n, m): one column
            per method.
        preference: Share of people who prefer the left photo, shape (n,).
        groups: Series of each pair, shape (n,).
        folds: Parts that the series are dealt into for judging; with fewer series, each is one.
        inner: The same for choosing the penalty within the rest.
        seed: Decides the deals.

    Returns:
        The ensemble; pairs for which a member has no finite difference are not fitted on.

    Raises:
        ValueError: Shapes that do not fit, a preference outside [0, 1], fewer than 2 folds, or
            fewer than three series with a pair that all members have scored.
    """
    target = checked_preference(preference)
    return _ensemble(LogisticRidge(), differences, target, groups, (folds, inner, seed))


def opinion_ensemble(
    merits: ArrayLike,
    mean: ArrayLike,
    groups: ArrayLike,
    *,
    folds: int = 5,
    inner: int = 4,
    seed: int = 0,
) -> Ensemble:
    """Combine methods to predict mean opinions: ridge regression (Hoerl and Kennard 1970).

    Args:
        merits: Merits of the photos, shape (n, m): one column per method.
        mean: Mean opinion of each photo, shape (n,), finite.
        groups: Series or reference photo of each photo, shape (n,).
        folds: As in `pair_ensemble`.
        inner: As in `pair_ensemble`.
        seed: As in `pair_ensemble`.

    Returns:
        The ensemble; photos that a member has not scored are not fitted on.

    Raises:
        ValueError: As `pair_ensemble`; also for an opinion that is not finite.
    """
    target = np.asarray(mean, dtype=np.float64)
    if not np.isfinite(target).all():
        raise ValueError("mean must be finite; leave photos without an opinion out.")
    return _ensemble(Ridge(), merits, target, groups, (folds, inner, seed))


def _ensemble(
    learner: Learner,
    members: ArrayLike,
    target: NDArray[np.float64],
    groups: ArrayLike,
    deal: tuple[int, int, int],
) -> Ensemble:
    x, labels = np.asarray(members, dtype=np.float64), np.asarray(groups)
    if x.ndim != 2 or target.ndim != 1 or not len(x) == len(target) == len(labels):
        raise ValueError(
            "members must have shape (n, m), what people said and groups shape (n,). "
            f"Got {x.shape}, {target.shape} and {labels.shape}."
        )
    used = np.isfinite(x).all(axis=1)
    rows = x[used], target[used], labels[used]
    predicted, fold, penalties = predict_nested(learner, *rows, *deal)
    _, inner, seed = deal
    penalty = choose_penalty(learner, *rows, inner, seed)
    model = learner.fit(*rows[:2], penalty)
    out_of_fold, folds = np.full(len(x), np.nan), np.full(len(x), -1)
    out_of_fold[used], folds[used] = predicted, fold
    return Ensemble(
        model.weights * model.spread,
        model.weights,
        model.intercept,
        penalty,
        out_of_fold,
        folds,
        penalties,
    )
