import numpy as np
import pytest
from skimage.filters import sobel_h, sobel_v

from sim_bench.images.degrade import degrade
from sim_bench.quality_assessment.luma import luma
from sim_bench.quality_assessment.tenengrad import TenengradAssessor, mean_squared_gradient
from tests.quality_assessment.samples import flat, grey, scene

tenengrad = TenengradAssessor()


def test_ramp_by_hand():
    """A slope of 3 levels a pixel: Sobel 8 x 3 = 24 inside; 0 at the two mirrored columns."""
    ramp = grey(np.tile(3 * np.arange(10), (6, 1)))
    assert tenengrad.measure(ramp) == pytest.approx(24**2 * 8 / 10, rel=1e-12)


def test_inner_pixels_agree_with_scikit_image():
    """Its Sobel is divided by 4; it sets the border to 0, so only inner pixels are compared."""
    y = luma(scene()).astype(np.float32)
    theirs = 16 * (sobel_h(y.astype(np.float64)) ** 2 + sobel_v(y.astype(np.float64)) ** 2)
    inner, whole = theirs[1:-1, 1:-1].sum(), mean_squared_gradient(y) * y.size
    border = 2 * sum(y.shape)
    assert inner <= whole <= inner * (1 + 2 * border / y.size)


def test_white_noise_by_theory():
    """Each Sobel kernel's squares add up to 12, so noise of variance v measures 24 v."""
    noise = np.random.default_rng(0).normal(0, 10, (500, 500)).astype(np.float32)
    assert mean_squared_gradient(noise) == pytest.approx(24 * 100, rel=0.02)


@pytest.mark.parametrize("kind", ["defocus", "motion_blur"])
def test_blur_lowers_it_and_more_blur_lowers_it_more(kind):
    values = [tenengrad.measure(degrade(scene(), kind, severity)) for severity in (0, 2, 4, 8)]
    assert values == sorted(values, reverse=True)


def test_flat_picture_has_none():
    assert tenengrad.measure(flat()) == 0.0
