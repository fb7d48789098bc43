"""Photos to measure with: all different, of the stated format, and written once."""

from pathlib import Path

import photos
import pytest
from PIL import Image, JpegImagePlugin

from sim_bench.images.decode import read_picture


def test_no_two_files_are_alike_even_beyond_the_bases(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(photos, "BASES", 3)
    paths = photos.write_photos(tmp_path, "640", photos.BASES + 2)
    assert len({path.read_bytes() for path in paths}) == len(paths)
    again = [read_picture(paths[k]).rgb for k in (1, photos.BASES + 1, 2)]
    assert (again[0] == again[1]).all()
    assert (again[0] != again[2]).any()


@pytest.mark.parametrize("kind", ["12mp", "640"])
def test_the_format_is_the_stated_one(tmp_path: Path, kind: photos.Kind) -> None:
    (path,) = photos.write_photos(tmp_path, kind, 1)
    with Image.open(path) as image:
        assert image.size == photos.SIZES[kind]
        assert JpegImagePlugin.get_sampling(image) == 2  # Pillow's number of 4:2:0
        assert not image.info.get("progressive")
        assert not image.getexif()
    if kind == "12mp":
        assert 2.0e6 < path.stat().st_size < 2.8e6


def test_a_folder_is_written_once(tmp_path: Path) -> None:
    first = photos.write_photos(tmp_path, "640", 2)
    inodes = [path.stat().st_ino for path in first]
    assert photos.write_photos(tmp_path, "640", 2) == first
    assert [path.stat().st_ino for path in first] == inodes


def test_mixed_begins_with_a_large_one(tmp_path: Path) -> None:
    paths = photos.write_photos(tmp_path, "mixed", 3)
    sizes = [read_picture(path).rgb.shape for path in paths]
    assert sizes == [(3000, 4000, 3), (480, 640, 3), (480, 640, 3)]


def test_a_temporary_folder_is_removed(tmp_path: Path) -> None:
    with photos.opened(None) as folder:
        assert folder.is_dir()
    assert not folder.exists()
    with photos.opened(tmp_path) as folder:
        assert folder == tmp_path
    assert tmp_path.exists()
