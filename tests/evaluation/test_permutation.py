"""p-values by hand, by brute force and by scipy; what groups are for."""

from itertools import product
from math import nan

import numpy as np
import pytest
from scipy import stats

from sim_bench.evaluation import permutation
from sim_bench.evaluation.permutation import plcc_contributions, sign_flip_test, srcc_contributions


def test_p_value_by_hand():
    """Sums 1, 2, 3 reach 6 either way in 2 of 8 exchanges; 3, 3, -1 reach 5 in 4: +-5 and +-7."""
    assert sign_flip_test([1, 2, 3], [0, 1, 2]) == pytest.approx([2 / 8])
    assert sign_flip_test([3, 3, -1], [0, 1, 2]) == pytest.approx([4 / 8])


@pytest.mark.parametrize("count", [4, 9])
def test_few_groups_are_exact(count):
    """Against each exchange in turn; tenths, so that equal sums differ by rounding."""
    random = np.random.default_rng(count)
    groups = random.integers(0, count, 40)
    differences = random.integers(-3, 5, (40, 2)) / 10
    sums = np.array([differences[groups == g].sum(axis=0) for g in range(count)])
    every = np.array([np.array(signs) @ sums for signs in product([1, -1], repeat=count)])
    by_hand = (np.round(np.abs(every), 9) >= np.round(np.abs(sums.sum(axis=0)), 9)).mean(axis=0)
    assert sign_flip_test(differences, groups) == pytest.approx(by_hand, abs=1e-12)


def test_exact_p_values_are_scipys():
    differences = np.random.default_rng(1).normal(0.3, 1, 10)
    theirs = stats.permutation_test(
        (differences,), np.sum, permutation_type="samples", n_resamples=np.inf
    ).pvalue
    assert sign_flip_test(differences, np.arange(10)) == pytest.approx([theirs], abs=1e-12)


def test_drawn_p_values_are_close_to_exact_ones():
    """13 groups: exact for 10,000 permutations, drawn for 8,000; 3 standard errors of p."""
    differences = np.random.default_rng(2).normal(0.3, 1, 13)
    (exact,) = sign_flip_test(differences, np.arange(13))
    (drawn,) = sign_flip_test(differences, np.arange(13), permutations=8000, seed=5)
    assert drawn == pytest.approx(exact, abs=3 * (exact * (1 - exact) / 8000) ** 0.5)
    assert exact * 2**13 == pytest.approx(round(exact * 2**13))
    assert drawn * 8001 == pytest.approx(round(drawn * 8001))


def test_no_difference_and_every_difference():
    assert sign_flip_test(np.zeros(30), np.arange(30)) == [1.0]
    assert sign_flip_test(np.ones(30), np.arange(30)) == pytest.approx([1 / 10_001])
    assert sign_flip_test(np.ones(5), np.arange(5)) == pytest.approx([2 / 32])


def test_comparisons_at_once_are_those_alone_and_blocks_change_nothing(monkeypatch):
    differences = np.random.default_rng(3).normal(size=(60, 3))
    groups = np.arange(60) // 2
    together = sign_flip_test(differences, groups, permutations=500)
    assert together.shape == (3,)
    alone = [sign_flip_test(column, groups, permutations=500)[0] for column in differences.T]
    assert together.tolist() == alone
    monkeypatch.setattr(permutation, "_BLOCK", 100)
    assert sign_flip_test(differences, groups, permutations=500).tolist() == alone
    exact = sign_flip_test(differences[:20], groups[:20])
    monkeypatch.undo()
    assert sign_flip_test(differences[:20], groups[:20]).tolist() == exact.tolist()


def test_turning_all_differences_round_changes_nothing():
    differences = np.random.default_rng(4).normal(0.2, 1, 50)
    p_value = sign_flip_test(differences, np.arange(50))
    assert sign_flip_test(-differences, np.arange(50)) == p_value


def test_copies_are_no_evidence():
    differences = np.random.default_rng(5).normal(0.2, 1, 12)
    alone = sign_flip_test(differences, np.arange(12))
    copied = sign_flip_test(np.repeat(differences, 10), np.repeat(np.arange(12), 10))
    assert copied == pytest.approx(alone)
    assert sign_flip_test(np.repeat(differences, 10), np.arange(120)) < alone / 5


@pytest.mark.parametrize(
    ("contributions", "theirs"),
    [(srcc_contributions, stats.spearmanr), (plcc_contributions, stats.pearsonr)],
)
@pytest.mark.parametrize("scale", [1, 1e-200, 1e200])
def test_contributions_add_up_to_the_correlation(contributions, theirs, scale):
    random = np.random.default_rng(6)
    x = random.integers(0, 9, 80).astype(float)
    y = np.round(random.normal(size=80) - 0.1 * x, 1)
    parts = contributions(scale * x, y)
    assert parts.shape == (80,)
    assert parts.sum() == pytest.approx(theirs(x, y).statistic, abs=1e-12)
    assert parts[3] == pytest.approx(contributions(scale * x[::-1], y[::-1])[76], rel=1e-9)


def test_nothing_to_test_has_no_p_value():
    assert np.isnan(sign_flip_test([], [])).tolist() == [True]
    assert np.isnan(sign_flip_test(np.empty((0, 2)), [])).tolist() == [True, True]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: sign_flip_test([1, nan], [1, 2]), "values must be finite. Got 1"),
        (lambda: sign_flip_test([1, 2], [1]), "Got 2 items and 1 groups"),
        (lambda: sign_flip_test([1], [1], permutations=0), "permutations must be 1 or more. Got 0"),
        (lambda: srcc_contributions([1, 2], [1]), r"equal length. Got \(2,\) and \(1,\)"),
        (lambda: plcc_contributions([1, nan], [1, 2]), "merit must be finite"),
        (lambda: srcc_contributions([1, 2], [0.3, 0.1 + 0.2]), "mean must vary"),
        (lambda: srcc_contributions([], []), "merit must vary"),
    ],
)
def test_wrong_arguments_say_what_is_allowed(call, message):
    with pytest.raises(ValueError, match=message):
        call()
