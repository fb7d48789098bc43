"""Conditions of the optimum by hand, known weights, and what must not leak into a prediction."""

from math import nan

import numpy as np
import pytest
import statsmodels.api as sm

from sim_bench.evaluation.ensemble import opinion_ensemble, pair_ensemble
from sim_bench.evaluation.nested import PENALTIES
from sim_bench.evaluation.pairwise import pair_credits


def pairs(n=300, weights=(1.2, -0.7, 0.0), seed=0, votes=5):
    random = np.random.default_rng(seed)
    differences = random.normal(size=(n, len(weights)))
    true = 1 / (1 + np.exp(-differences @ np.array(weights)))
    return differences, random.binomial(votes, true) / votes, np.arange(n) // 5


def photos(n=200, weights=(0.5, -0.2), seed=0):
    random = np.random.default_rng(seed)
    merits = random.normal(3, 2, size=(n, len(weights)))
    return merits, 1.0 + merits @ np.array(weights) + random.normal(size=n), np.arange(n) // 4


def accuracy(scores, preference):
    return pair_credits(scores, np.zeros(len(scores)), preference).mean()


def test_known_weights_of_pairs_are_found():
    found = pair_ensemble(*pairs(6000))
    assert found.raw_weights == pytest.approx([1.2, -0.7, 0.0], abs=0.05)
    assert found.intercept == 0


def test_known_weights_of_opinions_are_found():
    found = opinion_ensemble(*photos(6000))
    assert found.raw_weights == pytest.approx([0.5, -0.2], abs=0.03)
    assert found.intercept == pytest.approx(1.0, abs=0.1)
    assert found.weights == pytest.approx([1.0, -0.4], abs=0.06)


def test_weights_of_pairs_fulfil_the_condition_of_the_optimum():
    """Of mean log-loss + penalty / 2 * sum of squared weights, on differences of spread 1."""
    d, p, series = pairs()
    found = pair_ensemble(d, p, series)
    spread = np.sqrt((d**2).mean(axis=0))
    np.testing.assert_allclose(found.weights, found.raw_weights * spread, rtol=1e-12)
    x = d / spread
    slope = x.T @ (p - 1 / (1 + np.exp(-x @ found.weights))) / len(x)
    np.testing.assert_allclose(slope, found.penalty * found.weights, atol=1e-9)


def test_weights_of_pairs_are_near_those_of_statsmodels_without_penalty():
    d, p, series = pairs(3000)
    expected = sm.GLM(p, d, family=sm.families.Binomial()).fit().params
    found = pair_ensemble(d, p, series)
    assert found.penalty <= 0.001
    np.testing.assert_allclose(found.raw_weights, expected, atol=0.01)


def test_weights_of_opinions_solve_the_normal_equations():
    merits, mean, series = photos()
    found = opinion_ensemble(merits, mean, series)
    x = (merits - merits.mean(axis=0)) / merits.std(axis=0)
    square = x.T @ x + found.penalty * len(x) * np.eye(2)
    expected = np.linalg.solve(square, x.T @ (mean - mean.mean()))
    np.testing.assert_allclose(found.weights, expected, rtol=1e-9)
    np.testing.assert_allclose(
        found.intercept, mean.mean() - merits.mean(axis=0) @ found.raw_weights, rtol=1e-9
    )


@pytest.mark.parametrize("made", [(pair_ensemble, pairs), (opinion_ensemble, photos)])
def test_nothing_of_a_fold_reaches_its_own_predictions(made):
    """Neither its model nor its penalty changes when the labels of the fold are turned round."""
    ensemble, sample = made
    x, target, series = sample()
    first = ensemble(x, target, series, seed=2)
    for k in range(5):
        own = first.fold == k
        assert not set(series[own]) & set(series[~own])
        turned = np.where(own, target.max() - target, target)
        second = ensemble(x, turned, series, seed=2)
        np.testing.assert_array_equal(second.fold, first.fold)
        np.testing.assert_array_equal(second.out_of_fold[own], first.out_of_fold[own])
        assert second.penalties[k] == first.penalties[k]
        assert (second.out_of_fold[~own] != first.out_of_fold[~own]).any()


def test_random_labels_are_learnt_in_sample_only():
    """Each series is one pair given five times, so that folds by pair would know the answers."""
    in_sample, by_series, by_pair = [], [], []
    for seed in range(4):
        random = np.random.default_rng(seed)
        d = np.repeat(random.normal(size=(80, 30)), 5, axis=0)
        p = np.repeat(random.integers(0, 2, 80), 5)
        honest = pair_ensemble(d, p, np.repeat(np.arange(80), 5))
        in_sample.append(accuracy(d @ honest.raw_weights, p))
        by_series.append(accuracy(honest.out_of_fold, p))
        by_pair.append(accuracy(pair_ensemble(d, p, np.arange(400)).out_of_fold, p))
    assert np.mean(in_sample) > 0.68
    assert np.mean(by_pair) > 0.68
    assert 0.42 < np.mean(by_series) < 0.56


def test_useless_members_are_penalised_and_useful_ones_are_not():
    noise, p, series = pairs(weights=(0.0,) * 10)
    assert pair_ensemble(noise, p, series).penalty == max(PENALTIES)
    assert pair_ensemble(*pairs(2000, weights=(2.0, 1.0))).penalty < 0.01


def test_two_members_are_better_than_either_alone():
    d, p, series = pairs(2000, weights=(1.0, 1.0))
    together = accuracy(pair_ensemble(d, p, series).out_of_fold, p)
    assert together > max(accuracy(d[:, 0], p), accuracy(d[:, 1], p)) + 0.05


def test_the_unit_of_a_member_does_not_matter():
    d, p, series = pairs()
    first, second = pair_ensemble(d, p, series), pair_ensemble(d * [1e6, 1, 1e-6], p, series)
    np.testing.assert_allclose(second.weights, first.weights, atol=1e-8)
    np.testing.assert_allclose(second.out_of_fold, first.out_of_fold, atol=1e-8)


def test_swapping_photos_changes_nothing():
    d, p, series = pairs()
    sign = np.random.default_rng(0).choice([-1, 1], len(p))
    second = pair_ensemble(d * sign[:, None], np.where(sign > 0, p, 1 - p), series)
    first = pair_ensemble(d, p, series)
    np.testing.assert_allclose(second.weights, first.weights, atol=1e-7)
    np.testing.assert_allclose(second.out_of_fold, first.out_of_fold * sign, atol=1e-7)


def test_the_left_photo_may_always_win():
    """Files of winners and losers are like that."""
    d, p, series = pairs(votes=1)
    sign = np.where(p > 0.5, 1, -1)
    found = pair_ensemble(d * sign[:, None], np.ones(len(p)), series)
    np.testing.assert_allclose(found.weights, pair_ensemble(d, p, series).weights, atol=1e-7)


@pytest.mark.parametrize("made", [(pair_ensemble, pairs, 0.0), (opinion_ensemble, photos, 0.1)])
def test_a_member_without_spread_has_no_weight(made):
    ensemble, sample, constant = made
    x, target, series = sample()
    first = ensemble(x, target, series)
    second = ensemble(np.insert(x, 1, constant, axis=1), target, series)
    assert second.weights[1] == second.raw_weights[1] == 0
    np.testing.assert_allclose(np.delete(second.weights, 1), first.weights, rtol=1e-9)
    alone = ensemble(np.full((len(x), 1), constant), target, series)
    assert alone.weights.tolist() == [0]
    assert np.isfinite(alone.out_of_fold).all()


@pytest.mark.parametrize("made", [(pair_ensemble, pairs), (opinion_ensemble, photos)])
def test_rows_without_a_score_change_nothing_and_have_no_prediction(made):
    ensemble, sample = made
    x, target, series = sample()
    bad = np.full((2, x.shape[1]), 1.0)
    bad[0, 0], bad[1, -1] = nan, np.inf
    found = ensemble(np.vstack([x, bad]), [*target, 1, 0], [*series, 0, 999])
    assert np.isnan(found.out_of_fold[-2:]).all()
    assert found.fold[-2:].tolist() == [-1, -1]
    np.testing.assert_array_equal(found.out_of_fold[:-2], ensemble(x, target, series).out_of_fold)


def test_the_seed_decides_the_folds():
    x, target, series = photos()
    first, same = (opinion_ensemble(x, target, series, seed=1) for _ in range(2))
    np.testing.assert_array_equal(first.out_of_fold, same.out_of_fold)
    assert (opinion_ensemble(x, target, series, seed=2).fold != first.fold).any()


def test_three_series_are_the_fewest():
    d, p, _ = pairs(6, votes=1)
    found = pair_ensemble(d[:3], p[:3], [0, 1, 2])
    assert sorted(found.fold) == [0, 1, 2]
    assert np.isfinite(found.out_of_fold).all()
    with pytest.raises(ValueError, match="three groups or more. Got 2"):
        pair_ensemble(d, p, [0, 0, 0, 1, 1, 1])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: pair_ensemble([1, 2], [1, 0], [1, 2]), r"members must have shape \(n, m\)"),
        (lambda: pair_ensemble([[1], [2]], [1], [1, 2]), r"Got \(2, 1\), \(1,\) and \(2,\)"),
        (lambda: pair_ensemble([[1]], [1.5], [1]), "share between 0 and 1"),
        (lambda: opinion_ensemble([[1]], [nan], [1]), "mean must be finite"),
        (lambda: opinion_ensemble([[1], [2], [3]], [1, 2, 3], [1, 2, 3], folds=1), "Got 1"),
        (lambda: opinion_ensemble([[1], [2], [3]], [1, 2, 3], [1, 2, 3], inner=0), "Got 0"),
    ],
)
def test_wrong_arguments_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
