import pandas as pd
import pytest

from sim_bench.datasets.judgements import PAIR_COLUMNS
from sim_bench.datasets.pair_table import PairTable
from sim_bench.errors import DataMissingError, DatasetError


def write(root, text, name="pairs.csv"):
    (root / name).write_text(text, encoding="utf-8")
    return root


def rows(pairs, *columns):
    return pairs.table[list(columns or ("pair", "wins", "votes"))].values.tolist()


def test_counts_of_one_pair_are_added_up_either_way_round(tmp_path):
    """a against b: 3 of 5, then 1 of 4 for b, so 3 of 4 for a."""
    write(tmp_path, "left,right,w,n\na,b,3,5\nc,d,0,2\nb,a,1,4\n")
    pairs = PairTable(tmp_path, wins="w", votes="n").read()
    assert rows(pairs) == [["a|b", 6.0, 9.0], ["c|d", 0.0, 2.0]]
    assert pairs.counted
    assert tuple(pairs.table.columns) == PAIR_COLUMNS


def test_choices_are_votes(tmp_path):
    write(tmp_path, "left,right,best\na,b,left\nb,a,left\na,b,a\na,b,tie\nx/c,d,x\\c\nd,e,right\n")
    pairs = PairTable(tmp_path, winner="best").read()
    assert rows(pairs) == [["a|b", 2.5, 4.0], ["x/c|d", 1.0, 1.0], ["d|e", 0.0, 1.0]]
    assert pairs.counted


def test_a_photo_that_is_called_left_is_a_photo(tmp_path):
    write(tmp_path, "left,right,best\na,left,left\n")
    assert rows(PairTable(tmp_path, winner="best").read()) == [["a|left", 0.0, 1.0]]


def test_shares_are_not_counts(tmp_path):
    write(tmp_path, "left,right,p\na,b,0.7\nc,d,\ne,f,0\n")
    pairs = PairTable(tmp_path, preference="p").read()
    assert rows(pairs) == [["a|b", 0.7, 1.0], ["e|f", 0.0, 1.0]]
    assert not pairs.counted
    assert pairs.left_out == {"c|d": "nobody voted on it"}


def test_a_pair_without_votes_is_left_out_unless_another_row_has_some(tmp_path):
    write(tmp_path, "left,right,w,n\na,b,0,0\nc,d,0,0\nd,c,1,1\n")
    pairs = PairTable(tmp_path, wins="w", votes="n").read()
    assert rows(pairs) == [["c|d", 0.0, 1.0]]
    assert pairs.left_out == {"a|b": "nobody voted on it"}


def test_pairs_that_share_photos_are_one_burst(tmp_path):
    write(tmp_path, "left,right,p\nb,c,1\nz,y,1\nc,d,1\nq,z,1\na,d,1\n")
    assert rows(PairTable(tmp_path, preference="p").read(), "pair", "burst") == [
        ["b|c", "a"],
        ["z|y", "q"],
        ["c|d", "a"],
        ["q|z", "q"],
        ["a|d", "a"],
    ]


def test_bursts_and_attributes_are_taken_from_their_columns(tmp_path):
    write(tmp_path, "A,B,p,scene,light,kind\na,b,1,007,day,x\nc,d,1,007,night,y\n", "t.csv")
    pairs = PairTable(
        tmp_path,
        labels="t.csv",
        photos="img",
        left="A",
        right="B",
        preference="p",
        burst="scene",
        attributes=["kind", "light"],
    ).read()
    assert rows(pairs, "left", "right", "burst", "kind", "light") == [
        ["a", "b", "007", "x", "day"],
        ["c", "d", "007", "y", "night"],
    ]
    assert pairs.attributes == ("kind", "light")
    assert pairs.photos == tmp_path / "img"


@pytest.mark.parametrize(
    ("line", "form", "message"),
    [
        ("b,a,2,2,.5,a,s,x", {"preference": "p"}, "line 3: b and a have a share in line 2 alrea"),
        ("c,c,2,2,.5,c,s,x", {"preference": "p"}, "line 3: c is compared with itself"),
        ("c,d,2,2,1.5,c,s,x", {"preference": "p"}, "line 3: 'p' must lie between 0 and 1. Got 1.5"),
        ("c,d,2,2,x,c,s,x", {"preference": "p"}, "line 3: column 'p' holds numbers. Got 'x'"),
        ("c,d,3,2,1,c,s,x", {"wins": "w", "votes": "n"}, "line 3: 'w' must lie .* Got 3 of 2"),
        ("c,d,-1,2,1,c,s,x", {"wins": "w", "votes": "n"}, "line 3: 'w' must lie .* Got -1 of 2"),
        ("c,d,,2,1,c,s,x", {"wins": "w", "votes": "n"}, "line 3: 'w' must lie .* Got nan of 2"),
        ("c,d,1,2,1,e,s,x", {"winner": "best"}, "line 3: the winner must be 'left'.*Got 'e'"),
        ("c,d,1,2,1,,s,x", {"winner": "best"}, "line 3: the winner must be 'left'.*Got ''"),
        ("c,d,1,2,1,c,,x", {"winner": "best", "burst": "scene"}, "line 3: column 'scene' is empty"),
        ("b,a,1,2,1,a,t,x", {"winner": "best", "burst": "scene"}, "differ from line 2"),
        ("b,a,1,2,1,a,s,y", {"winner": "best", "attributes": ["kind"]}, "differ from line 2"),
        (",d,1,2,1,c,s,x", {"winner": "best"}, "line 3: column 'left' holds paths"),
        ("c,../d,1,2,1,c,s,x", {"winner": "best"}, "line 3: column 'right' holds paths"),
    ],
)
def test_a_broken_row_is_named(tmp_path, line, form, message):
    write(tmp_path, f"left,right,w,n,p,best,scene,kind\na,b,1,2,.5,a,s,x\n{line}\n")
    with pytest.raises(DatasetError, match=message) as raised:
        PairTable(tmp_path, **form).read()
    assert str(tmp_path / "pairs.csv") in str(raised.value)


@pytest.mark.parametrize(
    "form", [{}, {"wins": "w"}, {"votes": "n"}, {"wins": "w", "votes": "n", "winner": "best"}]
)
def test_exactly_one_form_must_be_given(tmp_path, form):
    with pytest.raises(ValueError, match="Give `wins` and `votes`, or `preference`, or `winner`"):
        PairTable(tmp_path, **form)


def test_arguments_that_cannot_be_are_refused(tmp_path):
    with pytest.raises(ValueError, match=r"must not be called pair, .* Got \['burst'\]"):
        PairTable(tmp_path, winner="best", attributes=["burst"])
    with pytest.raises(DataMissingError, match="needs pairs.csv there"):
        PairTable(tmp_path, winner="best").read()


def test_parquet_is_read_alike(tmp_path):
    pytest.importorskip("pyarrow")
    frame = pd.DataFrame({"left": ["a"], "right": ["b"], "wins": [2], "votes": [3]})
    frame.to_parquet(tmp_path / "pairs.parquet")
    reader = PairTable(tmp_path, labels="pairs.parquet", wins="wins", votes="votes")
    assert rows(reader.read()) == [["a|b", 2.0, 3.0]]
