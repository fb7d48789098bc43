from collections import Counter
from itertools import combinations, permutations
from pathlib import Path

import choix
import numpy as np
import pandas as pd
import pytest

from sim_bench.datasets.judgements import PAIR_COLUMNS, Pairs
from sim_bench.datasets.phototriage import PhotoTriage, image_id
from sim_bench.datasets.phototriage_figures import (
    agreement,
    held_out,
    same_orders,
    two_photo_series,
    with_preferences_of_another,
)
from sim_bench.datasets.phototriage_fit import published_preferences, strengths
from sim_bench.datasets.phototriage_match import (
    AMBIGUOUS,
    INCOMPLETE,
    LIKELY,
    REPRODUCED,
    TOO_MANY,
    UNLIKE,
    WITHOUT_LIST,
    WITHOUT_VOTES,
    match_orders,
    order_probabilities,
)
from sim_bench.datasets.phototriage_repair import match_votes
from sim_bench.datasets.phototriage_votes import Votes, read_votes


def pairs_from(preferences):
    """Make pair lists of {series: {(photo, photo): preference}}."""
    rows = [
        (f"{s}_{a}_{b}", image_id(s, a), image_id(s, b), p, 1.0, str(s), str(len(of_series)))
        for s, of_series in preferences.items()
        for (a, b), p in of_series.items()
    ]
    table = pd.DataFrame(rows, columns=[*PAIR_COLUMNS, "series_size"])
    return Pairs(table, Path(), counted=False, attributes=("series_size",))


def votes_from(wins, reasons=None, labels=()):
    return Votes(wins, reasons or {}, labels)


def listed(matrix):
    """Write a matrix of preferences as pair lists do: each pair once, three decimals."""
    size = len(matrix)
    return {(a + 1, b + 1): round(matrix[a, b], 3) for a, b in combinations(range(size), 2)}


def planted(photos, series, random, *, fitted, most=12):
    """Draw votes of a series by Bradley-Terry, and shuffle their numbers.

    The preferences are fitted to the votes as the published ones are, or else the true ones.
    """
    preferences, wins, orders = {}, {}, {}
    for number in range(1, series + 1):
        truth = random.normal(0, 1, photos)
        chance = 1 / (1 + np.exp(truth - truth[:, None]))
        votes = np.triu(random.integers(3, most, (photos, photos)), 1)
        won = np.triu(random.binomial(votes, np.triu(chance, 1)), 1)
        won = won + (votes - won).T * np.tri(photos, k=-1, dtype=int)
        matrix = published_preferences(won[None].astype(float))[0] if fitted else chance
        preferences[number] = listed(matrix)
        order = random.permutation(photos)
        orders[number] = tuple(int(n) + 1 for n in order)
        shuffled = won[np.ix_(order, order)]
        wins[number] = {(i, j): int(shuffled[i, j]) for i, j in permutations(range(photos), 2)}
    return votes_from(wins), pairs_from(preferences), orders


def test_strengths_are_those_of_another_implementation():
    """choix 0.4.1, `mm_pairwise`, which maximises the same likelihood."""
    random = np.random.default_rng(0)
    wins = random.integers(1, 9, (3, 5, 5)).astype(float) * (1 - np.eye(5))
    for own, won in zip(strengths(wins), wins, strict=True):
        data = [(a, b) for a in range(5) for b in range(5) for _ in range(int(won[a, b]))]
        other = np.exp(choix.mm_pairwise(5, data, max_iter=100000, tol=1e-12))
        assert own == pytest.approx(other / other.sum(), rel=1e-6)


def test_preferences_of_two_photos_follow_from_the_share_by_hand():
    """Two of three votes: (2/3 + .01) / 1.02 = .6634; all votes: 1.01 / 1.02 = .9902."""
    wins = np.array([[[0, 2], [1, 0]], [[0, 5], [0, 0]]], dtype=float)
    found = published_preferences(wins)
    assert found[:, 0, 1] == pytest.approx([0.66340, 0.99020], abs=5e-6)
    assert found + found.transpose(0, 2, 1) == pytest.approx(np.ones((2, 2, 2)))


def test_photos_that_nobody_prefers_have_equal_preferences():
    wins = np.array([[[0, 4, 4], [0, 0, 0], [0, 0, 0]]], dtype=float)
    assert published_preferences(wins)[0, 1, 2] == pytest.approx(0.5)


def test_probabilities_of_orders_are_known_by_hand():
    """7 to 3 votes at .7: as it stands .7^7 .3^3, swapped .7^3 .3^7, so 1 / (1 + (3/7)^4)."""
    wins = np.array([[0.0, 7.0], [3.0, 0.0]])
    published = np.array([[0.5, 0.7], [0.3, 0.5]])
    first, swapped = order_probabilities(wins, published)
    assert first == pytest.approx(1 / (1 + (3 / 7) ** 4), rel=1e-12)
    assert first + swapped == pytest.approx(1.0)


@pytest.mark.parametrize("photos", [2, 3, 5])
def test_planted_orders_are_found_again_from_fitted_preferences(photos):
    votes, pairs, truth = planted(photos, 150, np.random.default_rng(photos), fitted=True)
    found = match_orders(votes, pairs)
    kept = [series for series, outcome in found.outcome.items() if outcome == REPRODUCED]
    assert len(kept) > 120
    assert all(found.order[series] == truth[series] for series in kept)


@pytest.mark.parametrize(("photos", "most"), [(2, 12), (3, 20), (4, 60)])
def test_orders_taken_by_likelihood_are_right_at_least_as_often_as_they_claim(photos, most):
    random = np.random.default_rng(photos)
    votes, pairs, truth = planted(photos, 600, random, fitted=False, most=most)
    found = match_orders(votes, pairs, reproduce=False)
    right = [found.order[series] == truth[series] for series in found.order]
    assert len(right) > 100
    assert np.mean(right) >= 0.95
    assert Counter(found.outcome.values())[LIKELY] == len(right)


def test_a_surer_order_is_taken_more_rarely():
    votes, pairs, _ = planted(3, 200, np.random.default_rng(1), fitted=False)
    taken = [len(match_orders(votes, pairs, sure=s, reproduce=False).order) for s in (0.8, 0.99)]
    assert taken[0] > taken[1] > 0
    with pytest.raises(ValueError, match="sure must lie above 0.5"):
        match_orders(votes, pairs, sure=0.5)


def test_a_series_without_a_difference_is_ambiguous():
    equal = votes_from({1: {(0, 1): 3, (1, 0): 3}})
    assert match_orders(equal, pairs_from({1: {(1, 2): 0.5}})).outcome == {1: AMBIGUOUS}


def test_two_alike_photos_make_a_series_ambiguous():
    """Photos 2 and 3 have the same votes, so their order cannot be known."""
    wins = {(0, 1): 6, (0, 2): 6, (1, 2): 2, (2, 1): 2}
    matrix = published_preferences(np.array([[[0, 6, 6], [0, 0, 2], [0, 2, 0]]], dtype=float))[0]
    found = match_orders(votes_from({1: wins}), pairs_from({1: listed(matrix)}))
    assert found.outcome == {1: AMBIGUOUS}


def test_every_series_has_one_outcome():
    nine = dict.fromkeys(combinations(range(1, 10), 2), 0.6)
    pairs = pairs_from(
        {
            1: {(1, 2): 0.9902},
            2: {(1, 2): 0.9},
            3: {(1, 2): 0.9, (1, 3): 0.9},
            4: {(1, 2): 0.9},
            5: nine,
            6: {(1, 2): 0.9},
            8: {(1, 2): 0.8},
        }
    )
    votes = votes_from(
        {
            1: {(1, 0): 5},
            2: {},
            3: {(0, 1): 5},
            4: {(0, 2): 5},
            5: {(0, 1): 5},
            7: {(0, 1): 5},
            8: {(0, 1): 9, (1, 0): 1},
        }
    )
    found = match_orders(votes, pairs)
    assert found.outcome == {
        1: REPRODUCED,
        2: WITHOUT_VOTES,
        3: INCOMPLETE,
        4: UNLIKE,
        5: TOO_MANY,
        6: WITHOUT_VOTES,
        7: WITHOUT_LIST,
        8: LIKELY,
    }
    assert found.order == {1: (2, 1), 8: (1, 2)}
    assert sum(found.counts.values()) == 8


def test_votes_and_reasons_reach_the_files_they_are_about():
    """Review 0 is photo 2 and review 1 photo 1: 2 of 3 votes for photo 1."""
    pairs = pairs_from({4: {(1, 2): 0.663}, 5: {(1, 2): 0.5}})
    votes = votes_from(
        {4: {(0, 1): 1, (1, 0): 2}, 5: {(0, 1): 2, (1, 0): 2}},
        {4: {(0, 1): {"blur": 2, "light": 1, "other": 0}}},
        ("blur", "light", "other"),
    )
    found = match_votes(votes, pairs)
    assert found.pairs.table.to_dict("records") == [
        {
            "pair": "4_1_2",
            "left": "000004-01.JPG",
            "right": "000004-02.JPG",
            "wins": 2.0,
            "votes": 3.0,
            "burst": "4",
            "series_size": "1",
            "reason": "blur",
        }
    ]
    assert found.pairs.counted
    assert found.pairs.attributes == ("series_size", "reason")
    assert found.reasons == {"4_1_2": {"blur": 2, "light": 1}}
    assert found.pairs.left_out == {"5_1_2": "its series was not matched: ambiguous"}


@pytest.mark.parametrize(
    ("given", "reason"),
    [({"a": 2, "b": 2, "c": 1}, "several"), ({"a": 0}, "none"), ({}, "none"), ({"b": 1}, "b")],
)
def test_the_commonest_reason_may_be_several_or_none(given, reason):
    votes = votes_from({4: {(0, 1): 2, (1, 0): 1}}, {4: {(0, 1): given}}, ("a", "b", "c"))
    found = match_votes(votes, pairs_from({4: {(1, 2): 0.663}}))
    assert list(found.pairs.table["reason"]) == [reason]


def test_a_pair_without_votes_in_a_matched_series_is_left_out():
    wins = np.array([[[0, 6, 4], [1, 0, 0], [1, 0, 0]]], dtype=float)
    preferences = listed(published_preferences(wins)[0])
    votes = votes_from({1: {(0, 1): 6, (1, 0): 1, (0, 2): 4, (2, 0): 1}})
    found = match_votes(votes, pairs_from({1: preferences}))
    assert found.orders.outcome == {1: REPRODUCED}
    assert list(found.pairs.table["pair"]) == ["1_1_2", "1_1_3"]
    assert found.pairs.left_out == {"1_2_3": "nobody voted on it"}


def test_the_reader_offers_the_repair(tmp_path):
    (tmp_path / "train_pairlist.txt").write_text("4 1 2 0.663 1 2\n", encoding="utf-8")
    header = "series_id,compareID1,compareID2,LEFT,RIGHT,label_blur\n"
    (tmp_path / "review_votes.csv").write_text(f"{header}000004,0,1,1,2,1\n", encoding="utf-8")
    pairs = PhotoTriage(tmp_path, "train", votes="matched").read()
    assert pairs.table[["left", "wins", "votes", "reason"]].values.tolist() == [
        ["000004-01.JPG", 2.0, 3.0, "blur"]
    ]


@pytest.mark.data
def test_most_real_series_are_matched_and_two_ways_agree(data_dir):
    root = data_dir / "phototriage"
    votes, pairs = read_votes(root), PhotoTriage(root).read()
    repair = match_votes(votes, pairs)
    assert repair.orders.counts == {
        REPRODUCED: 4541,
        LIKELY: 2,
        AMBIGUOUS: 212,
        WITHOUT_LIST: 231,
    }
    assert len(repair.pairs.table) + len(repair.pairs.left_out) == len(pairs.table)
    assert agreement(repair.pairs, pairs).rate > 0.93
    likely = match_orders(votes, pairs, reproduce=False)
    assert same_orders(likely, repair.orders) == (1856, 1856)
    half = held_out(votes, pairs, repair.orders)
    assert half.same == half.compared > 1000
    assert half.agreement.rate > 0.95 > 0.55 > half.by_number.rate > 0.45


@pytest.mark.data
def test_preferences_of_another_series_are_hardly_ever_reproduced(data_dir):
    """Two photos have one number, which another series may share; three have three."""
    root = data_dir / "phototriage"
    votes, pairs = read_votes(root), PhotoTriage(root).read()
    assert two_photo_series(votes, pairs) == (2913, pytest.approx(0.9998, abs=5e-5))
    found = match_orders(votes, with_preferences_of_another(pairs))
    sizes = pairs.table.groupby("burst")["series_size"].first()
    wrong = Counter(
        size for burst, size in sizes.items() if found.outcome[int(burst)] == REPRODUCED
    )
    assert wrong["2"] < 0.1 * (sizes == "2").sum()
    assert wrong["3"] + wrong["4"] + wrong["5+"] <= 2
