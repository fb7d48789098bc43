"""Decoding files that others made: PngSuite and the EXIF orientation examples.

PngSuite is by Willem van Schaik, freeware; the orientation examples by Dave Perrett, MIT.
"""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from sim_bench.errors import ImageError
from sim_bench.images.decode import read_picture
from sim_bench.images.limits import Limits

pytestmark = pytest.mark.data
ANY_SIZE = Limits(min_side=1)


@pytest.fixture(scope="module")
def suite(data_dir: Path) -> Path:
    return data_dir / "decoder" / "pngsuite" / "pngsuite"


def thumbnail(pixels: NDArray[np.uint8]) -> NDArray[np.int16]:
    small = Image.fromarray(pixels).resize((60, 60), Image.Resampling.BOX)
    return np.asarray(small).astype(np.int16)


def test_pngsuite_is_read_or_refused_as_its_names_say(suite: Path) -> None:
    """Names that begin with x are broken on purpose."""
    refused, read = set(), 0
    for path in sorted(suite.glob("*.png")):
        try:
            picture = read_picture(path, limits=ANY_SIZE)
        except ImageError:
            refused.add(path.name)
            continue
        read += 1
        if path.name[0] == "s":  # the number is the size
            assert picture.width == picture.height == int(path.name[1:3])
    assert refused == {path.name for path in suite.glob("x*.png")}
    assert len(refused) >= 13
    assert read > 150


def test_sizes_too_small_to_judge_are_refused(suite: Path) -> None:
    for size in range(1, 8):
        with pytest.raises(ImageError, match="too few to judge"):
            read_picture(suite / f"s0{size}n3p0{1 if size < 5 else 2}.png")
    assert read_picture(suite / "s08n3p02.png").width == 8


@pytest.mark.parametrize("kind", ["0g16", "2c08", "3p04"])
def test_pictures_of_different_gamma_look_alike(suite: Path, kind: str) -> None:
    """The suite encodes one picture with gamma 0.35 to 2.5; shown rightly, all are the same.

    But for the number that is written across each, and the few levels that gamma 2.5 leaves to
    the shadows; left as they are, they differ by up to 85 levels in the mean.
    """
    reference = read_picture(suite / f"g04n{kind}.png").rgb.astype(int)
    for gamma in ("03", "05", "07", "10", "25"):
        seen = read_picture(suite / f"g{gamma}n{kind}.png").rgb.astype(int)
        assert np.median(np.abs(seen - reference)) <= 2
        assert np.abs(seen - reference).mean() < 8


@pytest.mark.parametrize("plain", ["basn0g01", "basn0g08", "basn2c08", "basn2c16", "basn6a16"])
def test_interlaced_equals_plain(suite: Path, plain: str) -> None:
    other = plain.replace("basn", "basi")
    first, second = (read_picture(suite / f"{name}.png").rgb for name in (plain, other))
    np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize("view", ["Landscape", "Portrait"])
def test_every_orientation_of_a_jpeg_looks_alike(data_dir: Path, view: str) -> None:
    """Each file was compressed for itself and bears its number, so they are alike, not equal."""
    folder = data_dir / "decoder" / "exif_orientation"
    upright = read_picture(folder / f"{view}_1.jpg").rgb
    for value in (0, *range(2, 9)):
        path = folder / f"{view}_{value}.jpg"
        if not path.exists():
            continue
        picture = read_picture(path)
        assert picture.rgb.shape == upright.shape
        assert np.abs(thumbnail(picture.rgb) - thumbnail(upright)).mean() < 5
        mirrored = thumbnail(picture.rgb[:, ::-1])
        assert np.abs(mirrored - thumbnail(upright)).mean() > 20


def test_photos_of_the_folder_decode_without_notes(data_dir: Path) -> None:
    photos = sorted((data_dir / "clean_photos").rglob("*.jpg"))[:20]
    assert photos
    assert all(read_picture(path).rgb.std() > 5 for path in photos)
