"""What NIMA's networks look at: squashed to the nearest pixels, or resized and cropped."""

import numpy as np
import pytest
from PIL import Image

from sim_bench.networks.nima_input import cropped, levels, squashed
from tests.reference.photos import photo

SIDE = 32


def averaged(rgb, height, width):
    """Bilinear resizing written out: each pixel is a mean with weights that fall to both sides."""

    def weights(before, after):
        scale = before / after
        reach = max(scale, 1.0)
        centres = (np.arange(after) + 0.5) * scale
        table = 1 - np.abs(np.arange(before) + 0.5 - centres[:, None]) / reach
        table = np.maximum(table, 0)
        return table / table.sum(axis=1, keepdims=True)

    down, across = weights(rgb.shape[0], height), weights(rgb.shape[1], width)
    return np.einsum("yh,hwc,xw->yxc", down, rgb.astype(np.float64), across)


@pytest.mark.parametrize("size", [(64, 64), (131, 97), (20, 300), (7, 9)])
def test_squashing_takes_the_pixel_under_the_middle_of_each(size):
    rgb = photo(*size, seed=1)
    rows, columns = (np.floor((np.arange(SIDE) + 0.5) * n / SIDE).astype(int) for n in size)
    assert (squashed(rgb, SIDE) == rgb[rows][:, columns]).all()


SIZES = [(64, 64), (131, 97), (97, 131), (40, 300), (300, 33)]
ENLARGED = [(9, width) for width in range(11, 30)]  # the middle begins anywhere in a pixel


@pytest.mark.parametrize("size", SIZES + ENLARGED)
def test_cropping_resizes_the_short_side_and_takes_the_middle(size):
    height, width = size
    rgb, scale = photo(*size, seed=2), SIDE / min(size)
    tall, wide = int(height * scale + 1e-9), int(width * scale + 1e-9)
    top, left = round((tall - SIDE) / 2), round((wide - SIDE) / 2)
    whole = averaged(rgb, tall, wide)[top : top + SIDE, left : left + SIDE]
    ours = levels(cropped(rgb, SIDE)) / 257.0
    assert np.abs(ours - whole).max() < 0.53 / 257  # half a level, and rounding of 32-bit floats


def test_cropping_keeps_what_has_the_size():
    rgb = photo(SIDE, SIDE, seed=3)
    assert (levels(cropped(rgb, SIDE)) == rgb * np.uint16(257)).all()


def test_cropping_a_very_long_photo_takes_little_memory():
    """Resized as a whole, it would have 300 million pixels; its middle is all that is looked at."""
    rgb = np.tile(photo(1, 100, seed=6), (1, 3000, 1))
    middle = rgb[:, 149_990:150_010]
    apart = levels(cropped(rgb, SIDE)).astype(int) - levels(cropped(middle, SIDE))
    assert np.ptp(levels(cropped(rgb, SIDE))) > 1000
    assert np.abs(apart).max() <= 1


@pytest.mark.parametrize("prepare", [squashed, cropped])
def test_what_is_prepared_already_stays(prepare):
    once = prepare(photo(50, 70, seed=4), SIDE)
    assert once.dtype == np.uint8
    assert prepare(once, SIDE) is once


@pytest.mark.parametrize("prepare", [squashed, cropped])
def test_a_mirrored_input_is_that_of_the_mirrored_photo(prepare):
    rgb = photo(64, 64, seed=5)
    there, back = (levels(prepare(each, SIDE)) for each in (rgb, rgb[:, ::-1]))
    mirrored = levels(np.ascontiguousarray(prepare(rgb, SIDE)[:, ::-1]))
    assert (mirrored == there[:, ::-1]).all()
    if prepare is cropped:  # the nearest pixel at a tie is the one to the right
        assert np.abs(mirrored.astype(int) - back).max() <= 1


@pytest.mark.parametrize("prepare", [squashed, cropped])
@pytest.mark.parametrize(
    "wrong",
    [
        np.zeros((5, 5), dtype=np.uint8),
        np.zeros((5, 5, 4), dtype=np.uint8),
        np.zeros((0, 5, 3), dtype=np.uint8),
        np.zeros((5, 5, 3)),
    ],
    ids=["grey", "four channels", "empty", "floats"],
)
def test_what_is_no_photo_is_refused(prepare, wrong):
    with pytest.raises(ValueError, match=r"uint8 \(H, W, 3\)"):
        prepare(wrong, SIDE)


def test_pillow_rounds_floats_no_further():
    """The 16 bits come from Pillow's 32-bit floats, not from its 8-bit pictures."""
    plane = Image.fromarray(np.array([[0, 1]], dtype=np.uint8)).convert("F")
    assert np.asarray(plane.resize((4, 1), Image.Resampling.BILINEAR))[0, 1] == pytest.approx(0.25)
