import numpy as np
import pytest

from sim_bench.images.degrade import degrade
from sim_bench.quality_assessment.colourfulness import ColourfulnessAssessor, colourfulness
from tests.quality_assessment.samples import checkerboard, flat, scene

measure = ColourfulnessAssessor().measure


def test_one_colour_by_hand():
    """Pure red: rg = 255, yb = 127.5, no spread: 0.3 x sqrt(255^2 + 127.5^2)."""
    red = np.zeros((4, 4, 3), np.uint8)
    red[..., 0] = 255
    assert measure(red) == pytest.approx(0.3 * np.hypot(255, 127.5), rel=1e-12)


def test_two_colours_by_hand():
    """Half red, half blue: rg 255 and 0, yb 127.5 and -255; std 127.5 and 191.25."""
    image = np.zeros((2, 2, 3), np.uint8)
    image[0, :, 0] = image[1, :, 2] = 255
    expected = np.hypot(127.5, 191.25) + 0.3 * np.hypot(127.5, -63.75)
    assert measure(image) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("image", [flat(), flat(0), checkerboard()])
def test_grey_has_none(image):
    assert measure(image) == 0.0


def test_against_the_definition_written_out():
    red, green, blue = scene().reshape(-1, 3).T.astype(float)
    rg, yb = red - green, 0.5 * (red + green) - blue
    expected = np.sqrt(rg.var() + yb.var()) + 0.3 * np.sqrt(rg.mean() ** 2 + yb.mean() ** 2)
    assert colourfulness(scene()) == pytest.approx(expected, rel=1e-9)


def test_taking_colour_away_lowers_it():
    image = scene().astype(float)
    grey = image.mean(axis=2, keepdims=True)
    values = [measure((grey + k * (image - grey)).round().astype(np.uint8)) for k in (1, 0.5, 0.2)]
    assert values == sorted(values, reverse=True)


def test_coloured_noise_of_a_large_photo_is_averaged_away():
    image = np.full((2048, 2048, 3), 128, np.uint8)
    noisy = degrade(image, "gaussian_noise", 10)
    assert measure(noisy) < 0.6 * colourfulness(noisy)
