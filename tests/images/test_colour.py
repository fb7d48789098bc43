"""Colour management, against matrices and curves computed here without any colour library."""

import io
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageCms

from sim_bench.images.colour import from_gamma, to_srgb
from sim_bench.images.decode import decode
from tests.hostile import encoded, photo
from tests.images.handmade import chunk, png
from tests.images.profiles import (
    ADOBE_GAMMA,
    ADOBE_RGB,
    SRGB,
    cmyk_profile,
    grey_profile,
    rgb_profile,
)

HERE = Path("photo")
SRGB_PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def encode_srgb(linear: NDArray[np.float64]) -> NDArray[np.float64]:
    """IEC 61966-2-1, 0 to 255; colours out of reach are clipped."""
    inside = np.clip(linear, 0, 1)
    low = 12.92 * inside
    return 255 * np.where(inside <= 0.0031308, low, 1.055 * inside ** (1 / 2.4) - 0.055)


def flat(*colour: int) -> NDArray[np.uint8]:
    return np.full((8, 8, 3), colour, np.uint8)


@pytest.mark.parametrize(
    "colour",
    [
        *((120, 120, 120), (255, 255, 255), (0, 0, 0), (200, 150, 120), (60, 90, 140)),
        *((90, 160, 80), (255, 0, 0), (0, 255, 0), (30, 20, 10)),
    ],
)
def test_adobe_rgb_becomes_srgb_by_two_matrices(colour: tuple[int, int, int]) -> None:
    """Device to XYZ (D50) by one matrix, back by the other's inverse; (255, 0, 0) is clipped."""
    light = (np.array(colour) / 255) ** ADOBE_GAMMA
    expected = encode_srgb(light @ np.array(ADOBE_RGB) @ np.linalg.inv(np.array(SRGB)))
    profile = rgb_profile(ADOBE_RGB, ADOBE_GAMMA)
    picture = decode(encoded(flat(*colour), "PNG", icc_profile=profile), HERE)
    assert np.abs(picture.rgb[0, 0] - expected).max() <= 1.5  # lcms computes in 14 bits here
    assert picture.notes == ()


def test_adobe_green_is_not_left_as_it_is() -> None:
    """What ignoring the profile would give is far away: the point of the whole file."""
    profile = rgb_profile(ADOBE_RGB, ADOBE_GAMMA)
    picture = decode(encoded(flat(90, 160, 80), "PNG", icc_profile=profile), HERE)
    assert abs(int(picture.rgb[0, 0, 0]) - 90) > 20


@pytest.mark.parametrize("value", [0, 64, 128, 200, 255])
def test_grey_profile(value: int) -> None:
    """A value of gamma 1.8 is value ** 1.8 of light."""
    expected = encode_srgb(np.array((value / 255) ** 1.8))
    pixels = np.full((8, 8), value, np.uint8)
    picture = decode(encoded(pixels, "PNG", icc_profile=grey_profile(1.8)), HERE)
    assert np.abs(picture.rgb - expected).max() <= 1
    assert picture.notes == ()


def test_grey_pixels_with_an_rgb_profile_are_grey_of_that_space() -> None:
    profile = rgb_profile(SRGB, 1.8)
    picture = decode(encoded(np.full((8, 8), 128, np.uint8), "PNG", icc_profile=profile), HERE)
    assert np.abs(picture.rgb - encode_srgb(np.array((128 / 255) ** 1.8))).max() <= 1
    assert picture.notes == ()


def test_alpha_is_laid_over_after_the_profile() -> None:
    """The grey 128 below is sRGB's: only the visible half is converted."""
    light = (np.array((90, 160, 80)) / 255) ** ADOBE_GAMMA
    converted = encode_srgb(light @ np.array(ADOBE_RGB) @ np.linalg.inv(np.array(SRGB)))
    pixels = np.dstack([flat(90, 160, 80), np.full((8, 8), 128, np.uint8)])
    profile = rgb_profile(ADOBE_RGB, ADOBE_GAMMA)
    picture = decode(encoded(pixels, "PNG", icc_profile=profile), HERE)
    expected = (converted * 128 + 128 * 127) / 255
    assert np.abs(picture.rgb[0, 0] - expected).max() <= 1.5


def cmyk_file(kind: str, inks: tuple[int, int, int, int], **options: object) -> bytes:
    file = io.BytesIO()
    Image.new("CMYK", (16, 16), inks).save(file, kind, **options)
    return file.getvalue()


@pytest.mark.parametrize(
    ("inks", "lightness"),
    [((0, 0, 0, 0), 100), ((0, 0, 0, 128), 100 * 127 / 255), ((255, 0, 0, 0), 80)],
)
def test_cmyk_by_its_profile(inks: tuple[int, int, int, int], lightness: float) -> None:
    """The profile's own table says the lightness; L* to light is CIE 15."""
    light = ((lightness + 16) / 116) ** 3
    expected = encode_srgb(np.array(light))
    for kind in ("TIFF", "JPEG"):
        picture = decode(cmyk_file(kind, inks, icc_profile=cmyk_profile()), HERE)
        assert np.abs(picture.rgb - expected).max() <= 2
        assert picture.notes == ()


@pytest.mark.parametrize(
    ("inks", "expected"),
    [
        ((0, 0, 0, 0), (255, 255, 255)),
        ((0, 0, 0, 255), (0, 0, 0)),
        ((255, 0, 0, 51), (0, 204, 204)),
    ],
)
def test_cmyk_without_a_profile_is_approximate_and_says_so(
    inks: tuple[int, int, int, int], expected: tuple[int, int, int]
) -> None:
    """(1 - C)(1 - K): with K = 0.2 there remain 204. An Adobe JPEG stores all of it inverted."""
    for kind in ("TIFF", "JPEG"):
        picture = decode(cmyk_file(kind, inks), HERE)
        assert np.abs(picture.rgb.astype(int) - expected).max() <= 2
        assert picture.notes == ("CMYK without a usable profile: colours are approximate",)


def test_ycck() -> None:
    """Adobe's transform 2, stored Y = 150, Cb = Cr = 128, K = 255.

    YCC gives R = G = B = 150; C = 255 - R = 105, and so on (libjpeg.txt, "Special color spaces");
    Adobe stores inks inverted, so the ink is 150 of 255 without black: 105 of light remain.
    """
    data = cmyk_file("JPEG", (255 - 150, 255 - 128, 255 - 128, 0), quality=100)
    at = data.index(b"Adobe") + 11
    assert data[at] == 0
    picture = decode(data[:at] + b"\x02" + data[at + 1 :], HERE)
    assert np.abs(picture.rgb.astype(int) - 105).max() <= 2


def test_srgb_by_any_name_is_left_alone() -> None:
    """An sRGB profile would move some values by one level through rounding; pixels stay exact."""
    pixels = photo(1)
    for profile in (SRGB_PROFILE, None):
        image, notes = to_srgb(Image.fromarray(pixels), profile)
        np.testing.assert_array_equal(np.asarray(image), pixels)
        assert notes == ()


@pytest.mark.parametrize(
    ("profile", "words"),
    [
        (b"no profile at all" * 20, "not used"),
        (SRGB_PROFILE[:200], "not used"),
        (cmyk_profile(), "it is for CMYK pixels, these are RGB"),
        (grey_profile(2.2), "it is for GRAY pixels, these are RGB"),
    ],
)
def test_a_broken_profile_leaves_the_pixels_and_a_note(profile: bytes, words: str) -> None:
    pixels = photo(2)
    picture = decode(encoded(pixels, "PNG", icc_profile=profile), HERE)
    np.testing.assert_array_equal(picture.rgb, pixels)
    assert len(picture.notes) == 1
    assert "the embedded ICC profile was not used" in picture.notes[0]
    assert words in picture.notes[0]


def gamma_chunk(gamma: float) -> bytes:
    return chunk(b"gAMA", round(gamma * 100_000).to_bytes(4, "big"))


def test_the_gamma_of_a_png_is_undone() -> None:
    """Linear samples (gamma 1): 0.5 becomes 0.5 ** (1 / 2.2) = 0.7297, or 186."""
    picture = decode(png(flat(128, 0, 255), gamma_chunk(1.0)), HERE)
    assert picture.rgb[0, 0].tolist() == [186, 0, 255]


def test_the_gamma_of_srgb_changes_nothing() -> None:
    pixels = photo(3)
    for extra in ([gamma_chunk(0.45455)], [gamma_chunk(1.0), chunk(b"sRGB", b"\0")], []):
        np.testing.assert_array_equal(decode(png(pixels, *extra), HERE).rgb, pixels)


def test_a_profile_overrules_the_gamma() -> None:
    image = Image.fromarray(photo(3))
    file = io.BytesIO()
    image.save(file, "PNG", icc_profile=SRGB_PROFILE)
    data = file.getvalue()
    cut = data.index(b"iCCP") - 4
    with_gamma = data[:cut] + gamma_chunk(1.0) + data[cut:]
    np.testing.assert_array_equal(decode(with_gamma, HERE).rgb, photo(3))


def test_a_senseless_gamma_is_left_out() -> None:
    image = Image.fromarray(photo(3))
    assert from_gamma(image, 0.0001) is image
    assert from_gamma(image, 1e6) is image


def test_adobe_rgb_by_exif_alone_is_noted() -> None:
    """DCF option file: ColorSpace 65535 and InteropIndex R03, no profile."""
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0xA001] = 65535
    exif.get_ifd(0x8769)[0xA005] = {1: "R03"}
    picture = decode(encoded(photo(0), exif=exif), HERE)
    assert picture.notes == ("Adobe RGB by EXIF, without a profile: taken as sRGB",)
