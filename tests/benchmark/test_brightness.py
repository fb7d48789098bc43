"""Brightness of photos of known pixels."""

import numpy as np
import pytest
from PIL import Image

from sim_bench.benchmark.brightness import Brightness
from tests.quality_assessment.samples import flat, grey, scene


@pytest.fixture
def score(tmp_path):
    def of(rgb):
        path = tmp_path / "photo.png"
        Image.fromarray(rgb).save(path)
        return Brightness().assess_image(path)

    return of


@pytest.mark.parametrize(("level", "expected"), [(0, 0.0), (255, 1.0), (51, 0.2)])
def test_a_flat_photo_is_as_bright_as_its_pixels(score, level, expected):
    assert score(flat(level)) == pytest.approx(expected, abs=1e-12)


def test_half_black_half_white_is_a_half(score):
    assert score(grey(255 * (np.indices((8, 8)).sum(axis=0) % 2))) == pytest.approx(0.5)


def test_it_is_pillows_mean_luma(score):
    rgb = scene(60, 80)
    expected = np.asarray(Image.fromarray(rgb).convert("L"), float).mean() / 255
    assert score(rgb) == pytest.approx(expected, rel=1e-12)


def test_details_and_reasons_are_itself(tmp_path):
    path = tmp_path / "photo.png"
    Image.fromarray(flat(51)).save(path)
    assert Brightness().get_detailed_scores(path) == {"overall": pytest.approx(0.2)}
    assert [r.contribution for r in Brightness().explain(path).reasons] == [pytest.approx(0.2)]
    assert Brightness().fingerprint
