import pytest

from sim_bench.datasets.burst_folders import BurstFolders
from sim_bench.datasets.judgements import PAIR_COLUMNS
from sim_bench.errors import DataMissingError, DatasetError

XMP = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="{}"/></rdf:RDF>'
)


@pytest.fixture
def root(tmp_path):
    """Files without content: which photo is best is not in the pixels."""
    for name in ("a/1.jpg", "a/2.jpg", "a/10.jpg", "day/b/x.jpg", "day/b/y.jpg", "c/1.jpg"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    return tmp_path


def write(root, name, text):
    (root / name).write_text(text, encoding="utf-8")


def rows(pairs, *columns):
    return pairs.table[list(columns or ("left", "right", "wins"))].values.tolist()


def test_the_best_photo_is_preferred_to_each_other_one(root):
    write(root, "a/best.txt", "2.jpg\n\n")
    pairs = BurstFolders(root).read()
    assert rows(pairs, *PAIR_COLUMNS) == [
        ["a/1.jpg|a/2.jpg", "a/1.jpg", "a/2.jpg", 0.0, 1.0, "a"],
        ["a/10.jpg|a/2.jpg", "a/10.jpg", "a/2.jpg", 0.0, 1.0, "a"],
    ]
    assert pairs.counted
    assert pairs.photos == root
    assert pairs.left_out == {
        "c": "no best photo is named in best.txt or best.csv",
        "day/b": "no best photo is named in best.txt or best.csv",
    }


def test_the_better_photo_is_left_or_right_as_names_have_it(root):
    write(root, "a/best.txt", "10.jpg")
    assert rows(BurstFolders(root).read()) == [
        ["a/1.jpg", "a/10.jpg", 0.0],
        ["a/10.jpg", "a/2.jpg", 1.0],
    ]


def test_several_best_photos_are_not_compared_with_each_other(root):
    write(root, "a/best.txt", "1.jpg\n./2.jpg\n1.jpg\n")
    assert rows(BurstFolders(root).read()) == [
        ["a/1.jpg", "a/10.jpg", 1.0],
        ["a/10.jpg", "a/2.jpg", 0.0],
    ]


def test_a_table_names_the_best_of_all_bursts(root):
    write(root, "best.csv", "burst,best\nday\\b,y.jpg\nc,1.jpg\n")
    pairs = BurstFolders(root).read()
    assert rows(pairs) == [["day/b/x.jpg", "day/b/y.jpg", 0.0]]
    assert pairs.left_out["c"] == "all of its photos are named as best"
    assert sorted(pairs.left_out) == ["a", "c"]


def test_an_empty_file_names_none(root):
    write(root, "a/best.txt", "\n")
    pairs = BurstFolders(root).read()
    assert len(pairs.table) == 0
    assert sorted(pairs.left_out) == ["a", "c", "day/b"]


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        ("a/best.txt", "1.jpg\n3.jpg\n", "best.txt, line 2: there is no photo '3.jpg' .* 1.jpg, 2"),
        ("best.csv", "burst,best\na,3.jpg\n", "best.csv, line 2: there is no photo '3.jpg'"),
        ("best.csv", "burst,best\nd,1.jpg\n", "best.csv, line 2: there is no burst 'd'"),
        ("best.csv", "folder,best\na,1.jpg\n", "there is no column 'burst'"),
    ],
)
def test_what_is_not_there_is_named(root, file, text, message):
    write(root, file, text)
    with pytest.raises(DatasetError, match=message):
        BurstFolders(root).read()


def test_two_files_about_one_burst_are_an_error(root):
    write(root, "best.csv", "burst,best\na,1.jpg\n")
    write(root, "a/best.txt", "2.jpg")
    with pytest.raises(DatasetError, match=r"a/best.txt: the best of a is named in .*best.csv al"):
        BurstFolders(root).read()


def test_a_file_that_is_no_text_is_an_error(root):
    (root / "a/best.txt").write_bytes(b"\xff\xfe1")
    with pytest.raises(DatasetError, match="not a text file"):
        BurstFolders(root).read()


def test_more_stars_are_better_and_equal_ones_decide_nothing(root):
    write(root, "ratings.csv", "image,rating\na/1.jpg,3\na/2.jpg,5\na/10.jpg,3\nday/b/x.jpg,-1\n")
    pairs = BurstFolders(root, by="stars").read()
    assert rows(pairs) == [["a/1.jpg", "a/2.jpg", 0.0], ["a/10.jpg", "a/2.jpg", 0.0]]
    assert pairs.left_out == {
        "a/1.jpg|a/10.jpg": "both photos have as many stars",
        "day/b/x.jpg|day/b/y.jpg": "not both photos are rated",
        "c": "no photo is rated",
    }


def test_a_rejected_photo_is_worse_than_any_rated_one(root):
    write(root, "ratings.csv", "image,rating\nday/b/x.jpg,-1\nday/b/y.jpg,1\n")
    assert rows(BurstFolders(root, by="stars").read()) == [["day/b/x.jpg", "day/b/y.jpg", 0.0]]


def test_without_a_table_ratings_are_read_from_xmp(root):
    write(root, "day/b/x.jpg.xmp", XMP.format(4))
    write(root, "day/b/y.xmp", XMP.format(2))
    write(root, "a/1.xmp", XMP.format(0))
    pairs = BurstFolders(root, by="stars").read()
    assert rows(pairs) == [["day/b/x.jpg", "day/b/y.jpg", 1.0]]
    assert pairs.left_out == {"a": "no photo is rated", "c": "no photo is rated"}


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("a/1.jpg,6", "line 3: a rating is -1"),
        ("a/3.jpg,1", "line 3: there is no photo 'a/3.jpg'"),
        ("a/2.jpg,1", "line 3: a/2.jpg is rated already"),
        ("../a/2.jpg,1", "line 3: column 'image' holds paths"),
    ],
)
def test_a_broken_rating_is_named(root, row, message):
    write(root, "ratings.csv", f"image,rating\na/2.jpg,1\n{row}\n")
    with pytest.raises(DatasetError, match=f"ratings.csv, {message}"):
        BurstFolders(root, by="stars").read()


def test_every_pair_of_a_rated_burst_is_accounted_for(root):
    write(root, "ratings.csv", "image,rating\na/1.jpg,1\nday/b/x.jpg,2\nday/b/y.jpg,3\n")
    pairs = BurstFolders(root, by="stars").read()
    in_bursts = 3 + 1
    assert len(pairs.table) + sum("|" in name for name in pairs.left_out) == in_bursts


def test_photos_in_the_root_are_a_burst_too(tmp_path):
    for name in ("1.jpg", "2.jpg"):
        (tmp_path / name).touch()
    write(tmp_path, "best.txt", "2.jpg")
    assert rows(BurstFolders(tmp_path).read(), "left", "right", "wins", "burst") == [
        ["1.jpg", "2.jpg", 0.0, tmp_path.name]
    ]


def test_a_folder_without_photos_is_an_error(tmp_path):
    with pytest.raises(DataMissingError, match="no photo there"):
        BurstFolders(tmp_path).read()
    assert [finding.state for finding in BurstFolders(tmp_path).check_labels()] == ["missing"]
    with pytest.raises(ValueError, match="by must be 'best' or 'stars'. Got 'luck'"):
        BurstFolders(tmp_path, by="luck")


def test_the_check_counts_bursts_and_files_of_choices(root):
    write(root, "a/best.txt", "1.jpg")
    write(root, "best.csv", "burst,best\nc,1.jpg\n")
    bursts, table = BurstFolders(root).check_labels()
    assert bursts.detail == "6 photos in 3 folders, 1 of them with best.txt"
    assert table.what == "best.csv"
