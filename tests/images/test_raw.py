"""Camera RAW: a DNG written by hand, decoded by the real LibRaw."""

import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sim_bench.errors import ImageError
from sim_bench.images.decode import decode
from sim_bench.images.limits import Limits
from sim_bench.images.raw import Preview
from tests.hostile import encoded
from tests.images.handmade import LONG, SHORT, dng, tiff

HERE = Path("photo.dng")
QUARTERS = np.array([[(200, 30, 40), (30, 160, 60)], [(40, 60, 190), (235, 235, 235)]], np.uint8)


def quarters(wide: bool = True) -> np.ndarray:
    upright = QUARTERS if wide else np.rot90(QUARTERS, -1)
    return upright.repeat(24 if wide else 32, axis=0).repeat(32 if wide else 24, axis=1)


def camera_file(orientation: int = 1, sensor: tuple[int, int] = (64, 48)) -> bytes:
    return dng(encoded(quarters(), subsampling=0), (64, 48), orientation, sensor)


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_the_preview_is_turned_as_the_raw_file_says(orientation: int) -> None:
    pytest.importorskip("rawpy")
    picture = decode(camera_file(orientation), HERE)
    turns = {1: 0, 3: 2, 6: -1, 8: 1}[orientation]  # quarter turns against the clock
    expected = np.rot90(QUARTERS, turns)
    rows, columns = picture.height // 4, picture.width // 4
    seen = picture.rgb[rows :: 2 * rows, columns :: 2 * columns].astype(int)
    assert picture.format == "RAW"
    assert np.abs(seen - expected).max() <= 4
    assert picture.notes == ()


def test_a_preview_that_the_camera_turned_already_is_left_alone() -> None:
    """Sensor landscape, RAW file says a quarter turn, preview portrait: it is upright."""
    pytest.importorskip("rawpy")
    data = dng(encoded(quarters(wide=False), subsampling=0), (48, 64), 6, (64, 48))
    picture = decode(data, HERE)
    assert (picture.width, picture.height) == (48, 64)


@pytest.mark.parametrize(
    ("size", "own", "turn", "applied"),
    [
        ((60, 40), 1, 1, 1),
        ((60, 40), 1, 6, 6),
        ((60, 40), 8, 6, 8),
        ((40, 60), 1, 6, 1),
        ((40, 60), 6, 6, 1),
        ((60, 40), 1, 3, 3),
    ],
)
def test_which_orientation_is_applied(
    size: tuple[int, int], own: int, turn: int, applied: int
) -> None:
    preview = Preview(Image.new("RGB", size), size, turn, sensor=(6000, 4000))
    assert preview.orientation(own) == applied


def test_a_small_preview_is_noted() -> None:
    pytest.importorskip("rawpy")
    assert decode(camera_file(sensor=(640, 480)), HERE).notes == (
        "only a 64x48 preview of the 640x480 photo is embedded",
    )


@pytest.mark.parametrize("name", ["photo.tif", "photo.jpg", "photo"])
def test_a_dng_is_known_by_its_tags_under_any_name(name: str) -> None:
    """Its first page is only the preview: taken for a TIFF, it would be scored as the photo."""
    pytest.importorskip("rawpy")
    assert decode(camera_file(6), Path(name)).format == "RAW"


def test_an_ordinary_tiff_under_a_camera_suffix() -> None:
    pytest.importorskip("rawpy")
    picture = decode(encoded(quarters(), "TIFF"), Path("photo.nef"))
    assert picture.format == "TIFF"
    np.testing.assert_array_equal(picture.rgb, quarters())


def test_a_thumbnail_page_is_not_the_photo() -> None:
    """NewSubfileType 1 in the first page, and nothing else that LibRaw could read."""
    pytest.importorskip("rawpy")
    tags = ((254, LONG, [1]), (258, SHORT, [8]), (262, SHORT, [1]), (277, SHORT, [1]))
    for name in ("photo.tif", "photo.nef"):
        with pytest.raises(ImageError, match="LibRaw does not know"):
            decode(tiff(12, 12, bytes(144), *tags), Path(name))


@pytest.mark.parametrize(
    "head", [b"FUJIFILMCCD-RAW 0201", b"IIRO\x08\0\0\0", b"\0\0\0\x18ftypcrx "]
)
def test_damaged_camera_files(head: bytes) -> None:
    pytest.importorskip("rawpy")
    with pytest.raises(ImageError, match="LibRaw|RAW"):
        decode(head + bytes(400), Path("photo.raf"))


def test_the_limit_on_pixels_holds_for_the_preview() -> None:
    pytest.importorskip("rawpy")
    with pytest.raises(ImageError, match="over the limit"):
        decode(camera_file(), HERE, limits=Limits(pixels=64 * 48 - 1))


def test_without_the_extra_the_reason_is_the_install_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rawpy", None)
    with pytest.raises(ImageError) as caught:
        decode(camera_file(), HERE)
    assert caught.value.reason == (
        "Reading camera RAW needs the extra [raw]: pip install 'sim-bench[raw]'"
    )


def test_a_bitmap_preview(monkeypatch: pytest.MonkeyPatch) -> None:
    """Simulated: LibRaw hands over an array for the few cameras that store no JPEG."""
    rawpy = pytest.importorskip("rawpy")
    pixels = quarters()
    bitmap = rawpy.Thumbnail(rawpy.ThumbFormat.BITMAP, pixels)
    sizes = decode_sizes(rawpy)
    monkeypatch.setattr(rawpy, "imread", lambda _: FakeRaw(bitmap, sizes))
    picture = decode(camera_file(), HERE)
    np.testing.assert_array_equal(picture.rgb, pixels[::-1, ::-1])


def test_no_preview_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Simulated: a RAW file without a preview that LibRaw can read."""
    rawpy = pytest.importorskip("rawpy")
    monkeypatch.setattr(
        rawpy, "imread", lambda _: FakeRaw(rawpy.LibRawNoThumbnailError(), decode_sizes(rawpy))
    )
    with pytest.raises(ImageError, match="no embedded preview"):
        decode(camera_file(), HERE)


def decode_sizes(rawpy: object) -> object:
    """The sizes of a 64x48 sensor that was held upside down."""
    zeros = dict.fromkeys(rawpy.ImageSizes._fields, 0)
    return rawpy.ImageSizes(**zeros | {"raw_width": 64, "raw_height": 48, "flip": 3})


class FakeRaw:
    def __init__(self, thumb: object, sizes: object) -> None:
        self.thumb, self.sizes = thumb, sizes

    def __enter__(self) -> "FakeRaw":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def extract_thumb(self) -> object:
        if isinstance(self.thumb, Exception):
            raise self.thumb
        return self.thumb
