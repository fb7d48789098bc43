"""Reducing and enlarging photos as MUSIQ's official code does, and as pyiqa does.

Source: google-research/musiq, `preprocessing.py`, calls TensorFlow's `tf.image.resize` with the
method "gaussian" and no antialias: a Gaussian of deviation 0.5 and radius 1.5 pixels of the photo,
however much it is reduced. pyiqa calls PyTorch's `interpolate` with "bicubic", likewise without
antialias: four pixels, with a = -0.75. Both put pixel centres at half pixels.
Deviation: none; positions are computed in 32-bit floats, as there.
"""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

Resize = Literal["gaussian", "bicubic"]

_DEVIATION = 0.5
_RADIUS = 1.5
_SHARPNESS = -0.75  # a of Keys' cubic kernel, as in PyTorch


def resized(image: NDArray[np.uint8], height: int, width: int, how: Resize) -> NDArray[np.float32]:
    """Resize a photo (H, W, 3) of 8-bit levels.

    Args:
        image: The photo.
        height: In pixels.
        width: In pixels.
        how: "gaussian" or "bicubic", see the module.

    Returns:
        Levels of shape (height, width, 3); bicubic ones may lie outside 0 and 255.
    """
    rows = _along_rows(image, *_taps(len(image), height, how))
    columns = _along_rows(rows.transpose(1, 0, 2), *_taps(image.shape[1], width, how))
    return np.ascontiguousarray(columns.transpose(1, 0, 2))


def _along_rows(
    image: NDArray[np.uint8] | NDArray[np.float32],
    places: NDArray[np.int64],
    weights: NDArray[np.float32],
) -> NDArray[np.float32]:
    out = np.zeros((len(places), *image.shape[1:]), dtype=np.float32)
    for place, weight in zip(places.T, weights.T, strict=True):
        out += weight[:, None, None] * image[place]
    return out


def _taps(length: int, wanted: int, how: Resize) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Which pixels make each pixel of the result, and their weights; both (wanted, taps)."""
    one, half = np.float32(1), np.float32(0.5)
    steps = np.arange(wanted, dtype=np.float32) + half
    if how == "bicubic":
        centres = np.float32(length) / np.float32(wanted) * steps - half
        first = np.floor(centres)
        offsets = np.arange(-1, 3, dtype=np.float32)
        weights = _cubic(np.abs(offsets - (centres - first)[:, None]))
        places = first[:, None].astype(np.int64) + np.arange(-1, 3)
        return places.clip(0, length - 1), weights
    centres = one / (np.float32(wanted) / np.float32(length)) * steps
    first = np.ceil(centres - np.float32(_RADIUS) - half).astype(np.int64)
    places = first[:, None] + np.arange(int(2 * _RADIUS) + 1)
    distances = places.astype(np.float32) + half - centres[:, None]
    weights = np.exp(-(distances**2) / np.float32(2 * _DEVIATION**2))
    outside = (np.abs(distances) >= _RADIUS) | (places < 0) | (places >= length)
    weights[outside] = 0.0
    return places.clip(0, length - 1), weights / weights.sum(axis=1, keepdims=True)


def _cubic(distances: NDArray[np.float32]) -> NDArray[np.float32]:
    a, x = np.float32(_SHARPNESS), distances
    near = ((a + 2) * x - (a + 3)) * x * x + 1
    far = ((a * x - 5 * a) * x + 8 * a) * x - 4 * a
    return np.where(x <= 1, near, far).astype(np.float32)
