"""The best combination of methods, judged on series that it did not see."""

import numpy as np
import pytest

from sim_bench.benchmark.measures.common import Settings
from sim_bench.benchmark.measures.ensembles import (
    LEAST_GROUPS,
    opinion_combination,
    pair_combination,
)
from sim_bench.benchmark.measures.opinions import OpinionItems
from sim_bench.benchmark.measures.pairs import PairItems

SETTINGS = Settings(resamples=200, permutations=500)


def pairs(n=240, groups=60, methods=("first", "second"), seed=0):
    """What people see is the sum of two things, of which each method sees one."""
    rng = np.random.default_rng(seed)
    left, right = rng.normal(size=(2, n, 2))
    preference = np.where((left - right).sum(axis=1) > 0, 0.9, 0.1)
    return PairItems(
        methods,
        left,
        right,
        preference,
        (np.arange(n) % groups).astype(str),
        np.array([[f"l{k}", f"r{k}"] for k in range(n)]),
    )


def test_two_halves_of_the_truth_are_better_together():
    found = pair_combination(pairs(), SETTINGS)
    assert found.figure.value > 0.9
    assert found.difference.value > 0.1
    assert 0 < found.difference.low < found.difference.value < found.difference.high
    assert found.p < 0.05
    assert list(found.weights) == ["first", "second"]
    assert found.weights["first"] == pytest.approx(found.weights["second"], rel=0.3)


def test_the_difference_is_from_the_best_method_on_the_same_pairs():
    given = pairs(seed=5)
    right = ((given.left > given.right) == (given.preference > 0.5)[:, None]).mean(axis=0)
    found = pair_combination(given, SETTINGS)
    assert found.best_single == given.methods[int(right.argmax())]
    assert found.difference.value == pytest.approx(found.figure.value - right.max())


def test_opinions_likewise():
    rng = np.random.default_rng(1)
    merit = rng.normal(size=(80, 2))
    mean = merit.sum(axis=1) + 0.1 * rng.normal(size=80)
    names = np.arange(80).astype(str)
    found = opinion_combination(OpinionItems(("a", "b"), merit, mean, names, names), SETTINGS)
    assert found.measure == "srcc"
    assert found.figure.value > 0.9
    assert found.difference.low > 0


def test_one_method_or_few_series_make_no_combination():
    given = pairs()
    alone = PairItems(
        ("first",),
        given.left[:, :1],
        given.right[:, :1],
        given.preference,
        given.burst,
        given.images,
    )
    assert pair_combination(alone, SETTINGS) is None
    assert pair_combination(pairs(groups=LEAST_GROUPS - 1), SETTINGS) is None
    assert pair_combination(pairs(groups=LEAST_GROUPS), SETTINGS) is not None


def test_a_pair_without_a_score_by_one_method_is_in_no_figure():
    given = pairs()
    given.left[:40, 0] = np.nan
    some = PairItems(
        given.methods,
        given.left[40:],
        given.right[40:],
        given.preference[40:],
        given.burst[40:],
        given.images[40:],
    )
    assert pair_combination(given, SETTINGS) == pair_combination(some, SETTINGS)


def test_a_method_that_scored_nothing_takes_no_part():
    given = pairs()
    silent = np.full((len(given.preference), 1), np.nan)
    beside = PairItems(
        ("silent", *given.methods),
        np.column_stack([silent, given.left]),
        np.column_stack([silent, given.right]),
        given.preference,
        given.burst,
        given.images,
    )
    assert pair_combination(beside, SETTINGS) == pair_combination(given, SETTINGS)
