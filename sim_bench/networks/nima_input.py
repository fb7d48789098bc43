"""What NIMA's networks look at of a photo, small enough to wait in a queue.

Sources: idealo's `load_image` (Keras' `load_img` with a target size) for MobileNet; torchvision's
`resize` of a tensor and `center_crop`, as pyiqa's NIMA calls them, for the two others.
"""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from sim_bench.images.photo_array import check_photo


def squashed(rgb: NDArray[np.uint8], size: int) -> NDArray[np.uint8]:
    """Squash a photo (H, W, 3) to (size, size, 3): for each pixel the nearest one of the photo.

    Keras' `load_img` does so unless it is told otherwise. Nothing is averaged: fine texture of a
    large photo turns to noise, which the weights have seen in training.
    """
    check_photo(rgb)
    if rgb.shape[:2] == (size, size):
        return rgb
    image = Image.fromarray(np.ascontiguousarray(rgb))
    return np.array(image.resize((size, size), Image.Resampling.NEAREST), dtype=np.uint8)


def cropped(rgb: NDArray[np.uint8], size: int) -> NDArray[np.uint8]:
    """Bring the short side of a photo (H, W, 3) to `size` and take the square in the middle.

    Bilinear, averaged over what a pixel stands for, without rounding to 8 bits: a tensor of
    floats is resized in the original. Here the numbers are rounded to 16 bits.

    Returns:
        Shape (size, size, 6): two bytes of each number, as `levels` reads them. What has this
        shape already is returned as it is.
    """
    if rgb.shape == (size, size, 6) and rgb.dtype == np.uint8:
        return rgb
    check_photo(rgb)
    height, width = rgb.shape[:2]
    long = int(size * max(height, width) / min(height, width))  # torchvision truncates
    tall, wide = (size, long) if height <= width else (long, size)
    rows, above, below = _middle(height, tall, size)
    columns, before, after = _middle(width, wide, size)
    out = np.empty((size, size, 3), dtype=np.uint16)
    for channel in range(3):
        plane = Image.fromarray(rgb[rows, columns, channel].astype(np.float32))
        box = (before, above, min(after, plane.width), min(below, plane.height))
        values = np.asarray(plane.resize((size, size), Image.Resampling.BILINEAR, box))
        out[..., channel] = np.rint(values * 257.0)  # 255 to 65535
    return out.view(np.uint8)


def _middle(full: int, resized: int, size: int) -> tuple[slice, float, float]:
    """Where the middle of a side comes from: the pixels it depends on, and its ends among them."""
    scale = full / resized  # pixels of the photo per pixel of the result
    start = round((resized - size) / 2.0)  # to even at a half, as torchvision
    begin, end = start * scale, (start + size) * scale
    reach = max(scale, 1.0) + 1  # of the filter, and one that rounding may take
    first = max(0, int(begin - reach))
    return slice(first, min(full, int(end + reach) + 1)), begin - first, end - first


def levels(prepared: NDArray[np.uint8]) -> NDArray[np.uint8] | NDArray[np.uint16]:
    """Levels (size, size, 3) of what `squashed` (0 to 255) or `cropped` (0 to 65535) returns."""
    if prepared.shape[2] == 3:
        return prepared
    return np.ascontiguousarray(prepared).view(np.uint16)
