"""By hand, against choix, and on probabilities that come from the model itself."""

from itertools import combinations
from math import log, nan

import choix
import numpy as np
import pandas as pd
import pytest
from choix.opt import PairwiseFcts
from scipy.optimize import root

from sim_bench.evaluation.bradley_terry import strengths, strengths_by_burst
from sim_bench.evaluation.strength_fit import PENALTY


def votes_of(items, seed, least=1):
    """Random votes between all photos, at least `least` for either side of every pair."""
    random = np.random.default_rng(seed)
    left, right = np.array(list(combinations(range(items), 2))).T
    wins = least + random.integers(0, 6, len(left))
    return left, right, wins, wins + least + random.integers(0, 4, len(left))


def by_choix(left, right, wins, votes, items):
    tally = np.zeros((items, items))
    tally[left, right], tally[right, left] = wins, votes - wins
    return choix.ilsr_pairwise_dense(tally, tol=1e-13)


def by_choix_penalised(left, right, wins, votes, items, penalty):
    """The zero of choix's gradient; its own optimisers may stop 1e-8 away from it."""
    data = []
    for a, b, won, total in zip(left, right, wins, votes, strict=True):
        data += [(a, b)] * int(won) + [(b, a)] * int(total - won)
    problem = PairwiseFcts(data, penalty)
    found = root(problem.gradient, np.zeros(items), jac=problem.hessian, tol=1e-14)
    assert np.abs(problem.gradient(found.x)).max() < 1e-12
    return found.x


def log_odds(share):
    return log(share / (1 - share))


def test_two_photos_by_hand():
    """Three of four votes: log-odds log 3, so the strengths are its half either way."""
    assert strengths([0], [1], [3], [4], 2) == pytest.approx([log(3) / 2, -log(3) / 2], rel=1e-12)
    assert strengths([1], [0], [3], [4], 2) == pytest.approx([-log(3) / 2, log(3) / 2], rel=1e-12)


@pytest.mark.parametrize("items", [2, 3, 5, 8])
def test_strengths_agree_with_choix(items):
    votes = votes_of(items, seed=items)
    expected = by_choix(*votes, items)
    np.testing.assert_allclose(strengths(*votes, items), expected, rtol=0, atol=1e-9)


@pytest.mark.parametrize("penalty", [0.5, 0.01])
def test_penalised_strengths_agree_with_choix(penalty):
    votes = votes_of(4, seed=1, least=0)
    expected = by_choix_penalised(*votes, 4, penalty)
    np.testing.assert_allclose(strengths(*votes, 4, penalty=penalty), expected, rtol=0, atol=1e-9)


def test_the_models_own_probabilities_give_its_strengths_back():
    """What data sets publish as a probability, each counted as a share of one vote."""
    true = np.array([2.3, -1.1, 0.4, -4.0, 2.4])
    left, right = np.array(list(combinations(range(5), 2))).T
    share = 1 / (1 + np.exp(true[right] - true[left]))
    found = strengths(left, right, share, np.ones(10), 5)
    np.testing.assert_allclose(found, true - true.mean(), rtol=0, atol=1e-9)


def test_a_chain_of_comparisons_is_enough():
    found = strengths([0, 1], [1, 2], [0.9, 0.7], [1, 1], 3)
    assert found[0] - found[2] == pytest.approx(log_odds(0.9) + log_odds(0.7), rel=1e-9)


def test_lopsided_votes_converge():
    """Log-odds of 20, without a penalty."""
    share = 1 / (1 + np.exp(-20.0))
    assert np.ptp(strengths([0], [1], [share * 1e6], [1e6], 2)) == pytest.approx(20, rel=1e-6)


def test_unanimous_votes_have_a_finite_strength_by_a_small_penalty():
    """At the maximum 4 / (1 + exp(d)) = PENALTY * d, the derivative by hand for +-d / 2."""
    found = strengths([0], [1], [4], [4], 2)
    d = found[0] - found[1]
    assert 4 / (1 + np.exp(d)) == pytest.approx(PENALTY * d, rel=1e-9)
    assert 1 / (1 + np.exp(-d)) == pytest.approx(0.989, abs=0.0005)
    assert found == pytest.approx(by_choix_penalised([0], [1], [4], [4], 2, PENALTY), abs=1e-9)


def test_more_unanimous_votes_mean_more():
    one, four, ten = (strengths([0], [1], [n], [n], 2)[0] for n in (1, 4, 10))
    assert 0 < one < four < ten


def test_the_penalty_is_used_only_where_it_is_needed():
    """a beats b and b beats a now and then; nobody ever prefers c to either."""
    votes = [0, 0, 1], [1, 2, 2], [2, 4, 4], [3, 4, 4]
    found = strengths_by_burst(*votes, [7, 7, 7])
    assert set(found["fit"]) == {"penalised"}
    np.testing.assert_allclose(found["strength"], by_choix_penalised(*votes, 3, PENALTY), atol=1e-9)
    assert set(strengths_by_burst([0], [1], [2], [3], [7])["fit"]) == {"likelihood"}


def test_pairs_given_twice_count_together():
    np.testing.assert_allclose(
        strengths([0, 1, 0], [1, 0, 1], [2, 1, 1], [2, 2, 1], 2),
        strengths([0], [1], [4], [5], 2),
        atol=1e-12,
    )


def test_many_bursts_are_fitted_one_by_one():
    rows, expected = [], {}
    for burst in range(40):
        items = 2 + burst % 5
        votes = votes_of(items, seed=burst)
        names = np.array([f"{burst}-{i}" for i in range(items)])
        rows.append((names[votes[0]], names[votes[1]], *votes[2:], [f"b{burst}"] * len(votes[0])))
        expected |= dict(zip(names, strengths(*votes, items), strict=True))
    columns = [np.concatenate(column) for column in zip(*rows, strict=True)]
    order = np.random.default_rng(0).permutation(len(columns[0]))
    found = strengths_by_burst(*(column[order] for column in columns))
    assert len(found) == len(expected)
    assert dict(zip(found["image"], found["strength"], strict=True)) == pytest.approx(
        expected, abs=1e-9
    )
    assert list(found["burst"].unique()) == list(pd.unique(columns[-1][order]))
    assert (found["burst"].str[1:] == found["image"].str.split("-").str[0]).all()


def test_the_same_photo_numbers_in_two_bursts_are_other_photos():
    found = strengths_by_burst([1, 1], [2, 2], [3, 1], [4, 4], ["x", "y"])
    assert found["image"].tolist() == [1, 2, 1, 2]
    assert found["strength"].tolist() == pytest.approx(
        [log(3) / 2, -log(3) / 2, -log(3) / 2, log(3) / 2]
    )


def test_a_burst_in_unconnected_parts_has_no_strengths():
    found = strengths_by_burst([0, 2, 0], [1, 3, 1], [1, 1, 1], [2, 2, 2], ["x", "x", "y"])
    assert found["fit"].tolist() == ["not connected"] * 4 + ["likelihood"] * 2
    assert found["strength"].isna().tolist() == [True] * 4 + [False] * 2
    with pytest.raises(ValueError, match="do not connect all 4 photos"):
        strengths([0, 2], [1, 3], [1, 1], [2, 2], 4)
    with pytest.raises(ValueError, match="do not connect all 3 photos"):
        strengths([0], [1], [1], [2], 3)


def test_a_penalty_of_zero_takes_no_unanimous_burst():
    found = strengths_by_burst([0, 0], [1, 1], [2, 2], [2, 3], ["x", "y"], penalty=0.0)
    assert found["fit"].tolist() == ["unbounded"] * 2 + ["likelihood"] * 2
    with pytest.raises(ValueError, match="no finite maximum; give a penalty above 0"):
        strengths([0], [1], [2], [2], 2, penalty=0.0)


def test_no_pairs_have_no_strengths():
    found = strengths_by_burst([], [], [], [], [])
    assert list(found.columns) == ["burst", "image", "strength", "fit"]
    assert len(found) == 0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: strengths([0], [1, 2], [1], [1], 3), "equal length"),
        (lambda: strengths([0], [2], [1], [1], 2), "whole numbers from 0 to 1"),
        (lambda: strengths([0.5], [1], [1], [1], 2), "whole numbers from 0 to 1"),
        (lambda: strengths([0], [1], [2], [1], 2), "Got 2 of 1 at position 0"),
        (lambda: strengths([0], [1], [0], [0], 2), "votes above 0. Got 0 of 0"),
        (lambda: strengths([0], [1], [nan], [1], 2), "Got nan of 1"),
        (lambda: strengths([0, 1], [1, 1], [1, 1], [2, 2], 2), "with itself: 1 at position 1."),
        (
            lambda: strengths([0], [1], [1], [2], 2, penalty=-1.0),
            "penalty must be finite and 0 or more",
        ),
        (lambda: strengths_by_burst(["a"], ["b"], [1], [2], []), "burst must be as long"),
        (lambda: strengths_by_burst(["a"], ["b"], [1], [2], [nan]), "missing"),
    ],
)
def test_wrong_arguments_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.data
def test_published_probabilities_are_those_of_the_model(data_dir):
    """PhotoTriage rounds to three decimals; each burst's strengths explain all of its pairs."""
    names = ["series", "left", "right", "share", "rank1", "rank2"]
    path = data_dir / "phototriage" / "train_pairlist.txt"
    pairs = pd.read_csv(path, sep=" ", header=None, names=names)
    found = strengths_by_burst(
        pairs["left"], pairs["right"], pairs["share"], np.ones(len(pairs)), pairs["series"]
    )
    assert set(found["fit"]) == {"likelihood"}
    strength = found.set_index(["burst", "image"])["strength"]
    left, right = (
        strength.loc[list(zip(pairs["series"], pairs[side], strict=True))].to_numpy()
        for side in ("left", "right")
    )
    np.testing.assert_allclose(1 / (1 + np.exp(right - left)), pairs["share"], rtol=0, atol=0.001)
