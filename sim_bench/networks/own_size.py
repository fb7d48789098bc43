"""What a network that takes photos of any size is given: the photo, unless that is too large.

Source: the resize is that of CLIP-IQA on SPAQ (IceClear/CLIP-IQA, `Resize_PIL`: torchvision's
Resize of the short side on a Pillow image, bicubic).
Deviations: a limit of pixels, for memory; a side that is too short for the network is continued
with the pixels of its edge, where the official code fails.
"""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from sim_bench.images.photo_array import check_photo

MOST_PIXELS = 4_000_000
"""Chosen by us: RN50 then takes 1.2 GB at the most for each thread that encodes."""

LEAST_SIDE = 31
"""Of the shorter side in pixels: RN50's last layer then has one place."""


@dataclass(frozen=True, slots=True)
class OwnSize:
    """Photos at their own size, within limits.

    Attributes:
        short_side: Resize the short side to this by bicubic; None: leave photos at their own
            size. A photo that would then have more than `most_pixels` is not resized to it.
        most_pixels: Reduce larger photos to this by bicubic; None: never.

    Raises:
        ValueError: The network cannot take what photos are resized to.
    """

    short_side: int | None = None
    most_pixels: int | None = MOST_PIXELS

    def __post_init__(self) -> None:
        if self.short_side is not None and self.short_side < LEAST_SIDE:
            raise ValueError(
                f"short_side must be {LEAST_SIDE} or more, or None. Got {self.short_side}."
            )
        if self.most_pixels is not None and self.most_pixels < LEAST_SIDE**2:
            raise ValueError(
                f"most_pixels must be {LEAST_SIDE**2} or more, or None. Got {self.most_pixels}."
            )

    def apply(self, rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Bring one photo (H, W, 3) to the size that is looked at; mostly, leave it as it is."""
        check_photo(rgb)
        height, width = self.size_of(*rgb.shape[:2])
        if (height, width) != rgb.shape[:2]:
            image = Image.fromarray(np.ascontiguousarray(rgb))
            image = image.resize((width, height), Image.Resampling.BICUBIC)
            rgb = np.array(image, dtype=np.uint8)
        lacking = [max(0, LEAST_SIDE - side) for side in (height, width)]
        if any(lacking):
            around = [(lack // 2, lack - lack // 2) for lack in lacking]
            rgb = np.pad(rgb, (*around, (0, 0)), mode="edge")
        return rgb

    def size_of(self, height: int, width: int) -> tuple[int, int]:
        """Height and width to which a photo is resized."""
        most = self.most_pixels
        if self.short_side is not None:
            short, long = sorted((height, width))
            longer = int(self.short_side * long / short)  # torchvision truncates
            if most is None or self.short_side * longer <= most:
                return (longer, self.short_side) if height > width else (self.short_side, longer)
        if most is None or _padded(height, width) <= most:
            return height, width
        scale = min(sqrt(most / (height * width)), most / LEAST_SIDE / max(height, width))
        return max(1, int(height * scale)), max(1, int(width * scale))

    def is_too_large(self, height: int, width: int) -> bool:
        """Whether a photo is reduced because of its number of pixels."""
        most = self.most_pixels
        if most is None or _padded(height, width) <= most:
            return False
        resized = self.size_of(height, width)
        return self.short_side is None or min(resized) != self.short_side


def _padded(height: int, width: int) -> int:
    """Number of pixels after the padding."""
    return max(height, LEAST_SIDE) * max(width, LEAST_SIDE)
