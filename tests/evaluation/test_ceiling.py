"""By hand, and by leaving out every voter in turn."""

from math import nan

import numpy as np
import pandas as pd
import pytest

from sim_bench.evaluation.ceiling import human_ceiling, majority_ceiling
from sim_bench.evaluation.clusters import bootstrap_mean
from sim_bench.evaluation.pairwise import pair_credits


def by_leaving_out(wins, votes):
    """Each voter's credit against the majority of the others, one ballot after another."""
    ballots = [1] * wins + [0] * (votes - wins)
    found = []
    for i, ballot in enumerate(ballots):
        others = sum(ballots[:i] + ballots[i + 1 :]) / (votes - 1)
        found.append(pair_credits([ballot], [1 - ballot], [others])[0])
    return np.mean(found)


def test_ceiling_by_hand():
    """5:0 always. 3:2: the three see 2:2 (1/2), the two see 3:1 (0). 4:1: the four see 3:1, the
    one sees 4:0. 2:1: the two see 1:1, the one 2:0. 2:2: each sees 1:2 against. 1:1: never."""
    wins, votes = [5, 3, 4, 2, 2, 1, 2], [5, 5, 5, 3, 4, 2, 2]
    expected = [1, 3 * 0.5 / 5, 4 / 5, 2 * 0.5 / 3, 0, 0, 1]
    assert human_ceiling(wins, votes) == pytest.approx(expected, rel=1e-12)


def test_ceiling_is_the_mean_over_voters_left_out():
    pairs = [(wins, votes) for votes in range(2, 12) for wins in range(votes + 1)]
    expected = [by_leaving_out(*pair) for pair in pairs]
    assert human_ceiling(*zip(*pairs, strict=True)) == pytest.approx(expected, rel=1e-12)


def test_voters_at_random_agree_half_of_the_time():
    """Whatever the number of voters: a ballot is independent of the other ones."""
    random = np.random.default_rng(0)
    votes = random.integers(2, 9, 100_000)
    found = human_ceiling(random.binomial(votes, 0.5), votes)
    assert found.mean() == pytest.approx(0.5, abs=0.005)


def test_a_pair_with_one_vote_has_no_ceiling():
    found = human_ceiling([1, 0, 0, 2], [1, 1, 0, 2])
    assert np.isnan(found[:3]).all()
    assert found[3] == 1


def test_swapping_the_photos_changes_nothing():
    votes = np.arange(20) % 7
    wins = votes * np.arange(20) // 20
    np.testing.assert_array_equal(human_ceiling(wins, votes), human_ceiling(votes - wins, votes))


def test_majority_ceiling_by_hand():
    assert majority_ceiling([0.2, 0.5, 1.0, 0.7]).tolist() == [0.8, 0.5, 1.0, 0.7]


@pytest.mark.parametrize(
    ("wins", "votes", "message"),
    [
        ([1], [1, 2], "equal length"),
        ([0.7], [1], "counts.*Got 0.7 of 1 at position 0"),
        ([1, 3], [1, 2], "Got 3 of 2 at position 1"),
        ([-1], [2], "Got -1 of 2"),
        ([nan], [2], "Got nan of 2"),
    ],
)
def test_what_is_no_count_is_refused(wins, votes, message):
    with pytest.raises(ValueError, match=message):
        human_ceiling(wins, votes)


@pytest.mark.data
def test_people_on_real_pairs(data_dir):
    """The figures of docs/evaluation.md; 500 of the pairs ballot by ballot."""
    table = pd.read_csv(data_dir / "phototriage" / "review_votes.csv")
    found = human_ceiling(table["LEFT"], table["Total"])
    known = np.isfinite(found)
    assert (known.sum(), (~known).sum()) == (20_054, 4_132)
    mean = bootstrap_mean(found[known], table["series_id"][known])
    assert (mean.value, mean.low, mean.high) == pytest.approx((0.648, 0.642, 0.654), abs=0.001)
    first = table[known][:500]
    ballots = zip(first["LEFT"], first["Total"], strict=True)
    assert found[known][:500] == pytest.approx([by_leaving_out(*pair) for pair in ballots])
