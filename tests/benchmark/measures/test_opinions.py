"""The table of opinions against scipy."""

from math import atanh, nan

import numpy as np
import pytest
from scipy.stats import kendalltau, pearsonr, rankdata, spearmanr

from sim_bench.benchmark.measures.common import Settings
from sim_bench.benchmark.measures.opinions import (
    OpinionItems,
    compare_opinions,
    opinion_table,
    rank_correlation,
)

SETTINGS = Settings(resamples=200, permutations=500)


def items(*merits, mean, group=None, methods=None):
    n = len(mean)
    return OpinionItems(
        methods or tuple(f"m{k}" for k in range(len(merits))),
        np.array(merits, float).T,
        np.array(mean, float),
        np.array(group if group is not None else range(n)).astype(str),
        np.array([f"{k}.jpg" for k in range(n)]),
    )


@pytest.fixture
def made():
    """Twenty photos with ties in both columns; the merit of two is not known."""
    rng = np.random.default_rng(0)
    mean = np.round(rng.normal(size=20), 1)
    merit = np.round(mean + rng.normal(size=20), 1)
    merit[[3, 7]] = nan, np.inf
    return merit, mean


def test_correlations_are_scipys_over_the_photos_that_have_a_score(made):
    merit, mean = made
    (row,) = opinion_table(items(merit, mean=mean), SETTINGS)
    there = np.isfinite(merit)
    assert (row.n, row.unscored) == (18, 2)
    assert row.srcc.value == pytest.approx(spearmanr(merit[there], mean[there]).statistic, abs=1e-9)
    assert row.krcc.value == pytest.approx(
        kendalltau(merit[there], mean[there]).statistic, abs=1e-9
    )
    assert row.plcc.value == pytest.approx(pearsonr(merit[there], mean[there]).statistic, abs=1e-9)
    assert row.srcc.low < row.srcc.value < row.srcc.high


def test_a_method_that_is_the_wrong_way_round_is_shown_to_be(made):
    merit, mean = made
    right, wrong = opinion_table(items(merit, -merit, mean=mean), SETTINGS)
    for name in ("srcc", "krcc", "plcc"):
        assert getattr(wrong, name).value == pytest.approx(-getattr(right, name).value)
    assert wrong.srcc.value < 0
    assert wrong.p_chance == right.p_chance


def test_what_cannot_be_correlated_has_a_reason():
    mean = np.arange(8.0)
    nothing, constant, three, good = opinion_table(
        items([nan] * 8, [2.0] * 8, [1, 2, 3, *[nan] * 5], mean, mean=mean), SETTINGS
    )
    for row, n in ((nothing, 0), (constant, 8), (three, 3)):
        assert row.n == n
        assert row.n + row.unscored == 8
        for figure in (row.srcc, row.krcc, row.plcc, row.plcc_fitted, row.rmse_fitted):
            assert figure.value is None
            assert figure.reason
        assert row.p_chance is None
    assert good.srcc.value == pytest.approx(1.0)
    assert good.p_chance == pytest.approx(2 / 2**8)  # the only test, so not multiplied


def test_photos_of_one_group_are_one_exchange():
    """Eight photos in four groups: 16 exchanges, of which two reach a perfect order."""
    mean = np.arange(8.0)
    (row,) = opinion_table(items(mean, mean=mean, group=[0, 0, 1, 1, 2, 2, 3, 3]), SETTINGS)
    ranks = rankdata(mean) - 4.5
    sums = (ranks * ranks).reshape(4, 2).sum(axis=1)
    signs = np.array(np.meshgrid(*[[-1, 1]] * 4)).reshape(4, -1).T
    expected = np.mean(np.abs(signs @ sums) >= sums.sum() - 1e-9)
    assert row.p_chance == pytest.approx(expected)


def test_a_comparison_is_of_the_photos_that_both_scored(made):
    merit, mean = made
    other = np.random.default_rng(2).normal(size=20)
    other[0] = nan
    (found,) = compare_opinions(items(merit, other, mean=mean), SETTINGS)
    both = np.isfinite(merit) & np.isfinite(other)
    one, two = (spearmanr(each[both], mean[both]).statistic for each in (merit, other))
    assert (found.n, found.measure) == (17, "srcc")
    assert found.difference.value == pytest.approx(one - two, abs=1e-9)
    assert found.effect == pytest.approx(atanh(one) - atanh(two), abs=1e-9)
    assert 0 < found.p <= found.p_holm <= 1
    assert found.smallest > 0


def test_methods_without_a_common_photo_or_a_correlation_are_compared_with_a_reason():
    mean = np.arange(10.0)
    first = [*range(5), *[nan] * 5]
    second = [*[nan] * 5, *range(5)]
    found = compare_opinions(items(first, second, [1.0] * 10, mean=mean), SETTINGS)
    assert [c.n for c in found] == [0, 5, 5]
    for one in found:
        assert one.difference.value is None
        assert one.difference.reason
        assert (one.p, one.p_holm, one.effect) == (None, None, None)


def test_equal_methods_are_not_told_apart(made):
    merit, mean = made
    (found,) = compare_opinions(items(merit, 3 * merit, mean=mean), SETTINGS)
    assert found.difference.value == pytest.approx(0.0, abs=1e-12)
    assert found.p == 1.0


def test_a_single_method_and_two_photos():
    given = items([1, 2], mean=[1, 2])
    (row,) = opinion_table(given, SETTINGS)
    assert (row.n, row.srcc.value) == (2, None)
    assert compare_opinions(given, SETTINGS) == ()


def test_a_rank_correlation_alone_equals_that_of_the_table(made):
    merit, mean = made
    given = items(merit, mean=mean)
    assert (
        rank_correlation(merit, mean, given.group, SETTINGS)
        == opinion_table(given, SETTINGS)[0].srcc
    )
