import json

import pytest

from sim_bench.datasets.phototriage import PhotoTriage
from sim_bench.datasets.phototriage_votes import Agreement, agreement_by_number, read_votes
from sim_bench.errors import DataMissingError, DatasetError

PAIRS = "1 1 2 0.949 1 3\n1 1 3 0.636 1 2\n1 2 3 0.500 3 2\n2 1 2 0.1 2 1\n3 1 2 0.9 1 2\n"
HEADER = "series_id,compareID1,compareID2,compareFile1,compareFile2,LEFT,RIGHT,label_blur,label_x\n"
TABLE = (
    f"{HEADER}000001,0,1,1-1.JPG,1-2.JPG,1,5,2,0\n000001,1,0,1-2.JPG,1-1.JPG,3,0,1,4\n"
    "000001,0,2,1-1.JPG,1-3.JPG,2,1,0,0\n000001,1,2,1-2.JPG,1-3.JPG,2,1,0,0\n"
    "000002,0,1,2-1.JPG,2-2.JPG,0,2,0,1\n000009,0,1,9-1.JPG,9-2.JPG,0,2,0,1\n"
)


@pytest.fixture
def root(tmp_path):
    (tmp_path / "train_pairlist.txt").write_text(PAIRS, encoding="utf-8")
    (tmp_path / "review_votes.csv").write_text(TABLE, encoding="utf-8")
    return tmp_path


def review(first, second, choice, reason=("", "")):
    return {
        "compareID1": first,
        "compareID2": second,
        "compareFile1": "a.JPG",
        "compareFile2": "b.JPG",
        "userChoice": choice,
        "reason": list(reason),
    }


def write_reviews(root, series, reviews):
    path = root / "reviews_trainval" / "reviews_trainval" / f"{series}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"reviews": reviews}), encoding="utf-8")
    return path


def test_votes_for_either_side_of_the_screen_are_added_up(root):
    """Left 0 against right 1: 1 to 5; left 1 against right 0: 3 to 0."""
    votes = read_votes(root)
    assert votes.wins[1] == {(0, 1): 1, (1, 0): 8, (0, 2): 2, (2, 0): 1, (1, 2): 2, (2, 1): 1}
    assert votes.reasons[1][0, 1] == {"blur": 3, "x": 4}
    assert votes.labels == ("blur", "x")
    assert sorted(votes.wins) == [1, 2, 9]


def test_review_files_say_the_same_in_their_own_way(root):
    (root / "review_votes.csv").unlink()
    reviews = [
        review(0, 1, "RIGHT", ("sharper", " dark ")),
        review(1, 0, "LEFT", ("sharper", "")),
        review(0, 1, "LEFT"),
    ]
    write_reviews(root, "000007", reviews)
    votes = read_votes(root)
    assert votes.wins == {7: {(0, 1): 1, (1, 0): 2}}
    assert votes.reasons[7][0, 1] == {"sharper": 2, "dark": 1}
    assert votes.labels == ()


def test_agreement_by_number_is_counted_by_hand(root):
    """1_1_2: 1 to 8 against .949; 1_1_3: 2 to 1 with .636; 1_2_3: exactly one half; 2_1_2: 0 to 2
    with .1; series 3 has no votes."""
    votes, pairs = read_votes(root), PhotoTriage(root, "train").read()
    found = agreement_by_number(votes, pairs)
    assert found == Agreement(agree=2, disagree=1, undecided=1, without=1)
    assert found.rate == pytest.approx(2 / 3)
    assert agreement_by_number(votes, pairs, unanimous=True) == Agreement(1, 0, 0, 0)


def test_no_decided_pair_has_no_rate():
    assert Agreement(0, 0, 3, 1).rate != Agreement(0, 0, 3, 1).rate


def test_missing_votes_are_named(root):
    (root / "review_votes.csv").unlink()
    with pytest.raises(DataMissingError, match="review_votes.csv or reviews_trainval"):
        read_votes(root)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("1,0,0,a,b,1,2,0,0", "two different photos"),
        ("1,0,1,a,b,-1,2,0,0", "no negative count"),
        ("1,0,-1,a,b,1,2,0,0", "no negative count"),
        ("1,0,1,a,b,1,2,0,-3", "no negative count"),
        ("1,0,1,a,b,one,2,0,0", "hold whole numbers"),
        ("1,0,1,a,b,1.5,2,0,0", "hold whole numbers"),
    ],
)
def test_a_broken_line_is_named(root, line, message):
    (root / "review_votes.csv").write_text(f"{HEADER}{line}\n", encoding="utf-8")
    with pytest.raises(DatasetError, match=f"review_votes.csv, line 2: .*{message}"):
        read_votes(root)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "not a JSON file"),
        ("[]", "a list `reviews` is expected"),
        ('{"reviews": {}}', "a list `reviews` is expected"),
        ('{"reviews": [3]}', "review 1: compareID1"),
        ('{"reviews": [{"compareID1": 0, "compareID2": 1}]}', "review 1: compareID1"),
        (json.dumps({"reviews": [review(0, 1, "LEFT"), review(0, 1, "BOTH")]}), "review 2: userCh"),
    ],
)
def test_a_broken_review_file_is_named(root, content, message):
    (root / "review_votes.csv").unlink()
    path = write_reviews(root, "000007", [])
    path.write_text(content, encoding="utf-8")
    with pytest.raises(DatasetError, match=message) as raised:
        read_votes(root)
    assert str(path) in str(raised.value)


@pytest.mark.data
def test_real_votes_joined_by_number_agree_as_often_as_chance_would(data_dir):
    root = data_dir / "phototriage"
    votes, pairs = read_votes(root), PhotoTriage(root).read()
    found = agreement_by_number(votes, pairs)
    assert found == Agreement(agree=5659, disagree=5764, undecided=1126, without=9)
    assert found.agree + found.disagree + found.undecided + found.without == len(pairs.table)
    assert agreement_by_number(votes, pairs, unanimous=True).rate == pytest.approx(0.493, abs=5e-4)
