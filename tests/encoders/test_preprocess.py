import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from sim_bench.encoders.preprocess import Preprocessing
from sim_bench.encoders.settings import PreprocessConfig


def preprocessing(**settings: object) -> Preprocessing:
    return Preprocessing.from_config(PreprocessConfig.model_validate({"size": 32, **settings}))


def photo(height: int, width: int) -> NDArray[np.uint8]:
    return np.random.default_rng(height * width).integers(0, 256, (height, width, 3), np.uint8)


@pytest.mark.parametrize(
    ("height", "width", "resized", "corner"),
    [
        # (height, width) after Resize, (top, left) of CenterCrop, by torchvision's rules by hand.
        (100, 151, (32, 48), (0, 8)),  # 32 * 151 / 100 = 48.3, truncated
        (151, 100, (48, 32), (8, 0)),
        (100, 111, (32, 35), (0, 2)),  # (35 - 32) / 2 = 1.5, to even: 2
        (100, 104, (32, 33), (0, 0)),  # 0.5, to even: 0
        (20, 31, (32, 49), (0, 8)),  # enlarged; 8.5, to even: 8
        (40, 40, (32, 32), (0, 0)),
    ],
)
def test_shortest_side_and_centre_crop(
    height: int, width: int, resized: tuple[int, int], corner: tuple[int, int]
) -> None:
    rgb = photo(height, width)
    whole = Image.fromarray(rgb).resize(resized[::-1], Image.Resampling.BICUBIC)
    top, left = corner
    expected = np.array(whole)[top : top + 32, left : left + 32]
    np.testing.assert_array_equal(preprocessing().apply(rgb), expected)


def test_squash() -> None:
    rgb = photo(50, 77)
    expected = np.array(Image.fromarray(rgb).resize((32, 32), Image.Resampling.BILINEAR))
    how = preprocessing(resize_mode="squash", interpolation="bilinear")
    np.testing.assert_array_equal(how.apply(rgb), expected)


def test_longest_side_and_padding() -> None:
    """60 x 100 fits as 19 x 32; of 13 missing rows 6 come above and 7 below."""
    rgb = photo(60, 100)
    out = preprocessing(resize_mode="longest", fill_color=7).apply(rgb)
    inner = np.array(Image.fromarray(rgb).resize((32, 19), Image.Resampling.BICUBIC))
    assert (out[:6] == 7).all()
    assert (out[25:] == 7).all()
    np.testing.assert_array_equal(out[6:25], inner)


def test_an_input_that_is_not_square_keeps_the_ratio() -> None:
    """100 x 100 to 20 x 40: the ratio is the smaller of 5 and 2.5, so 40 x 40, cropped to 20."""
    rgb = photo(100, 100)
    out = preprocessing(size=[20, 40]).apply(rgb)
    whole = np.array(Image.fromarray(rgb).resize((40, 40), Image.Resampling.BICUBIC))
    np.testing.assert_array_equal(out, whole[10:30])


def test_random_interpolation_is_bicubic_outside_training() -> None:
    rgb = photo(41, 57)
    np.testing.assert_array_equal(
        preprocessing(interpolation="random").apply(rgb), preprocessing().apply(rgb)
    )


@pytest.mark.parametrize("shape", [(8, 500), (500, 8)])
def test_extreme_photos_are_resized_where_the_crop_is(shape: tuple[int, int]) -> None:
    """62 times as long as wide; the rest of the code sees the whole, this path only the crop."""
    rgb = photo(*shape)
    long = int(32 * 500 / 8)
    size = (long, 32) if shape[0] < shape[1] else (32, long)
    whole = np.array(Image.fromarray(rgb).resize(size, Image.Resampling.BICUBIC)).astype(int)
    start = round((long - 32) / 2)
    cut = (slice(None), slice(start, start + 32))
    expected = whole[cut if shape[0] < shape[1] else cut[::-1]]
    assert np.abs(preprocessing().apply(rgb).astype(int) - expected).max() <= 1


@pytest.mark.parametrize("mode", ["shortest", "longest", "squash"])
@settings(max_examples=30, deadline=None)
@given(height=st.integers(1, 90), width=st.integers(1, 90))
def test_any_size_gives_the_input_size_and_once_is_enough(
    mode: str, height: int, width: int
) -> None:
    how = preprocessing(resize_mode=mode)
    once = how.apply(photo(height, width))
    assert once.shape == (32, 32, 3)
    assert how.apply(once) is once


def test_a_hostile_ratio_stays_small() -> None:
    assert preprocessing(size=224).apply(photo(1, 30000)).shape == (224, 224, 3)
    assert preprocessing(size=224, resize_mode="longest").apply(photo(1, 30000)).shape[0] == 224


@pytest.mark.parametrize(
    "wrong",
    [
        np.zeros((4, 4), np.uint8),
        np.zeros((4, 4, 4), np.uint8),
        np.zeros((4, 4, 3), np.float32),
        np.zeros((0, 4, 3), np.uint8),
    ],
)
def test_what_is_no_photo_is_refused(wrong: NDArray) -> None:
    with pytest.raises(ValueError, match="A photo is uint8"):
        preprocessing().apply(wrong)


def test_a_view_with_odd_strides_is_read_right() -> None:
    rgb = photo(40, 60)
    flipped = rgb[:, ::-1]
    np.testing.assert_array_equal(
        preprocessing().apply(flipped), preprocessing().apply(flipped.copy())
    )
