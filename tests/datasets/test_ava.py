"""AVA on a miniature of its files."""

from math import sqrt

import pytest

from sim_bench.datasets.ava import AVA
from sim_bench.datasets.check import check, verdict
from sim_bench.errors import DataMissingError, DatasetError

TEXT = """1 953619 0 0 0 0 2 0 0 0 0 2 1 22 1396
2 953958 10 0 0 0 0 0 0 0 0 0 15 0 1396
3 954184 0 0 0 0 0 0 0 0 0 0 0 0 1396
4 954113 0 1 0 0 0 0 0 3 0 0 1 22 1396
"""


@pytest.fixture
def root(tmp_path):
    (tmp_path / "AVA.txt").write_text(TEXT)
    (tmp_path / "aesthetics_image_lists").mkdir()
    (tmp_path / "aesthetics_image_lists" / "generic_test.jpgl").write_text("953958\n954184\n77\n")
    return tmp_path


def test_mean_spread_and_number_of_votes_by_hand(root):
    """Two votes of 5 and two of 10: mean 7.5, every vote 2.5 away. One of 2 and three of 8: mean
    6.5, variance (4.5^2 + 3 * 1.5^2) / 4 = 6.75.
    """
    table = AVA(root).read().table.set_index("image")
    assert table.loc["953619.jpg", ["mean", "spread", "n"]].tolist() == [7.5, 2.5, 4]
    assert table.loc["953958.jpg", ["mean", "spread", "n"]].tolist() == [1, 0, 10]
    assert table.loc["954113.jpg", "mean"] == 6.5
    assert table.loc["954113.jpg", "spread"] == pytest.approx(sqrt(6.75), rel=1e-12)


def test_a_photo_without_votes_is_left_out_with_the_reason(root):
    found = AVA(root).read()
    assert found.left_out == {"954184.jpg": "no votes"}
    assert len(found.table) + len(found.left_out) == TEXT.count("\n")


def test_the_official_test_list_and_the_rest(root):
    test, train = AVA(root, "test").read(), AVA(root, "train").read()
    assert list(test.table["image"]) == ["953958.jpg"]
    assert test.left_out == {
        "77.jpg": "in the test list, not in AVA.txt",
        "954184.jpg": "no votes",
    }
    assert list(train.table["image"]) == ["953619.jpg", "954113.jpg"]
    assert train.left_out == {}


def test_without_the_test_list_only_a_split_cannot_be_read(root):
    (root / "aesthetics_image_lists" / "generic_test.jpgl").unlink()
    assert len(AVA(root).read().table) == 3
    with pytest.raises(DataMissingError, match=r"generic_test\.jpgl there"):
        AVA(root, "test").read()


def test_missing_and_broken_photos_keep_their_rows_and_are_counted(root):
    (root / "images").mkdir()
    (root / "images" / "953619.jpg").write_bytes(b"")
    found = check(AVA(root))
    assert len(AVA(root).read().table) == 3
    assert "2 of 3 are not there, first 953958.jpg, 954113.jpg" in [f.detail for f in found]
    assert "1 of 1 cannot be read, first 953619.jpg is empty (0 bytes)" in [f.detail for f in found]
    assert verdict(found) == "unusable"


def test_photos_may_lie_in_either_folder(root):
    (root / "image").mkdir()
    assert AVA(root).photos == root / "image"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("5 1 0 0 0 0 2 0 0 0 0 2 1 22", "line 5: 14 cells where 15 are expected"),
        ("5 1 0 0 0 0 -2 0 0 0 0 2 1 22 9", "line 5: c5 is '-2'; a whole number from 0"),
        ("5 1 0 0 0 0 .5 0 0 0 0 2 1 22 9", "line 5: c5 is '.5'; a whole number from 0"),
        ("5 953619 1 0 0 0 0 0 0 0 0 2 1 22 9", "line 5: image_id '953619' is in line 1"),
    ],
)
def test_a_line_that_cannot_be_is_refused(root, line, message):
    (root / "AVA.txt").write_text(TEXT + line + "\n")
    with pytest.raises(DatasetError, match=message):
        AVA(root).read()


def test_a_test_list_of_something_else_is_refused(root):
    (root / "aesthetics_image_lists" / "generic_test.jpgl").write_text("<html>\n")
    with pytest.raises(DatasetError, match=r"generic_test\.jpgl: '<html>' is no number of a photo"):
        AVA(root, "test").read()
