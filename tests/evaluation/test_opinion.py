"""Agreement with opinions: values by scipy, intervals by a plain loop, signs and reasons."""

from dataclasses import fields
from math import nan

import numpy as np
import pytest
from scipy import stats

from sim_bench.evaluation.clusters import Clusters
from sim_bench.evaluation.estimate import expanded_tail
from sim_bench.evaluation.opinion import opinion_agreement, srcc_differences
from sim_bench.evaluation.resampled_correlation import LARGEST_FOR_KRCC

ESTIMATES = ("srcc", "plcc", "krcc", "plcc_fitted", "rmse_fitted")


def data(n=120, seed=0):
    random = np.random.default_rng(seed)
    quality = random.normal(size=n)
    merit = np.round(quality + 0.7 * random.normal(size=n), 1)
    mean = np.round(3 + 1.5 * np.tanh(quality) + 0.2 * random.normal(size=n), 1)
    return merit, mean, random.integers(0, 30, n)


def test_values_agree_with_scipy():
    merit, mean, groups = data()
    found = opinion_agreement(merit, mean, groups, resamples=100)
    for name, theirs in (
        ("srcc", stats.spearmanr(merit, mean)),
        ("plcc", stats.pearsonr(merit, mean)),
        ("krcc", stats.kendalltau(merit, mean, variant="b")),
        ("plcc_fitted", stats.pearsonr(found.curve.predict(merit), mean)),
    ):
        assert getattr(found, name).value == pytest.approx(theirs.statistic, abs=1e-12)
    error = mean - found.curve.predict(merit)
    assert found.rmse_fitted.value == pytest.approx(np.sqrt(np.mean(error**2)), abs=1e-12)
    assert found.plcc_fitted.value > found.plcc.value


def test_after_a_least_squares_fit_error_and_correlation_say_the_same():
    """Residuals of such a fit are free of the curve: RMSE = SD sqrt(1 - r^2)."""
    merit, mean, groups = data()
    found = opinion_agreement(merit, mean, groups, resamples=100)
    by_hand = mean.std() * np.sqrt(1 - found.plcc_fitted.value**2)
    assert found.rmse_fitted.value == pytest.approx(by_hand, rel=1e-9)


def test_intervals_are_those_of_a_plain_loop_with_the_curve_kept():
    merit, mean, groups = data()
    found = opinion_agreement(merit, mean, groups, level=0.9, resamples=60, seed=4)
    rows = {name: [] for name in ESTIMATES}
    (_, weights), *_ = Clusters(groups).weights(60, seed=4)
    for weight in weights:
        items = np.repeat(np.arange(len(mean)), weight)
        a, b, expected = merit[items], mean[items], found.curve.predict(merit)[items]
        rows["srcc"].append(stats.spearmanr(a, b).statistic)
        rows["plcc"].append(stats.pearsonr(a, b).statistic)
        rows["krcc"].append(stats.kendalltau(a, b).statistic)
        rows["plcc_fitted"].append(stats.pearsonr(expected, b).statistic)
        rows["rmse_fitted"].append(np.sqrt(np.mean((b - expected) ** 2)))
    tail = expanded_tail(Clusters(groups).sizes, 0.9)
    for name, values in rows.items():
        each = getattr(found, name)
        assert (each.low, each.high) == pytest.approx(
            tuple(np.quantile(values, [tail, 1 - tail])), abs=1e-9
        )
        assert (each.n, each.clusters, each.level, each.reason) == (120, 30, 0.9, None)


def test_a_method_that_ranks_backwards_shows_it_everywhere():
    merit, mean, groups = data()
    there = opinion_agreement(merit, mean, groups, resamples=100)
    back = opinion_agreement(-merit, mean, groups, resamples=100)
    for name in ("srcc", "plcc", "krcc", "plcc_fitted"):
        one, other = getattr(there, name), getattr(back, name)
        assert other.value == pytest.approx(-one.value, abs=1e-9)
        assert (other.low, other.high) == pytest.approx((-one.high, -one.low), abs=1e-6)
        assert other.high < 0
    assert np.isnan(back.rmse_fitted.value)
    assert "the fitted curve falls" in back.rmse_fitted.reason


@pytest.mark.parametrize(
    ("merit", "mean", "reason"),
    [
        ([], [], "0 pairs; at least 4 are needed"),
        ([1, 1, 1, 1, 1], [1, 2, 3, 4, 5], "the first column is constant"),
        ([1, 2, 3, 4, 5], [1, 1, 1, 1, 1], "the second column is constant"),
    ],
)
def test_what_has_no_agreement_has_a_reason(merit, mean, reason):
    found = opinion_agreement(merit, mean, np.arange(len(merit)))
    for name in ESTIMATES:
        each = getattr(found, name)
        assert (each.reason, each.n) == (reason, len(merit))
        assert np.isnan(each.value)
    assert found.curve.reason == reason


def test_few_groups_keep_the_values_without_intervals():
    merit, mean, _ = data()
    found = opinion_agreement(merit, mean, np.arange(120) % 3, resamples=50)
    for name in ESTIMATES:
        each = getattr(found, name)
        assert each.reason.startswith("3 groups")
        assert np.isfinite(each.value)
        assert np.isnan(each.low)


def test_a_search_that_fails_leaves_the_rest(monkeypatch):
    monkeypatch.setattr("sim_bench.evaluation.logistic._STEPS", 1)
    found = opinion_agreement(*data(), resamples=50)
    assert found.plcc_fitted.reason == found.rmse_fitted.reason
    assert found.plcc_fitted.reason == "the logistic fit did not converge"
    assert found.srcc.reason is None


def test_kendalls_tau_of_many_photos_has_no_interval():
    n = LARGEST_FOR_KRCC + 1
    merit, mean, _ = data(n)
    found = opinion_agreement(merit, mean, np.arange(n), resamples=10)
    assert found.krcc.value == pytest.approx(stats.kendalltau(merit, mean).statistic, abs=1e-12)
    assert found.krcc.reason == "no interval of Kendall's tau above 3000 photos"
    assert np.isnan(found.krcc.low)
    assert found.srcc.reason is None


def test_differences_come_from_the_same_resamples():
    """A method and its square root (of positive scores) rank alike: the difference is nothing."""
    merit, mean, groups = data()
    table = np.column_stack([merit, np.cbrt(merit), -merit, np.ones(len(merit))])
    alike, apart, none = srcc_differences(
        table, mean, groups, [(0, 1), (0, 2), (0, 3)], resamples=200
    )
    assert alike.value == 0
    assert "every resample gives the same value" in alike.reason
    srcc = opinion_agreement(merit, mean, groups, resamples=200).srcc
    assert apart.value == pytest.approx(2 * srcc.value)
    assert (apart.low, apart.high) == pytest.approx((2 * srcc.low, 2 * srcc.high))
    assert apart.standard_error == pytest.approx(2 * srcc.standard_error)
    assert none.reason == "the first column is constant"
    assert np.isnan(none.value)


def test_differences_of_nothing_have_a_reason():
    (found,) = srcc_differences(np.empty((0, 2)), [], [], [(0, 1)])
    assert found.reason == "0 pairs; at least 4 are needed"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"merit": np.ones((5, 2))}, r"merit must be one method's, shape \(n,\). Got \(5, 2\)"),
        ({"mean": np.ones((5, 1))}, r"mean must have the shape \(n,\). Got \(5, 1\)"),
        ({"mean": [1, 2, 3, 4]}, "Got 4 items and 5 groups"),
        ({"merit": [1, 2, nan, 4, 5]}, "values must be finite. Got 1"),
        ({"level": 95}, "level must lie between 0 and 1"),
        ({"resamples": 0}, "resamples must be 1 or more"),
    ],
)
def test_wrong_arguments_say_what_is_allowed(change, message):
    arguments = {"merit": [1, 2, 3, 4, 5], "mean": [1, 2, 3, 5, 4], "groups": list("abcde")}
    with pytest.raises(ValueError, match=message):
        opinion_agreement(**{**arguments, **change})


def test_every_estimate_is_tested_here():
    found = opinion_agreement(*data(), resamples=20)
    assert {each.name for each in fields(found)} == {*ESTIMATES, "curve"}
