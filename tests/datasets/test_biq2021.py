import pytest

from sim_bench.datasets.biq2021 import BIQ2021
from sim_bench.errors import DataMissingError, DatasetError

TRAIN = "Image Name,MOS,,\nss03 (643).jpg,0.5852,,\nss01 (4).jpg,0.5502,,\nphoto.jpg,1,,\n"
TEST = "Image Name,MOS\nss02 (1160).jpg,0.4398\n"


@pytest.fixture
def root(tmp_path):
    write(tmp_path, "Train", TRAIN)
    write(tmp_path, "Test", TEST)
    return tmp_path


def write(root, split, text):
    (root / f"{split} (Images and MOS).csv").write_text(text, encoding="utf-8")


def test_the_two_blank_columns_of_the_train_file_are_no_matter(root):
    opinions = BIQ2021(root, "train").read()
    assert opinions.table[["image", "mean", "group", "subset"]].values.tolist() == [
        ["ss03 (643).jpg", 0.5852, "ss03 (643).jpg", "ss03"],
        ["ss01 (4).jpg", 0.5502, "ss01 (4).jpg", "ss01"],
        ["photo.jpg", 1.0, "photo.jpg", "other"],
    ]
    assert opinions.table["spread"].isna().all()
    assert opinions.table["n"].isna().all()
    assert opinions.attributes == ("subset",)
    assert not opinions.series


def test_splits_are_the_official_files(root):
    assert list(BIQ2021(root, "test").read().table["image"]) == ["ss02 (1160).jpg"]
    assert len(BIQ2021(root).read().table) == 4
    (root / "Train (Images and MOS).csv").unlink()
    assert len(BIQ2021(root, "test").read().table) == 1
    with pytest.raises(DataMissingError, match="Train .Images and MOS..csv"):
        BIQ2021(root).read()


@pytest.mark.parametrize("folder", ["Images", "images", "Photos"])
def test_photos_are_found(root, folder):
    (root / folder).mkdir()
    assert BIQ2021(root).read().photos.samefile(root / folder)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("a.jpg,1.01", "line 3: MOS must lie between 0 and 1. Got '1.01'"),
        ("a.jpg,-0.1", "line 3: MOS must lie between 0 and 1"),
        ("a.jpg,", "line 3: MOS must lie between 0 and 1. Got ''"),
        ("a.jpg,good", "line 3: column 'MOS' holds numbers. Got 'good'"),
        (",0.5", "line 3: column 'Image Name'"),
        ("ss03 (643).jpg,0.5", r"line 3: ss03 \(643\).jpg is listed already: .*Train.*line 2"),
        ("ss02 (1160).jpg,0.5", r"line 3: .*listed already: .*Test.*line 2"),
    ],
)
def test_a_broken_row_is_named(root, row, message):
    write(root, "Test", f"{TEST}{row}\n")
    with pytest.raises(DatasetError, match=message):
        BIQ2021(root).read()


def test_other_columns_are_named(root):
    write(root, "Test", "name,score\na.jpg,1\n")
    with pytest.raises(DatasetError, match="no column 'Image Name'; its columns are 'name', 'sc"):
        BIQ2021(root).read()
