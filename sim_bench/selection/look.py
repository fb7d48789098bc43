"""What a photo looks like in a few hundred numbers, so that photos of one moment can be found.

Nothing in it was learned. It keeps where edges run, what stays of colours when the white balance
is taken out, a thumbnail and where there is fine detail; how two looks compare is said in
`look_similarity` (one scene or another) and `perceptual_hash` (one picture or another).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from sim_bench.images.photo_array import check_photo
from sim_bench.selection.look_gradients import CHANNELS, GRID, SIDE, gradient_harmonics

INPUT = 192
"""Height and width in pixels of what is looked at; the proportions of the photo do not count."""
COLOURS = 4
"""Cells along each side in which colour is averaged."""
THUMB = 32
"""Height and width of the thumbnail."""
DETAIL = 8
"""Cells along each side in which fine detail is measured."""

_LUMA = np.array([0.299, 0.587, 0.114], dtype=np.float32)  # ITU-R BT.601
_DARK = 8.0  # grey levels: keeps the colour of black from being any

_LENGTHS = (CHANNELS * GRID * GRID, 2 * COLOURS * COLOURS, THUMB * THUMB, DETAIL * DETAIL)
_SCENE, _COLOUR, _THUMB, _DETAIL = (
    slice(sum(_LENGTHS[:k]), sum(_LENGTHS[: k + 1])) for k in range(len(_LENGTHS))
)
DIM = sum(_LENGTHS)
"""Length of a look."""


class LookEncoder:
    """Photos to looks; an `ImageEncoder` without weights."""

    name = "look"
    dim = DIM
    input_size: tuple[int, int] | None = (INPUT, INPUT)
    fingerprint = "look-1"
    trained_on: tuple[str, ...] | None = ()
    licence = "none needed"

    def prepare(self, rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Squash one photo (H, W, 3) to (192, 192, 3)."""
        check_photo(rgb)
        if rgb.shape[:2] == (INPUT, INPUT):
            return rgb
        image = Image.fromarray(np.ascontiguousarray(rgb))
        return np.array(image.resize((INPUT, INPUT), Image.Resampling.BILINEAR), dtype=np.uint8)

    def encode_images(self, images: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """Describe photos, each uint8 (H, W, 3) of any size; each may come prepared.

        Returns:
            Float32 of shape (n, dim), in the order given; each row has the parts that `scene`,
            `colour`, `thumbnail` and `detail` take from it.
        """
        rows = [_look(self.prepare(image)) for image in images]
        return np.array(rows, dtype=np.float32).reshape(len(images), DIM)


def scene(looks: NDArray[np.float32]) -> NDArray[np.float32]:
    """Harmonics of the gradients' directions: of looks (..., dim), shape (..., 6, 8, 8)."""
    return _part(looks, _SCENE, (CHANNELS, GRID, GRID))


def colour(looks: NDArray[np.float32]) -> NDArray[np.float32]:
    """Share of red and of blue in the light, less the photo's mean: shape (..., 2, 4, 4)."""
    return _part(looks, _COLOUR, (2, COLOURS, COLOURS))


def thumbnail(looks: NDArray[np.float32]) -> NDArray[np.float32]:
    """Luma in grey levels 0-255: of looks (..., dim), shape (..., 32, 32)."""
    return _part(looks, _THUMB, (THUMB, THUMB))


def detail(looks: NDArray[np.float32]) -> NDArray[np.float32]:
    """Fine detail: mean size of the Laplacian of luma at 192 x 192, in grey levels.

    Larger is sharper, more contrast or more noise: to compare photos of one scene and exposure.

    Returns:
        Of looks (..., dim), shape (..., 8, 8).
    """
    return _part(looks, _DETAIL, (DETAIL, DETAIL))


def check_looks(looks: NDArray[np.float32]) -> None:
    """Make sure that looks are of shape (n, dim) and finite.

    Raises:
        ValueError: They are not.
    """
    if looks.ndim != 2 or looks.shape[1] != DIM:
        raise ValueError(f"looks must be of shape (n, {DIM}). Got {looks.shape}.")
    if not np.isfinite(looks).all():
        bad = int((~np.isfinite(looks).all(axis=1)).sum())
        raise ValueError(f"looks must be finite. Got {bad} of {len(looks)} that are not.")


def _look(rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
    pixels = rgb.astype(np.float32)
    luma = pixels @ _LUMA
    mid = _cells(luma, SIDE)
    small = _cells(mid, THUMB)
    parts = gradient_harmonics(mid), _colour(pixels, luma), small, _detail(luma)
    return np.concatenate([part.reshape(-1) for part in parts])


def _colour(pixels: NDArray[np.float32], luma: NDArray[np.float32]) -> NDArray[np.float32]:
    light = luma + np.float32(_DARK)
    shares = [_cells((pixels[..., k] - luma) / light, COLOURS) for k in (0, 2)]
    return np.stack([share - share.mean() for share in shares])


def _detail(luma: NDArray[np.float32]) -> NDArray[np.float32]:
    y = np.pad(luma, 1, mode="reflect")
    around = y[:-2, 1:-1] + y[2:, 1:-1] + y[1:-1, :-2] + y[1:-1, 2:]
    return _cells(np.abs(around - 4.0 * luma), DETAIL)


def _cells(plane: NDArray[np.float32], cells: int) -> NDArray[np.float32]:
    """Mean of each of cells x cells equal parts of a square plane."""
    size = len(plane) // cells
    return np.asarray(plane.reshape(cells, size, cells, size).mean(axis=(1, 3)))


def _part(looks: NDArray[np.float32], which: slice, shape: tuple[int, ...]) -> NDArray[np.float32]:
    return looks[..., which].reshape(*looks.shape[:-1], *shape)
