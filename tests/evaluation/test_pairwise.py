"""By hand, and against scikit-learn."""

from math import inf, nan

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import accuracy_score, roc_auc_score

from sim_bench.evaluation.pairwise import (
    STRENGTHS,
    auc,
    auc_parts,
    divided,
    pair_credits,
    strength,
    tied,
)


def sample(n=400, seed=0):
    """Coarse merits, so that many are tied; some pairs on which people are divided."""
    random = np.random.default_rng(seed)
    left, right = random.integers(0, 6, (2, n)).astype(float)
    preference = random.integers(0, 6, n) / 5
    preference[::10] = 0.5
    return left, right, preference


def test_credits_by_hand():
    left = [2.0, 1.0, 2.0, 1.0, 1.0, 1.0]
    right = [1.0, 2.0, 1.0, 2.0, 1.0, 2.0]
    preference = [0.9, 0.9, 0.1, 0.1, 0.9, 0.5]
    assert pair_credits(left, right, preference).tolist() == [1, 0, 0, 1, 0.5, 0.5]


def test_ties_may_be_decided_for_a_side():
    tie, preference = [1.0, 1.0, 1.0], [0.9, 0.1, 0.5]
    assert pair_credits(tie, tie, preference, ties="left").tolist() == [1, 0, 0.5]
    assert pair_credits(tie, tie, preference, ties="right").tolist() == [0, 1, 0.5]


def test_accuracy_agrees_with_scikit_learn_where_nothing_is_tied():
    random = np.random.default_rng(4)
    left, right = random.normal(size=(2, 300))
    preference = random.choice([0.2, 0.8], 300)
    expected = accuracy_score(preference > 0.5, left > right)
    assert pair_credits(left, right, preference).mean() == pytest.approx(expected, rel=1e-12)


def test_pairs_without_a_score_have_no_credit():
    found = pair_credits([nan, 1, inf, nan], [1, nan, 1, nan], [1, 1, 1, 0.5], ties="right")
    assert np.isnan(found).all()
    assert not tied([nan, inf], [nan, inf]).any()


@pytest.mark.parametrize("pair", [(1e308, -1e308), (5e-324, 0.0), (1.0, np.nextafter(1.0, 0))])
def test_extreme_merits_are_compared_exactly(pair):
    left, right = pair
    assert pair_credits([left, right], [right, left], [1, 1]).tolist() == [1, 0]
    assert not tied([left], [right]).any()


def test_swapping_the_photos_changes_nothing():
    left, right, p = sample()
    assert pair_credits(left, right, p).tolist() == pair_credits(right, left, 1 - p).tolist()
    assert (
        pair_credits(left, right, p, "left").tolist()
        == pair_credits(right, left, 1 - p, "right").tolist()
    )
    assert strength(p).tolist() == strength(1 - p).tolist()
    assert auc(left, right, p) == auc(right, left, 1 - p)


def test_the_opposite_method_has_the_opposite_credit():
    left, right, p = sample()
    np.testing.assert_array_equal(pair_credits(-left, -right, p), 1 - pair_credits(left, right, p))
    assert auc(-left, -right, p) == pytest.approx(1 - auc(left, right, p), rel=1e-12)


def test_ties_and_division_are_marked():
    assert tied([1, 2, 0.0], [1, 3, -0.0]).tolist() == [True, False, True]
    assert divided([0.5, 0.5 + 1e-15, 0.501, 0]).tolist() == [True, True, False, False]


def test_strength_of_agreement_by_hand():
    shares = [0.5, 0.4, 0.6, 1 - 0.6, 0.699, 0.7, 1 - 0.7, 0.3, 0.2, 0.8, 1 - 0.8, 1.0, 0.0]
    expected = [0, 1, 1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3]
    assert strength(shares).tolist() == [STRENGTHS[i] for i in expected]


@pytest.mark.parametrize("seed", range(5))
def test_auc_agrees_with_scikit_learn_on_both_ways_round(seed):
    left, right, p = sample(200, seed)
    kept = p != 0.5
    d, y = (left - right)[kept], p[kept] > 0.5
    expected = roc_auc_score(np.concatenate([y, ~y]), np.concatenate([d, -d]))
    assert auc(left, right, p) == pytest.approx(expected, rel=1e-12)


def test_auc_by_hand():
    """Margins 3 and -1: of the four sums of two margins, 6, 2, 2 and -2, three are positive."""
    assert auc([3, 0], [0, 1], [1, 1]) == 3 / 4
    assert auc([1, 1], [0, 0], [1, 0]) == 1 / 2
    assert auc([1, 1], [1, 1], [1, 0.6]) == 1 / 2


def test_auc_leaves_out_divided_and_unscored_pairs():
    left, right, p = sample(100)
    more = [*left, nan, 7.0], [*right, 1.0, 0.0], [*p, 0.9, 0.5]
    assert auc(*more) == auc(left, right, p)
    assert np.isnan(auc_parts(*more)[-2:]).all()
    assert np.isnan(auc([1.0], [2.0], [0.5]))
    assert np.isnan(auc([], [], []))


def test_the_parts_of_auc_have_its_mean_and_its_spread():
    """Against its jackknife, which leaves out one pair at a time."""
    random = np.random.default_rng(8)
    left, right = random.normal(size=(2, 300))
    p = (random.random(300) < 1 / (1 + np.exp(right - left))).astype(float)
    parts = auc_parts(left, right, p)
    assert parts.mean() == pytest.approx(auc(left, right, p), rel=1e-12)
    without = np.array([auc(*(np.delete(x, i) for x in (left, right, p))) for i in range(300)])
    jackknife = np.sqrt(299 / 300 * ((without - without.mean()) ** 2).sum())
    assert parts.std(ddof=1) / np.sqrt(300) == pytest.approx(jackknife, rel=0.01)


@pytest.mark.parametrize(
    ("left", "right", "preference", "message"),
    [
        ([1, 2], [1], [0.5, 0.5], "equal length"),
        ([1], [1], [1.5], "share between 0 and 1.*Got 1.5 at position 0"),
        ([1, 1], [1, 1], [0.5, nan], "share between 0 and 1.*Got nan at position 1"),
        ([[1]], [[1]], [[1]], r"column of shape \(n,\)"),
    ],
)
def test_wrong_columns_are_refused(left, right, preference, message):
    with pytest.raises(ValueError, match=message):
        pair_credits(left, right, preference)
    with pytest.raises(ValueError, match=message):
        auc(left, right, preference)


def test_unknown_options_are_refused():
    with pytest.raises(ValueError, match="'half', 'left' or 'right'. Got 'wrong'"):
        pair_credits([1], [2], [1], ties="wrong")
    with pytest.raises(ValueError, match="equally long"):
        tied([1, 2], [1])


@pytest.mark.data
@pytest.mark.parametrize("method", ["Colorfulness", "Contrast", "Exposure", "Sharpness"])
def test_credits_are_those_that_another_tool_recorded(data_dir, method):
    """It decides ties for the right photo; pairs on which people are divided are another matter."""
    folder = data_dir / "phototriage"
    pairs = pd.read_csv(folder / "train_pairlist.txt", sep=" ", header=None)
    share = dict(zip(pairs[[0, 1, 2]].itertuples(index=False, name=None), pairs[3], strict=True))
    recorded = pd.read_csv(folder / "recorded" / f"{method}.csv")
    keys = (tuple(map(int, pair.split("_"))) for pair in recorded["pair_id"])
    preference = np.array([share[key] for key in keys])
    found = pair_credits(recorded["score_a"], recorded["score_b"], preference, ties="right")
    clear = ~divided(preference)
    assert (clear.sum(), (~clear).sum()) == (3971, 29)
    np.testing.assert_array_equal(found[clear], recorded["correct"][clear])
