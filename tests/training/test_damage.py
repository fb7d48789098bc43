"""Damage for training: known by hand, ordered by strength, the same for the same recipe."""

import numpy as np
import pytest
from PIL import Image

from training.embedded.concepts import DAMAGED_AXIS
from training.embedded.damage import (
    WAYS,
    Recipe,
    aperture,
    apply,
    damage,
    draw,
    inner_scale,
    path,
    reference,
    window,
)

EVERY = [(kind, way) for kind, ways in WAYS.items() for way in ways]


def photo(height: int = 96, width: int = 96) -> np.ndarray:
    """Smooth shapes and fine texture; each further from itself the further it is moved."""
    y, x = np.mgrid[:height, :width] / max(height, width)
    texture = np.random.default_rng(0).normal(0, 12, (height, width))
    grey = 40 + 90 * x + 70 * (np.hypot(x - 0.4, y - 0.55) < 0.25) + 40 * (y > 0.6) + texture
    return np.clip(grey[..., None] * [1.0, 0.9, 0.75], 0, 255).astype(np.uint8)


def error(a: np.ndarray, b: np.ndarray) -> float:
    return float(((a.astype(float) - b) ** 2).mean())


def test_there_is_damage_of_every_kind_in_several_ways() -> None:
    assert set(WAYS) == set(DAMAGED_AXIS)
    assert min(len(ways) for ways in WAYS.values()) >= 3


@pytest.mark.parametrize(("kind", "way"), EVERY)
@pytest.mark.parametrize("seed", [1, 2])
def test_more_strength_is_more_damage(kind: str, way: str, seed: int) -> None:
    rgb = photo()
    kept = rgb.copy()
    recipe = Recipe(kind, way, seed)
    versions = [apply(recipe, rgb, strength) for strength in (0.0, 0.5, 1.0)]
    errors = [error(v, rgb) for v in versions]
    assert errors[0] > 1
    assert errors[0] < errors[1] < errors[2]
    assert all(v.shape == rgb.shape and v.dtype == np.uint8 for v in versions)
    assert np.array_equal(versions[1], apply(recipe, rgb, 0.5))
    assert np.array_equal(rgb, kept)


@pytest.mark.parametrize("kind", sorted(WAYS))
def test_photos_need_not_be_square(kind: str) -> None:
    rgb = photo(60, 90)
    random = np.random.default_rng(3)
    for _ in range(6):
        assert damage(rgb, kind, 0.7, random).shape == rgb.shape
        assert reference(draw(kind, random), rgb, random).shape == rgb.shape


def test_a_stop_less_light_is_half_in_linear_light() -> None:
    """Grey 188 is ((188/255 + 0.055) / 1.055)**2.4 = 0.5029 in linear light.

    A quarter of the way from 0.7 to 3.5 stops are 0.7 * 5**0.25 = 1.047, give or take 15%: from
    0.5029 / 2**0.910 = 0.2676, encoded 141, down to 0.5029 / 2**1.204 = 0.2183, encoded 129.
    """
    grey = np.full((8, 8, 3), 188, np.uint8)
    recipes = [Recipe("underexposure", "darker", seed) for seed in range(40)]
    levels = [int(apply(recipe, grey, 0.25)[0, 0, 0]) for recipe in recipes]
    assert max(levels) == pytest.approx(141, abs=1)
    assert min(levels) == pytest.approx(129, abs=1)
    assert len(set(levels)) > 5


def test_noise_has_the_spread_it_says() -> None:
    """Half way between 5 and 42 lies sqrt(5 * 42) = 14.5, give or take 15%."""
    grey = np.full((128, 128, 3), 128, np.uint8)
    spreads = [apply(Recipe("gaussian_noise", "white", s), grey, 0.5).std() for s in range(20)]
    assert 14.5 / 1.16 < min(spreads) < max(spreads) < 14.5 * 1.16


@pytest.mark.parametrize("way", ["photons", "counted"])
def test_photon_noise_is_unbiased(way: str) -> None:
    grey = np.full((128, 128, 3), 200, np.uint8)
    assert apply(Recipe("shot_noise", way, 4), grey, 0.5).mean() == pytest.approx(200, abs=3)


def test_a_disc_has_its_area() -> None:
    """The tallest value of a uniform disc of radius 4 is 1 / (16 pi)."""
    kernel = aperture(4.0)
    assert kernel.sum() == pytest.approx(1, abs=1e-6)
    assert kernel.max() == pytest.approx(1 / (16 * np.pi), rel=0.01)
    assert aperture(4.0, 6).sum() == pytest.approx(1, abs=1e-6)


def test_a_level_path_stays_in_its_row() -> None:
    """Nine pixels long: four each side of the middle; every pixel but the last equally lit."""
    kernel = path(np.stack([np.linspace(0, 1, 801), np.zeros(801)], axis=1), 9.0)
    assert kernel.shape == (9, 9)
    assert kernel[4].sum() == pytest.approx(1, abs=1e-6)
    assert kernel[4, 1:-1] == pytest.approx(np.full(7, 1 / 8), rel=0.02)


def test_compression_takes_detail_away() -> None:
    rgb = photo()
    for way in WAYS["jpeg"]:
        seen = apply(Recipe("jpeg", way, 5), rgb, 1.0)
        assert (
            np.abs(np.diff(seen[..., 1].astype(int), axis=1)).mean()
            < 0.9 * np.abs(np.diff(rgb[..., 1].astype(int), axis=1)).mean()
        )


def test_the_frame_within_a_turned_square_is_known() -> None:
    """Turned by a, a unit square holds an upright one of side 1 / (cos a + sin a)."""
    assert inner_scale(100, 100, 30) == pytest.approx(1 / (np.cos(np.pi / 6) + 0.5))
    assert inner_scale(100, 50, 0) == 1.0
    # Twice as wide as tall: the height binds, h / (w sin + h cos).
    assert inner_scale(100, 50, 10) == pytest.approx(
        1 / (2 * np.sin(np.radians(10)) + np.cos(np.radians(10)))
    )


@pytest.mark.parametrize("way", sorted(WAYS["tilt"]))
def test_a_tilted_horizon_runs_at_1_8_to_20_degrees(way: str) -> None:
    rgb = np.full((128, 128, 3), 200, np.uint8)
    rgb[64:] = 50
    degrees, signs = [], set()
    for seed in range(12):
        seen = apply(Recipe("tilt", way, seed), rgb, 1.0)[:, 40:88, 0]
        horizon = np.abs(np.diff(seen[20:108].astype(int), axis=0)).argmax(axis=0)
        slope = np.polyfit(np.arange(48), horizon, 1)[0]
        degrees.append(abs(np.degrees(np.arctan(slope))))
        signs.add(bool(slope > 0))
    assert 8 < min(degrees) < max(degrees) < 21
    assert signs == {True, False}


def test_only_filled_corners_are_empty() -> None:
    white = np.full((96, 96, 3), 255, np.uint8)
    for way in ("tilt_cropped", "tilt_continued"):
        assert apply(Recipe("tilt", way, 1), white, 1.0).min() > 250
    corners = [apply(Recipe("tilt", "tilt_filled", s), white, 1.0)[0, 0, 0] for s in range(30)]
    assert {0, 255} < set(corners)


def test_a_window_of_a_quarter_is_the_quarter_enlarged() -> None:
    rgb = photo()
    expected = Image.fromarray(rgb[48:, :48]).resize((96, 96), Image.Resampling.BICUBIC)
    seen = window(rgb, 0.25, 0.0, 1.0, Image.Resampling.BICUBIC)
    assert error(seen[4:-4, 4:-4], np.array(expected)[4:-4, 4:-4]) < 1


@pytest.mark.parametrize("kind", ["tilt", "bad_crop"])
def test_the_reference_is_softened_but_not_damaged(kind: str) -> None:
    rgb = photo()
    random = np.random.default_rng(6)
    for _ in range(10):
        recipe = draw(kind, random)
        seen = reference(recipe, rgb, random)
        assert 0 < error(seen, rgb) < 0.6 * error(apply(recipe, rgb, 1.0), rgb)


def test_the_reference_of_other_kinds_is_the_photo() -> None:
    rgb, random = photo(), np.random.default_rng(0)
    assert np.array_equal(reference(draw("jpeg", random), rgb, random), rgb)


def test_unknown_damage_and_strengths_are_named() -> None:
    random = np.random.default_rng(0)
    with pytest.raises(ValueError, match="No damage 'rain'"):
        draw("rain", random)
    with pytest.raises(ValueError, match=r"\[0, 1\]. Got 1.5"):
        apply(draw("tilt", random), photo(), 1.5)
