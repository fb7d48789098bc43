"""Draws by hand, by a plain loop and by scipy; what the groups are for."""

from math import nan, sqrt

import numpy as np
import pytest
from scipy import stats

from sim_bench.evaluation import clusters
from sim_bench.evaluation.clusters import (
    Clusters,
    bootstrap_mean,
    bootstrap_means,
    resampled_means,
)


def test_groups_are_numbered_and_counted():
    found = Clusters(["b", "a", "b", "c"])
    assert found.index.tolist() == [1, 0, 1, 2]
    assert (found.count, found.sizes.tolist()) == (3, [1, 2, 1])
    assert found.sums(np.array([[1.0], [2], [3], [4]])).ravel().tolist() == [2, 4, 4]


def test_each_draw_has_as_many_groups_as_there_are():
    (which, times), *rest = Clusters(list("aabbbc")).draws(500, seed=3)
    assert (which, rest) == (slice(0, 500), [])
    assert times.shape == (500, 3)
    assert (times.sum(axis=1) == 3).all()
    assert times.mean(axis=0) == pytest.approx([1, 1, 1], abs=0.15)  # 4 standard errors
    (_, weights), *_ = Clusters(list("aabbbc")).weights(500, seed=3)
    assert (weights == times[:, [0, 0, 1, 1, 1, 2]]).all()


@pytest.mark.parametrize("block", [1, 7, 20, 1000])
def test_draws_do_not_depend_on_the_size_of_the_blocks(monkeypatch, block):
    groups = np.random.default_rng(0).integers(0, 7, 20)
    values = np.random.default_rng(1).normal(size=(20, 2))
    whole = resampled_means(values, groups, 50, seed=1)
    monkeypatch.setattr(clusters, "_BLOCK", block)
    assert resampled_means(values, groups, 50, seed=1) == pytest.approx(whole, rel=1e-12)
    pieces = [weights for _, weights in Clusters(groups).weights(50, seed=1)]
    assert len(pieces) == {1: 50, 7: 50, 20: 50, 1000: 1}[block]
    monkeypatch.undo()
    (_, at_once), *_ = Clusters(groups).weights(50, seed=1)
    assert (np.concatenate(pieces) == at_once).all()


def test_means_are_those_of_the_items_written_out():
    random = np.random.default_rng(2)
    groups, values = random.integers(0, 6, 30), random.normal(size=(30, 3))
    found = resampled_means(values, groups, 40, seed=9)
    (_, weights), *_ = Clusters(groups).weights(40, seed=9)
    for row, weight in zip(found, weights, strict=True):
        items = np.repeat(np.arange(30), weight)
        assert row == pytest.approx(values[items].mean(axis=0), rel=1e-12)
    assert (resampled_means(values[:, 1], groups, 40, seed=9)[:, 0] == found[:, 1]).all()


def test_two_methods_are_drawn_together():
    """One is the other plus a constant: their difference has no spread, though each has."""
    random = np.random.default_rng(4)
    values, groups = random.normal(size=50), random.integers(0, 10, 50)
    drawn = resampled_means(np.column_stack([values, values + 1]), groups, 200)
    assert np.ptp(drawn[:, 1] - drawn[:, 0]) < 1e-12
    assert np.ptp(drawn[:, 0]) > 0.1


def test_alone_each_item_has_the_interval_of_scipy():
    """scipy's percentile bootstrap at the level that the expansion comes to for 80 groups."""
    values = np.random.default_rng(5).exponential(size=80)
    ours = bootstrap_mean(values, np.arange(80), resamples=4000)
    tail = stats.norm.cdf(-sqrt(80 / 79) * stats.t.ppf(0.975, 79))
    theirs = stats.bootstrap(
        (values,),
        np.mean,
        n_resamples=4000,
        method="percentile",
        confidence_level=1 - 2 * tail,
        random_state=np.random.default_rng(0),
    )
    low, high = theirs.confidence_interval
    assert (ours.low, ours.high) == pytest.approx((low, high), abs=0.02)
    assert ours.value == values.mean()
    assert ours.standard_error == pytest.approx(theirs.standard_error * sqrt(80 / 79), rel=0.05)


def test_groups_of_equal_size_have_the_textbook_standard_error():
    """Cochran 1977, section 9.3: that of a mean of cluster means, s / sqrt(G)."""
    random = np.random.default_rng(6)
    means = random.normal(size=200)
    values = (means[:, None] + random.normal(size=(200, 5))).ravel()
    found = bootstrap_mean(values, np.repeat(np.arange(200), 5), resamples=4000)
    by_hand = values.reshape(200, 5).mean(axis=1).std(ddof=1) / sqrt(200)
    assert found.standard_error == pytest.approx(by_hand, rel=0.05)  # 4 Monte Carlo errors
    assert (found.n, found.clusters) == (1000, 200)


def test_copies_are_no_evidence():
    values = np.random.default_rng(7).normal(size=40)
    alone = bootstrap_mean(values, np.arange(40), seed=2)
    copied = bootstrap_mean(np.repeat(values, 10), np.repeat(np.arange(40), 10), seed=2)
    naive = bootstrap_mean(np.repeat(values, 10), np.arange(400), seed=2)
    assert (copied.low, copied.high) == pytest.approx((alone.low, alone.high))
    assert naive.high - naive.low < 0.5 * (copied.high - copied.low)


def test_columns_have_the_estimates_of_each_alone():
    random = np.random.default_rng(8)
    values, groups = random.normal(size=(30, 2)), random.integers(0, 8, 30)
    together = bootstrap_means(values, groups, level=0.9, resamples=300, seed=5)
    assert together == [
        bootstrap_mean(column, groups, level=0.9, resamples=300, seed=5) for column in values.T
    ]
    assert together[0].level == 0.9


def test_few_or_no_items_have_a_reason():
    assert bootstrap_mean([], []).reason == "no items"
    assert np.isnan(bootstrap_mean([], []).value)
    few = bootstrap_mean([1, 2, 3, 4], list("aabc"))
    assert (few.value, few.reason) == (2.5, "3 groups; an interval takes at least 4")
    certain = bootstrap_mean(np.ones(30), np.arange(30))
    assert certain.value == 1
    assert "every resample gives the same value" in certain.reason


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"groups": [1, 2]}, "one group for each of the n items. Got 3 items and 2 groups"),
        ({"groups": [[1], [2], [3]]}, r"one label per item, shape \(n,\). Got \(3, 1\)"),
        ({"groups": [1, nan, 2]}, "groups must not be NaN"),
        ({"values": [1, nan, np.inf]}, "values must be finite. Got 2 that are not"),
        ({"values": [[1], [2], [3]]}, r"values must have the shape \(n,\). Got \(3, 1\)"),
        ({"resamples": 0}, "resamples must be 1 or more. Got 0"),
        ({"level": 95}, "level must lie between 0 and 1"),
    ],
)
def test_wrong_arguments_say_what_is_allowed(change, message):
    with pytest.raises(ValueError, match=message):
        bootstrap_mean(**{"values": [1, 2, 3], "groups": [1, 2, 3], **change})


def test_resampled_means_of_nothing_are_refused():
    with pytest.raises(ValueError, match="at least 1 items are needed. Got 0"):
        resampled_means([], [])


def test_values_have_two_axes_at_most():
    with pytest.raises(ValueError, match=r"shape \(n,\) or \(n, m\). Got \(2, 1, 1\)"):
        resampled_means(np.ones((2, 1, 1)), [1, 2])
