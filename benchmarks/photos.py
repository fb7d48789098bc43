"""Photos to measure with, as a camera or a website would give them; the same for the same seed.

"12mp": 4000x3000, about 2.4 MB; "640": 640x480; "mixed": every tenth is of 12 megapixels, the rest
640x480. All are baseline JPEGs with 4:2:0 colour and no EXIF: random parts of scikit-image's and
scikit-learn's photos, enlarged, with grain. `BASES` pictures of a size are encoded; the files
beyond are these again with another comment segment. So no two files have the same bytes or the
same hash, and each costs a decoder what its own picture would.
"""

import argparse
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import numpy as np
from PIL import Image

from sim_bench.benchmark.samples import SOURCES, scene

Kind = Literal["12mp", "640", "mixed"]

SIZES = {"12mp": (4000, 3000), "640": (640, 480)}
BASES = 32
LARGE_EVERY = 10  # in "mixed"

_GRAIN = 6.0  # standard deviation in grey levels; with quality 85 it makes 2.4 MB of 12 megapixels
_TILE = 500  # pixels
_QUALITY = 85
_LONG_AGO = 1_600_000_000  # seconds; a store trusts no file that was changed a moment ago


def add_folder(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--folder", type=Path, help="keeps the photos for another time; a temporary one without it"
    )


@contextmanager
def opened(folder: Path | None) -> Iterator[Path]:
    """Give the folder that was asked for, or one that is gone afterwards."""
    if folder is not None:
        yield folder
        return
    with TemporaryDirectory() as name:
        yield Path(name)


def write_photos(folder: Path, kind: Kind, n: int) -> list[Path]:
    """Write n photos into a folder of their own, except those that are there already."""
    paths = [folder / f"{kind}-{n}" / f"{number:06d}.jpg" for number in range(n)]
    for number, path in enumerate(paths):
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            part = path.with_suffix(".part")
            part.write_bytes(_photo(_size(kind, number), number))
            os.utime(part, (_LONG_AGO, _LONG_AGO))
            part.rename(path)
    return paths


def _size(kind: Kind, number: int) -> str:
    if kind != "mixed":
        return kind
    return "640" if number % LARGE_EVERY else "12mp"


def _photo(size: str, number: int) -> bytes:
    """One file: a base with a comment (COM, ITU-T T.81 B.2.4.5) behind its JFIF header."""
    base = _base(size, number % BASES)
    header = 4 + int.from_bytes(base[4:6], "big")
    text = f"photo {number}".encode()
    comment = b"\xff\xfe" + (len(text) + 2).to_bytes(2, "big") + text
    return base[:header] + comment + base[header:]


@cache
def _base(size: str, number: int) -> bytes:
    rng = np.random.default_rng([number, *SIZES[size]])
    rgb = scene(list(SOURCES)[number % len(SOURCES)])
    if rng.random() < 0.5:
        rgb = rgb[:, ::-1]
    height, width = rgb.shape[:2]
    across = rng.uniform(0.5, 0.9) * min(width, height * 4 / 3)
    left, top = rng.uniform(0, width - across), rng.uniform(0, height - across * 3 / 4)
    box = (left, top, left + across, top + across * 3 / 4)
    large = Image.fromarray(rgb).resize(SIZES[size], Image.Resampling.BICUBIC, box=box)
    tiles = -(-large.height // _TILE), -(-large.width // _TILE)
    grain = np.tile(rng.normal(0, _GRAIN, (_TILE, _TILE)).round().astype(np.int16), tiles)
    pixels = np.asarray(large) + grain[: large.height, : large.width, None]
    file = io.BytesIO()
    Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(file, "JPEG", quality=_QUALITY)
    return file.getvalue()
