"""Reading one file: orientation, limits, errors by their text, threads."""

import io
import os
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFile

from sim_bench.errors import ImageError
from sim_bench.images.decode import decode, read_bytes, read_picture
from sim_bench.images.limits import Limits
from tests.hostile import ORIENTATION, HostileFolder, encoded, photo, turned_away
from tests.images.handmade import bomb_png, png

HERE = Path("photo.jpg")


def reason_of(data: bytes, name: str = "photo.jpg", limits: Limits | None = None) -> str:
    with pytest.raises(ImageError) as caught:
        decode(data, Path(name), limits=limits or Limits())
    assert caught.value.path == Path(name)
    assert "\n" not in caught.value.reason
    return caught.value.reason


def lossless(kind: str) -> dict[str, object]:
    return {"WEBP": {"lossless": True, "exact": True}}.get(kind, {})


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "WEBP", "BMP"])
def test_lossless_formats_give_the_very_pixels(kind: str) -> None:
    pixels = photo(3, 40, 31)
    picture = decode(encoded(pixels, kind, **lossless(kind)), HERE)
    assert picture.format == kind
    assert (picture.width, picture.height, picture.notes) == (40, 31, ())
    assert picture.rgb.dtype == np.uint8
    np.testing.assert_array_equal(picture.rgb, pixels)


@pytest.mark.parametrize("kind", ["JPEG", "AVIF"])
def test_lossy_formats_come_close(kind: str) -> None:
    pixels = np.full((32, 48, 3), (180, 90, 40), np.uint8)
    picture = decode(encoded(pixels, kind), HERE)
    assert picture.format == kind
    assert np.abs(picture.rgb.astype(int) - pixels).max() <= 3


@pytest.mark.parametrize("value", range(1, 9))
@pytest.mark.parametrize("kind", ["PNG", "TIFF", "WEBP"])
def test_orientation_brings_the_pixels_upright(kind: str, value: int) -> None:
    upright = photo(4, 24, 16)
    exif = Image.Exif()
    exif[ORIENTATION] = value
    stored = encoded(turned_away(upright, value), kind, exif=exif, **lossless(kind))
    np.testing.assert_array_equal(decode(stored, HERE).rgb, upright)


@pytest.mark.parametrize("value", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "AVIF"])
def test_orientation_of_lossy_formats(kind: str, value: int) -> None:
    """Four flat quarters of different colours, far apart, compared at their centres."""
    quarters = np.array(
        [[(220, 20, 20), (20, 180, 40)], [(30, 40, 210), (240, 240, 240)]], np.uint8
    )
    upright = quarters.repeat(32, axis=0).repeat(48, axis=1)
    exif = Image.Exif()
    exif[ORIENTATION] = value
    picture = decode(encoded(turned_away(upright, value), kind, exif=exif), HERE)
    assert (picture.width, picture.height) == (96, 64)
    assert np.abs(picture.rgb[16::32, 24::48].astype(int) - quarters).max() <= 6


@pytest.mark.parametrize("value", [0, 9, 65535])
def test_an_orientation_without_meaning_leaves_the_photo_alone(value: int) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = value
    pixels = photo(5, 24, 16)
    picture = decode(encoded(pixels, "PNG", exif=exif), HERE)
    np.testing.assert_array_equal(picture.rgb, pixels)


def test_the_first_frame_of_an_animation_counts() -> None:
    frames = [Image.new("RGB", (20, 10), colour) for colour in ("red", "green", "blue")]
    file = io.BytesIO()
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:])
    picture = decode(file.getvalue(), HERE)
    assert picture.format == "GIF"
    np.testing.assert_array_equal(picture.rgb, np.full((10, 20, 3), (255, 0, 0)))


def test_the_pixels_are_read_only() -> None:
    """One array serves every method and thread."""
    assert not decode(encoded(photo(0)), HERE).rgb.flags.writeable


def test_a_photo_higher_than_one_strip_is_put_together_in_order() -> None:
    pixels = photo(6, 11, 101)
    np.testing.assert_array_equal(decode(encoded(pixels, "PNG"), HERE).rgb, pixels)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"Just words, nothing else.", "is text, though its name says JPEG"),
        ("Größe, 大きさ".encode(), "is text"),
        (b"<!DOCTYPE html><p>Not found", "is an HTML page"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "is an SVG drawing"),
        (b"%PDF-1.7\n%\xe2\xe3", "is a PDF document"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n", "is a PostScript file"),
        (b"8BPS\x00\x01" + bytes(40), "is a Photoshop document"),
        (b"\x00\x00\x00\x18ftypmp42" + bytes(40), "is a video"),
        (b"\x00\x00\x00\x0cJXL \r\n\x87\n" + bytes(40), "is a JPEG XL image"),
        (bytes(600), "is nothing but zero bytes"),
        (bytes(range(256)), "is of an unknown format"),
        (b"P6\n16 16\n255\n" + bytes(range(256)) * 3, "is of an unknown format"),
        (b"RIFF\x00\x00\x00\x00WAVE", "is of an unknown format"),
        (b"\xff\xd8\xff" + bytes(100), "JPEG cannot be decoded"),
        (b"\x89PNG\r\n\x1a\n", "PNG is truncated"),
        (b"II*\x00\x08\x00\x00\x00\x00\x00\x00\x00\x00\x00", "TIFF cannot be decoded"),
    ],
)
def test_what_is_no_photo_says_what_it_is(data: bytes, words: str) -> None:
    assert words in reason_of(data)


def test_a_name_that_promises_nothing_is_not_held_against_the_contents() -> None:
    assert reason_of(b"Just words.", "notes.txt") == "is text"


def test_contents_decide_the_format() -> None:
    assert decode(encoded(photo(0), "PNG"), Path("photo.jpg")).format == "PNG"
    assert decode(encoded(photo(0), "WEBP"), Path("noname")).format == "WEBP"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP", "BMP", "GIF", "AVIF"])
@pytest.mark.parametrize("tenth", range(10))
def test_a_truncated_file_is_never_half_a_picture(kind: str, tenth: int) -> None:
    whole = encoded(photo(7), kind)
    assert reason_of(whole[: len(whole) * tenth // 10])


def test_a_truncated_progressive_jpeg_is_never_a_blurred_picture() -> None:
    whole = encoded(photo(7), progressive=True)
    for tenth in range(1, 10):
        assert "JPEG" in reason_of(whole[: len(whole) * tenth // 10])


def test_pillow_may_not_be_talked_into_truncated_files() -> None:
    assert ImageFile.LOAD_TRUNCATED_IMAGES is False


def test_a_damaged_check_sum_is_found() -> None:
    data = bytearray(encoded(photo(8), "PNG"))
    data[-20] ^= 1  # the last byte before IEND belongs to the check sum of the pixels
    assert reason_of(bytes(data)) == "PNG is damaged: wrong check sum of 'IDAT'"


def test_a_bomb_is_refused_by_its_header() -> None:
    before = Image.MAX_IMAGE_PIXELS
    bomb = bomb_png(20_000, 20_000)
    assert len(bomb) < 2e6
    assert reason_of(bomb) == "20000x20000 is 400 megapixels, over the limit of 200"
    assert before == Image.MAX_IMAGE_PIXELS


def test_the_bomb_is_a_valid_png() -> None:
    picture = decode(bomb_png(1000, 700), HERE)
    assert picture.rgb.shape == (700, 1000, 3)
    assert not picture.rgb.any()


def test_the_limits_are_inclusive() -> None:
    data = encoded(photo(0, 20, 10), "PNG")
    assert decode(data, HERE, limits=Limits(pixels=200, min_side=10)).width == 20
    assert "over the limit" in reason_of(data, limits=Limits(pixels=199))
    assert "20x10 pixels are too few to judge" in reason_of(data, limits=Limits(min_side=11))


@pytest.mark.parametrize("kind", ["JPEG", "TIFF", "WEBP", "BMP", "GIF", "AVIF"])
def test_the_limit_on_pixels_holds_for_every_format(kind: str) -> None:
    assert "over the limit" in reason_of(encoded(photo(0), kind), limits=Limits(pixels=6911))


@pytest.mark.parametrize("name", ["pixels", "file_bytes", "min_side"])
def test_a_limit_of_nothing_is_no_limit(name: str) -> None:
    with pytest.raises(ValueError, match=f"Limits.{name} must be 1 or more. Got 0."):
        Limits(**{name: 0})


def reading(path: Path, limits: Limits | None = None) -> str:
    with pytest.raises(ImageError) as caught:
        read_picture(path, limits=limits or Limits())
    return caught.value.reason


def test_files_that_cannot_be_read_say_why(tmp_path: Path) -> None:
    (tmp_path / "empty.jpg").touch()
    (tmp_path / "broken.jpg").symlink_to(tmp_path / "gone.jpg")
    (tmp_path / "large.jpg").write_bytes(bytes(2_000_001))
    os.mkfifo(tmp_path / "pipe.jpg")
    assert reading(tmp_path) == "is a folder"
    assert reading(tmp_path / "gone.jpg") == "does not exist"
    assert reading(tmp_path / "broken.jpg") == "is a broken link"
    assert reading(tmp_path / "empty.jpg") == "is empty (0 bytes)"
    assert reading(tmp_path / "pipe.jpg") == "is not an ordinary file"
    limits = Limits(file_bytes=2_000_000)
    assert reading(tmp_path / "large.jpg", limits) == "has 2.0 MB, over the limit of 2.0"
    assert reading(tmp_path / "zero\0byte.jpg").startswith("cannot be read: ")
    assert reading(tmp_path / ("n" * 300 + ".jpg")) == "cannot be read: File name too long"


def test_a_forbidden_file_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Simulated, since tests may run as root, whom nothing is forbidden."""
    path = tmp_path / "locked.jpg"
    path.write_bytes(encoded(photo(0)))

    def refuse(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert reading(path) == "cannot be read: Permission denied"


def test_the_error_names_the_file_and_keeps_its_cause(tmp_path: Path) -> None:
    path = tmp_path / "half.jpg"
    path.write_bytes(encoded(photo(0))[:-300])
    with pytest.raises(
        ImageError, match=r"half\.jpg: JPEG cannot be decoded: .*truncated"
    ) as caught:
        read_picture(path)
    assert isinstance(caught.value.__cause__, OSError)


def test_bytes_are_read_as_they_are(tmp_path: Path) -> None:
    data = encoded(photo(1))
    path = tmp_path / "Ä photo 写真.jpg"
    path.write_bytes(data)
    assert read_bytes(path) == data
    assert read_picture(path).path == path


def test_the_hostile_folder_is_told_apart(hostile_folder: HostileFolder) -> None:
    assert len(hostile_folder.good) == 200
    assert len(hostile_folder.odd) + len(hostile_folder.broken) == 30
    for path in (*hostile_folder.good[::20], *hostile_folder.odd):
        assert read_picture(path).rgb.shape == (72, 96, 3)
    for path, words in hostile_folder.broken.items():
        assert words in reading(path)
    views = [read_picture(path).rgb for path in hostile_folder.turned]
    assert len(views) == 8
    assert all(np.array_equal(view, views[0]) for view in views)


def test_many_threads_get_what_one_gets(hostile_folder: HostileFolder) -> None:
    """Good, odd and broken files at once; and the state of `warnings` is as before."""

    def outcome(path: Path) -> tuple[str, object]:
        try:
            picture = read_picture(path)
        except ImageError as error:
            return error.reason, None
        return picture.format, (picture.rgb.tobytes(), picture.notes)

    paths = [*hostile_folder.odd, *hostile_folder.broken, *hostile_folder.good[:20]]
    alone = [outcome(path) for path in paths]
    state = (warnings.showwarning, list(warnings.filters))
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(outcome, paths * 4))
    assert together == alone * 4
    assert (warnings.showwarning, list(warnings.filters)) == state


def test_notes_tell_of_damaged_metadata() -> None:
    """An EXIF entry that points behind the end makes Pillow warn; the warning becomes a note."""
    entry = b"\x0f\x01\x02\x00\xff\x00\x00\x00\x00\xff\x00\x00"  # Make: 255 bytes at 0xff00
    exif = b"Exif\0\0II*\0\x08\0\0\0\x01\0" + entry + bytes(4)
    picture = decode(encoded(photo(0), exif=exif), HERE)
    assert len(picture.notes) == 1
    assert "tag 271" in picture.notes[0] or "Truncated" in picture.notes[0]  # by Pillow's version


def test_alike_whatever_was_read_before() -> None:
    data = encoded(photo(9))
    first = decode(data, HERE).rgb
    for broken in (data[:500], b"text", png(np.zeros((1, 1, 3), np.uint8))):
        with pytest.raises(ImageError):
            decode(broken, HERE)
    np.testing.assert_array_equal(decode(data, HERE).rgb, first)
