"""The table of series against arithmetic by hand."""

from math import nan

import numpy as np
import pytest

from sim_bench.benchmark.measures.common import Settings
from sim_bench.benchmark.measures.series import (
    SeriesItems,
    compare_series,
    series_table,
    size_class,
)

SETTINGS = Settings(resamples=200, permutations=500)

VALUE = [3, 1, 2, 5, 4, 9]
SERIES = ["a", "a", "a", "b", "b", "alone"]


def items(*merits, value=VALUE, series=SERIES, tolerance=None):
    return SeriesItems(
        tuple(f"m{k}" for k in range(len(merits))),
        np.array(merits, float).T,
        np.array(value, float),
        np.array(series),
        "points",
        tolerance,
    )


def test_figures_by_hand():
    """a: picks the worst, the best is third, regret 2. b: picks the best. `alone` has no choice."""
    (row,) = series_table(items([1, 3, 2, 8, 7, 0]), SETTINGS)
    assert (row.n, row.unscored) == (2, 0)
    assert row.top1.value == 0.5
    assert row.top2.value == 0.5
    assert row.mrr.value == pytest.approx((1 / 3 + 1) / 2)
    assert row.mean_rank.value == 2.0
    assert row.regret.value == 1.0
    assert row.within is None


def test_random_choice_by_hand():
    (row,) = series_table(items([1, 3, 2, 8, 7, 0]), SETTINGS)
    assert row.top1_random == pytest.approx((1 / 3 + 1 / 2) / 2)
    assert row.top2_random == pytest.approx((2 / 3 + 1) / 2)
    assert row.mrr_random == pytest.approx(((1 + 1 / 2 + 1 / 3) / 3 + 3 / 4) / 2)
    assert row.mean_rank_random == pytest.approx((2 + 1.5) / 2)
    assert row.regret_random == pytest.approx((1 + 0.5) / 2)


def test_sizes_share_the_series_out():
    (row,) = series_table(items([1, 3, 2, 8, 7, 0]), SETTINGS)
    assert [(s.size, s.n, s.top1.value) for s in row.by_size] == [("2", 1, 1.0), ("3", 1, 0.0)]
    assert [s.top1_random for s in row.by_size] == pytest.approx([1 / 2, 1 / 3])


@pytest.mark.parametrize(
    ("photos", "size"),
    [(2, "2"), (3, "3"), (4, "4"), (5, "5-8"), (8, "5-8"), (9, "9+"), (40, "9+")],
)
def test_classes_of_sizes(photos, size):
    assert size_class(photos) == size


def test_equal_merits_choose_as_chance_does():
    (row,) = series_table(items([4] * 6), SETTINGS)
    assert row.top1.value == pytest.approx(row.top1_random)
    assert row.mean_rank.value == pytest.approx(row.mean_rank_random)
    assert row.regret.value == pytest.approx(row.regret_random)
    assert row.p_chance > 0.9


def test_a_pick_within_the_tolerance_is_good():
    """a: the pick is 1 below the best; b: the best."""
    pick = [2, 1, 3, 8, 7, 0]
    assert series_table(items(pick, tolerance=1.0), SETTINGS)[0].within.value == 1.0
    assert series_table(items(pick, tolerance=0.9), SETTINGS)[0].within.value == 0.5


def test_a_photo_without_a_score_is_never_the_pick():
    """The best of a has no score: it comes last, the pick is the next best."""
    (row,) = series_table(items([nan, 1, 2, 8, 7, 0]), SETTINGS)
    assert (row.n, row.top1.value, row.regret.value) == (2, 0.5, 0.5)


def test_a_series_without_a_score_is_counted_and_not_measured():
    (row,) = series_table(items([nan, nan, nan, 8, 7, 0]), SETTINGS)
    assert (row.n, row.unscored) == (1, 1)
    assert (row.top1.value, row.regret.value) == (1.0, 0.0)
    assert row.top1_random == 0.5


def test_a_method_that_scored_nothing_has_a_row_with_reasons():
    nothing, one = series_table(items([nan] * 6, [1, 3, 2, 8, 7, 0]), SETTINGS)
    assert (nothing.n, nothing.unscored) == (0, 2)
    for figure in (nothing.top1, nothing.top2, nothing.mrr, nothing.mean_rank, nothing.regret):
        assert figure.value is None
        assert figure.reason
    assert nothing.p_chance is None
    assert nothing.by_size == ()
    assert nothing.top1_random == one.top1_random > 0
    assert nothing.regret_random == one.regret_random > 0
    (found,) = compare_series(items([nan] * 6, [1, 3, 2, 8, 7, 0]), SETTINGS)
    assert (found.n, found.difference.value, found.p) == (0, None, None)
    assert found.difference.reason


def test_the_best_of_many_series_is_no_chance_and_the_worst_neither():
    rng = np.random.default_rng(0)
    value = rng.normal(size=90)
    series = np.repeat(np.arange(30), 3).astype(str)
    best, worst, any_ = series_table(
        items(value, -value, rng.normal(size=90), value=value, series=series), SETTINGS
    )
    assert best.regret.value == 0.0
    assert best.p_chance == pytest.approx(3 / 501)  # the least that 500 draws give, for three
    assert worst.p_chance == pytest.approx(3 / 501)
    assert any_.p_chance > 0.05


def test_a_comparison_by_hand():
    """The first method's regret is 0, the second's 2 and 1 by turns; larger is better for it."""
    value = [2, 0, 1, 0] * 4
    series = np.repeat(np.arange(8), 2).astype(str)
    given = items(value, -np.array(value), value=value, series=series)
    (found,) = compare_series(given, SETTINGS)
    assert (found.first, found.second, found.n, found.measure) == ("m0", "m1", 8, "regret")
    assert found.difference.value == pytest.approx(1.5)
    assert found.p == found.p_holm == pytest.approx(2 / 256)
    assert found.effect is None
    (turned,) = compare_series(items(-np.array(value), value, value=value, series=series), SETTINGS)
    assert turned.difference.value == pytest.approx(-1.5)


def test_a_single_series():
    (row,) = series_table(items([1, 2], value=[1, 2], series=["a", "a"]), SETTINGS)
    assert (row.n, row.top1.value, row.top1.low) == (1, 1.0, None)
    assert row.top1.reason
