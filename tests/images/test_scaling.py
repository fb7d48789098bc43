"""Scaled decoding of JPEGs: the rule, and that nothing else changes."""

import io
import struct
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from sim_bench.errors import ImageError
from sim_bench.images.decode import decode, read_picture
from sim_bench.images.limits import Limits
from sim_bench.images.picture import Picture
from sim_bench.images.scaling import shortest_side
from tests.hostile import ORIENTATION, HostileFolder, encoded, photo, turned_away
from tests.images.handmade import dng, lossless_jpeg
from tests.images.profiles import ADOBE_GAMMA, ADOBE_RGB, rgb_profile

HERE = Path("photo.jpg")
SCENE = photo(21, 200, 120)
CMYK = io.BytesIO()
Image.fromarray(SCENE).convert("CMYK").save(CMYK, "JPEG")
DAMAGED = {False: encoded(photo(26, 60, 45)), True: CMYK.getvalue()}


def drafted(data: bytes, scale: int) -> NDArray[np.uint8]:
    """What Pillow's own `draft` gives at 1 / scale."""
    image = Image.open(io.BytesIO(data))
    assert image.draft(None, (image.width // scale, image.height // scale)) is not None
    return np.array(image.convert("RGB"))


def outcome(data: bytes, name: str = "photo.jpg", at_least: int | None = None) -> object:
    """All that may not depend on the scale."""
    try:
        picture = decode(data, Path(name), at_least=at_least)
    except ImageError as error:
        return error.reason
    return picture.format, picture.width, picture.height, picture.notes


def mean_difference(data: bytes, scale: int) -> float:
    """Between the reduction, halved, and the whole picture averaged down as far; in grey levels.

    Halved, because chroma of fewer samples than luma in one direction only (4:2:2, 4:4:0) comes
    without interpolation in an eighth; an encoder's own resizing halves at least. Only what fills
    whole pixels counts.
    """
    exact = decode(data, HERE).rgb
    short = min(exact.shape[:2])
    scaled = decode(data, HERE, at_least=short // scale).rgb
    assert scaled.shape == (-(-exact.shape[0] // scale), -(-exact.shape[1] // scale), 3)
    height, width = exact.shape[0] // (2 * scale), exact.shape[1] // (2 * scale)

    def averaged(rgb: NDArray[np.uint8], side: int) -> NDArray[np.float64]:
        whole = rgb[: height * side, : width * side].astype(np.float64)
        return np.asarray(whole.reshape(height, side, width, side, 3).mean(axis=(1, 3)))

    return float(np.abs(averaged(scaled, 2) - averaged(exact, 2 * scale)).mean())


@pytest.mark.parametrize(
    ("size", "at_least", "scale"),
    [
        ((4000, 3000), 448, 4),  # 3000 / 4 = 750; an eighth would be 375
        ((4000, 3000), 375, 8),
        ((3000, 4000), 375, 8),
        ((4000, 3000), 376, 4),
        ((4000, 3000), 1500, 2),
        ((4000, 3000), 1501, 1),
        ((4000, 3000), 1, 8),
        ((1001, 999), 125, 4),  # an eighth would be 124 whole pixels and a rest
        ((1001, 999), 124, 8),
        ((640, 480), 448, 1),
        ((480, 640), 240, 2),
        ((16, 16), 8, 2),
        ((15, 400), 8, 1),
    ],
)
def test_the_scale_by_hand(size: tuple[int, int], at_least: int, scale: int) -> None:
    data = encoded(np.full((size[1], size[0], 3), (90, 120, 60), np.uint8))
    picture = decode(data, HERE, at_least=at_least)
    reduced = (-(-size[0] // scale), -(-size[1] // scale))
    assert picture.rgb.shape == (reduced[1], reduced[0], 3)
    assert (picture.width, picture.height) == size
    assert picture.size == (None if scale == 1 else size)
    assert np.ptp(picture.rgb, axis=(0, 1)).max() <= 1


@given(width=st.integers(8, 90), height=st.integers(8, 90), at_least=st.integers(1, 50))
def test_the_largest_scale_that_leaves_enough(width: int, height: int, at_least: int) -> None:
    picture = decode(encoded(photo(0, width, height)), HERE, at_least=at_least)
    short = min(width, height)
    scale = max(s for s in (1, 2, 4, 8) if s == 1 or short // s >= at_least)
    assert picture.rgb.shape[:2] == (-(-height // scale), -(-width // scale))
    assert min(picture.rgb.shape[:2]) >= min(at_least, short)
    assert (picture.width, picture.height) == (width, height)


@pytest.mark.parametrize("scale", [2, 4, 8])
@pytest.mark.parametrize(
    "options", [{}, {"progressive": True}, {"subsampling": 0}, {"subsampling": 1}, {"quality": 30}]
)
def test_the_pixels_are_those_of_pillows_draft(scale: int, options: dict[str, object]) -> None:
    file = io.BytesIO()
    Image.fromarray(SCENE).save(file, "JPEG", **options)
    picture = decode(file.getvalue(), HERE, at_least=120 // scale)
    np.testing.assert_array_equal(picture.rgb, drafted(file.getvalue(), scale))
    assert not picture.rgb.flags.writeable


@pytest.mark.parametrize("mode", ["L", "CMYK"])
def test_grey_and_cmyk_keep_their_mode(mode: str) -> None:
    file = io.BytesIO()
    Image.fromarray(SCENE).convert(mode).save(file, "JPEG", quality=92)
    data = file.getvalue()
    picture = decode(data, HERE, at_least=30)
    np.testing.assert_array_equal(picture.rgb, drafted(data, 4))
    assert picture.notes == decode(data, HERE).notes


@pytest.mark.parametrize("scale", [2, 4, 8])
@pytest.mark.parametrize("sampling", ["4:4:4", "4:2:2", "4:2:0"])
@pytest.mark.parametrize("progressive", [False, True])
def test_a_reduction_is_close_to_the_average(scale: int, sampling: str, progressive: bool) -> None:
    """Of a photo without grain, whose sizes fill no whole number of blocks."""
    soft = Image.fromarray(photo(22, 6, 4)).resize((331, 203), Image.Resampling.BICUBIC)
    file = io.BytesIO()
    soft.save(file, "JPEG", quality=95, subsampling=sampling, progressive=progressive)
    assert mean_difference(file.getvalue(), scale) < 0.7


@pytest.mark.parametrize("scale", [2, 4, 8])
def test_chroma_halved_in_height_only(scale: int) -> None:
    """4:4:0, which Pillow does not write.

    A block row of 4:2:2 (two blocks of luma side by side, one of each chroma) read as 4:4:0 (two
    blocks one above the other) gives another picture of half the width and twice the height.
    """
    file = io.BytesIO()
    soft = Image.fromarray(photo(23, 6, 4)).resize((320, 160), Image.Resampling.BICUBIC)
    soft.save(file, "JPEG", quality=95, subsampling="4:2:2")
    stored = struct.pack(">HHB2s", 160, 320, 3, b"\x01\x21")
    assert file.getvalue().count(stored) == 1
    data = file.getvalue().replace(stored, struct.pack(">HHB2s", 320, 160, 3, b"\x01\x12"))
    assert decode(data, HERE).rgb.shape == (320, 160, 3)
    assert mean_difference(data, scale) < 1.5


@pytest.mark.parametrize("size", [(1000, 20), (20, 1000), (4001, 80)])
def test_a_strip_of_1_to_50(size: tuple[int, int]) -> None:
    ramp = np.linspace(0, 255, size[0]) * 0.5 + np.linspace(0, 255, size[1])[:, None] * 0.5
    data = encoded(np.stack([ramp, 255 - ramp, ramp / 2], axis=-1).astype(np.uint8))
    picture = decode(data, HERE, at_least=10)
    scale = min(size[1], size[0]) // 10
    assert picture.size == size
    assert picture.rgb.shape[:2] == (-(-size[1] // scale), -(-size[0] // scale))
    assert mean_difference(data, scale) < 2


def test_chroma_of_a_quarter_of_the_width_is_decoded_in_full() -> None:
    """4:1:1, which Pillow does not write: here a frame header changed from 4:2:0.

    The number of blocks stays, and so does the size in blocks of 16x16 and 32x8 pixels.
    """
    file = io.BytesIO()
    Image.fromarray(photo(27, 160, 160)).save(file, "JPEG", subsampling="4:2:0")
    stored = struct.pack(">HHB2s", 160, 160, 3, b"\x01\x22")
    assert file.getvalue().count(stored) == 1
    data = file.getvalue().replace(stored, struct.pack(">HHB2s", 80, 320, 3, b"\x01\x41"))
    picture = decode(data, HERE, at_least=10)
    assert (picture.rgb.shape, picture.size) == ((80, 320, 3), None)


@pytest.mark.parametrize("planes", [1, 3])
@pytest.mark.parametrize("at_least", [8, 16, 32])
def test_a_lossless_jpeg_is_decoded_in_full(planes: int, at_least: int) -> None:
    """It has no blocks to scale; the decoder of Pillow 11.3 then writes past its memory."""
    data = lossless_jpeg(64, 72, planes)
    picture = decode(data, HERE, at_least=at_least)
    assert (picture.rgb.shape, picture.size) == ((72, 64, 3), None)
    assert (picture.rgb == 128).all()


@pytest.mark.parametrize(
    "between", [b"\xff", b"\0", b"\xff\x01", b"\xff\xd0"], ids=["fill", "junk", "TEM", "RST"]
)
def test_a_header_with_surprises_is_decoded_in_full(between: bytes) -> None:
    """Pillow and libjpeg step over these, and might not agree where the frame begins."""
    data = encoded(SCENE)
    odd = data[:2] + between + data[2:]
    if isinstance(outcome(odd), str):
        assert outcome(odd, at_least=30) == outcome(odd)
    else:
        assert decode(odd, HERE, at_least=30).size is None


@pytest.mark.parametrize("frame", [0xC3, 0xC5, 0xC6, 0xC7, 0xCB, 0xCD, 0xCE, 0xCF])
def test_frames_of_other_kinds(frame: int) -> None:
    data = encoded(SCENE).replace(b"\xff\xc0", bytes([0xFF, frame]), 1)
    assert outcome(data, at_least=30) == outcome(data)


def test_twelve_bits_are_refused_alike() -> None:
    data = encoded(SCENE).replace(b"\xff\xc0\0\x11\x08", b"\xff\xc1\0\x11\x0c", 1)
    assert outcome(data, at_least=30) == outcome(data)
    assert "12-bit" in str(outcome(data))


@pytest.mark.parametrize("value", range(1, 9))
def test_orientation_turns_the_reduction_and_the_size(value: int) -> None:
    """Four flat quarters of different colours, far apart, compared at their centres."""
    quarters = np.array(
        [[(220, 20, 20), (20, 180, 40)], [(30, 40, 210), (240, 240, 240)]], np.uint8
    )
    upright = quarters.repeat(128, axis=0).repeat(192, axis=1)
    exif = Image.Exif()
    exif[ORIENTATION] = value
    data = encoded(turned_away(upright, value), exif=exif)
    picture = decode(data, HERE, at_least=32)
    assert (picture.size, picture.width, picture.height) == ((384, 256), 384, 256)
    assert picture.rgb.shape == (32, 48, 3)
    assert np.abs(picture.rgb[8::16, 12::24].astype(int) - quarters).max() <= 6


def test_the_profile_applies_to_the_reduction() -> None:
    profile = rgb_profile(ADOBE_RGB, ADOBE_GAMMA)
    flat = np.full((64, 96, 3), (180, 90, 40), np.uint8)
    exact = decode(encoded(flat, icc_profile=profile), HERE)
    scaled = decode(encoded(flat, icc_profile=profile), HERE, at_least=16)
    assert scaled.rgb.shape == (16, 24, 3)
    assert np.abs(scaled.rgb[0, 0].astype(int) - exact.rgb[0, 0]).max() <= 1
    assert np.abs(exact.rgb[0, 0].astype(int) - flat[0, 0]).max() > 10


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "WEBP", "BMP", "GIF", "AVIF"])
def test_other_formats_are_decoded_in_full(kind: str) -> None:
    data = encoded(SCENE, kind)
    picture = decode(data, HERE, at_least=8)
    assert picture.size is None
    np.testing.assert_array_equal(picture.rgb, decode(data, HERE).rgb)


def test_the_first_picture_of_several_is_scaled() -> None:
    file = io.BytesIO()
    pictures = [Image.fromarray(photo(seed, 200, 120)) for seed in (1, 2)]
    pictures[0].save(file, "MPO", save_all=True, append_images=pictures[1:])
    picture = decode(file.getvalue(), Path("photo.mpo"), at_least=30)
    assert (picture.format, picture.size) == ("JPEG", (200, 120))
    np.testing.assert_array_equal(picture.rgb, drafted(file.getvalue(), 4))


def test_the_preview_of_a_raw_file_is_scaled() -> None:
    """Turned by its own shape: 201x203 stands, as the sensor does not; an eighth is 26x26."""
    pytest.importorskip("rawpy")
    data = dng(encoded(photo(25, 201, 203)), (201, 203), 6, (640, 480))
    exact = decode(data, Path("a.dng"))
    scaled = decode(data, Path("a.dng"), at_least=25)
    assert (scaled.format, scaled.size) == ("RAW", (201, 203))
    assert (exact.width, exact.height) == (201, 203)
    assert scaled.rgb.shape == (26, 26, 3)
    assert (
        scaled.notes == exact.notes == ("only a 201x203 preview of the 640x480 photo is embedded",)
    )


def test_a_turned_preview_of_a_raw_file_is_scaled() -> None:
    pytest.importorskip("rawpy")
    preview = encoded(photo(25, 320, 240))
    data = dng(preview, (320, 240), 6, (640, 480))
    scaled = decode(data, Path("a.dng"), at_least=60)
    assert (scaled.size, scaled.notes) == ((240, 320), ())
    np.testing.assert_array_equal(scaled.rgb, np.rot90(drafted(preview, 4), -1))


def test_the_limits_are_those_of_the_photo() -> None:
    data = encoded(SCENE)
    for limits in (Limits(pixels=200 * 120 - 1), Limits(min_side=121)):
        reasons = []
        for at_least in (None, 10):
            with pytest.raises(ImageError) as caught:
                decode(data, HERE, limits=limits, at_least=at_least)
            reasons.append(caught.value.reason)
        assert reasons[0] == reasons[1]
    assert decode(data, HERE, limits=Limits(min_side=120), at_least=10).rgb.shape == (15, 25, 3)


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"restart_marker_rows": 1}])
def test_a_truncated_file_is_refused_for_the_same_reason(options: dict[str, object]) -> None:
    file = io.BytesIO()
    Image.fromarray(SCENE).save(file, "JPEG", **options)
    whole = file.getvalue()
    for end in range(4, len(whole), 97):
        exact = outcome(whole[:end])
        assert isinstance(exact, str)
        assert outcome(whole[:end], at_least=15) == exact


@given(place=st.floats(0, 1, exclude_max=True), value=st.integers(0, 255), cmyk=st.booleans())
def test_a_damaged_file_fares_alike(place: float, value: int, cmyk: bool) -> None:
    data = bytearray(DAMAGED[cmyk])
    data[int(place * len(data))] = value
    assert outcome(bytes(data), at_least=8) == outcome(bytes(data))


def test_the_hostile_folder_fares_alike(hostile_folder: HostileFolder) -> None:
    paths = [*hostile_folder.odd, *hostile_folder.broken, *hostile_folder.good[:20]]
    for path in paths:
        data = path.read_bytes()
        if data:
            assert outcome(data, path.name, 16) == outcome(data, path.name)
    for path in hostile_folder.good[:20]:
        assert read_picture(path, at_least=16).rgb.shape == (18, 24, 3)


def test_real_files_fare_alike(data_dir: Path) -> None:
    files = [path for path in sorted((data_dir / "decoder").rglob("*")) if path.is_file()]
    assert len(files) > 150
    turned = 0
    for path in files:
        data = path.read_bytes()
        assert outcome(data, path.name, 16) == outcome(data, path.name)
        turned += path.suffix == ".jpg" and read_picture(path, at_least=16).size is not None
    assert turned == 18


def test_notes_on_damaged_metadata_stay() -> None:
    entry = b"\x0f\x01\x02\x00\xff\x00\x00\x00\x00\xff\x00\x00"  # Make: 255 bytes at 0xff00
    data = encoded(SCENE, exif=b"Exif\0\0II*\0\x08\0\0\0\x01\0" + entry + bytes(4))
    scaled = decode(data, HERE, at_least=30)
    assert len(scaled.notes) == 1
    assert (scaled.notes, scaled.size) == (decode(data, HERE).notes, (200, 120))


@pytest.mark.parametrize("at_least", [0, -1])
def test_no_side_is_below_one_pixel(at_least: int) -> None:
    with pytest.raises(ValueError, match=f"at_least must be 1 or more, or None. Got {at_least}"):
        decode(encoded(SCENE), HERE, at_least=at_least)


def test_the_side_for_an_encoder() -> None:
    assert shortest_side((224, 224)) == 672
    assert shortest_side((240, 336)) == shortest_side((336, 240)) == 1008


def test_a_picture_without_a_size_is_as_large_as_its_pixels() -> None:
    picture = Picture(HERE, np.zeros((3, 5, 3), np.uint8), "JPEG")
    assert (picture.size, picture.width, picture.height) == (None, 5, 3)
    larger = replace(picture, size=(50, 30))
    assert (larger.width, larger.height) == (50, 30)
