"""What MUSIQ looks at: patches of a photo at three sizes, each with its place and its size.

Source: Ke et al., ICCV 2021 (arXiv 2108.05997), section 3; google-research/musiq,
`preprocessing.py`. Patches of 32 x 32 pixels cover the photo with its longer side reduced or
enlarged to 224 and to 384 pixels, then the photo itself. What is missing at the border is
grey, half of it before the picture and half after it (the odd pixel after it). Places of every
size share one grid of 10 x 10.
Deviation: the official code fills the sequence of a reduced size up with tokens that nothing
attends to; they are left out here, which changes nothing. A side that would be reduced to no
pixels has one, where the official code fails (photos 448 times as long as wide, or more).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim_bench.images.photo_array import check_photo
from sim_bench.networks.musiq_resize import Resize, resized

PATCH = 32
"""Side of a patch in pixels."""
GRID = 10
"""Places in a row and in a column that have an embedding."""
LONGER_SIDES = (224, 384)
"""Of the photo at each size but its own, which comes last; the place here is the scale's id."""

_MIDDLE = 127.5  # the level that becomes 0


@dataclass(frozen=True, eq=False, slots=True)
class Scale:
    """A photo at one size.

    Attributes:
        levels: Pixels (H, W, 3) in 8-bit levels, which need not be whole numbers.
        index: 0 and 1 for the sizes of `LONGER_SIDES`, 2 for the photo's own.
    """

    levels: NDArray[np.uint8] | NDArray[np.float32]
    index: int

    @property
    def rows(self) -> int:
        """Patches from top to bottom."""
        return -(-len(self.levels) // PATCH)

    @property
    def columns(self) -> int:
        """Patches from left to right."""
        return -(-len(self.levels[0]) // PATCH)

    def places(self) -> NDArray[np.int64]:
        """Place in the grid of each patch, row by row, each 0 to 99."""
        down, across = hashed(self.rows), hashed(self.columns)
        return (down[:, None] * GRID + across).reshape(-1)

    def patches(self) -> Iterator[NDArray[np.float32]]:
        """Each patch (32, 32, 3), row by row, in [-1, 1]; 0 where the photo has no pixels."""
        height, width = self.levels.shape[:2]
        top, left = (self.rows * PATCH - height) // 2, (self.columns * PATCH - width) // 2
        for row in range(self.rows):
            start = row * PATCH - top
            pixels = self.levels[max(start, 0) : start + PATCH]
            strip = np.zeros((PATCH, self.columns * PATCH, 3), dtype=np.float32)
            first = max(-start, 0)
            strip[first : first + len(pixels), left : left + width] = (
                pixels / np.float32(_MIDDLE) - 1
            )
            for column in range(0, strip.shape[1], PATCH):
                yield strip[:, column : column + PATCH]


def scales(rgb: NDArray[np.uint8], resize: Resize) -> tuple[Scale, ...]:
    """The photo at its three sizes, the smallest first and its own last.

    Args:
        rgb: The photo (H, W, 3).
        resize: "gaussian" as in the official code, or "bicubic" as in pyiqa.

    Raises:
        ValueError: It is no photo.
    """
    check_photo(rgb)
    height, width = rgb.shape[:2]
    sizes = (reduced_size(height, width, longer) for longer in LONGER_SIDES)
    made = (Scale(resized(rgb, *size, resize), k) for k, size in enumerate(sizes))
    return (*made, Scale(rgb, len(LONGER_SIDES)))


def reduced_size(height: int, width: int, longer: int) -> tuple[int, int]:
    """Height and width with a longer side of `longer` pixels, in 32-bit floats as officially."""
    ratio = np.float32(longer) / np.float32(max(height, width))

    def side(length: int) -> int:
        return max(int(np.rint(np.float32(length) * ratio)), 1)

    return side(height), side(width)


def hashed(count: int) -> NDArray[np.int64]:
    """Place in the grid, 0 to 9, of each of `count` patches in a row or a column.

    The grid enlarged or reduced to `count` by taking the nearest, as TensorFlow 1 has it: rounded
    down, in 32-bit floats.
    """
    steps = np.arange(count, dtype=np.float32) * (np.float32(GRID) / np.float32(count))
    return np.minimum(steps.astype(np.int64), GRID - 1)
