"""A perceptual hash: 64 bits that stay when a picture is saved again or made smaller.

Source: Zauner, "Implementation and Benchmarking of Perceptual Image Hash Functions", 2010,
and pHash's `ph_dct_imagehash`: luma at 32 x 32, type-II discrete cosine transform, the 64
coefficients of the rows and columns 1 to 8 (those of number 0 are left out), each beside their
median. Deviation: the photo is reduced by averaging, where pHash blurs with a 7 x 7 box and picks
pixels.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from sim_bench.selection.look import THUMB, thumbnail

BITS = 64
_LOWEST = slice(1, 9)
_ROUNDING = 1e-3  # grey levels: of 32-bit thumbnails of one colour, or with a symmetry


def hash_of(looks: NDArray[np.float32]) -> NDArray[np.uint64]:
    """Hash looks (..., dim); shape (...).

    The first coefficient is the highest bit. A photo of one colour has the hash 0.
    """
    cosines = _cosines()[_LOWEST]
    found = cosines @ thumbnail(looks).astype(np.float64) @ cosines.T
    flat = np.where(np.abs(found) < _ROUNDING, 0.0, found).reshape(*found.shape[:-2], BITS)
    bits = flat > np.median(flat, axis=-1, keepdims=True)
    return np.packbits(bits, axis=-1).view(">u8")[..., 0].astype(np.uint64)


def hash_distance(a: NDArray[np.float32], b: NDArray[np.float32]) -> int:
    """Count the bits in which the hashes of two looks of shape (dim,) differ: 0 to 64.

    Small for one picture saved twice; about 32 for any two photos, and up to 61 have been seen
    within one exposure bracket: for the question whether photos show one scene, take `similarity`.
    """
    return int(hash_distances(hash_of(a), hash_of(b)))


def hash_distances(a: NDArray[np.uint64], b: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Count the bits in which hashes differ; shapes as numpy broadcasts them."""
    differing = np.asarray(np.bitwise_xor(a, b))[..., None].view(np.uint8)
    return np.asarray(np.unpackbits(differing, axis=-1).sum(axis=-1), dtype=np.int64)


@cache
def _cosines() -> NDArray[np.float64]:
    """Matrix of the type-II discrete cosine transform, orthonormal; rows are frequencies."""
    k = np.arange(THUMB)
    matrix = np.sqrt(2.0 / THUMB) * np.cos(np.pi * (2 * k + 1) * k[:, None] / (2 * THUMB))
    matrix[0] /= np.sqrt(2.0)
    return np.asarray(matrix)
