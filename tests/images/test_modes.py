"""Every way to store a pixel, against values worked out by hand."""

import io
import struct
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from sim_bench.errors import ImageError
from sim_bench.images.decode import decode
from sim_bench.images.limits import RefusalError
from sim_bench.images.modes import simplify
from sim_bench.images.picture import Picture
from tests.images.handmade import SHORT, chunk, png, tiff

HERE = Path("photo")
LEVELS = np.array([0, 1, 127, 128, 254, 255])


def saved(image: Image.Image, kind: str, **options: object) -> Picture:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return decode(file.getvalue(), HERE)


def tiled(row: NDArray[np.generic], side: int = 12) -> NDArray[np.generic]:
    """The values of a row, again and again, as a square of `side` pixels."""
    return np.resize(row, (side, side, *row.shape[1:])).copy()


def columns(picture: Picture, count: int) -> list[tuple[int, ...]]:
    return [tuple(int(part) for part in pixel) for pixel in picture.rgb[0, :count]]


def indexed(colours: int) -> Image.Image:
    """A palette picture whose columns are the entries 0, 1, ... in turn."""
    image = Image.frombytes("P", (12, 12), bytes(range(colours)) * (144 // colours))
    image.putpalette([200, 100, 0, 10, 20, 30, 50, 60, 70][: 3 * colours])
    return image


def test_16_bit_grey_is_divided_by_257() -> None:
    """65535 / 257 = 255; 32768 / 257 = 127.502 rounds up to 128; 128 / 257 = 0.498 down to 0."""
    values = np.array([0, 128, 129, 257, 32768, 65278, 65535], np.uint16)
    expected = [0, 0, 1, 1, 128, 254, 255]
    for data in (png(tiled(values, 14)), encoded_grey16(tiled(values, 14))):
        assert columns(decode(data, HERE), 7) == [(grey,) * 3 for grey in expected]


def encoded_grey16(values: NDArray[np.uint16]) -> bytes:
    file = io.BytesIO()
    Image.fromarray(values).save(file, "TIFF")
    return file.getvalue()


def test_16_bit_rgb_keeps_every_8_bit_level() -> None:
    row = np.stack([LEVELS, LEVELS[::-1], np.full(6, 77)], axis=-1)
    picture = decode(png(tiled((row * 257).astype(np.uint16))), HERE)
    np.testing.assert_array_equal(picture.rgb, tiled(row))


def test_16_bit_rgb_is_off_by_less_than_a_level() -> None:
    values = np.arange(0, 65536, 7, dtype=np.uint16)[:9216].reshape(96, 96)
    picture = decode(png(np.stack([values] * 3, axis=-1)), HERE)
    error = picture.rgb[..., 0] - values / 257
    assert np.abs(error).max() < 1
    assert abs(error.mean()) < 0.5


def test_16_bit_rgb_tiff() -> None:
    row = np.stack([LEVELS, LEVELS[::-1], np.full(6, 77)], axis=-1)
    strip = tiled((row * 257).astype("<u2")).tobytes()
    tags = ((258, SHORT, [16, 16, 16]), (262, SHORT, [2]), (277, SHORT, [3]))
    np.testing.assert_array_equal(decode(tiff(12, 12, strip, *tags), HERE).rgb, tiled(row))


@pytest.mark.parametrize(("photometric", "expected"), [(1, [0, 255, 128]), (0, [255, 0, 127])])
def test_16_bit_grey_tiff_may_run_from_white_to_black(
    photometric: int, expected: list[int]
) -> None:
    """TIFF 6.0: photometric 1 is black at zero, 0 is white at zero."""
    strip = tiled(np.array([0, 65535, 32768], "<u2")).tobytes()
    tags = ((258, SHORT, [16]), (262, SHORT, [photometric]), (277, SHORT, [1]))
    picture = decode(tiff(12, 12, strip, *tags), HERE)
    assert columns(picture, 3) == [(grey,) * 3 for grey in expected]


def test_12_bit_grey_tiff_is_white_at_4095() -> None:
    """Two values in three bytes: 4095 and 0 are ff f0 00; 2048 and 2048 are 80 08 00."""
    strip = (b"\xff\xf0\x00" + b"\x80\x08\x00") * 3 * 12
    tags = ((258, SHORT, [12]), (262, SHORT, [1]), (277, SHORT, [1]))
    picture = decode(tiff(12, 12, strip, *tags), HERE)
    assert columns(picture, 4) == [(255,) * 3, (0,) * 3, (128,) * 3, (128,) * 3]


def test_one_bit() -> None:
    bits = tiled(np.array([True, False, False]))
    for kind in ("PNG", "TIFF", "BMP"):
        picture = saved(Image.fromarray(bits), kind)
        assert columns(picture, 3) == [(255,) * 3, (0,) * 3, (0,) * 3]


def test_grey_in_8_bits() -> None:
    grey = tiled(LEVELS.astype(np.uint8))
    np.testing.assert_array_equal(saved(Image.fromarray(grey), "PNG").rgb[..., 1], grey)
    flat = np.full((16, 16), 90, np.uint8)
    picture = saved(Image.fromarray(flat), "JPEG")
    np.testing.assert_array_equal(picture.rgb, np.full((16, 16, 3), 90))


@pytest.mark.parametrize(
    ("values", "white"),
    [([0.0, 0.5, 1.0], 1), ([0, 127.5, 255], 255), ([0, 32767.5, 65535], 65535)],
)
def test_float_grey_takes_the_smallest_scale_that_holds_it(values: list[float], white: int) -> None:
    picture = saved(Image.fromarray(tiled(np.array(values, np.float32))), "TIFF")
    assert columns(picture, 3) == [(0,) * 3, (128,) * 3, (255,) * 3]
    assert picture.notes == (f"32-bit grey: 0 taken as black and {white} as white",)


def test_integer_grey_in_32_bits() -> None:
    picture = saved(Image.fromarray(tiled(np.array([0, 2**30, 2**31 - 1], np.int32))), "TIFF")
    assert columns(picture, 3) == [(0,) * 3, (128,) * 3, (255,) * 3]


@pytest.mark.parametrize(
    ("values", "words"),
    [([0.0, float("nan")], "not finite"), ([-1.0, 1.0], "from -1 to 1"), ([0.0, 1e9], "to 1e+09")],
)
def test_float_grey_without_a_scale_is_refused(values: list[float], words: str) -> None:
    with pytest.raises(ImageError, match="pixels") as caught:
        saved(Image.fromarray(tiled(np.array(values, np.float32))), "TIFF")
    assert words in caught.value.reason


def test_alpha_lies_over_128() -> None:
    """c a + 128 (1 - a): with a = 128/255, 200 gives 164.1, 100 gives 113.9 and 0 gives 63.7."""
    row = np.array(
        [(200, 100, 0, 128), (200, 100, 0, 255), (200, 100, 0, 0), (9, 9, 9, 255)], np.uint8
    )
    picture = decode(png(tiled(row)), HERE)
    expected = [(164, 114, 64), (200, 100, 0), (128, 128, 128), (9, 9, 9)]
    assert columns(picture, 4) == expected
    assert picture.notes == ("transparent parts laid over mid-grey (sRGB 128)",)
    webp = saved(Image.fromarray(tiled(row)), "WEBP", lossless=True, exact=True)
    assert columns(webp, 4) == expected


def test_grey_with_alpha() -> None:
    row = np.array([(200, 128), (200, 255), (200, 0)], np.uint8)
    assert columns(decode(png(tiled(row)), HERE), 3) == [(164,) * 3, (200,) * 3, (128,) * 3]


def test_alpha_in_16_bits() -> None:
    row = np.array([(200, 100, 0, 128), (200, 100, 0, 255)], np.uint16) * 257
    assert columns(decode(png(tiled(row)), HERE), 2) == [(164, 114, 64), (200, 100, 0)]


def test_opaque_alpha_changes_nothing_and_says_nothing() -> None:
    pixels = np.dstack(
        [tiled(np.arange(36, dtype=np.uint8).reshape(12, 3)), np.full((12, 12), 255)]
    )
    picture = decode(png(pixels.astype(np.uint8)), HERE)
    np.testing.assert_array_equal(picture.rgb, pixels[..., :3])
    assert picture.notes == ()


def test_what_nobody_can_see_is_refused() -> None:
    with pytest.raises(ImageError, match="entirely transparent"):
        decode(png(np.zeros((9, 9, 4), np.uint8)), HERE)


def test_palette_with_opacity_per_entry() -> None:
    image = indexed(3)
    picture = saved(image, "PNG", transparency=bytes([128, 255, 0]))
    assert columns(picture, 3) == [(164, 114, 64), (10, 20, 30), (128, 128, 128)]


@pytest.mark.parametrize("kind", ["PNG", "GIF"])
def test_palette_with_one_transparent_entry(kind: str) -> None:
    image = indexed(3)
    picture = saved(image, kind, transparency=1)
    assert columns(picture, 3) == [(200, 100, 0), (128, 128, 128), (50, 60, 70)]


def test_palette_without_transparency() -> None:
    image = indexed(2)
    for kind in ("PNG", "GIF", "BMP", "TIFF"):
        picture = saved(image, kind)
        assert columns(picture, 2) == [(200, 100, 0), (10, 20, 30)]
        assert picture.notes == ()


def test_one_transparent_colour_of_a_png() -> None:
    row = np.array([(10, 20, 30), (10, 20, 31)], np.uint8)
    key = chunk(b"tRNS", struct.pack(">3H", 10, 20, 30))
    assert columns(decode(png(tiled(row), key), HERE), 2) == [(128, 128, 128), (10, 20, 31)]
    deep = chunk(b"tRNS", struct.pack(">3H", 10 * 257, 20 * 257, 30 * 257))
    picture = decode(png(tiled(row.astype(np.uint16) * 257), deep), HERE)
    assert columns(picture, 2) == [(128, 128, 128), (10, 20, 31)]


def test_one_transparent_grey_of_a_png() -> None:
    for dtype, factor in ((np.uint8, 1), (np.uint16, 257)):
        values = tiled(np.array([7, 8]) * factor).astype(dtype)
        key = chunk(b"tRNS", struct.pack(">H", 7 * factor))
        assert columns(decode(png(values, key), HERE), 2) == [(128,) * 3, (8,) * 3]


def test_ycbcr() -> None:
    """Grey has Cb = Cr = 128 in ITU-R BT.601."""
    rgb = simplify(Image.new("YCbCr", (12, 12), (90, 128, 128))).base
    np.testing.assert_array_equal(np.asarray(rgb), np.full((12, 12, 3), 90))


def test_lab_tiff() -> None:
    """L* = 50 (stored 128) without colour is 18.4 % of white, 118.9 in sRGB."""
    tags = ((258, SHORT, [8, 8, 8]), (262, SHORT, [8]), (277, SHORT, [3]))
    picture = decode(tiff(12, 12, bytes([128, 0, 0]) * 144, *tags), HERE)
    assert np.abs(picture.rgb.astype(int) - 119).max() <= 1


def test_a_mode_from_nowhere_is_refused() -> None:
    image = Image.new("L", (9, 9))
    image._mode = "PX"
    with pytest.raises(RefusalError, match="mode PX"):
        simplify(image)


def test_rgb_is_not_copied() -> None:
    image = Image.fromarray(np.zeros((9, 9, 3), np.uint8))
    assert simplify(image).base is image
