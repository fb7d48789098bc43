"""Whatever the bytes: a picture or an ImageError, never another exception, never a warning."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim_bench.errors import ImageError
from sim_bench.images.decode import decode
from sim_bench.images.formats import describe_stranger, identify
from sim_bench.images.limits import Limits
from tests.hostile import encoded, photo
from tests.images.handmade import SHORT, dng, png, tiff
from tests.images.profiles import ADOBE_GAMMA, ADOBE_RGB, cmyk_profile, rgb_profile

SCENE = photo(11, 40, 30)
PROFILE = rgb_profile(ADOBE_RGB, ADOBE_GAMMA)
SEEDS = {
    "jpeg": encoded(SCENE, icc_profile=PROFILE),
    "progressive": encoded(SCENE, progressive=True),
    "png": encoded(SCENE, "PNG", icc_profile=PROFILE),
    "deep png": png(SCENE.astype(np.uint16) * 257),
    "gif": encoded(SCENE, "GIF"),
    "bmp": encoded(SCENE, "BMP"),
    "webp": encoded(SCENE, "WEBP", icc_profile=cmyk_profile()),
    "avif": encoded(SCENE, "AVIF"),
    "tiff": encoded(SCENE, "TIFF"),
    "lzw tiff": encoded(SCENE, "TIFF", compression="tiff_lzw"),
    "jpeg tiff": encoded(SCENE, "TIFF", compression="jpeg"),
    "12 bit tiff": tiff(
        *(12, 8, bytes(144), (258, SHORT, [12]), (262, SHORT, [1]), (277, SHORT, [1]))
    ),
    "heic": Path(__file__).with_name("quarters_turned.heic").read_bytes(),
    "dng": dng(encoded(photo(12, 64, 48)), (64, 48), 6, (64, 48)),
}
MAGICS = sorted({seed[:12] for seed in SEEDS.values()})
# A forged size must not cost the test gigabytes.
SMALL = Limits(pixels=1_000_000)


def survives(data: bytes, suffix: str) -> None:
    reason = "none"
    try:
        picture = decode(data, Path(f"photo{suffix}"), limits=SMALL)
    except ImageError as error:
        reason = error.reason
    else:
        assert picture.rgb.dtype == np.uint8
        assert picture.rgb.shape == (picture.height, picture.width, 3)
        assert min(picture.rgb.shape[:2]) >= SMALL.min_side
    assert reason
    assert "\n" not in reason
    assert " at 0x" not in reason  # the same file gives the same reason


@settings(max_examples=150)
@given(st.sampled_from(MAGICS), st.binary(max_size=400), st.sampled_from([".jpg", ".nef"]))
def test_noise_behind_a_true_beginning(magic: bytes, noise: bytes, suffix: str) -> None:
    survives(magic + noise, suffix)


@settings(max_examples=150)
@given(st.binary(max_size=600))
def test_any_bytes_at_all(data: bytes) -> None:
    assert identify(data) is not None or describe_stranger(data)
    survives(data, ".jpg")


@pytest.mark.parametrize("name", sorted(SEEDS))
def test_seeds_are_sound(name: str) -> None:
    """Otherwise the tests below would damage what was broken before."""
    if name in ("heic", "dng"):
        pytest.importorskip({"heic": "pi_heif", "dng": "rawpy"}[name])
    assert decode(SEEDS[name], Path("photo")).rgb.any() == (name != "12 bit tiff")


@pytest.mark.parametrize("name", sorted(SEEDS))
@settings(max_examples=60)
@given(data=st.data())
def test_a_few_wrong_bytes(name: str, data: st.DataObject) -> None:
    damaged = bytearray(SEEDS[name])
    # Headers decide more than pixels do: half of the changes go there.
    spots = st.one_of(st.integers(0, min(200, len(damaged)) - 1), st.integers(0, len(damaged) - 1))
    for spot in data.draw(st.lists(spots, min_size=1, max_size=6)):
        damaged[spot] = data.draw(st.integers(0, 255))
    survives(bytes(damaged), ".jpg")


@pytest.mark.parametrize("name", sorted(SEEDS))
@settings(max_examples=40)
@given(data=st.data())
def test_cut_anywhere(name: str, data: st.DataObject) -> None:
    survives(SEEDS[name][: data.draw(st.integers(0, len(SEEDS[name])))], ".jpg")
