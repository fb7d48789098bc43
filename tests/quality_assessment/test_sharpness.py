import numpy as np
import pytest
from PIL import Image
from skimage.filters import laplace

from sim_bench.images.degrade import degrade
from sim_bench.quality_assessment.luma import luma
from sim_bench.quality_assessment.sharpness import SharpnessAssessor, laplacian_variance
from tests.quality_assessment.samples import checkerboard, flat, grey, scene

sharpness = SharpnessAssessor()


def test_checkerboard_by_hand():
    """Each pixel differs from all 4 neighbours by 255: the Laplacian is +-1020, its mean 0."""
    assert sharpness.measure(checkerboard(8)) == pytest.approx(1020.0**2, rel=1e-12)


def test_single_bright_pixel_by_hand():
    """In 5 x 5: -4 v once, v four times, else 0: mean 0, mean square 20 v^2 / 25."""
    image = np.zeros((5, 5))
    image[2, 2] = 100
    assert sharpness.measure(grey(image)) == pytest.approx(20 * 100**2 / 25, rel=1e-12)


def test_inner_pixels_agree_with_scikit_image():
    """Its kernel has the other sign; its border differs, so the border is left out of both."""
    y = luma(scene()).astype(np.float64)
    theirs = laplace(y, ksize=3)[1:-1, 1:-1]
    padded = np.pad(y, 1, mode="reflect")
    around = padded[:-2, 1:-1] + padded[2:, 1:-1] + padded[1:-1, :-2] + padded[1:-1, 2:]
    ours = around - 4 * y
    assert ours[1:-1, 1:-1] == pytest.approx(-theirs)
    assert sharpness.measure(scene()) == pytest.approx(ours.var(), rel=1e-6)


def test_white_noise_by_theory():
    """The kernel's squares add up to 20, so noise of variance v measures 20 v."""
    noise = np.random.default_rng(0).normal(0, 10, (500, 500)).astype(np.float32)
    assert laplacian_variance(noise) == pytest.approx(20 * 100, rel=0.02)


@pytest.mark.parametrize("kind", ["defocus", "motion_blur"])
def test_blur_lowers_it_and_more_blur_lowers_it_more(kind):
    values = [sharpness.measure(degrade(scene(), kind, severity)) for severity in (0, 2, 4, 8)]
    assert values == sorted(values, reverse=True)
    assert len(set(values)) == 4


def test_a_photo_and_its_reduced_copy_are_comparable():
    """Both are measured at 1024 px; at their own sizes they differ by more than a half."""
    large = scene(900, 2400)
    copy = Image.fromarray(large).resize((1200, 450), Image.Resampling.LANCZOS)
    small = np.asarray(copy)
    assert sharpness.measure(small) == pytest.approx(sharpness.measure(large), rel=0.1)
    own = [laplacian_variance(luma(rgb).astype(np.float32)) for rgb in (large, small)]
    assert own[1] > 1.5 * own[0]


def test_flat_picture_has_none_and_scores_zero():
    assert sharpness.measure(flat()) == 0.0
    assert sharpness.score_observed([{"raw": 0.0}])[0] == 0.0


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 5, 3), (2, 2, 3)])
def test_tiny_pictures_have_a_value(shape):
    image = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    assert np.isfinite(sharpness.measure(image))
