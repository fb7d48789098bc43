"""The crops of a photo that LIQE looks at.

Source: zwx8981/LIQE, `demo.py` and `utils.py` (the authors' own pipeline): a photo of which both
sides have 768 pixels or more is brought to a short side of 768 (Pillow's bilinear filter, the long
side cut to whole pixels); windows of 224 x 224 every 32 pixels, or every 48 where a side then has
1024 or more, row by row; of n windows those numbered 0, s, ..., 14 s with s = n // 15.
"native" is what pyiqa does: no resizing, and always every 32 pixels.
Deviations: with fewer than 15 windows each is taken once, as pyiqa does, where `demo.py` takes the
first one 15 times and the authors' evaluation stops; a photo whose short side is below 224 is
enlarged to 224 by the same filter, where both stop. A photo that this would make larger than 50
million pixels is enlarged only where the crops are, which may differ by one grey level.
"""

from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from sim_bench.images.photo_array import check_photo

SIDE = 224
"""Height and width of a crop."""

CROPS = 15
"""Crops of a photo, or as many as there are."""

Preprocess = Literal["demo", "native"]
PREPROCESSES: tuple[Preprocess, ...] = get_args(Preprocess)

_SHORT = 768
_LARGE, _STEP, _LARGE_STEP = 1024, 32, 48
_MOST_PIXELS = 50_000_000  # chosen by us: 150 MB while it is cut


def crops_of(rgb: NDArray[np.uint8], preprocess: Preprocess) -> NDArray[np.uint8]:
    """Cut a photo (H, W, 3) of any size into at most 15 crops.

    Args:
        rgb: 8-bit sRGB.
        preprocess: See the module.

    Returns:
        Shape (k, 224, 224, 3), k from 1 to 15.

    Raises:
        ValueError: It is no such photo.
    """
    check_photo(rgb)
    height, width = size_of(rgb.shape[0], rgb.shape[1], preprocess)
    corners = corners_of(height, width, preprocess)
    if (height, width) == rgb.shape[:2]:
        return _cut(rgb, corners)
    image = Image.fromarray(np.ascontiguousarray(rgb))
    if height * width <= _MOST_PIXELS:
        resized = image.resize((width, height), Image.Resampling.BILINEAR)
        return _cut(np.asarray(resized), corners)
    down, across = image.height / height, image.width / width
    boxes = [
        (left * across, top * down, (left + SIDE) * across, (top + SIDE) * down)
        for top, left in corners
    ]
    crops = [image.resize((SIDE, SIDE), Image.Resampling.BILINEAR, box) for box in boxes]
    return np.stack([np.asarray(crop) for crop in crops])


def size_of(height: int, width: int, preprocess: Preprocess) -> tuple[int, int]:
    """Height and width of the picture that crops are cut from.

    Args:
        height: Of the photo.
        width: Of the photo.
        preprocess: See the module.
    """
    short = min(height, width)
    if short < SIDE:
        target = SIDE
    elif preprocess == "demo" and short >= _SHORT:
        target = _SHORT
    else:
        return height, width
    return target * height // short, target * width // short


def corners_of(height: int, width: int, preprocess: Preprocess) -> list[tuple[int, int]]:
    """Top and left of each crop of a picture whose sides have 224 pixels or more."""
    large = preprocess == "demo" and max(height, width) >= _LARGE
    step = _LARGE_STEP if large else _STEP
    down, across = (height - SIDE) // step + 1, (width - SIDE) // step + 1
    count = min(CROPS, down * across)
    every = down * across // count
    return [(k // across * step, k % across * step) for k in range(0, every * count, every)]


def _cut(rgb: NDArray[np.uint8], corners: list[tuple[int, int]]) -> NDArray[np.uint8]:
    return np.stack([rgb[top : top + SIDE, left : left + SIDE] for top, left in corners])
