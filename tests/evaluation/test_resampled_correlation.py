"""Each resample's correlation, against scipy on the items written out."""

from math import nan

import numpy as np
import pytest
from scipy import stats

from sim_bench.evaluation import clusters
from sim_bench.evaluation.clusters import Clusters
from sim_bench.evaluation.resampled_correlation import (
    LARGEST_FOR_KRCC,
    resampled_krcc,
    resampled_plcc,
    resampled_srcc,
)

SCIPY = {
    resampled_srcc: stats.spearmanr,
    resampled_plcc: stats.pearsonr,
    resampled_krcc: stats.kendalltau,
}
STATISTICS = pytest.mark.parametrize("statistic", SCIPY, ids=lambda each: each.__name__)


def data(n, *, tied):
    random = np.random.default_rng(n)
    y = random.normal(size=n)
    x = np.column_stack([y + random.normal(size=n), random.normal(size=n) - y])
    return (np.round(x), np.round(y)) if tied else (x, y), random.integers(0, n // 3, n)


@STATISTICS
@pytest.mark.parametrize("tied", [False, True])
def test_each_resample_has_the_correlation_of_the_items_written_out(statistic, tied):
    (x, y), groups = data(60, tied=tied)
    found = statistic(x, y, groups, 30, seed=3)
    (_, weights), *_ = Clusters(groups).weights(30, seed=3)
    assert found.shape == (30, 2)
    for row, weight in zip(found, weights, strict=True):
        items = np.repeat(np.arange(60), weight)
        theirs = [SCIPY[statistic](column[items], y[items]).statistic for column in x.T]
        assert row == pytest.approx(theirs, abs=1e-12)


@STATISTICS
def test_blocks_change_nothing(statistic, monkeypatch):
    (x, y), groups = data(30, tied=True)
    whole = statistic(x, y, groups, 20)
    monkeypatch.setattr(clusters, "_BLOCK", 100)
    assert statistic(x, y, groups, 20) == pytest.approx(whole, abs=1e-14)


@STATISTICS
def test_sign_is_kept_and_a_single_column_will_do(statistic):
    (x, y), groups = data(30, tied=True)
    found = statistic(x[:, 0], y, groups, 20)
    assert found.shape == (20, 1)
    assert statistic(-x[:, 0], y, groups, 20) == pytest.approx(-found, abs=1e-14)


@STATISTICS
def test_a_resample_whose_column_is_constant_has_none(statistic):
    """Only the last group has another score: where it is not drawn, x is constant."""
    x, y, groups = [0.3, 0.3, 0.1 + 0.2, 0.3, 0.9], [1, 2, 3, 4, 5], [0, 0, 1, 1, 2]
    x = np.array(x) if statistic is resampled_plcc else np.round(x, 9)
    found = statistic(x, y, groups, 200)[:, 0]
    (_, times), *_ = Clusters(groups).draws(200, 0)
    without = (times[:, 2] == 0) | (times[:, 2] == 3)
    assert (np.isnan(found) == without).all()
    assert 0.2 < without.mean() < 0.5


def test_plcc_survives_an_outlier_and_any_scale():
    (x, y), groups = data(60, tied=False)
    found = resampled_plcc(x, y, groups, 50)
    assert resampled_plcc(1e6 + x, y, groups, 50) == pytest.approx(found, abs=1e-9)
    assert resampled_plcc(1e-120 * x, 1e120 * y, groups, 50) == pytest.approx(found, abs=1e-12)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"x": [1, 2]}, "Got 2 items and 3 groups"),
        ({"x": [1, nan, 2]}, "values must be finite. Got 1"),
        ({"y": [[1], [2], [3]]}, r"y must have the shape \(n,\). Got \(3, 1\)"),
        ({"x": [], "y": [], "groups": []}, "at least 1 items"),
        ({"resamples": 0}, "resamples must be 1 or more"),
    ],
)
@STATISTICS
def test_wrong_arguments_say_what_is_allowed(statistic, change, message):
    with pytest.raises(ValueError, match=message):
        statistic(**{"x": [1, 2, 3], "y": [3, 1, 2], "groups": [1, 2, 3], **change})


def test_too_many_items_for_kendall_are_refused():
    many = np.arange(LARGEST_FOR_KRCC + 1)
    with pytest.raises(ValueError, match="at most 3000 items can be compared. Got 3001"):
        resampled_krcc(many, many, many)
