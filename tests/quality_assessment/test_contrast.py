import numpy as np
import pytest

from sim_bench.images.degrade import degrade
from sim_bench.quality_assessment.contrast import ContrastAssessor
from sim_bench.quality_assessment.luma import luma
from tests.quality_assessment.samples import checkerboard, flat, scene

contrast = ContrastAssessor()


def test_half_black_half_white_is_the_greatest_contrast():
    assert contrast.measure(checkerboard()) == pytest.approx(0.5, rel=1e-12)


def test_it_is_the_standard_deviation_of_luma():
    assert contrast.measure(scene()) == pytest.approx(luma(scene()).std() / 255, rel=1e-9)


def test_flat_picture_has_none():
    assert contrast.measure(flat(200)) == 0.0


@pytest.mark.parametrize("factor", [0.75, 0.5, 0.25])
def test_less_contrast_measures_in_proportion(factor):
    """Rounding to whole levels adds a little."""
    reduced = contrast.measure(degrade(scene(), "low_contrast", factor))
    assert reduced == pytest.approx(factor * contrast.measure(scene()), rel=0.01)


def test_level_does_not_matter():
    dark = (scene() // 2).astype(np.uint8)
    assert contrast.measure(dark + 100) == pytest.approx(contrast.measure(dark), rel=1e-3)
