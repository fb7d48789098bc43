"""What every table shares."""

from math import inf, nan

import numpy as np
import pytest
from statsmodels.stats.multitest import multipletests

from sim_bench.benchmark.measures.common import alike_masks, corrected, figure, number, thirds
from sim_bench.evaluation.estimate import Estimate


def test_a_figure_is_finite_or_absent_with_a_reason():
    found = figure(Estimate(0.5, nan, inf, nan, 0.95, 7, 3, "three groups"))
    assert (found.value, found.low, found.high, found.reason) == (0.5, None, None, "three groups")
    assert [number(x) for x in (1, nan, inf, -inf)] == [1.0, None, None, None]


def test_correction_leaves_out_what_was_not_tested():
    found = corrected([0.01, nan, 0.04])
    assert found[1] is None
    expected = multipletests([0.01, 0.04], method="holm")[1]
    assert [found[0], found[2]] == pytest.approx(list(expected))
    assert corrected([]) == []


def test_every_two_methods_are_grouped_by_the_items_of_both():
    scored = np.array([[1, 1, 0], [1, 1, 1], [1, 1, 1]], dtype=bool)
    groups = list(alike_masks(scored).values())
    assert [(mask.tolist(), pairs) for mask, pairs in groups] == [
        ([True, True, True], [(0, 1)]),
        ([False, True, True], [(0, 2), (1, 2)]),
    ]
    assert alike_masks(scored[:, :1]) == {}


def test_thirds_by_hand():
    found = thirds(np.array([9.0, 1, 2, nan, 3, 4, 5, inf]))
    assert found.tolist() == [
        "high",
        "low",
        "low",
        "unknown",
        "middle",
        "middle",
        "high",
        "unknown",
    ]
    assert thirds(np.array([nan])).tolist() == ["unknown"]
    assert set(thirds(np.ones(5))) == {"low"}
