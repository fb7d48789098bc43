"""Values by hand, by scipy, from published tables; coverage by simulation; degenerate cases."""

from math import atanh, nan, pi, sqrt, tanh

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from sim_bench.evaluation.correlation import (
    correlate,
    correlation_matrix,
    correlation_table,
    fisher_interval,
)


def test_pearson_by_hand():
    """Deviations (-2..2) and (-1, -2, 0, 2, 1): sum of products 8, sums of squares 10 and 10."""
    found = correlate([1, 2, 3, 4, 5], [2, 1, 3, 5, 4])
    assert found.estimate == pytest.approx(0.8, rel=1e-12)
    assert (found.n, found.dropped, found.reason, found.interval) == (5, 0, None, "fisher")


def test_spearman_by_hand_with_ties():
    """Ranks 1, 2.5, 2.5, 4 and 1, 3, 2, 4: products 4.5, squares 4.5 and 5."""
    found = correlate([10, 20, 20, 90], [1, 3, 2, 9], "spearman")
    assert found.estimate == pytest.approx(4.5 / sqrt(4.5 * 5), rel=1e-12)


def test_pearson_of_a_data_set_known_from_r():
    """R: cor.test(women$height, women$weight) gives 0.9954948, interval 0.9860970 to 0.9985447."""
    height = np.arange(58, 73)
    weight = [115, 117, 120, 123, 126, 129, 132, 135, 139, 142, 146, 150, 154, 159, 164]
    found = correlate(height, weight)
    assert found.estimate == pytest.approx(0.9954948, abs=5e-8)
    assert (found.low, found.high) == pytest.approx((0.9860970, 0.9985447), abs=5e-8)


@pytest.mark.parametrize("n", [4, 11, 60])
@pytest.mark.parametrize("level", [0.8, 0.95, 0.99])
def test_pearson_agrees_with_scipy(n, level):
    random = np.random.default_rng(n)
    x = random.normal(size=n)
    y = 0.7 * x + random.normal(size=n)
    ours, theirs = correlate(x, y, level=level), stats.pearsonr(x, y)
    assert ours.estimate == pytest.approx(theirs.statistic, rel=1e-12)
    assert (ours.low, ours.high) == pytest.approx(tuple(theirs.confidence_interval(level)))


def test_spearman_agrees_with_scipy_on_ties():
    random = np.random.default_rng(3)
    x, y = random.integers(0, 5, 40), random.integers(0, 5, 40)
    assert correlate(x, y, "spearman").estimate == pytest.approx(stats.spearmanr(x, y).statistic)


def test_spearman_interval_by_hand():
    """Bonett and Wright: r = 0.6, n = 28: se = sqrt((1 + 0.18) / 25) = 0.2172556."""
    low, high = fisher_interval(0.6, 28, "spearman", 0.95)
    reach = 1.959963984540054 * 0.21725560982400431
    assert (low, high) == pytest.approx((tanh(atanh(0.6) - reach), tanh(atanh(0.6) + reach)))


@pytest.mark.parametrize("kind", ["pearson", "spearman"])
def test_sign_is_kept_and_swapping_changes_nothing(kind):
    random = np.random.default_rng(1)
    x = random.normal(size=30)
    y = x + random.normal(size=30)
    there, back, against = correlate(x, y, kind), correlate(y, x, kind), correlate(x, -y, kind)
    assert back.estimate == pytest.approx(there.estimate)
    assert against.estimate == pytest.approx(-there.estimate)
    assert (against.low, against.high) == pytest.approx((-there.high, -there.low))
    assert there.estimate > 0 > against.estimate


@pytest.mark.parametrize("scale", [1e-200, 1.0, 1e200])
def test_scale_does_not_matter_even_where_squares_would_overflow(scale):
    x, y = np.array([1.0, 2, 3, 4, 5]), np.array([2.0, 1, 3, 5, 4])
    assert correlate(scale * x, y).estimate == pytest.approx(0.8)


def test_pairs_with_a_missing_value_are_dropped_and_counted():
    found = correlate([1, 2, nan, 3, 4, 5, 6], [2, 1, 9, 3, 5, 4, np.inf])
    assert found.estimate == pytest.approx(0.8)
    assert (found.n, found.dropped) == (5, 2)


@pytest.mark.parametrize(
    ("x", "y", "reason"),
    [
        ([], [], "0 pairs; at least 4 are needed"),
        ([1, 2, 3], [1, 2, 4], "3 pairs; at least 4 are needed"),
        ([1, 2, 3, nan], [1, 2, 4, 5], "3 pairs; at least 4 are needed"),
        ([7, 7, 7, 7], [1, 2, 3, 4], "the first column is constant"),
        ([1, 2, 3, 4], [0, 0, 0, 0], "the second column is constant"),
        ([1, 2, 3, 4], [0.3, 0.1 + 0.2, 0.3, 0.3], "the second column is constant"),
    ],
)
@pytest.mark.parametrize("kind", ["pearson", "spearman"])
def test_what_has_no_correlation_has_a_reason(x, y, reason, kind):
    found = correlate(x, y, kind)
    assert found.reason == reason
    assert np.isnan([found.estimate, found.low, found.high]).all()


def test_equal_orders_of_few_pairs_are_not_certain():
    """Fisher's z of 1 is infinite, but four photos in the same order prove little."""
    found = correlate([1, 2, 3, 4], [10, 20, 30, 90], "spearman")
    assert (found.estimate, found.high) == (1.0, 1.0)
    assert found.low < 0
    opposite = correlate([1, 2, 3, 4], [4, 3, 2, 1], "spearman")
    assert (opposite.low, opposite.high) == pytest.approx((-1.0, -found.low))


def test_interval_of_a_perfect_line_is_a_point():
    found = correlate([1, 2, 3, 4], [2, 4, 6, 8])
    assert (found.low, found.estimate, found.high) == pytest.approx((1, 1, 1))


@pytest.mark.parametrize("kind", ["pearson", "spearman"])
@pytest.mark.parametrize("rho", [0.0, 0.6])
def test_interval_covers_the_truth_as_often_as_it_says(kind, rho):
    """2,000 draws of 25 normal pairs: 95% within three standard errors (1.5 points)."""
    random = np.random.default_rng(5)
    truth = rho if kind == "pearson" else 6 / pi * np.arcsin(rho / 2)
    covered = 0
    for x, noise in random.normal(size=(2000, 2, 25)):
        found = correlate(x, rho * x + sqrt(1 - rho**2) * noise, kind)
        covered += found.low <= truth <= found.high
    assert covered / 2000 == pytest.approx(0.955, abs=0.015)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"y": [1, 2, 3]}, r"equal length. Got \(4,\) and \(3,\)"),
        ({"x": [[1, 2], [3, 4]], "y": [[1, 2], [3, 4]]}, "columns of equal length"),
        ({"kind": "kendall"}, "'pearson' or 'spearman'. Got 'kendall'"),
        ({"level": 95}, "between 0 and 1. Got 95"),
    ],
)
def test_wrong_arguments_say_what_is_allowed(change, message):
    arguments = {"x": [1, 2, 3, 4], "y": [1, 3, 2, 4], **change}
    with pytest.raises(ValueError, match=message):
        correlate(**arguments)


FRAME = pd.DataFrame(
    {
        "clip": [1.0, 2, 3, 4, 5],
        "sharpness": [2.0, 1, 3, 5, 4],
        "broken": [nan, nan, 1.0, 2.0, 3.0],
        "whole": pd.array([5, 4, 3, None, 1], dtype="Int64"),
    }
)


def test_matrix_is_symmetric_with_ones_where_defined():
    matrix = correlation_matrix(FRAME, "pearson")
    assert list(matrix.index) == list(matrix.columns) == list(FRAME.columns)
    assert matrix.loc["clip", "sharpness"] == pytest.approx(0.8)
    assert matrix.loc["clip", "whole"] == pytest.approx(-1)
    assert matrix.loc["clip", "clip"] == 1
    assert np.isnan(matrix.loc["broken", "clip"])
    assert np.isnan(matrix.loc["broken", "broken"])
    pd.testing.assert_frame_equal(matrix, matrix.T)


def test_table_lists_each_pair_once_with_counts():
    table = correlation_table(FRAME, "spearman")
    assert list(zip(table["first"], table["second"], strict=True))[:2] == [
        ("clip", "sharpness"),
        ("clip", "broken"),
    ]
    assert len(table) == 6
    row = table.iloc[0]
    assert (row["estimate"], row["n"], row["dropped"]) == (pytest.approx(0.8), 5, 0)
    assert row["low"] < 0.8 < row["high"]
    assert (table.iloc[1]["n"], table.iloc[1]["dropped"]) == (3, 2)
    assert list(table["reason"][:2]) == ["", "3 pairs; at least 4 are needed"]


def test_table_of_one_column_has_the_columns_and_no_rows():
    table = correlation_table(FRAME[["clip"]])
    assert len(table) == 0
    assert {"first", "second", "estimate", "low", "high", "n"} <= set(table.columns)
