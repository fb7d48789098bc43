"""TID2013 on a miniature of its list, whose names differ in case from the files."""

import pytest

from sim_bench.datasets.tid2013 import DISTORTIONS, TID2013
from sim_bench.errors import DatasetError

TEXT = "5.51429 I01_01_1.bmp\n5.56757 i01_24_2.bmp\n0.24242 I25_17_5.BMP\n"


@pytest.fixture
def root(tmp_path):
    (tmp_path / "mos_with_names.txt").write_text(TEXT)
    return tmp_path


def put(root, *names):
    (root / "distorted_images").mkdir(exist_ok=True)
    for name in names:
        (root / "distorted_images" / name).write_bytes(b"BM")
    return len(list((root / "distorted_images").iterdir()))


def test_means_are_read_as_published_and_larger_is_better(root):
    table = TID2013(root).read().table
    assert list(table["mean"]) == [5.51429, 5.56757, 0.24242]
    assert TID2013.info.direction == "higher"


def test_ids_are_the_files_there_whatever_their_case(root):
    put(root, "i01_01_1.bmp", "I01_24_2.BMP", "unrelated.txt")
    images = TID2013(root).read().table["image"]
    assert list(images) == ["i01_01_1.bmp", "I01_24_2.BMP", "I25_17_5.BMP"]


def test_ids_are_as_listed_where_no_photo_is_there(root):
    assert list(TID2013(root).read().table["image"])[:2] == ["I01_01_1.bmp", "i01_24_2.bmp"]


def test_references_are_one_group_whatever_their_case(root):
    found = TID2013(root).read()
    assert list(found.table["group"]) == ["i01", "i01", "i25"]
    assert not found.series


def test_the_defect_and_its_severity_are_read_from_the_name(root):
    found = TID2013(root).read()
    assert found.attributes == ("defect", "severity")
    assert list(found.table["defect"]) == [
        "additive Gaussian noise",
        "sparse sampling and reconstruction",
        "contrast change",
    ]
    assert list(found.table["severity"]) == ["1", "2", "5"]
    assert len(set(DISTORTIONS)) == 24


def test_the_error_of_a_mean_is_not_taken_for_the_spread_of_opinions(root):
    """Whole opinions with a mean of 5.514 spread by at least sqrt(.514 * .486) = 0.5."""
    (root / "mos_std.txt").write_text("0.13\n0.12\n0.05\n")
    assert TID2013(root).read().table["spread"].isna().all()


def test_two_listed_names_that_differ_only_in_case_are_refused(root):
    (root / "mos_with_names.txt").write_text(TEXT + "3.0 i01_01_1.BMP\n")
    with pytest.raises(DatasetError, match=r"line 4: name 'i01_01_1\.bmp' is in line 1 already"):
        TID2013(root).read()


def test_two_files_that_differ_only_in_case_are_refused(root):
    if put(root, "i01_01_1.bmp", "I01_01_1.bmp") == 1:
        pytest.skip("this file system takes them for one")
    with pytest.raises(DatasetError, match=r"I01_01_1\.bmp and i01_01_1\.bmp are both there"):
        TID2013(root).read()


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("9.1 I02_01_1.bmp", "line 4: MOS is '9.1'; a number from 0 to 9"),
        ("3 I02_25_1.bmp", "line 4: 'I02_25_1.bmp' is not the name of a distorted photo"),
        ("3 I02_01_6.bmp", "line 4: 'I02_01_6.bmp' is not the name of a distorted photo"),
        ("3", "line 4: 1 cells where 2 are expected"),
    ],
)
def test_a_line_that_cannot_be_is_refused(root, line, message):
    (root / "mos_with_names.txt").write_text(f"{TEXT}{line}\n")
    with pytest.raises(DatasetError, match=message):
        TID2013(root).read()
