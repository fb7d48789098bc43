"""By hand, and against scikit-learn."""

from math import log, nan

import numpy as np
import pytest
from sklearn import metrics

from sim_bench.evaluation.calibration import (
    calibration_error,
    log_loss,
    log_loss_floor,
    reliability,
    win_probability,
)
from sim_bench.evaluation.slope import fit_slope


def sample(n=600, slope=1.3, seed=0):
    """Pairs in series of six, whose votes follow the model."""
    random = np.random.default_rng(seed)
    difference = random.normal(size=n)
    true = 1 / (1 + np.exp(-slope * difference))
    return difference, random.binomial(9, true) / 9, np.arange(n) // 6


def test_each_series_is_judged_by_the_slope_of_the_others():
    d, p, series = sample()
    found = win_probability(d, p, series, folds=4)
    assert found.slopes.shape == (4,)
    for k in range(4):
        others = found.fold != k
        assert not set(series[others]) & set(series[~others])
        slope = fit_slope(d[others], p[others])
        assert found.slopes[k] == slope
        expected = 1 / (1 + np.exp(-slope * d[~others]))
        np.testing.assert_allclose(found.probability[~others], expected, rtol=1e-12)


def test_the_slope_of_a_model_is_found():
    found = win_probability(*sample(6000, slope=1.3))
    assert found.slopes == pytest.approx([1.3] * 10, abs=0.05)


def test_votes_of_a_series_do_not_reach_its_own_probability():
    d, p, series = sample()
    other = p.copy()
    other[series == 5] = 1 - other[series == 5]
    first, second = win_probability(d, p, series), win_probability(d, other, series)
    own = first.fold == first.fold[series == 5][0]
    np.testing.assert_array_equal(first.probability[own], second.probability[own])
    assert (first.probability[~own] != second.probability[~own]).any()


def test_the_seed_decides_and_the_order_of_the_pairs_does_not():
    d, p, series = sample(120)
    order = np.random.default_rng(0).permutation(120)
    first = win_probability(d, p, series, seed=3)
    shuffled = win_probability(d[order], p[order], series[order], seed=3)
    np.testing.assert_allclose(shuffled.probability, first.probability[order], rtol=1e-9)
    assert win_probability(d, p, series, seed=4).slopes.tolist() != first.slopes.tolist()


def test_unscored_pairs_have_no_probability_and_change_nothing():
    d, p, series = sample(120)
    found = win_probability([*d, nan, np.inf], [*p, 1, 1], [*series, 0, 99])
    assert np.isnan(found.probability[-2:]).all()
    assert found.fold[-2:].tolist() == [-1, -1]
    np.testing.assert_array_equal(found.probability[:-2], win_probability(d, p, series).probability)


def test_log_loss_agrees_with_scikit_learn():
    random = np.random.default_rng(2)
    q, y = random.random(200), random.integers(0, 2, 200)
    q[:2], y[:2] = (0.0, 1.0), (1, 0)
    expected = metrics.log_loss(y, q)
    assert log_loss(q, y).mean() == pytest.approx(expected, rel=1e-12)


def test_log_loss_of_shares_agrees_with_scikit_learn_on_weighted_votes():
    random = np.random.default_rng(3)
    q, p = random.random((2, 200))
    expected = metrics.log_loss(
        np.repeat([1, 0], 200), np.tile(q, 2), sample_weight=np.concatenate([p, 1 - p])
    )
    assert log_loss(q, p).mean() == pytest.approx(expected, rel=1e-12)


def test_log_loss_by_hand_and_its_floor():
    assert log_loss([0.5, 0.75], [1.0, 0.5]) == pytest.approx([log(2), log(4) - log(3) / 2])
    assert log_loss_floor([0.5, 0.0, 1.0, 0.25]) == pytest.approx(
        [log(2), 0, 0, log(4) - 0.75 * log(3)]
    )


def test_no_probability_has_less_than_the_floor():
    p = np.linspace(0, 1, 21)
    for q in np.linspace(0, 1, 21):
        assert (log_loss(np.full(21, q), p) >= log_loss_floor(p) - 1e-12).all()
    np.testing.assert_allclose(log_loss(p, p), log_loss_floor(p), atol=1e-13)


def test_calibration_error_by_hand():
    """Favourites at 0.6 (observed 0.5 and 1, mean 0.75) and at 0.9 (observed 0.7): gaps 0.15, 0.2
    with weights 2/3 and 1/3."""
    found = reliability([0.6, 0.4, 0.9], [0.5, 0.0, 0.7], bins=2)
    assert [each.n for each in found] == [2, 1]
    assert [each.predicted for each in found] == pytest.approx([0.6, 0.9])
    assert [each.observed for each in found] == pytest.approx([0.75, 0.7])
    error = calibration_error([0.6, 0.4, 0.9], [0.5, 0.0, 0.7], bins=2)
    assert error == pytest.approx(0.15 * 2 / 3 + 0.2 / 3)


def test_one_bin_is_the_gap_of_the_means():
    """Naeini et al. with one bin: |mean confidence - mean agreement|."""
    random = np.random.default_rng(0)
    q, p = random.random((2, 100))
    agreeing = np.where(q > 0.5, p, 1 - p)
    expected = abs(np.maximum(q, 1 - q).mean() - agreeing.mean())
    assert calibration_error(q, p, bins=1) == pytest.approx(expected, rel=1e-12)


def test_swapping_photos_changes_no_calibration():
    random = np.random.default_rng(1)
    q, p = random.integers(0, 21, 300) / 20, random.random(300)
    swapped = random.random(300) < 0.5
    q2, p2 = np.where(swapped, 1 - q, q), np.where(swapped, 1 - p, p)
    assert calibration_error(q2, p2) == pytest.approx(calibration_error(q, p), rel=1e-12)
    assert [b.n for b in reliability(q2, p2)] == [b.n for b in reliability(q, p)]


def test_an_undecided_method_is_calibrated():
    assert calibration_error([0.5, 0.5], [1.0, 0.2]) == 0
    assert reliability([0.5, 0.5], [1.0, 0.2])[0].n == 2


def test_true_probabilities_have_a_small_error_and_bold_ones_a_large_one():
    d, p, _ = sample(20000)
    true = 1 / (1 + np.exp(-1.3 * d))
    assert calibration_error(true, p) < 0.01
    assert calibration_error(1 / (1 + np.exp(-4 * d)), p) > 0.1


def test_bins_hold_every_scored_pair_and_equal_numbers():
    random = np.random.default_rng(5)
    q = random.random(1000)
    q[:7] = nan
    found = reliability(q, random.random(1000), bins=8)
    assert sum(each.n for each in found) == 993
    assert {each.n for each in found} <= {124, 125}
    assert [each.predicted for each in found] == sorted(each.predicted for each in found)


def test_without_a_probability_nothing_is_known():
    assert reliability([nan], [1.0]) == []
    assert np.isnan(calibration_error([nan], [1.0]))
    assert np.isnan(log_loss([nan], [1.0])).all()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: win_probability([1], [1, 0], [1, 2]), "difference and preference.*equal length"),
        (lambda: win_probability([1, 2], [1, 0], [1]), "groups must be as long"),
        (lambda: win_probability([1, nan], [1, 0], [1, 2]), "two groups"),
        (lambda: win_probability([1, 2], [1, 3], [1, 2]), "preference must be a share"),
        (lambda: log_loss([1.2], [1]), r"probability must lie in \[0, 1\]. Got 1.2 at position 0"),
        (lambda: reliability([0.5], [1, 1]), "probability and preference"),
        (lambda: reliability([0.5], [1], bins=0), "bins must be 1 or more. Got 0"),
    ],
)
def test_wrong_arguments_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
