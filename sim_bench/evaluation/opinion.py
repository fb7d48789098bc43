"""How well scores agree with mean opinions, over photos of all kinds.

SRCC (Spearman) compares orders, PLCC (Pearson) values on a straight line, KRCC (Kendall's tau-b)
the order of every two photos; PLCC and RMSE also after the logistic curve of `logistic.py`, as
VQEG and most papers report them. All are signed: a method that ranks backwards shows it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import nan, sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim_bench.evaluation.clusters import Clusters, checked, resampled_means
from sim_bench.evaluation.correlation import coefficient, why_undefined
from sim_bench.evaluation.estimate import Estimate, check_level, estimate, without_interval
from sim_bench.evaluation.logistic import Logistic, fit_logistic
from sim_bench.evaluation.resampled_correlation import (
    LARGEST_FOR_KRCC,
    resampled_krcc,
    resampled_plcc,
    resampled_srcc,
)


@dataclass(frozen=True, slots=True)
class OpinionAgreement:
    """Agreement of one method's scores with mean opinions.

    Attributes:
        srcc: Spearman's rank correlation, in [-1, 1].
        plcc: Pearson's correlation of scores and opinions as they are, in [-1, 1].
        krcc: Kendall's tau-b, in [-1, 1].
        plcc_fitted: Correlation of the opinions with the rising curve of the logistic fit, in
            [-1, 1]: negative where the fitted curve falls.
        rmse_fitted: Root of the mean squared error (over n) of the opinions that the curve
            expects, in the unit of the opinions. NaN with a reason where the curve falls: the
            error of a method turned round is not its own.
        curve: The logistic fit.
    """

    srcc: Estimate
    plcc: Estimate
    krcc: Estimate
    plcc_fitted: Estimate
    rmse_fitted: Estimate
    curve: Logistic


def opinion_agreement(
    merit: ArrayLike,
    mean: ArrayLike,
    groups: ArrayLike,
    *,
    level: float = 0.95,
    resamples: int = 2000,
    seed: int = 0,
) -> OpinionAgreement:
    """Measure how well one method agrees with opinions; intervals from resampled groups.

    The intervals of `plcc_fitted` and `rmse_fitted` keep the fitted curve as it is: its centre
    and width are not fitted again to each resample. They leave out that these two numbers are
    themselves uncertain and were chosen on the same photos, so they are a little too favourable,
    more so the fewer the photos; `srcc` has neither fault.

    Args:
        merit: Scores turned so that larger is better, shape (n,); finite.
        mean: Mean opinion of each photo, larger is better, shape (n,); finite.
        groups: Label of each photo's group (its reference, or a label of its own), shape (n,).
        level: Probability that the intervals are meant to cover.
        resamples: How many resamples are drawn.
        seed: Decides the draws.

    Returns:
        Estimates; NaN with a reason for fewer than four photos or a constant column. Kendall's
        tau has no interval above `LARGEST_FOR_KRCC` photos.

    Raises:
        ValueError: Lengths that differ, values that are not finite (leave such photos out, and
            count them), a level that is no probability, or no resamples.
    """
    column, opinions, clusters = _checked(merit, mean, groups, resamples, level)
    if column.shape[1] != 1:
        raise ValueError(f"merit must be one method's, shape (n,). Got {column.shape}.")
    scores = column[:, 0]
    if reason := why_undefined(scores, opinions):
        none = without_interval(nan, reason, clusters.sizes, level=level)
        return OpinionAgreement(none, none, none, none, none, fit_logistic(scores, opinions))

    def with_interval(value: float, resampled: NDArray[np.float64]) -> Estimate:
        return estimate(value, resampled[:, 0], clusters.sizes, level=level)

    drawn = (groups, resamples, seed)
    curve = fit_logistic(scores, opinions)
    return OpinionAgreement(
        srcc=with_interval(
            coefficient(scores, opinions, "spearman"), resampled_srcc(scores, opinions, *drawn)
        ),
        plcc=with_interval(
            coefficient(scores, opinions, "pearson"), resampled_plcc(scores, opinions, *drawn)
        ),
        krcc=_krcc(scores, opinions, drawn, clusters, level),
        plcc_fitted=without_interval(nan, curve.reason, clusters.sizes, level=level)
        if curve.reason
        else with_interval(
            coefficient(curve.rising(scores), opinions, "pearson"),
            resampled_plcc(curve.rising(scores), opinions, *drawn),
        ),
        rmse_fitted=_rmse(curve, scores, opinions, drawn, clusters, level),
        curve=curve,
    )


def srcc_differences(
    merit: ArrayLike,
    mean: ArrayLike,
    groups: ArrayLike,
    pairs: Sequence[tuple[int, int]],
    *,
    level: float = 0.95,
    resamples: int = 2000,
    seed: int = 0,
) -> list[Estimate]:
    """Subtract the SRCC of methods on the same photos; intervals from the same resamples.

    Args:
        merit: Scores of m methods, larger is better, shape (n, m); finite.
        mean: Mean opinions, shape (n,); finite.
        groups: Label of each photo's group, shape (n,).
        pairs: Which columns to compare: (i, j) gives the SRCC of i less that of j.
        level: Probability that the intervals are meant to cover.
        resamples: How many resamples are drawn.
        seed: Decides the draws.

    Returns:
        One estimate per pair; NaN with a reason where either method has no SRCC.

    Raises:
        ValueError: As `opinion_agreement`.
    """
    table, opinions, clusters = _checked(merit, mean, groups, resamples, level)
    reasons = [why_undefined(column, opinions) for column in table.T]
    drawn = resampled_srcc(table, opinions, groups, resamples, seed) if len(table) else table
    values = [
        nan if reason else coefficient(column, opinions, "spearman")
        for column, reason in zip(table.T, reasons, strict=True)
    ]
    found = []
    for i, j in pairs:
        if reason := reasons[i] or reasons[j]:
            found.append(without_interval(nan, reason, clusters.sizes, level=level))
            continue
        apart = drawn[:, i] - drawn[:, j]
        found.append(estimate(values[i] - values[j], apart, clusters.sizes, level=level))
    return found


def _krcc(
    scores: NDArray[np.float64],
    opinions: NDArray[np.float64],
    drawn: tuple[ArrayLike, int, int],
    clusters: Clusters,
    level: float,
) -> Estimate:
    from scipy.stats import kendalltau

    value = float(kendalltau(scores, opinions).statistic)
    if len(scores) > LARGEST_FOR_KRCC:
        reason = f"no interval of Kendall's tau above {LARGEST_FOR_KRCC} photos"
        return without_interval(value, reason, clusters.sizes, level=level)
    resampled = resampled_krcc(scores, opinions, *drawn)
    return estimate(value, resampled[:, 0], clusters.sizes, level=level)


def _rmse(
    curve: Logistic,
    scores: NDArray[np.float64],
    opinions: NDArray[np.float64],
    drawn: tuple[ArrayLike, int, int],
    clusters: Clusters,
    level: float,
) -> Estimate:
    reason = curve.reason
    if reason is None and not curve.rises:
        reason = "the fitted curve falls: higher scores go with lower opinions"
    if reason is not None:
        return without_interval(nan, reason, clusters.sizes, level=level)
    squares = (opinions - curve.predict(scores)) ** 2
    resampled = np.sqrt(resampled_means(squares, *drawn)[:, 0])
    return estimate(sqrt(float(squares.mean())), resampled, clusters.sizes, level=level)


def _checked(
    merit: ArrayLike, mean: ArrayLike, groups: ArrayLike, resamples: int, level: float
) -> tuple[NDArray[np.float64], NDArray[np.float64], Clusters]:
    table, clusters = checked(merit, groups, resamples)
    opinions, _ = checked(mean, groups, resamples)
    if np.ndim(mean) != 1:
        raise ValueError(f"mean must have the shape (n,). Got {np.shape(mean)}.")
    check_level(level)
    return table, opinions[:, 0], clusters
