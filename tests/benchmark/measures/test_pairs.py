"""The table of pairs against arithmetic by hand and scikit-learn."""

from math import asin, nan, pi, sqrt

import numpy as np
import pytest
from scipy.stats import entropy
from sklearn.metrics import roc_auc_score
from statsmodels.stats.multitest import multipletests

from sim_bench.benchmark.measures.common import Settings
from sim_bench.benchmark.measures.pairs import PairItems, compare_pairs, pair_table

SETTINGS = Settings(resamples=200, permutations=500)

# left and right merit, share of people for the left, series; what follows is the credit
BY_HAND = [
    (2, 1, 0.9, "a"),  # 1
    (1, 2, 0.8, "a"),  # 0
    (1, 1, 0.7, "b"),  # a tie
    (3, 1, 0.5, "b"),  # people are divided: a half
    (nan, 1, 1.0, "c"),  # unscored
    (0, 5, 0.35, "c"),  # 1
    (4, 1, 0.55, "d"),  # 1
    (1, 1, 0.8, "d"),  # a tie
]


def items(*merits, preference, burst, methods=None):
    """Pairs of one or more methods, each given as (left, right)."""
    left, right = (np.array(side, float).T for side in zip(*merits, strict=True))
    n = len(preference)
    return PairItems(
        methods or tuple(f"m{k}" for k in range(len(merits))),
        left,
        right,
        np.array(preference, float),
        np.array(burst),
        np.array([[f"l{k}", f"r{k}"] for k in range(n)]),
    )


def by_hand():
    left, right, preference, burst = zip(*BY_HAND, strict=True)
    return items((left, right), preference=preference, burst=burst)


def test_counts_add_up_and_ties_count_a_half():
    (row,) = pair_table(by_hand(), SETTINGS)
    assert (row.n, row.unscored, row.ties, row.divided) == (7, 1, 2, 1)
    assert row.n + row.unscored == len(BY_HAND)
    assert row.accuracy.value == pytest.approx(4.5 / 7, rel=1e-12)
    assert row.accuracy.low < row.accuracy.value < row.accuracy.high
    assert row.accuracy_ties_half == row.accuracy
    assert row.accuracy_without_ties.value == pytest.approx(3.5 / 5, rel=1e-12)
    assert row.effect == pytest.approx(2 * asin(sqrt(4.5 / 7)) - pi / 2, rel=1e-12)


@pytest.mark.parametrize(("ties", "earned"), [("left", 5.5), ("right", 3.5)])
def test_ties_decided_for_one_side(ties, earned):
    """Both tied pairs have a left photo that people prefer."""
    (row,) = pair_table(by_hand(), Settings(resamples=200, permutations=500, ties=ties))
    assert row.accuracy.value == pytest.approx(earned / 7, rel=1e-12)
    assert row.accuracy_ties_half.value == pytest.approx(4.5 / 7, rel=1e-12)
    assert row.accuracy_without_ties.value == pytest.approx(3.5 / 5, rel=1e-12)


def test_strengths_share_the_pairs_out():
    (row,) = pair_table(by_hand(), SETTINGS)
    found = {s.strength: (s.n, s.accuracy.value) for s in row.strengths}
    assert found == {
        "<0.6": (2, 0.75),
        "0.6-0.7": (1, 1.0),
        "0.7-0.8": (1, 0.5),
        ">=0.8": (3, 0.5),
    }


def test_auc_is_scikit_learns_with_every_pair_both_ways_round():
    used = [(a - b, p > 0.5) for a, b, p, _ in BY_HAND if a == a and p != 0.5]
    both = used + [(-difference, not left) for difference, left in used]
    expected = roc_auc_score([y for _, y in both], [d for d, _ in both])
    assert pair_table(by_hand(), SETTINGS)[0].auc.value == pytest.approx(expected, rel=1e-9)


def test_the_floor_of_the_log_loss_is_the_entropy_of_the_scored_pairs():
    shares = [p for a, _, p, _ in BY_HAND if a == a]
    expected = np.mean([entropy([p, 1 - p]) for p in shares])
    (row,) = pair_table(by_hand(), SETTINGS)
    assert row.log_loss_floor == pytest.approx(expected, rel=1e-9)
    assert row.log_loss.value > row.log_loss_floor
    assert sum(point.n for point in row.reliability) > 0


def test_a_method_that_scored_nothing_has_a_row_with_reasons():
    ones, zeros, none = [1] * 8, [0] * 8, [nan] * 8
    given = items((none, ones), (ones, zeros), preference=[1.0] * 8, burst=list("abcdefgh"))
    nothing, right = pair_table(given, SETTINGS)
    assert (nothing.n, nothing.unscored, nothing.ties) == (0, 8, 0)
    for figure in (nothing.accuracy, nothing.accuracy_without_ties, nothing.auc, nothing.log_loss):
        assert figure.value is None
        assert figure.reason
    assert nothing.p_chance is None
    assert nothing.effect is None
    assert nothing.calibration_error is None
    assert right.p_chance == pytest.approx(2 / 2**8)  # of one test alone: the other was not made
    (compared,) = compare_pairs(given, SETTINGS)
    assert (compared.n, compared.difference.value, compared.p) == (0, None, None)
    assert compared.difference.reason


def test_constant_scores_are_all_ties_and_a_half():
    given = items(([3] * 6, [3] * 6), preference=[0.9, 0.1] * 3, burst=list("aabbcc"))
    (row,) = pair_table(given, SETTINGS)
    assert (row.n, row.ties) == (6, 6)
    assert row.accuracy.value == 0.5
    assert row.accuracy_without_ties.value is None
    assert row.p_chance == 1.0
    assert row.auc.value == 0.5


def test_infinite_and_missing_merits_never_count():
    left, right = [np.inf, nan, 1, -np.inf], [1, nan, 0, np.inf]
    given = items((left, right), preference=[0.1, 0.1, 0.9, 0.1], burst=list("abcd"))
    (row,) = pair_table(given, SETTINGS)
    assert (row.n, row.unscored, row.accuracy.value) == (1, 3, 1.0)


def test_a_single_pair_has_a_value_and_no_interval():
    given = items(([1], [0]), preference=[0.8], burst=["a"])
    (row,) = pair_table(given, SETTINGS)
    assert (row.n, row.accuracy.value, row.accuracy.low) == (1, 1.0, None)
    assert "groups" in row.accuracy.reason
    assert row.p_chance == 1.0
    assert row.log_loss.value is None
    assert "two series" in row.log_loss.reason
    assert compare_pairs(given, SETTINGS) == ()


def test_people_divided_on_every_pair_say_nothing():
    given = items(([1, 2, 3], [0] * 3), preference=[0.5] * 3, burst=list("abc"))
    (row,) = pair_table(given, SETTINGS)
    assert (row.n, row.divided, row.accuracy.value, row.p_chance) == (3, 3, 0.5, 1.0)
    assert row.auc.value is None


def test_probabilities_of_chance_are_exact_and_corrected():
    """All of 2^8 exchanges of 8 series: two of them reach a method that is always right."""
    one, zero = [1] * 8, [0] * 8
    half = [1, 0] * 4
    given = items((one, zero), (half, half[::-1]), preference=[0.9] * 8, burst=list("abcdefgh"))
    always, coin = pair_table(given, SETTINGS)
    assert always.p_chance == pytest.approx(2 * 2 / 256)  # Holm: the smaller of two, doubled
    assert coin.p_chance == 1.0


def test_a_comparison_by_hand():
    one, zero = np.ones(8), np.zeros(8)
    given = items((one, zero), (zero, one), preference=[0.9] * 8, burst=list("abcdefgh"))
    (found,) = compare_pairs(given, SETTINGS)
    assert (found.first, found.second, found.n, found.measure) == ("m0", "m1", 8, "accuracy")
    assert found.difference.value == 1.0
    assert found.p == found.p_holm == pytest.approx(2 / 256)
    assert found.effect == pytest.approx(pi)


def test_methods_are_compared_on_the_pairs_that_both_scored():
    """Only pairs 2 to 5 are of both; there they agree in all but the last."""
    first = ([nan, nan, 1, 1, 1, 1], [0] * 6)
    second = ([1, 1, 1, 1, 1, 0], [0, 0, 0, 0, 0, 1])
    third = ([1] * 6, [0] * 6)
    given = items(first, second, third, preference=[0.9] * 6, burst=list("abcdef"))
    found = {(c.first, c.second): c for c in compare_pairs(given, SETTINGS)}
    assert {pair: c.n for pair, c in found.items()} == {
        ("m0", "m1"): 4,
        ("m0", "m2"): 4,
        ("m1", "m2"): 6,
    }
    assert found["m0", "m1"].difference.value == pytest.approx(0.25)
    assert found["m1", "m2"].difference.value == pytest.approx(-1 / 6)
    corrected = multipletests([c.p for c in found.values()], method="holm")[1]
    assert [c.p_holm for c in found.values()] == pytest.approx(list(corrected))


def test_equal_methods_are_not_told_apart():
    rng = np.random.default_rng(1)
    merit = rng.normal(size=30)
    given = items(
        (merit, -merit),
        (2 * merit, -2 * merit),
        preference=rng.random(30),
        burst=list("abcdef") * 5,
    )
    (found,) = compare_pairs(given, SETTINGS)
    assert (found.difference.value, found.p, found.effect) == (0.0, 1.0, 0.0)
