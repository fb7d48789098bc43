"""Pictures of a page: all of one size, within their share, a few in memory at a time."""

from base64 import b64decode
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from sim_bench.report.cull import pictures as module
from sim_bench.report.cull.pictures import (
    LEAST_SHARE,
    PAGE_BYTES,
    Room,
    picture,
    pictures,
    room_for,
)
from tests.quality_assessment.samples import scene

ISSUE_BOUND = 15_000_000


def opened(made):
    head, _, text = made.uri.partition(",")
    assert head == "data:image/webp;base64"
    return Image.open(BytesIO(b64decode(text)))


@pytest.mark.parametrize("photos", [1, 7, 100, 499, 500])
@pytest.mark.parametrize("text", [10_000, 2_000_000])
def test_up_to_500_pictures_that_fill_their_shares_keep_the_page_below_15_mb(photos, text):
    encoded = 4 * -(-room_for(photos, text).size // 3)
    assert photos * encoded + text <= PAGE_BYTES + 4 * photos < ISSUE_BOUND


def test_fewer_photos_get_larger_pictures_and_very_many_a_least_size():
    sizes = [room_for(photos, 0).pixels for photos in (10, 100, 500, 2000, 20_000)]
    assert sizes == sorted(sizes, reverse=True)
    assert room_for(20_000, 0).size == LEAST_SHARE
    assert room_for(500, 10**9).size == LEAST_SHARE


def test_a_room_without_room_is_refused():
    with pytest.raises(ValueError, match="needs 1000 bytes and 1 pixel or more. Got 10 bytes"):
        Room(10, 100)


def test_all_pictures_have_the_same_number_of_pixels_and_none_is_enlarged(tmp_path):
    for name, size in (("wide", (400, 100)), ("high", (200, 300)), ("small", (40, 30))):
        Image.new("RGB", size).save(tmp_path / name, "PNG")
    room = Room(8000, 10_000)
    sizes = {
        name: opened(picture(name, tmp_path / name, room)).size
        for name in ("wide", "high", "small")
    }
    assert sizes == {"wide": (200, 50), "high": (82, 122), "small": (40, 30)}


def test_noise_fits_its_share_too(tmp_path):
    pixels = np.random.default_rng(0).integers(0, 256, (300, 400, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(tmp_path / "a.png")
    room = Room(8000, 57_000)
    made = picture("a", tmp_path / "a.png", room)
    data = b64decode(made.uri.partition(",")[2])
    assert 1000 < len(data) <= room.size
    assert (made.width, made.height) == opened(made).size
    assert made.width * made.height < 57_000


def test_a_picture_is_the_photo(tmp_path):
    pixels = scene(90, 120, seed=3)
    Image.fromarray(pixels).save(tmp_path / "a.png")
    made = opened(picture("a", tmp_path / "a.png", Room(20_000, 10_800)))
    apart = np.asarray(made.convert("RGB"), dtype=float) - pixels
    assert np.sqrt((apart**2).mean()) < 12
    assert not made.getexif()


def test_a_strip_is_not_longer_than_webp_allows(tmp_path):
    Image.new("RGB", (20_000, 8)).save(tmp_path / "a.png")
    assert picture("a", tmp_path / "a.png", Room(8000, 100_000)).width == 4000


def test_a_file_without_pixels_gives_its_reason_and_the_next_one_its_picture(tmp_path):
    Image.new("RGB", (10, 10)).save(tmp_path / "b.png")
    found = list(pictures([(n, tmp_path / n) for n in ("a.png", "b.png")], Room(8000, 100)))
    assert [(one.image, bool(one.uri), one.reason) for one in found] == [
        ("a.png", False, "does not exist"),
        ("b.png", True, ""),
    ]


def test_only_a_few_pictures_are_made_ahead(tmp_path, monkeypatch):
    made = []

    def count(name, path, room):
        made.append(name)

    monkeypatch.setattr(module, "picture", count)
    found = module.pictures([(str(k), tmp_path) for k in range(1000)], Room(8000, 100), workers=2)
    next(found)
    assert len(made) <= 5  # two for each of two workers, and one that took the first's place
    found.close()
