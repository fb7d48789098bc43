"""`sim-bench best` and `sim-bench explain`: what is chosen and why."""

import re

import numpy as np
import pytest
from PIL import Image, ImageFilter


@pytest.fixture
def burst(scratch):
    folder = scratch / "burst"
    folder.mkdir()
    rng = np.random.default_rng(3)
    sharp = Image.fromarray(rng.integers(0, 256, (64, 64, 3), dtype=np.uint8))
    for name, radius in (("a", 4), ("b", 0), ("c", 1)):
        sharp.filter(ImageFilter.GaussianBlur(radius)).save(folder / f"{name}.png")
    return folder


def test_best_names_the_sharpest_and_its_margin(run, burst):
    result = run("best", burst, "--method", "sharpness")
    assert result.exit_code == 0
    assert "Best by sharpness: b.png" in result.stdout
    assert re.search(r"Margin: 0\.\d+ to c\.png", result.stdout)
    assert "Methods Agree" not in result.stdout


def test_best_says_whether_methods_agree(run, burst):
    result = run("best", burst, "--method", "sharpness", "--method", "tenengrad")
    assert "Methods Agree: YES" in result.stdout


def test_best_by_default_is_clip_and_composite_with_the_model_named(run, burst):
    result = run("best", burst)
    assert "Best by clip_aesthetic (fake):" in result.stdout
    assert "Best by composite:" in result.stdout


def test_best_shows_ties(run, burst):
    (burst / "z.png").write_bytes((burst / "b.png").read_bytes())
    result = run("best", burst, "--method", "sharpness")
    assert "Tied: b.png, z.png" in result.stdout


def test_best_with_an_unscored_photo_says_so(run, burst):
    (burst / "empty.png").touch()
    result = run("best", burst, "--method", "sharpness")
    assert result.exit_code == 3
    assert "Best by sharpness: b.png" in result.stdout
    assert re.search(r"empty\.png\s+-\s+\S+", result.stdout)


def test_best_of_nothing_readable(run, scratch):
    (scratch / "empty.png").touch()
    result = run("best", "empty.png", "--method", "sharpness")
    assert result.exit_code == 3
    assert "none, no photo could be scored" in result.stdout


def test_explain_adds_up_largest_first(run, photos):
    result = run("explain", photos / "4.png")
    assert result.exit_code == 0
    score = float(re.search(r"clip_aesthetic ([+-]\d\.\d+) by fake", result.stdout).group(1))
    parts = [float(part) for part in re.findall(r"^  ([+-]\d\.\d+)", result.stdout, re.M)]
    assert len(parts) == 11
    assert sum(parts) == pytest.approx(score, abs=11 * 5e-5)
    assert [abs(part) for part in parts] == sorted((abs(part) for part in parts), reverse=True)


def test_explain_a_measure(run, photos):
    result = run("explain", photos / "4.png", "--method", "contrast")
    assert re.search(r"contrast \+0\.\d+ \(from 0 to 1, higher is better\)", result.stdout)
