"""What a photo is as an array, and refusing what is none."""

import numpy as np
from numpy.typing import NDArray


def check_photo(rgb: NDArray[np.uint8]) -> None:
    """Make sure that an array is a photo: uint8 of shape (H, W, 3), with a pixel or more.

    Raises:
        ValueError: It is not; floats, which may mean 0 to 1 or 0 to 255, among them.
    """
    if rgb.dtype != np.uint8 or rgb.ndim != 3 or rgb.shape[2] != 3 or 0 in rgb.shape:
        raise ValueError(f"A photo is uint8 (H, W, 3). Got {rgb.dtype} {rgb.shape} instead.")
