import pytest

from sim_bench.datasets.judgements import PAIR_COLUMNS
from sim_bench.datasets.phototriage import UNLABELLED, PhotoTriage
from sim_bench.errors import DataMissingError, DatasetError
from sim_bench.registry import dataset_class

TRAIN = "1 1 2 0.949 1 3\n1 1 3 0.636 1 2\n1 2 3 0.086 3 2\n4728 2 4 0.777 1 2\n"
VAL = "15 1 2 0.123 2 1\n"
TEST = "7 1 2\n7 1 3\n"


@pytest.fixture
def root(tmp_path):
    write(tmp_path / "train_val" / "train_pairlist.txt", TRAIN)
    write(tmp_path / "train_val" / "val_pairlist.txt", VAL)
    write(tmp_path / "test" / "test_pairlist.txt", TEST)
    return tmp_path


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_pairs_are_as_the_lists_say(root):
    pairs = PhotoTriage(root, "train").read()
    assert pairs.table.to_dict("list") == {
        "pair": ["1_1_2", "1_1_3", "1_2_3", "4728_2_4"],
        "left": ["000001-01.JPG", "000001-01.JPG", "000001-02.JPG", "004728-02.JPG"],
        "right": ["000001-02.JPG", "000001-03.JPG", "000001-03.JPG", "004728-04.JPG"],
        "wins": [0.949, 0.636, 0.086, 0.777],
        "votes": [1.0, 1.0, 1.0, 1.0],
        "burst": ["1", "1", "1", "4728"],
        "series_size": ["3", "3", "3", "2"],
    }
    assert tuple(pairs.table.columns) == (*PAIR_COLUMNS, "series_size")
    assert not pairs.counted
    assert pairs.left_out == {}


def test_ranks_are_not_taken_for_winner_and_loser(root):
    """Read as numbers of winner and loser, ranks 2 and 1 would make photo 2 the better one."""
    line = "9 1 2 0.900 2 1\n"
    write(root / "train_val" / "train_pairlist.txt", line)
    row = PhotoTriage(root, "train").read().table.iloc[0]
    assert (row.left, row.right, row.wins) == ("000009-01.JPG", "000009-02.JPG", 0.9)


def test_ranks_that_are_no_photo_numbers_of_the_pair_change_nothing(root):
    write(root / "train_val" / "train_pairlist.txt", "9 3 4 0.2 8 1\n")
    row = PhotoTriage(root, "train").read().table.iloc[0]
    assert (row.left, row.right, row.wins) == ("000009-03.JPG", "000009-04.JPG", 0.2)


def test_without_a_split_train_and_val_are_read_and_test_is_left_out_by_name(root):
    pairs = PhotoTriage(root).read()
    assert list(pairs.table["burst"].unique()) == ["1", "4728", "15"]
    assert pairs.left_out == {"7_1_2": UNLABELLED, "7_1_3": UNLABELLED}


def test_the_test_split_alone_is_refused(root):
    with pytest.raises(DatasetError, match="published without labels"):
        PhotoTriage(root, "test").read()


def test_the_list_of_the_test_split_need_not_be_there(root):
    (root / "test" / "test_pairlist.txt").unlink()
    assert PhotoTriage(root).read().left_out == {}


def test_lists_may_lie_in_the_root(tmp_path):
    write(tmp_path / "train_pairlist.txt", TRAIN)
    assert len(PhotoTriage(tmp_path, "train").read().table) == 4
    with pytest.raises(DataMissingError, match="train_val/val_pairlist.txt or val_pairlist.txt"):
        PhotoTriage(tmp_path).read()


@pytest.mark.parametrize("folder", ["train_val/train_val_imgs", "train_val_imgs"])
def test_photos_are_found(root, folder):
    (root / folder).mkdir(parents=True)
    assert PhotoTriage(root).read().photos == root / folder


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("1 1 2", "expected SERIES PHOTO1 PHOTO2 PREF RANK1 RANK2"),
        ("2 1 2 0.5 1 2 9", "expected SERIES PHOTO1 PHOTO2 PREF RANK1 RANK2"),
        ("2 1 2 half 1 2", "expected whole numbers, and a number for PREF"),
        ("2 1.5 2 0.5 1 2", "expected whole numbers"),
        ("2 1 2 0.5 1.5 2", "expected whole numbers"),
        ("2 1 2 1.01 1 2", "PREF must lie between 0 and 1. Got 1.01"),
        ("2 1 2 -0.01 1 2", "PREF must lie between 0 and 1"),
        ("2 1 2 nan 1 2", "PREF must lie between 0 and 1. Got nan"),
        ("2 3 3 0.5 1 2", "compared with itself"),
        ("2 0 1 0.5 1 2", "count from 1"),
        ("1 1 2 0.949 1 3", "1_1_2 is listed already"),
        ("1 2 1 0.051 3 1", "1_2_1 is listed already"),
    ],
)
def test_a_broken_line_is_named(root, line, message):
    path = root / "train_val" / "train_pairlist.txt"
    write(path, f"{TRAIN}{line}\n")
    with pytest.raises(DatasetError, match=message) as raised:
        PhotoTriage(root, "train").read()
    assert f"{path}, line 5" in str(raised.value)


def test_a_pair_of_two_splits_is_an_error(root):
    write(root / "train_val" / "val_pairlist.txt", "1 1 2 0.949 1 3\n")
    with pytest.raises(DatasetError, match=r"val_pairlist.txt, line 1: .*train_pairlist.txt, li"):
        PhotoTriage(root).read()


def test_a_file_that_is_no_text_is_an_error(root):
    (root / "train_val" / "train_pairlist.txt").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DatasetError, match="not a text file"):
        PhotoTriage(root, "train").read()


def test_the_size_of_a_series_is_five_or_more_from_five_photos_on(root):
    lines = [f"3 1 {photo} 0.5 1 2" for photo in range(2, 6)]
    write(root / "train_val" / "train_pairlist.txt", "\n".join(lines))
    assert set(PhotoTriage(root, "train").read().table["series_size"]) == {"5+"}


def test_votes_by_number_are_refused_with_the_reason(root):
    with pytest.raises(DatasetError, match="shuffled within each series"):
        PhotoTriage(root, votes="by_number")
    with pytest.raises(DatasetError, match="'matched' or left out. Got 'all'"):
        PhotoTriage(root, votes="all")


def test_it_is_in_the_table_and_checks_its_files(root):
    reader = dataset_class("phototriage")(root)
    states = {finding.what: finding.state for finding in reader.check_labels()}
    assert states == {
        "train_val/train_pairlist.txt": "unverified",
        "train_val/val_pairlist.txt": "unverified",
        "test/test_pairlist.txt": "unverified",
        "train_val/train_val_series.mat": "missing",
        "reviews_trainval/reviews_trainval": "missing",
    }
    write(root / "train_val/reviews_trainval/reviews_trainval/000001.json", "{}")
    assert reader.check_labels()[-1].detail == "1 review files"
    write(root / "review_votes.csv", "")
    assert reader.check_labels()[-1].what == "review_votes.csv"
    assert [finding.needed for finding in reader.check_labels()] == [
        True,
        True,
        False,
        False,
        False,
    ]


@pytest.mark.data
def test_the_real_lists_have_the_published_numbers(data_dir):
    """12,075 and 483 pairs of 4,560 and 195 series: counted by others in the same files."""
    reader = PhotoTriage(data_dir / "phototriage")
    assert [f.state for f in reader.check_labels() if f.needed] == ["present", "present"]
    both = reader.read().table
    train = PhotoTriage(data_dir / "phototriage", "train").read().table
    assert (len(train), train["burst"].nunique()) == (12075, 4560)
    assert (len(both), both["burst"].nunique()) == (12558, 4755)
    assert both["pair"].is_unique
