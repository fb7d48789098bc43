"""The worst cases, found by hand."""

import numpy as np
import pytest

from sim_bench.benchmark.measures.failures import (
    MOST,
    opinion_disagreements,
    opinion_failures,
    pair_disagreements,
    pair_failures,
)
from sim_bench.benchmark.measures.opinions import OpinionItems
from sim_bench.benchmark.measures.pairs import PairItems


def pairs(left, right, preference, methods=("m",)):
    n = len(preference)
    shape = (n, len(methods))
    return PairItems(
        methods,
        np.array(left, float).reshape(shape),
        np.array(right, float).reshape(shape),
        np.array(preference, float),
        np.arange(n).astype(str),
        np.array([[f"l{k}", f"r{k}"] for k in range(n)]),
    )


def opinions(merit, mean, methods=("m",)):
    n = len(mean)
    names = np.arange(n).astype(str)
    return OpinionItems(
        methods,
        np.array(merit, float).reshape(n, len(methods)),
        np.array(mean, float),
        names,
        names,
    )


def test_the_surest_mistakes_on_what_people_agree_on_come_first():
    """0: right. 1 and 2: wrong, 2 by more. 3: wrong, but people hardly agree. 4: unscored."""
    given = pairs([2, 0, 0, 0, np.nan], [0, 1, 3, 9, 1], [0.9, 0.9, 0.9, 0.6, 1.0])
    rows = pair_failures(given)
    assert [row.images for row in rows] == [("l2", "r2"), ("l1", "r1")]
    assert rows[0].said == "score 0, the other 3"
    assert rows[0].people == "90% prefer the first"
    assert rows[0].badness > rows[1].badness > 0


def test_the_photo_that_people_prefer_is_named_first():
    (row,) = pair_failures(pairs([5], [1], [0.2]))
    assert row.images == ("r0", "l0")
    assert row.said == "score 1, the other 5"
    assert row.people == "80% prefer the first"


def test_a_tie_or_a_method_without_scores_is_no_failure():
    assert pair_failures(pairs([1, 1], [1, 1], [0.9, 0.1])) == ()
    assert pair_failures(pairs([np.nan] * 2, [1, 1], [0.9, 0.1])) == ()


def test_cases_are_limited_over_all_methods():
    rng = np.random.default_rng(0)
    left, right = rng.normal(size=(2, 400, 3))
    rows = pair_failures(pairs(left, right, [0.9] * 400, ("a", "b", "c")))
    assert {name: sum(r.method == name for r in rows) for name in "abc"} == dict.fromkeys(
        "abc", MOST // 3
    )


def test_two_methods_that_decide_a_pair_apart():
    """On pair 1 only; on pair 0 they agree, on pair 2 one is undecided."""
    left, right = [[1, 1], [0, 1], [1, 1]], [[0, 0], [1, 0], [0, 1]]
    (row,) = pair_disagreements(pairs(left, right, [0.5, 0.25, 0.5], ("a", "b")), "a", "b")
    assert (row.kind, row.method, row.images) == ("disagreement", "a / b", ("r1", "l1"))
    assert row.said == "a prefers the first, b the other"
    assert row.people == "75% prefer the first"


def test_photos_far_from_their_place_by_hand():
    """People's places 0, 1/3, 2/3, 1; the method turns the first and the last about."""
    rows = opinion_failures(opinions([9, 2, 3, 1], [1, 2, 3, 4]))
    assert [row.images for row in rows] == [("0",), ("3",)]
    assert [row.badness for row in rows] == pytest.approx([1.0, 1.0])
    assert rows[0].said == "better than 100% of the photos"
    assert rows[0].people == "better than 0% (1)"


def test_photos_that_two_methods_place_apart():
    merit = [[1, 3], [2, 2], [3, 1]]
    rows = opinion_disagreements(opinions(merit, [1, 2, 3], ("a", "b")), "a", "b")
    assert [row.images for row in rows] == [("0",), ("2",)]
    assert rows[0].said == "a: better than 0%; b: than 100%"


def test_a_photo_without_a_score_has_no_place():
    rows = opinion_failures(opinions([9, 2, np.nan, 1], [1, 2, 3, 4]))
    assert ("2",) not in [row.images for row in rows]
    assert all(np.isfinite(row.badness) for row in rows)
