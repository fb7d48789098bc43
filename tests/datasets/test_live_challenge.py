"""LIVE in the Wild on miniatures of its MATLAB files."""

import numpy as np
import pytest
from scipy.io import savemat

from sim_bench.datasets.live_challenge import LIVEChallenge
from sim_bench.errors import DatasetError

NAMES = [*(f"t{k}.bmp" for k in range(1, 8)), "3.bmp", "4.bmp", "1024.JPG"]
MEANS = [*[50.0] * 7, 63.9, 25.1, 80.0]
SPREADS = [*[20.0] * 7, 18.4, 19.0, 16.5]


def write(root, names=NAMES, means=MEANS, spreads=SPREADS):
    """Cells of names in a column, numbers in a row, as published."""
    (root / "Data").mkdir(exist_ok=True)
    cells = np.array([[name] for name in names], dtype=object)
    savemat(root / "Data" / "AllImages_release.mat", {"AllImages_release": cells})
    savemat(root / "Data" / "AllMOS_release.mat", {"AllMOS_release": np.array([means])})
    savemat(root / "Data" / "AllStdDev_release.mat", {"AllStdDev_release": np.array([spreads])})
    return root


def test_the_first_seven_are_left_out_with_the_reason(tmp_path):
    found = LIVEChallenge(write(tmp_path)).read()
    assert list(found.table["image"]) == ["3.bmp", "4.bmp", "1024.JPG"]
    assert list(found.left_out) == [f"trainingImages/t{k}.bmp" for k in range(1, 8)]
    assert set(found.left_out.values()) == {"one of the seven training images"}


def test_each_photo_keeps_its_own_mean_and_spread(tmp_path):
    table = LIVEChallenge(write(tmp_path)).read().table
    assert list(table["mean"]) == [63.9, 25.1, 80.0]
    assert list(table["spread"]) == [18.4, 19.0, 16.5]
    assert table["n"].isna().all()


def test_files_without_the_training_images_are_refused(tmp_path):
    """Otherwise seven real photos would be dropped."""
    write(tmp_path, NAMES[7:], MEANS[7:], SPREADS[7:])
    with pytest.raises(DatasetError, match=r"must be the training images.*3\.bmp, 4\.bmp"):
        LIVEChallenge(tmp_path).read()


def test_training_images_elsewhere_are_refused(tmp_path):
    write(tmp_path, [*NAMES[7:], *NAMES[:7]])
    with pytest.raises(DatasetError, match="the first seven photos must be"):
        LIVEChallenge(tmp_path).read()


def test_files_of_unequal_length_are_refused(tmp_path):
    write(tmp_path, means=MEANS[:-1])
    with pytest.raises(DatasetError, match=r"AllMOS_release\.mat has 9 values for the 10 photos"):
        LIVEChallenge(tmp_path).read()


def test_a_score_that_is_no_number_is_refused(tmp_path):
    write(tmp_path, means=[*MEANS[:-1], np.nan])
    with pytest.raises(DatasetError, match=r"line 10: AllMOS_release is 'nan'"):
        LIVEChallenge(tmp_path).read()


def test_several_rows_of_scores_are_refused(tmp_path):
    write(tmp_path)
    rows = np.array([MEANS, SPREADS])
    savemat(tmp_path / "Data" / "AllMOS_release.mat", {"AllMOS_release": rows})
    with pytest.raises(DatasetError, match=r"one row or column. Its shape is \(2, 10\)"):
        LIVEChallenge(tmp_path).read()


def test_another_variable_is_refused(tmp_path):
    write(tmp_path)
    savemat(tmp_path / "Data" / "AllMOS_release.mat", {"mos": np.array([MEANS])})
    with pytest.raises(DatasetError, match="has no variable AllMOS_release"):
        LIVEChallenge(tmp_path).read()


def test_names_that_are_numbers_are_refused(tmp_path):
    write(tmp_path, names=list(range(10)))
    with pytest.raises(DatasetError, match="AllImages_release must hold names"):
        LIVEChallenge(tmp_path).read()


@pytest.mark.parametrize("content", [b"", b"<html>" * 100, b"MATLAB 7.3 MAT-file".ljust(600)])
def test_what_is_no_matlab_file_is_refused(tmp_path, content):
    write(tmp_path)
    (tmp_path / "Data" / "AllStdDev_release.mat").write_bytes(content)
    with pytest.raises(DatasetError, match="cannot be read as a MATLAB file"):
        LIVEChallenge(tmp_path).read()
