"""Intervals by hand and by the distributions they come from; reasons where there is none."""

from math import nan, sqrt

import numpy as np
import pytest
from scipy import stats

from sim_bench.evaluation.estimate import Estimate, estimate, expanded_tail, without_interval

EQUAL = np.full(60, 3)


def test_interval_is_a_pair_of_percentiles_further_out_than_the_level():
    """Hesterberg: Phi(-sqrt(60 / 59) t), with t of 59 degrees of freedom; 60 equal groups."""
    tail = stats.norm.cdf(-sqrt(60 / 59) * stats.t.ppf(0.975, 59))
    assert expanded_tail(EQUAL) == pytest.approx(tail, rel=1e-12)
    assert tail < 0.025
    resampled = np.random.default_rng(0).normal(5, 2, 500)
    found = estimate(5.0, resampled, EQUAL)
    assert found.low == pytest.approx(np.quantile(resampled, tail))
    assert found.high == pytest.approx(np.quantile(resampled, 1 - tail))
    assert found.standard_error == pytest.approx(np.std(resampled, ddof=1) * sqrt(60 / 59))
    assert (found.value, found.level, found.n, found.clusters) == (5.0, 0.95, 180, 60)
    assert found.reason is None


def test_unequal_groups_by_hand():
    """Sizes 1, 1, 2, 4: sums 8, 22 (squares), 274 (fourth powers).

    8^2 / 22 = 32/11 effective groups; 22^2 / 274 - 1 = 105/137 degrees of freedom, taken as 1.
    """
    sizes = np.array([1, 1, 2, 4])
    reach = stats.t.ppf(0.975, 1) * sqrt((32 / 11) / (21 / 11))
    assert expanded_tail(sizes) == pytest.approx(stats.norm.cdf(-reach), rel=1e-9)
    found = estimate(0.0, np.array([-1.0, 0.0, 1.0]), sizes)
    assert (found.low, found.high) == pytest.approx((-1, 1))


def test_many_groups_come_to_the_plain_percentiles():
    assert expanded_tail(np.ones(100_000, dtype=int)) == pytest.approx(0.025, rel=1e-3)
    assert expanded_tail(np.ones(100_000, dtype=int), 0.8) == pytest.approx(0.1, rel=1e-3)


def test_one_giant_group_widens_to_all_that_was_drawn():
    sizes = np.array([10**6, 1, 1, 1, 1])
    found = estimate(0.0, np.linspace(-3, 3, 101), sizes)
    assert (found.low, found.high) == pytest.approx((-3, 3))


@pytest.mark.parametrize(
    ("resampled", "sizes", "reason"),
    [
        (np.arange(50.0), [2, 2, 2], "3 groups; an interval takes at least 4"),
        (np.append(np.arange(80.0), [nan] * 20), [1] * 9, "only 80 of 100 resamples have a value"),
        (np.full(50, nan), [1] * 9, "only 0 of 50 resamples have a value"),
        (np.arange(1.0), [1] * 9, "only 1 of 1 resamples have a value"),
        (np.full(50, 1.0), [1] * 9, "every resample gives the same value"),
        (np.zeros(50), [1] * 9, "every resample gives the same value"),
        (np.array([0.3, 0.1 + 0.2] * 9), [1] * 9, "every resample gives the same value"),
    ],
)
def test_what_has_no_interval_keeps_its_value_and_says_why(resampled, sizes, reason):
    found = estimate(0.25, resampled, np.array(sizes))
    assert reason in found.reason
    assert found.value == 0.25
    assert np.isnan([found.low, found.high, found.standard_error]).all()


def test_resamples_without_a_value_are_left_out_of_the_percentiles():
    resampled = np.random.default_rng(0).normal(size=100)
    some = estimate(0.0, np.append(resampled, [nan] * 5), EQUAL)
    assert some == estimate(0.0, resampled, EQUAL)


def test_no_interval_is_an_estimate_too():
    found = without_interval(nan, "no items", np.array([], dtype=int), level=0.9)
    assert isinstance(found, Estimate)
    assert (found.level, found.n, found.clusters, found.reason) == (0.9, 0, 0, "no items")


@pytest.mark.parametrize("level", [0, 1, 95, nan])
def test_a_level_must_be_a_probability(level):
    with pytest.raises(ValueError, match="level must lie between 0 and 1"):
        estimate(0.0, np.arange(9.0), EQUAL, level=level)
