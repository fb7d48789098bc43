"""Metadata that cannot be read are left out, with a note."""

import numpy as np
import pytest
from PIL import Image

from sim_bench.images.metadata import orientation, png_gamma, untagged_colour, upright


class Damaged(Image.Image):
    """A picture whose EXIF makes the parser fall over."""

    def getexif(self) -> Image.Exif:
        raise ZeroDivisionError("a rational of 1 / 0")


def test_unreadable_exif_means_upright_and_a_note() -> None:
    value, notes = orientation(Damaged())
    assert value == 1
    assert notes == (
        "EXIF could not be read, taken as upright: ZeroDivisionError('a rational of 1 / 0')",
    )
    assert untagged_colour(Damaged())[0].startswith("EXIF colour space could not be read")


@pytest.mark.parametrize("value", ["6", (6,), 6.5, b"\x06", None])
def test_an_orientation_of_the_wrong_type_means_upright(value: object) -> None:
    image = Image.new("RGB", (9, 9))
    image.getexif()[0x0112] = value
    assert orientation(image) == (1, ())


def test_upright_follows_the_standard() -> None:
    """EXIF 2.32, orientation 6: the stored first row is the right-hand side of the view."""
    stored = np.zeros((2, 3, 3), np.uint8)
    stored[0] = 255
    view = np.asarray(upright(Image.fromarray(stored), 6))
    assert view[..., 0].tolist() == [[0, 255], [0, 255], [0, 255]]


@pytest.mark.parametrize(
    ("info", "gamma"),
    [
        ({}, None),
        ({"gamma": 0.45455}, None),
        ({"gamma": 1.0}, 1.0),
        ({"gamma": 1.0, "srgb": 0}, None),
        ({"gamma": 1.0, "icc_profile": b"..."}, None),
    ],
)
def test_gamma_counts_only_alone(info: dict[str, object], gamma: float | None) -> None:
    image = Image.new("RGB", (9, 9))
    image.info.update(info)
    assert png_gamma(image) == gamma
