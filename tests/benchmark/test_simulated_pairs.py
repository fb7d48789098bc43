"""Agreement of groupings, against pairs counted by hand."""

from pathlib import Path

import pytest

from sim_bench.benchmark.simulated_pairs import pair_f1, pair_score


def grouping(text):
    """ "ab cde" puts a and b into one group, c, d and e into another."""
    return {Path(photo): group for group in text.split() for photo in group}


@pytest.mark.parametrize(
    ("found", "precision", "recall", "f1"),
    [
        ("ab cde", 2 / 4, 2 / 4, 1 / 2),  # found ab cd ce de; true ab ac bc de; both ab de
        ("abcde", 4 / 10, 4 / 4, 8 / 14),
        ("abc de", 1.0, 1.0, 1.0),
        ("ab c de", 2 / 2, 2 / 4, 4 / 6),
        ("a b c d e", 1.0, 0.0, 0.0),  # no pair found: none of them is wrong
        ("ad be c", 0.0, 0.0, 0.0),
    ],
)
def test_shares_of_pairs_counted_by_hand(found, precision, recall, f1):
    truth = grouping("abc de")
    assert pair_score(grouping(found), truth) == pytest.approx((precision, recall, f1))
    assert pair_f1(grouping(found), truth) == pytest.approx(f1)


def test_photos_alone_agree_with_photos_alone():
    assert pair_score(grouping("a b"), grouping("a b")) == (1.0, 1.0, 1.0)


def test_names_of_groups_do_not_matter():
    truth = {Path("a"): "burst-001", Path("b"): "burst-001", Path("c"): "single-001"}
    assert pair_f1({Path("a"): 7, Path("b"): 7, Path("c"): 1}, truth) == 1.0


@pytest.mark.parametrize(("found", "where"), [("ab", "truth"), ("abcd", "found")])
def test_both_must_be_about_the_same_photos(found, where):
    with pytest.raises(ValueError, match=rf"[cd] is in `{where}` only \(1 such photos\)"):
        pair_f1(grouping(found), grouping("abc"))
