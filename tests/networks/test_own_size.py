import numpy as np
import pytest
from PIL import Image

from sim_bench.networks.own_size import OwnSize
from tests.reference.photos import photo


def test_a_photo_is_left_as_it_is():
    rgb = photo(97, 131, 1)
    assert OwnSize().apply(rgb) is rgb


@pytest.mark.parametrize(
    ("height", "width", "expected"),
    [
        # torchvision's Resize(512): the long side is cut to a whole number.
        (427, 640, (512, 767)),
        (640, 427, (767, 512)),
        (1024, 768, (682, 512)),
        (100, 100, (512, 512)),
        (512, 700, (512, 700)),
    ],
)
def test_the_short_side_is_resized_as_torchvision_does(height, width, expected):
    assert OwnSize(short_side=512).size_of(height, width) == expected


def test_the_resize_is_pillows_bicubic():
    rgb = photo(97, 131, 1)
    wanted = Image.fromarray(rgb).resize((86, 64), Image.Resampling.BICUBIC)
    assert (OwnSize(short_side=64).apply(rgb) == np.asarray(wanted)).all()


def test_a_photo_of_too_many_pixels_is_reduced_in_proportion():
    size = OwnSize(most_pixels=10_000)
    assert size.size_of(400, 100) == (200, 50)
    assert size.size_of(100, 100) == (100, 100)
    assert size.is_too_large(400, 100)
    assert not size.is_too_large(100, 100)
    assert OwnSize(most_pixels=None).size_of(40_000, 10_000) == (40_000, 10_000)


def test_the_limit_does_not_reduce_what_the_short_side_has_reduced():
    size = OwnSize(short_side=50, most_pixels=10_000)
    assert size.size_of(400, 300) == (66, 50)
    assert not size.is_too_large(400, 300)


def test_a_long_strip_is_not_resized_to_more_pixels_than_allowed():
    size = OwnSize(short_side=512, most_pixels=100_000)
    assert size.size_of(40, 2000) == (40, 2000)
    assert not size.is_too_large(40, 2000)
    assert size.size_of(80, 8000) == (31, 3162)
    assert size.size_of(10, 8000) == (4, 3225)  # 31 rows of it after the padding
    assert size.is_too_large(80, 8000)


def test_a_side_that_is_too_short_is_continued_with_its_edge():
    rgb = photo(8, 40, 1)
    padded = OwnSize().apply(rgb)
    assert padded.shape == (31, 40, 3)
    assert (padded[11:19] == rgb).all()
    assert (padded[:11] == rgb[0]).all()
    assert (padded[19:] == rgb[-1]).all()


@pytest.mark.parametrize("options", [{}, {"short_side": 50}, {"most_pixels": 2000}])
@pytest.mark.parametrize("shape", [(97, 131), (10, 12), (64, 200)])
def test_what_is_prepared_is_unchanged(options, shape):
    size = OwnSize(**options)
    once = size.apply(photo(*shape, 1))
    assert min(once.shape[:2]) >= 31
    assert size.apply(once) is once


@pytest.mark.parametrize(
    "array", [np.zeros((3, 3, 3)), np.zeros((3, 3), np.uint8), np.zeros((0, 3, 3), np.uint8)]
)
def test_what_is_no_photo_is_refused(array):
    with pytest.raises(ValueError, match="A photo is uint8"):
        OwnSize().apply(array)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"short_side": 30}, "short_side must be 31 or more, or None. Got 30"),
        ({"most_pixels": 960}, "most_pixels must be 961 or more, or None. Got 960"),
    ],
)
def test_sizes_that_the_network_cannot_take_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        OwnSize(**options)
