"""A photo, decoded once into what every method reads."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """One upright photo in sRGB.

    Attributes:
        path: The file it came from.
        rgb: Pixels, uint8 of shape (H, W, 3), sRGB, EXIF orientation applied. `read_picture` gives
            a read-only array, since every method and several threads share it.
            Where `size` is set, these are a reduction of the photo.
        format: Name of the file format as decoded ("JPEG", "PNG", ...), whatever the suffix says.
        notes: What was met on the way that a careful reader wants to know, one sentence each: a
            colour profile that could not be used, damaged metadata, transparency.
        size: Width and height in pixels of the upright photo, where it was decoded at a smaller
            size; None: `rgb` holds all of its pixels.
    """

    path: Path
    rgb: NDArray[np.uint8]
    format: str
    notes: tuple[str, ...] = ()
    size: tuple[int, int] | None = None

    @property
    def width(self) -> int:
        """Width in pixels of the upright photo, in full."""
        return self.size[0] if self.size else int(self.rgb.shape[1])

    @property
    def height(self) -> int:
        """Height in pixels of the upright photo, in full."""
        return self.size[1] if self.size else int(self.rgb.shape[0])
