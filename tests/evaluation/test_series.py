"""By hand, and against every order of the tied photos written out."""

from itertools import groupby, permutations
from math import inf, nan

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim_bench.evaluation.series import series_measures, within

MEASURES = ["top1", "top2", "reciprocal_rank", "rank", "regret"]


def orders(merit):
    """Every order that has larger merits first, photos without one last."""
    keys = [m if np.isfinite(m) else -inf for m in merit]
    order = sorted(range(len(keys)), key=lambda i: -keys[i])
    blocks = [list(block) for _, block in groupby(order, key=lambda i: keys[i])]
    found = [[]]
    for block in blocks:
        found = [[*done, *rest] for done in found for rest in permutations(block)]
    return found


def by_brute_force(merit, value):
    """The mean over all orders of what each order is worth."""
    best = {i for i, v in enumerate(value) if v == max(value)}
    each = []
    for order in orders(merit):
        place = 1 + next(k for k, i in enumerate(order) if i in best)
        regret = max(value) - value[order[0]]
        each.append((place == 1, place <= 2, 1 / place, place, regret))
    return np.mean(np.array(each, dtype=float), axis=0)


def row(merit, value):
    table = series_measures(merit, value, ["a"] * len(merit))
    assert len(table) == 1
    return table.iloc[0]


def test_three_photos_by_hand():
    """Order b, a, c; people like a best: it comes second, and b is worth 0.5 less."""
    found = row([2.0, 3.0, 1.0], [1.5, 1.0, 0.0])
    assert list(found[MEASURES]) == pytest.approx([0, 1, 1 / 2, 2, 0.5])
    random = list(found[[f"{name}_random" for name in MEASURES]])
    assert random == pytest.approx([1 / 3, 2 / 3, (1 + 1 / 2 + 1 / 3) / 3, 2, 1.5 - 2.5 / 3])


def test_tied_first_photos_share_the_choice():
    """Two tied first, one of them the people's best: half a hit, place 1.5, 1/place 3/4."""
    found = row([5.0, 5.0, 1.0], [3.0, 1.0, 2.0])
    assert list(found[MEASURES]) == pytest.approx([1 / 2, 1, 3 / 4, 1.5, 1.0])


@given(
    st.lists(
        st.tuples(st.sampled_from([0.0, 1.0, 2.0, nan]), st.sampled_from([0.0, 1.0, 2.5])),
        min_size=2,
        max_size=6,
    ).filter(lambda photos: any(np.isfinite(merit) for merit, _ in photos))
)
def test_ties_are_the_expectation_over_all_orders(photos):
    merit, value = (list(column) for column in zip(*photos, strict=True))
    found = row(merit, value)
    assert list(found[MEASURES]) == pytest.approx(list(by_brute_force(merit, value)), abs=1e-12)
    random = list(found[[f"{name}_random" for name in MEASURES]])
    assert random == pytest.approx(list(by_brute_force([0.0] * len(value), value)), abs=1e-12)


def test_a_constant_method_is_the_random_choice():
    random = np.random.default_rng(0)
    series = np.repeat(np.arange(20), random.integers(2, 7, 20))
    table = series_measures(np.zeros(len(series)), random.normal(size=len(series)), series)
    for name in MEASURES:
        np.testing.assert_allclose(table[name], table[f"{name}_random"], atol=1e-12)


def test_a_perfect_method_has_no_regret_and_its_opposite_the_most():
    value, series = np.array([1.0, 2.0, 4.0, 0.0, 3.0]), ["a", "a", "a", "b", "b"]
    table = series_measures(value, value, series)
    assert table[MEASURES].to_numpy().tolist() == [[1, 1, 1, 1, 0], [1, 1, 1, 1, 0]]
    assert list(series_measures(-value, value, series)["regret"]) == [3.0, 3.0]


def test_a_photo_without_a_score_is_never_picked_while_another_has_one():
    found = row([nan, -100.0, inf], [9.0, 1.0, 0.0])
    assert (found["scored"], found["top1"], found["regret"]) == (1, 0, 8.0)
    assert found["rank"] == 2.5


def test_a_series_without_scores_has_no_measures_but_is_counted():
    table = series_measures([nan, nan, 1.0, 2.0], [0, 1, 0, 1], [7, 7, 8, 8])
    assert list(table["series"]) == [7, 8]
    assert list(table["scored"]) == [0, 2]
    assert table.loc[0, MEASURES].isna().all()
    assert table.loc[0, "top1_random"] == 0.5
    assert list(table.loc[1, MEASURES]) == [1, 1, 1, 1, 0]


def test_series_of_one_photo_have_no_row_and_others_keep_their_order():
    table = series_measures([1, 2, 3, 4, 5], [1, 2, 3, 4, 5], ["z", "one", "a", "z", "a"])
    assert list(table["series"]) == ["z", "a"]
    assert list(table["size"]) == [2, 2]
    assert len(series_measures([1.0], [1.0], [1])) == 0
    assert list(series_measures([], [], []).columns) == list(table.columns)


def test_the_order_of_the_rows_of_photos_does_not_matter():
    random = np.random.default_rng(1)
    series = np.arange(60) % 17
    merit, value = random.integers(0, 3, 60), random.integers(0, 3, 60)
    shuffled = random.permutation(60)
    first = series_measures(merit, value, series).set_index("series").sort_index()
    second = series_measures(merit[shuffled], value[shuffled], series[shuffled])
    pd.testing.assert_frame_equal(first, second.set_index("series").sort_index())


def test_values_equal_but_for_rounding_are_both_the_best():
    assert row([1.0, 2.0], [0.1 + 0.2, 0.3])["top1"] == 1
    assert row([2.0, 1.0], [0.1 + 0.2, 0.3])["top1"] == 1


def test_equal_values_have_no_negative_regret():
    """The mean of many times 0.1 may be a little more or less than 0.1."""
    for count in range(2, 30):
        found = row([1.0] * count, [0.1] * count)
        assert found["regret"] >= 0
        assert found["regret"] == found["regret_random"] == pytest.approx(0, abs=1e-15)


def test_within_counts_picks_near_the_best():
    """Best 0.80; the pick, 0.75, is within 0.05 (also in floating point), not within 0.04."""
    arguments = [1, 3, 2], [0.80, 0.75, 0.1], [0, 0, 0]
    near, far = within(*arguments, 0.05), within(*arguments, 0.04)
    assert (near["within"][0], near["within_random"][0]) == pytest.approx((1, 2 / 3))
    assert (far["within"][0], far["within_random"][0]) == pytest.approx((0, 1 / 3))


def test_within_shares_ties_and_leaves_unscored_series_open():
    table = within([1, 1, nan, nan], [0, 5, 0, 5], ["a", "a", "b", "b"], 1.0)
    assert table["within"][0] == 0.5
    assert np.isnan(table["within"][1])
    assert list(table["scored"]) == [2, 0]
    assert list(table["within_random"]) == [0.5, 0.5]


@pytest.mark.parametrize(
    ("merit", "value", "series", "message"),
    [
        ([1, 2], [1], [1, 1], "equal length"),
        ([[1, 2]], [[1, 2]], [[1, 1]], "columns"),
        ([1, 2], [1, nan], [1, 1], "value must be finite.*Got nan at position 1"),
        ([1, 2], [1, 2], ["a", None], "series is missing at position 1"),
    ],
)
def test_wrong_columns_are_refused(merit, value, series, message):
    with pytest.raises(ValueError, match=message):
        series_measures(merit, value, np.array(series, dtype=object))
    with pytest.raises(ValueError, match=message):
        within(merit, value, np.array(series, dtype=object), 1.0)


def test_a_tolerance_below_zero_is_refused():
    with pytest.raises(ValueError, match="tolerance must be 0 or more.*-1"):
        within([1, 2], [1, 2], [1, 1], -1)
