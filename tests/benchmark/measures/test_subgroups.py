"""Methods by part of the data."""

import numpy as np
import pytest

from sim_bench.benchmark.measures.common import Settings
from sim_bench.benchmark.measures.opinions import OpinionItems, rank_correlation
from sim_bench.benchmark.measures.pairs import PairItems
from sim_bench.benchmark.measures.subgroups import LEAST, opinion_subgroups, pair_subgroups

SETTINGS = Settings(resamples=200, permutations=500)


@pytest.fixture
def pairs():
    """Thirty pairs: right on the first 12, wrong on the next 12, unscored in two of these."""
    left = np.array([1.0] * 12 + [0.0] * 12 + [1.0] * 6)[:, None]
    left[[13, 14]] = np.nan
    n = len(left)
    return PairItems(
        ("m",),
        left,
        np.full((n, 1), 0.5),
        np.full(n, 0.9),
        np.arange(n).astype(str),
        np.array([[f"l{k}", f"r{k}"] for k in range(n)]),
    )


def test_every_part_with_enough_items_has_a_row(pairs):
    kind = np.array(["indoors"] * 12 + ["outdoors"] * 12 + ["few"] * 6)
    rows = pair_subgroups(pairs, {"kind": kind}, SETTINGS)
    assert [(r.value, r.n, r.figure.value) for r in rows] == [
        ("indoors", 12, 1.0),
        ("outdoors", 10, 0.0),
    ]
    assert {(r.task, r.measure, r.attribute, r.method) for r in rows} == {
        ("pairs", "accuracy", "kind", "m")
    }


def test_a_split_that_splits_nothing_has_no_rows(pairs):
    one = np.array(["same"] * 30)
    too_small = np.array(["same"] * (31 - LEAST) + ["few"] * (LEAST - 1))
    assert pair_subgroups(pairs, {"one": one, "small": too_small}, SETTINGS) == ()


def test_parts_come_in_their_natural_order(pairs):
    thirds = np.array(["high"] * 10 + ["low"] * 10 + ["middle"] * 10)
    rows = pair_subgroups(pairs, {"brightness": thirds}, SETTINGS)
    assert [row.value for row in rows] == ["low", "middle", "high"]


def test_opinions_are_correlated_inside_each_part():
    rng = np.random.default_rng(0)
    mean, merit = rng.normal(size=(2, 30))
    merit[20:] = 1.0  # constant in the second part
    names = np.arange(30).astype(str)
    items = OpinionItems(("m",), merit[:, None], mean, names, names)
    kind = np.array(["a"] * 20 + ["b"] * 10)
    first, second = opinion_subgroups(items, {"kind": kind}, SETTINGS)
    assert first.figure == rank_correlation(merit[:20], mean[:20], names[:20], SETTINGS)
    assert (second.n, second.figure.value) == (10, None)
    assert second.figure.reason
