"""Known defects: each against a number worked out by hand or by theory."""

import numpy as np
import pytest
from numpy.typing import NDArray

from sim_bench.images.degrade import (
    DEFECTS,
    degrade,
    disc_kernel,
    inscribed_rectangle,
    line_kernel,
    to_encoded,
    to_linear,
)

SAME_SHAPE = sorted(set(DEFECTS) - {"tilt", "bad_crop"})
IDENTITY = {
    "defocus": 0.0,
    "motion_blur": 0.0,
    "gaussian_noise": 0.0,
    "underexposure": 0.0,
    "overexposure": 0.0,
    "low_contrast": 1.0,
    "colour_cast": 0.0,
    "tilt": 0.0,
    "bad_crop": 0.0,
}


def grey(level: int, side: int = 64) -> NDArray[np.uint8]:
    return np.full((side, side, 3), level, dtype=np.uint8)


def noise_photo() -> NDArray[np.uint8]:
    return np.random.default_rng(1).integers(0, 256, (37, 53, 3), dtype=np.uint8)


def test_one_stop_up_takes_mid_grey_from_18_to_36_percent() -> None:
    """Linear 0.18 encodes as 0.4614 * 255 = 118; linear 0.36 as 0.6344 * 255 = 162."""
    assert round(float(to_encoded(np.array(0.18))) * 255) == 118
    assert np.all(degrade(grey(118), "overexposure", 1.0) == 162)
    assert np.all(degrade(grey(162), "underexposure", 1.0) == 118)


def test_overexposure_clips_to_white() -> None:
    """Level 200 is linear 0.578; doubled it is beyond white."""
    assert np.all(degrade(grey(200), "overexposure", 1.0) == 255)


def test_transfer_curve_is_its_own_inverse_and_continuous() -> None:
    values = np.linspace(0.0, 1.0, 1001)
    assert np.allclose(to_linear(to_encoded(values)), values, atol=1e-7)
    assert float(to_linear(np.array(0.5))) == pytest.approx(0.21404114, rel=1e-6)


@pytest.mark.parametrize("radius", [0.0, 0.5, 1.0, 2.5, 7.0])
def test_disc_conserves_energy(radius: float) -> None:
    assert disc_kernel(radius).sum() == pytest.approx(1.0, rel=1e-12)


def test_disc_covers_its_area() -> None:
    """The middle of a disc of radius 10 weighs 1 / (100 pi)."""
    kernel = disc_kernel(10.0)
    assert kernel.shape == (21, 21)
    assert kernel[10, 10] == pytest.approx(1 / (100 * np.pi), rel=5e-3)
    assert kernel[0, 0] == 0.0


def test_defocus_spreads_a_point_of_light_and_loses_none() -> None:
    """One white pixel spread over a disc of radius 2 (area 12.57): its linear sum stays 1."""
    point = grey(0, 33)
    point[16, 16] = 255
    light = to_linear(degrade(point, "defocus", 2.0) / 255.0)[..., 0]
    assert light.sum() == pytest.approx(1.0, abs=0.02)
    assert light[16, 16] == pytest.approx(1 / (4 * np.pi), rel=0.03)
    assert light[16, 20] == 0.0


def test_motion_blur_of_five_pixels_along_a_row() -> None:
    kernel = line_kernel(5.0, 0.0)
    assert kernel.sum() == pytest.approx(1.0)
    assert kernel[2].sum() == pytest.approx(1.0)
    assert kernel[2, 2] == pytest.approx(0.25, abs=0.01)  # the two ends share one pixel's weight
    assert np.array_equal(line_kernel(1.0, 0.7), [[1.0]])


@pytest.mark.parametrize("kind", ["defocus", "motion_blur"])
def test_blur_leaves_a_flat_wall_alone(kind: str) -> None:
    assert np.all(degrade(grey(90), kind, 9.0) == 90)


def test_gaussian_noise_has_the_stated_spread_and_no_bias() -> None:
    """sigma 10 on 128 * 128 * 3 values: the mean is good to 10 / 222 = 0.045."""
    change = degrade(grey(128, 128), "gaussian_noise", 10.0, seed=3).astype(float) - 128
    assert change.mean() == pytest.approx(0.0, abs=0.15)
    assert change.std() == pytest.approx(10.0, rel=0.02)


def test_shot_noise_follows_poisson() -> None:
    """Variance of the linear signal x at N photons is x / N; at level 188, x = 0.503."""
    photons = 400.0
    x = float(to_linear(np.array(188 / 255)))
    light = to_linear(degrade(grey(188, 200), "shot_noise", photons, seed=5) / 255.0)
    assert light.mean() == pytest.approx(x, rel=2e-3)
    assert light.var() == pytest.approx(x / photons, rel=0.03)


def test_fewer_photons_are_noisier() -> None:
    spread = [degrade(grey(128), "shot_noise", n).std() for n in (1000.0, 100.0, 10.0)]
    assert spread == sorted(spread)


def test_low_contrast_halves_the_distance_to_the_mean() -> None:
    """Half at 50, half at 150: the mean is 100, so factor 0.5 gives 75 and 125."""
    two = grey(50)
    two[:, 32:] = 150
    flat = degrade(two, "low_contrast", 0.5)
    assert np.all(flat[:, :32] == 75)
    assert np.all(flat[:, 32:] == 125)


def test_colour_cast_keeps_the_lightness() -> None:
    """Luminance Y (rows of the sRGB matrix) stays; the channels part."""
    cast = degrade(grey(128), "colour_cast", 20.0, seed=2)
    luminance = to_linear(cast / 255.0) @ [0.2126, 0.7152, 0.0722]
    assert luminance.mean() == pytest.approx(float(to_linear(np.array(128 / 255))), rel=0.01)
    assert np.ptp(cast[0, 0]) > 20


def test_jpeg_error_grows_as_quality_falls() -> None:
    photo = noise_photo()
    errors = [np.abs(degrade(photo, "jpeg", q).astype(int) - photo).mean() for q in (90, 40, 5)]
    assert errors == sorted(errors)


def test_inscribed_rectangle_by_hand() -> None:
    """A square turned by 45 degrees holds half its area; no turn keeps everything."""
    assert inscribed_rectangle(10, 10, 45) == pytest.approx((10 / 2**0.5, 10 / 2**0.5))
    assert inscribed_rectangle(30, 20, 0) == pytest.approx((30, 20))
    wide = inscribed_rectangle(30, 20, 10)
    tall = inscribed_rectangle(20, 30, 10)
    assert wide == pytest.approx(tall[::-1])
    # Corners of the fully constrained case lie on the rim: w cos + h sin = 30, w sin + h cos = 20.
    cosine, sine = np.cos(np.radians(10)), np.sin(np.radians(10))
    assert wide[0] * cosine + wide[1] * sine == pytest.approx(30)
    assert wide[0] * sine + wide[1] * cosine == pytest.approx(20)


@pytest.mark.parametrize("degrees", [1.0, 7.5, 30.0, 45.0])
@pytest.mark.parametrize("shape", [(80, 120), (120, 80), (90, 90), (40, 200)])
def test_tilt_shows_no_black_corner(degrees: float, shape: tuple[int, int]) -> None:
    white = np.full((*shape, 3), 255, dtype=np.uint8)
    tilted = degrade(white, "tilt", degrees, seed=1)
    assert tilted.min() == 255
    assert tilted.size < white.size


def test_bad_crop_removes_the_stated_share() -> None:
    """A quarter of 40 x 80: 10 rows, 20 columns, or both, decided by the seed."""
    photo = np.zeros((40, 80, 3), dtype=np.uint8)
    shapes = {degrade(photo, "bad_crop", 0.25, seed=s).shape[:2] for s in range(40)}
    assert shapes == {(30, 80), (40, 60), (30, 60)}


@pytest.mark.parametrize(("kind", "severity"), IDENTITY.items())
def test_no_severity_is_no_change(kind: str, severity: float) -> None:
    photo = noise_photo()
    same = degrade(photo, kind, severity)
    assert np.array_equal(same, photo)
    assert not np.shares_memory(same, photo)


@pytest.mark.parametrize("kind", DEFECTS)
def test_every_defect_is_pure_and_repeatable(kind: str) -> None:
    photo = noise_photo()
    before = photo.copy()
    first = degrade(photo, kind, DEFECTS[kind].strong, seed=7)
    assert np.array_equal(first, degrade(photo, kind, DEFECTS[kind].strong, seed=7))
    assert np.array_equal(photo, before)
    assert first.dtype == np.uint8
    assert not np.shares_memory(first, photo)


@pytest.mark.parametrize("kind", SAME_SHAPE)
@pytest.mark.parametrize("shape", [(1, 1), (3, 200), (37, 53)])
def test_shape_stays(kind: str, shape: tuple[int, int]) -> None:
    photo = np.full((*shape, 3), 77, dtype=np.uint8)
    assert degrade(photo, kind, DEFECTS[kind].strong).shape == photo.shape


@pytest.mark.parametrize("kind", ["tilt", "bad_crop"])
def test_geometry_never_leaves_nothing(kind: str) -> None:
    assert degrade(grey(9, 2), kind, DEFECTS[kind].high).size > 0


@pytest.mark.parametrize(
    "kind", ["motion_blur", "gaussian_noise", "shot_noise", "colour_cast", "tilt"]
)
def test_the_seed_matters(kind: str) -> None:
    photo = noise_photo()
    strong = DEFECTS[kind].strong
    results = {degrade(photo, kind, strong, seed=s).tobytes() for s in range(6)}
    assert len(results) > 1


@pytest.mark.parametrize("kind", DEFECTS)
def test_examples_lie_in_range_and_strong_is_worse(kind: str) -> None:
    defect = DEFECTS[kind]
    assert defect.low <= min(defect.mild, defect.strong)
    assert max(defect.mild, defect.strong) <= defect.high
    if kind in SAME_SHAPE:
        blocks = np.random.default_rng(2).integers(20, 220, (8, 8, 3), dtype=np.uint8)
        photo = blocks.repeat(8, axis=0).repeat(8, axis=1)
        mild, strong = (
            np.abs(degrade(photo, kind, s, seed=4).astype(float) - photo).mean()
            for s in (defect.mild, defect.strong)
        )
        assert 0 < mild < strong


def test_unknown_kind_names_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r"No defect 'blur'\. Known: defocus, motion_blur"):
        degrade(grey(0), "blur", 1.0)


@pytest.mark.parametrize(("kind", "severity"), [("jpeg", 0.0), ("jpeg", 96.0), ("defocus", -1.0)])
def test_range_error_states_the_range(kind: str, severity: float) -> None:
    defect = DEFECTS[kind]
    with pytest.raises(ValueError, match=rf"must lie in \[{defect.low:g}, {defect.high:g}\]"):
        degrade(grey(0), kind, severity)


def test_nan_is_out_of_range() -> None:
    with pytest.raises(ValueError, match="must lie in"):
        degrade(grey(0), "defocus", float("nan"))


def test_only_rgb_bytes_are_taken() -> None:
    with pytest.raises(ValueError, match=r"uint8 of shape \(H, W, 3\)"):
        degrade(np.zeros((4, 4), dtype=np.uint8), "jpeg", 50)
