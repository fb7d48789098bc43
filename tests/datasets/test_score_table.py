import pandas as pd
import pytest

from sim_bench.datasets.judgements import OPINION_COLUMNS
from sim_bench.datasets.score_table import ScoreTable
from sim_bench.errors import DataMissingError, DatasetError

TABLE = """image,mos,sd,votes,scene,split,kind
a/1.jpg,0.5,0.1,30,NA,dev,indoor
a/2.jpg,0.75,,,NA,dev,indoor
0042,1e-1,0.2,20,,dev,outdoor
b.jpg,0.9,0.1,30,s2,train,indoor
"""


@pytest.fixture
def root(tmp_path):
    write(tmp_path, TABLE)
    return tmp_path


def write(root, text, name="labels.csv"):
    (root / name).write_text(text, encoding="utf-8")


def test_columns_are_taken_as_named(root):
    opinions = ScoreTable(
        root,
        mean="mos",
        spread="sd",
        n="votes",
        group="scene",
        where={"split": "dev"},
        attributes=["kind"],
        photos="photos",
    ).read()
    expected = pd.DataFrame(
        {
            "image": ["a/1.jpg", "a/2.jpg", "0042"],
            "mean": [0.5, 0.75, 0.1],
            "spread": [0.1, float("nan"), 0.2],
            "n": pd.array([30, None, 20], dtype="Int64"),
            "group": ["NA", "NA", "0042"],
            "kind": ["indoor", "indoor", "outdoor"],
        }
    )
    pd.testing.assert_frame_equal(opinions.table, expected)
    assert opinions.series
    assert opinions.photos == root / "photos"
    assert opinions.attributes == ("kind",)
    assert opinions.left_out == {}


def test_a_single_attribute_may_be_named_without_a_list(root):
    assert ScoreTable(root, mean="mos", attributes="kind").read().attributes == ("kind",)


def test_without_a_group_every_photo_is_its_own(root):
    opinions = ScoreTable(root, mean="mos").read()
    assert tuple(opinions.table.columns) == OPINION_COLUMNS
    assert list(opinions.table["group"]) == list(opinions.table["image"])
    assert not opinions.series
    assert opinions.table["spread"].isna().all()
    assert opinions.table["n"].isna().all()


def test_groups_need_not_be_series(root):
    assert not ScoreTable(root, mean="mos", group="scene", series=False).read().series


def test_a_lower_score_that_is_better_is_turned_about(root):
    given = ScoreTable(root, mean="mos").read().table["mean"]
    turned = ScoreTable(root, mean="mos", direction="lower").read().table["mean"]
    assert list(turned) == [-value for value in given]


@pytest.mark.parametrize(
    ("where", "images"),
    [
        ({"split": ["dev", "train"], "kind": "indoor"}, ["a/1.jpg", "a/2.jpg", "b.jpg"]),
        ({"votes": 30}, ["a/1.jpg", "b.jpg"]),
        ({"mos": 0.1}, ["0042"]),
        ({"image": "0042"}, ["0042"]),
    ],
)
def test_where_keeps_rows_by_value(root, where, images):
    assert list(ScoreTable(root, mean="mos", where=where).read().table["image"]) == images


def test_where_compares_truth_values_however_they_are_written(root):
    write(root, "image,mean,kept\na,1,True\nb,2,false\n")
    assert list(ScoreTable(root, where={"kept": True}).read().table["image"]) == ["a"]


def test_where_that_keeps_nothing_says_what_there_is(root):
    with pytest.raises(DatasetError, match="no row has .'test'. in column 'split'; .*'dev', 'tr"):
        ScoreTable(root, mean="mos", where={"split": "test"}).read()


def test_unusable_rows_are_left_out_with_reasons_that_can_be_counted(root):
    rows = "a,1\nb,\nc,good\nd,inf\ne,2\na,3\nf,nan\n\n./e,2\ng,7\nh,\ni,-1e300\n"
    write(root, f"image,mean\n{rows}")
    opinions = ScoreTable(root).read()
    assert list(opinions.table["image"]) == ["g"]
    assert opinions.left_out == {
        "a": "2 rows are about it",
        "e": "2 rows are about it",
        "b": "no score",
        "c": "'good' is no score",
        "d": "'inf' is no score",
        "f": "'nan' is no score",
        "h": "no score",
        "i": "'-1e300' is no score",
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("image,mean\na,\nb,\nc,x\n", "none of 3 rows can be used: 2 no score; 1 'x' is no score$"),
        ("image,mean\n", "no row below the header"),
        ("", "is empty; its first line should name the columns"),
        ("image;mean\na;1,5\n", "separated by semicolons; save it with commas"),
        ("image\tmean\na\t1\n", "separated by tabs; save it with commas"),
    ],
)
def test_a_table_without_any_usable_row_is_an_error(root, text, message):
    write(root, text)
    with pytest.raises(DatasetError, match=message):
        ScoreTable(root).read()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("image,mos\na,1\n", "there is no column 'mean'; its columns are 'image', 'mos'"),
        ("image,mean,mean\na,1,2\n", "there is more than one column 'mean'"),
        ("\n", "is empty; its first line should name the columns"),
        ("image,mean\na,1,2\n", "line 2: 3 cells, but the header names 2"),
        ('image,mean\na,1\n"b,1\n', "line 3: unexpected end of data"),
        ("image,mean\n,1\n", "line 2: column 'image' holds paths below the folder.* Got ''"),
        ("image,mean\na,1\n../a,1\n", "line 3: column 'image'.* Got '../a'"),
        ("image,mean\n/a,1\n", "line 2: column 'image'"),
        ("image,mean\nC:\\a,1\n", "line 2: column 'image'"),
    ],
)
def test_a_broken_table_is_named(root, text, message):
    write(root, text)
    with pytest.raises(DatasetError, match=message) as raised:
        ScoreTable(root).read()
    assert str(root / "labels.csv") in str(raised.value)


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ("-1,3", "line 2: column 'sd' must be 0 or more"),
        ("wide,3", "line 2: column 'sd' holds numbers. Got 'wide'"),
        ("inf,3", "line 2: column 'sd' holds numbers. Got 'inf'"),
        ("1,0", "line 2: column 'n' must be a whole number from 1 on. Got '0'"),
        ("1,2.5", "line 2: column 'n' must be a whole number from 1 on. Got '2.5'"),
    ],
)
def test_a_spread_or_number_that_cannot_be_is_an_error(root, cells, message):
    write(root, f"image,mean,sd,n\na,1,{cells}\n")
    with pytest.raises(DatasetError, match=message):
        ScoreTable(root, spread="sd", n="n").read()


def test_arguments_that_cannot_be_are_refused(root):
    with pytest.raises(ValueError, match="direction must be 'higher' or 'lower'. Got 'up'"):
        ScoreTable(root, direction="up")
    with pytest.raises(ValueError, match=r"must not be called image, .* Got \['group'\]"):
        ScoreTable(root, attributes=["group"])
    with pytest.raises(ValueError, match="has no split 'dev'"):
        ScoreTable(root, "dev")


def test_a_missing_table_is_named(root):
    with pytest.raises(DataMissingError, match="needs scores.csv there"):
        ScoreTable(root, labels="scores.csv").read()
    assert [f.state for f in ScoreTable(root, labels="scores.csv").check_labels()] == ["missing"]


def test_a_backslash_is_a_slash_and_a_byte_order_mark_no_letter(root):
    write(root, "\ufeffimage,mean\na\\1.jpg,1\n")
    assert list(ScoreTable(root).read().table["image"]) == ["a/1.jpg"]


def test_parquet_is_read_alike(root):
    pytest.importorskip("pyarrow")
    frame = pd.DataFrame({"image": ["0042", "b"], "mean": [0.1, None], "n": [3, 4]})
    frame.to_parquet(root / "labels.parquet")
    opinions = ScoreTable(root, labels="labels.parquet", n="n").read()
    assert opinions.table[["image", "mean", "n"]].values.tolist() == [["0042", 0.1, 3]]
    assert opinions.left_out == {"b": "no score"}
    write(root, "no parquet", "labels.parquet")
    with pytest.raises(DatasetError, match="not a Parquet file"):
        ScoreTable(root, labels="labels.parquet").read()


@pytest.mark.data
def test_real_scores_are_read(data_dir):
    """7,654 rows are listed in the data's own notes: 6,587 single photos, 1,067 in 106 series."""
    common = {"mean": "mos", "group": "series_id", "attributes": ["subset"], "photos": "photos"}
    whole = ScoreTable(data_dir / "biq2021", **common).read()
    assert whole.table["subset"].value_counts().to_dict() == {"ss03": 6587, "ss01": 1067}
    sizes = whole.table["group"].value_counts()
    assert (sizes > 1).sum() == 106
    dev = ScoreTable(data_dir / "biq2021", where={"split": "dev"}, **common).read()
    train = ScoreTable(data_dir / "biq2021", where={"split": "train"}, **common).read()
    assert len(dev.table) + len(train.table) == len(whole.table)
    assert not set(dev.table["group"]) & set(train.table["group"])
    assert (dev.photos / dev.table["image"].iloc[0]).is_file()
