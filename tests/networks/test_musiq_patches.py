"""Patches, places and sizes beside TensorFlow's, PyTorch's and those that are known by hand."""

import hashlib

import numpy as np
import pytest

from sim_bench.networks.musiq_patches import PATCH, Scale, hashed, reduced_size, scales
from sim_bench.networks.musiq_resize import resized
from tests.reference.musiq.random_weights import sampled
from tests.reference.musiq.records import pictures, recorded

RESIZES = [("gaussian", "tensorflow"), ("bicubic", "pyiqa")]
LONGER = (224, 384)


def test_places_in_the_grid_are_those_of_tensorflow():
    """Of every count of patches from 1 to 400; exactly, though it rounds in 32 bits."""
    known = recorded("tensorflow")
    assert hashed(23).tolist() == known["places_of_23"]
    places = b"".join(hashed(count).astype("<i8").tobytes() for count in range(1, 401))
    assert hashlib.sha256(places).hexdigest() == known["places"]


def test_sizes_are_those_of_tensorflow():
    sizes = [reduced_size(*rgb.shape[:2], longer) for rgb in pictures() for longer in LONGER]
    assert [list(size) for size in sizes] == recorded("tensorflow")["sizes"]


@pytest.mark.parametrize(("how", "by"), RESIZES)
def test_resized_pictures_are_those_of(how, by):
    known = recorded(by)["samples"]
    for k, rgb in enumerate(pictures()):
        for j, longer in enumerate(LONGER):
            levels = resized(rgb, *reduced_size(*rgb.shape[:2], longer), how)
            assert sampled(levels / 127.5 - 1) == pytest.approx(known[2 * k + j], abs=2e-5)


def test_the_two_ways_to_resize_differ():
    """By far more than their tolerance, so that either record tells them apart."""
    for official, other in zip(
        recorded("tensorflow")["samples"], recorded("pyiqa")["samples"], strict=True
    ):
        assert np.abs(np.subtract(official, other)).max() > 1e-3


@pytest.mark.parametrize("how", ["gaussian", "bicubic"])
def test_a_flat_picture_stays_flat_to_its_border(how):
    flat = np.full((50, 70, 3), 200, dtype=np.uint8)
    for height, width in ((7, 9), (50, 70), (160, 224)):
        levels = resized(flat, height, width, how)
        assert levels.shape == (height, width, 3)
        assert levels == pytest.approx(200.0, abs=1e-3)


def test_reducing_a_picture_to_an_odd_part_takes_its_middle_pixels():
    """A third, by a Gaussian of deviation 0.5: the middle pixel, and its neighbours at e^-2."""
    row = np.arange(9, dtype=np.uint8) ** 2
    picture = np.repeat(np.repeat(row[None, :, None], 3, axis=0), 3, axis=2)
    beside = np.exp(-2.0)
    wide = row.astype(float).reshape(3, 3)
    expected = (wide[:, 1] + beside * (wide[:, 0] + wide[:, 2])) / (1 + 2 * beside)
    assert resized(picture, 1, 3, "gaussian")[0, :, 0] == pytest.approx(expected, rel=1e-6)


def test_a_picture_has_three_sizes_the_smallest_first_and_its_own_last():
    found = scales(pictures()[13], "gaussian")  # 230 x 460
    assert [scale.index for scale in found] == [0, 1, 2]
    assert [scale.levels.shape for scale in found] == [(112, 224, 3), (192, 384, 3), (230, 460, 3)]
    assert [(scale.rows, scale.columns) for scale in found] == [(4, 7), (6, 12), (8, 15)]
    assert found[2].levels is pictures()[13]


def test_patches_put_together_are_the_picture_in_the_middle_of_grey():
    """Five rows and three columns are missing: two and one before the picture, three and two after.

    In [-1, 1] level 0 is -1, 255 is 1, and what is missing is 0.
    """
    rgb = np.random.default_rng(0).integers(0, 256, (59, 93, 3), dtype=np.uint8)
    patches = list(Scale(rgb, 2).patches())
    assert len(patches) == 2 * 3
    rows = [np.hstack(patches[k : k + 3]) for k in (0, 3)]
    whole = np.vstack(rows)
    assert whole.shape == (2 * PATCH, 3 * PATCH, 3)
    assert whole[2:61, 1:94] == pytest.approx(rgb / 127.5 - 1, abs=1e-6)
    whole[2:61, 1:94] = 0
    assert not whole.any()


def test_places_go_row_by_row_over_one_grid_for_every_size():
    scale = Scale(np.zeros((40, 640, 3), dtype=np.uint8), 2)  # 2 rows of 20 patches
    places = scale.places().reshape(2, 20)
    assert places[0].tolist() == [k // 2 for k in range(20)]
    assert places[1].tolist() == [50 + k // 2 for k in range(20)]


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 2000, 3), (3000, 2, 3), (31, 33, 3)])
def test_any_picture_has_patches_at_every_size(shape):
    rgb = np.full(shape, 255, dtype=np.uint8)
    for scale in scales(rgb, "gaussian"):
        patches = list(scale.patches())
        assert len(patches) == scale.rows * scale.columns == len(scale.places()) > 0
        assert max(patch.max() for patch in patches) == pytest.approx(1.0, abs=1e-5)


@pytest.mark.parametrize(
    "array", [np.zeros((9, 9, 3)), np.zeros((9, 9), np.uint8), np.zeros((9, 0, 3), np.uint8)]
)
def test_what_is_no_photo_is_refused(array):
    with pytest.raises(ValueError, match="A photo is uint8"):
        scales(array, "gaussian")
