import numpy as np
import pytest
from skimage.measure import shannon_entropy

from sim_bench.images.degrade import degrade
from sim_bench.quality_assessment.exposure import ExposureAssessor, tonal_entropy, usable_bits
from sim_bench.quality_assessment.luma import Planes, histogram, luma
from tests.quality_assessment.samples import checkerboard, flat, grey, scene

exposure = ExposureAssessor()


def test_every_level_once_is_eight_bits_less_the_clipped_ones():
    """Levels 0-2 and 253-255 of 256 are clipped: 3 / 256 at each end."""
    found = usable_bits(np.full(256, 1 / 256))
    assert found["entropy"] == pytest.approx(8, rel=1e-12)
    assert found["shadow_clipping"] == found["highlight_clipping"] == 3 / 256
    assert found["raw"] == pytest.approx(8 * 250 / 256, rel=1e-12)


def test_entropy_agrees_with_scikit_image():
    y = luma(scene())
    assert tonal_entropy(histogram(y)) == pytest.approx(shannon_entropy(y), rel=1e-9)


@pytest.mark.parametrize("image", [flat(128), flat(0), flat(255), checkerboard()])
def test_no_usable_tone_scores_zero(image):
    """One tone is 0 bits; black and white alone are all clipped."""
    observed = exposure.observe(Planes(image))
    assert observed["raw"] == 0.0
    assert exposure.score_observed([observed])[0] == 0.0


@pytest.mark.parametrize("kind", ["underexposure", "overexposure"])
def test_wrong_exposure_lowers_it(kind):
    values = [exposure.measure(degrade(scene(), kind, stops)) for stops in (0, 1.5, 2.5, 3.5)]
    assert values == sorted(values, reverse=True)


def test_clipping_is_told_apart():
    """A quarter black, an eighth white, the rest of 64 middle tones."""
    levels = np.tile(np.arange(64, 128), 10)
    image = grey(np.concatenate([np.zeros(256), np.full(128, 255), levels]).reshape(32, 32))
    observed = exposure.observe(Planes(image))
    assert (observed["shadow_clipping"], observed["highlight_clipping"]) == (0.25, 0.125)
    details = exposure.details_observed(observed)
    assert set(details) == {"raw", "entropy", "shadow_clipping", "highlight_clipping", "overall"}
    reasons = {r.name: r for r in exposure.explain_observed(observed).reasons}
    shadows, highlights = reasons["clipped shadows"], reasons["clipped highlights"]
    assert shadows.contribution == pytest.approx(2 * highlights.contribution)
    assert shadows.contribution < 0 < reasons["tonal range"].contribution
    assert shadows.detail == "25.00% of all pixels"


def test_nothing_clipped_costs_nothing():
    image = grey(np.tile(np.arange(64, 128), (4, 1)))
    reasons = {
        r.name: r for r in exposure.explain_observed(exposure.observe(Planes(image))).reasons
    }
    assert reasons["clipped shadows"].contribution == 0.0
    assert reasons["tonal range"].detail == "6.00 of 8 bits"


def test_description_names_the_parts():
    assert exposure.describe(usable_bits(np.full(256, 1 / 256))) == (
        "8.00 bits, 1.2% of shadows and 1.2% of highlights clipped"
    )
