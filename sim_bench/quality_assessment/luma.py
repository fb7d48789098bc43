"""The planes of a photo that the measures look at, each computed at most once.

Luma is ITU-R BT.601 (0.299 R + 0.587 G + 0.114 B of the encoded values), rounded to a whole
grey level, as a JPEG file stores it. What follows the eye (detail, colour) is measured at a
working size, so that a photo and its reduced copy come out alike: the long side reduced to
`WORKING_SIDE`, smaller photos left as they are. Pillow's Hamming filter, because its box filter
is neither symmetric nor even. All of this chosen by us, see decision 0002.
"""

from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from PIL import Image

WORKING_SIDE = 1024
"""Longest side in pixels of the working size."""
_STRIP = 64  # rows converted at a time; stays in the cache, a third of the time of one piece


def luma(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the luma of sRGB pixels of shape (H, W, 3); shape (H, W), in grey levels 0-255."""
    full = np.empty(rgb.shape[:2], dtype=np.uint8)
    for top in range(0, len(rgb), _STRIP):
        rows = slice(top, top + _STRIP)
        full[rows] = np.asarray(Image.fromarray(rgb[rows]).convert("L"))
    return full


def working_size(width: int, height: int) -> tuple[int, int]:
    """Return the width and height at which detail and colour are measured."""
    scale = WORKING_SIDE / max(width, height)
    if scale >= 1.0:
        return width, height
    return max(1, round(width * scale)), max(1, round(height * scale))


def working_luma(full: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Reduce luma of shape (H, W) to the working size, without rounding it again."""
    image = Image.fromarray(full).convert("F")
    size = working_size(*image.size)
    return np.asarray(image if size == image.size else image.resize(size, Image.Resampling.HAMMING))


def working_rgb(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Reduce sRGB pixels of shape (H, W, 3) to the working size."""
    size = working_size(rgb.shape[1], rgb.shape[0])
    if size == (rgb.shape[1], rgb.shape[0]):
        return rgb
    return np.asarray(Image.fromarray(rgb).resize(size, Image.Resampling.HAMMING))


def histogram(full: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return the share of pixels at each of the 256 grey levels; they add up to 1."""
    counts = np.array(Image.fromarray(full).histogram(), dtype=np.float64)
    return np.asarray(counts / full.size)


class Planes:
    """One photo as the measures see it; a plane is computed when it is first asked for.

    Several measures of one photo share these planes; none is computed for a measure that
    does not read it.

    Attributes:
        rgb: sRGB pixels, uint8 of shape (H, W, 3).
    """

    def __init__(self, rgb: NDArray[np.uint8]) -> None:
        if rgb.dtype != np.uint8 or rgb.ndim != 3 or rgb.shape[2] != 3 or rgb.size == 0:
            raise ValueError(f"rgb must be uint8 of shape (H, W, 3). Got {rgb.dtype} {rgb.shape}.")
        self.rgb = rgb

    @cached_property
    def luma(self) -> NDArray[np.uint8]:
        """Luma at full size, shape (H, W)."""
        return luma(self.rgb)

    @cached_property
    def working_luma(self) -> NDArray[np.float32]:
        """Luma at the working size."""
        return working_luma(self.luma)

    @cached_property
    def working_rgb(self) -> NDArray[np.uint8]:
        """Pixels at the working size."""
        return working_rgb(self.rgb)

    @cached_property
    def histogram(self) -> NDArray[np.float64]:
        """Share of pixels at each grey level of the full-size luma."""
        return histogram(self.luma)
