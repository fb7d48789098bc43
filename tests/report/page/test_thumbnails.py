"""Thumbnails: small, upright, made once, and not too many."""

from base64 import b64decode
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from sim_bench.report.page.thumbnails import Thumbnails, make_thumbnail


def opened(thumbnail):
    head, _, text = thumbnail.uri.partition(",")
    assert head == "data:image/jpeg;base64"
    return Image.open(BytesIO(b64decode(text)))


@pytest.mark.parametrize(
    ("size", "expected"),
    [((800, 600), (213, 160)), ((600, 800), (160, 213)), ((100, 80), (100, 80))],
)
def test_the_shorter_side_is_160_and_nothing_is_enlarged(tmp_path, size, expected):
    Image.new("RGB", size).save(tmp_path / "a.png")
    made = make_thumbnail("a", tmp_path / "a.png")
    assert (made.width, made.height) == expected == opened(made).size


def test_a_panorama_is_not_wider_than_the_page_can_show(tmp_path):
    Image.new("RGB", (3000, 300)).save(tmp_path / "a.png")
    assert opened(make_thumbnail("a", tmp_path / "a.png")).size == (320, 32)


def test_a_photo_stored_lying_is_shown_upright_and_keeps_no_metadata(tmp_path):
    pixels = np.zeros((200, 400, 3), dtype=np.uint8)
    pixels[:, :200] = 255  # left half white
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned clockwise: left becomes top
    Image.fromarray(pixels).save(tmp_path / "a.jpg", exif=exif)
    image = opened(make_thumbnail("a", tmp_path / "a.jpg"))
    assert image.size == (160, 320)
    assert np.asarray(image)[20].mean() > 240
    assert np.asarray(image)[-20].mean() < 15
    assert not image.getexif()


def test_a_photo_that_cannot_be_read_gives_its_reason(tmp_path):
    made = make_thumbnail("a", tmp_path / "a.jpg")
    assert (made.uri, made.reason) == ("", "does not exist")


def test_a_photo_is_made_once_and_a_page_shows_so_many_at_most(tmp_path):
    paths = {}
    for name in "abc":
        paths[name] = tmp_path / f"{name}.png"
        Image.new("RGB", (10, 10)).save(paths[name])
    made = Thumbnails({"data": paths}, most=2)
    first = made.of("data", "a")
    paths["a"].unlink()
    assert made.of("data", "a") == first
    assert made.of("data", "b").uri
    assert made.of("data", "c").reason == "this page shows 2 photos at most"
    assert made.of("data", "z").reason == "no file is known for it"
    assert made.of("other", "a").reason == "no file is known for it"
