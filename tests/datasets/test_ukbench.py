import pytest

from sim_bench.datasets.ukbench import UKBench
from sim_bench.errors import DataMissingError, DatasetError


@pytest.fixture
def root(tmp_path):
    for number in (0, 1, 2, 3, 5, 6, 10199):
        (tmp_path / f"ukbench{number:05d}.jpg").touch()
    (tmp_path / "ukbench00007.JPG").touch()
    (tmp_path / "ukbench8.jpg").touch()
    return tmp_path


def test_four_consecutive_numbers_are_a_group(root):
    assert UKBench(root).groups() == {
        "00000": ("ukbench00000.jpg", "ukbench00001.jpg", "ukbench00002.jpg", "ukbench00003.jpg"),
        "00004": ("ukbench00005.jpg", "ukbench00006.jpg", "ukbench00007.JPG"),
        "10196": ("ukbench10199.jpg",),
    }


def test_incomplete_groups_are_said_and_not_dropped(root):
    assert UKBench(root).incomplete() == {"00004": 3, "10196": 1}
    present, incomplete = UKBench(root).check_labels()
    assert present.detail == "8 photos in 3 groups; 1 other files"
    assert incomplete.detail == "2 groups are incomplete, first 00004: 3 of 4, 10196: 1 of 4"
    assert not incomplete.needed


def test_it_holds_no_judgement(root):
    with pytest.raises(DatasetError, match="no judgement of their quality.*groups"):
        UKBench(root).read()


def test_photos_may_lie_in_the_folder_full(tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "ukbench00000.jpg").touch()
    assert UKBench(tmp_path).groups() == {"00000": ("ukbench00000.jpg",)}


def test_no_photo_is_an_error(tmp_path):
    with pytest.raises(DataMissingError, match="ukbench00000.jpg"):
        UKBench(tmp_path).groups()
    assert [finding.state for finding in UKBench(tmp_path).check_labels()] == ["missing"]


@pytest.mark.data
def test_the_real_sample_has_two_whole_groups_and_a_half(data_dir):
    reader = UKBench(data_dir / "ukbench")
    assert list(reader.groups()) == ["00000", "00004", "00008"]
    assert reader.incomplete() == {"00008": 2}
