"""What parts contribute: the whole less the whole without one, by hand."""

import numpy as np
import pytest
from scipy.stats import spearmanr

from sim_bench.benchmark.measures.common import Settings
from sim_bench.benchmark.measures.opinions import OpinionItems
from sim_bench.benchmark.measures.pairs import PairItems
from sim_bench.benchmark.measures.parts import Parts, opinion_parts, pair_parts

SETTINGS = Settings(resamples=200, permutations=500)

PARTS = Parts("both", {"good": 0.75, "harmful": 0.25})


def whole(left, right, preference, weights):
    """Pairs, a series each, with the merits of the weighted sum of the parts."""
    n = len(preference)
    return PairItems(
        ("both",),
        (left @ weights)[:, None],
        (right @ weights)[:, None],
        np.array(preference, float),
        np.arange(n).astype(str),
        np.array([[f"l{k}", f"r{k}"] for k in range(n)]),
    )


def test_gains_on_pairs_by_hand():
    """People prefer the left photo of four pairs; the second part always says the right one.

    By itself the first part is right on all four, the second on none. Together they are right on
    three: on the last pair the second outweighs the first (0.75 against 0.25 * 4).
    """
    left, right = np.array([[1.0, 0.0]] * 4), np.array([[0.0, 1.0]] * 3 + [[0.0, 4.0]])
    rows = pair_parts(PARTS, whole(left, right, [0.9] * 4, [0.75, 0.25]), (left, right), SETTINGS)
    assert [row.part for row in rows] == ["good", "harmful"]  # the largest gain first
    good, harmful = rows
    assert (good.weight, harmful.weight) == (0.75, 0.25)
    assert (good.alone.value, harmful.alone.value) == (1.0, 0.0)
    assert good.gain.value == pytest.approx(0.75 - 0.0)
    assert harmful.gain.value == pytest.approx(0.75 - 1.0)
    assert all(0 < row.p_holm <= 1 for row in rows)


def test_gains_on_opinions_are_differences_of_scipys_correlations():
    rng = np.random.default_rng(0)
    mean = rng.normal(size=30)
    merits = np.column_stack([mean + rng.normal(size=30), rng.normal(size=30)])
    items = OpinionItems(
        ("both",),
        (merits @ [0.75, 0.25])[:, None],
        mean,
        np.arange(30).astype(str),
        np.arange(30).astype(str),
    )
    rows = {row.part: row for row in opinion_parts(PARTS, items, merits, SETTINGS)}

    def srcc(values):
        return spearmanr(values, mean).statistic

    together = srcc(merits @ [0.75, 0.25])
    assert rows["good"].gain.value == pytest.approx(together - srcc(merits[:, 1]), abs=1e-9)
    assert rows["harmful"].gain.value == pytest.approx(together - srcc(merits[:, 0]), abs=1e-9)
    assert rows["good"].alone.value == pytest.approx(srcc(merits[:, 0]), abs=1e-9)
    assert rows["good"].measure == "srcc"


def test_rounding_does_not_decide_between_photos_that_a_part_left_tied():
    """Without the first part all pairs are tied: 0.1 of 0.7 each, whatever the first says."""
    rng = np.random.default_rng(3)
    left = np.column_stack([rng.random(50), np.full(50, 0.7)])
    right = np.column_stack([rng.random(50), np.full(50, 0.7)])
    parts = Parts("both", {"first": 0.9, "same": 0.1})
    preference = rng.random(50)
    rows = pair_parts(parts, whole(left, right, preference, [0.9, 0.1]), (left, right), SETTINGS)
    first = next(row for row in rows if row.part == "first")
    right_on = np.mean((left[:, 0] > right[:, 0]) == (preference > 0.5))
    assert first.gain.value == pytest.approx(right_on - 0.5, abs=1e-12)


def test_a_part_without_a_score_takes_its_photos_out_of_its_own_figures():
    left, right = np.array([[1.0, 1.0], [1.0, np.nan]]), np.zeros((2, 2))
    rows = pair_parts(PARTS, whole(left, right, [0.9, 0.9], [0.75, 0.25]), (left, right), SETTINGS)
    assert {row.part: row.alone.value for row in rows} == {"good": 1.0, "harmful": 1.0}
