import numpy as np
import pytest
from scipy import stats

from sim_bench.evaluation.bootstrap import bootstrap_correlate
from sim_bench.evaluation.correlation import correlate


def pairs(n, seed=0):
    random = np.random.default_rng(seed)
    x = random.normal(size=n)
    return x, 0.6 * x + 0.8 * random.normal(size=n)


def test_estimate_is_the_plain_one_and_the_seed_decides_the_interval():
    x, y = pairs(40)
    first = bootstrap_correlate(x, y, "spearman", resamples=200, seed=1)
    assert first == bootstrap_correlate(x, y, "spearman", resamples=200, seed=1)
    assert first != bootstrap_correlate(x, y, "spearman", resamples=200, seed=2)
    assert first.estimate == correlate(x, y, "spearman").estimate
    assert first.interval == "bootstrap"


def test_interval_agrees_with_scipy():
    """Other draws of the same method: ends equal within Monte Carlo error."""
    x, y = pairs(60)
    ours = bootstrap_correlate(x, y, resamples=4000)
    theirs = stats.bootstrap(
        (x, y),
        lambda a, b: np.corrcoef(a, b)[0, 1],
        paired=True,
        vectorized=False,
        method="percentile",
        n_resamples=4000,
        random_state=np.random.default_rng(0),
    ).confidence_interval
    assert (ours.low, ours.high) == pytest.approx(tuple(theirs), abs=0.02)


def test_groups_of_copies_count_as_one_pair_each():
    """Ten copies of each pair are no more evidence than the pair itself."""
    x, y = pairs(30)
    alone = bootstrap_correlate(x, y, seed=4)
    copies = np.repeat(x, 10), np.repeat(y, 10)
    grouped = bootstrap_correlate(*copies, groups=np.repeat(np.arange(30), 10), seed=4)
    naive = bootstrap_correlate(*copies, seed=4)
    assert (grouped.low, grouped.high) == pytest.approx((alone.low, alone.high))
    assert naive.high - naive.low < 0.5 * (grouped.high - grouped.low)


def test_missing_values_leave_their_group_whole_otherwise():
    x, y = pairs(24)
    x[3] = np.nan
    found = bootstrap_correlate(x, y, groups=["a", "b", "c", "d", "e", "f"] * 4, resamples=100)
    assert (found.n, found.dropped, found.reason) == (23, 1, None)


@pytest.mark.parametrize(
    ("x", "y", "groups", "reason"),
    [
        ([], [], None, "0 pairs"),
        ([1, 1, 1, 1], [1, 2, 3, 4], None, "the first column is constant"),
        ([1, 2, 3, 4, 5], [1, 3, 2, 5, 4], list("aabbc"), "3 groups"),
        ([0, 0, 0, 0, 1], [1, 3, 2, 5, 4], None, "of 2000 resamples have a correlation"),
    ],
)
def test_what_has_no_correlation_has_a_reason(x, y, groups, reason):
    found = bootstrap_correlate(x, y, groups=groups)
    assert reason in found.reason
    assert np.isnan([found.estimate, found.low, found.high]).all()


def test_wrong_arguments_say_what_is_allowed():
    with pytest.raises(ValueError, match=r"groups must be as long as x. Got \(2,\) and \(4,\)"):
        bootstrap_correlate([1, 2, 3, 4], [1, 3, 2, 4], groups=[1, 2])
    with pytest.raises(ValueError, match=r"resamples must be 1 or more. Got 0"):
        bootstrap_correlate([1, 2, 3, 4], [1, 3, 2, 4], resamples=0)
