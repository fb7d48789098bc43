import numpy as np
import pytest
from PIL import Image

from sim_bench.quality_assessment import luma as module
from sim_bench.quality_assessment.luma import (
    WORKING_SIDE,
    Planes,
    histogram,
    luma,
    working_luma,
    working_rgb,
    working_size,
)

RGB = np.random.default_rng(0).integers(0, 256, (150, 70, 3), dtype=np.uint8)


def test_luma_is_bt601_to_the_nearest_level():
    """Red, green, blue: 0.299, 0.587 and 0.114 of 255."""
    primaries = np.array([[[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255]]], np.uint8)
    assert luma(primaries).tolist() == [[76, 150, 29, 255]]
    exact = RGB @ np.array([0.299, 0.587, 0.114])
    assert np.abs(luma(RGB) - exact).max() < 0.502


def test_luma_in_strips_is_luma_in_one_piece():
    assert (luma(RGB) == np.asarray(Image.fromarray(RGB).convert("L"))).all()


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((4000, 3000), (1024, 768)),
        ((2000, 1500), (1024, 768)),
        ((3000, 4000), (768, 1024)),
        ((1024, 10), (1024, 10)),
        ((640, 480), (640, 480)),
        ((100000, 3), (1024, 1)),
    ],
)
def test_working_size_never_enlarges(size, expected):
    assert working_size(*size) == expected


def test_working_luma_is_not_rounded_again():
    """Rows 0, 1, 0, 1... reduced to half are 0.5, which no grey level is, but at the border."""
    full = np.tile(np.array([[0], [1]], np.uint8), (WORKING_SIDE, 2 * WORKING_SIDE))
    reduced = working_luma(full)
    assert reduced.shape == (WORKING_SIDE, WORKING_SIDE)
    assert reduced[1:-1] == pytest.approx(0.5)


def test_planes_at_the_working_size_leave_small_photos_alone():
    assert (working_luma(luma(RGB)) == luma(RGB)).all()
    assert working_rgb(RGB) is RGB
    assert working_rgb(np.zeros((2048, 1024, 3), np.uint8)).shape == (1024, 512, 3)


def test_histogram_holds_shares():
    shares = histogram(np.array([[0, 0, 255, 7]], np.uint8))
    assert (shares[0], shares[7], shares[255]) == (0.5, 0.25, 0.25)
    assert shares.sum() == 1.0


def test_planes_are_computed_once_and_only_when_asked_for(monkeypatch):
    calls = []
    monkeypatch.setattr(module, "luma", lambda rgb: calls.append(1) or rgb[..., 0])
    planes = Planes(RGB)
    assert not calls
    assert planes.working_luma is planes.working_luma
    assert planes.histogram is planes.histogram
    assert len(calls) == 1


@pytest.mark.parametrize(
    "wrong",
    [RGB.astype(float), RGB[..., 0], RGB[..., :2], RGB[:0]],
)
def test_anything_but_colour_pixels_is_refused(wrong):
    with pytest.raises(ValueError, match=r"uint8 of shape \(H, W, 3\). Got"):
        Planes(wrong)
