"""Whether two photos are one picture saved twice, rather than two pictures of one scene.

Copies: saved again as JPEG of quality 60 or more, reduced to a half each way, or both. No copies:
cut at the edges by 1% or more, or a tenth of a stop lighter. A look is too small to tell a copy
from a second photo that a tripod took in the same light, even one a little less in focus: where it
is known when photos were taken, copies have one time.
The three limits were chosen by us, see docs/grouping.md and `benchmarks/similarity.py`.
"""

import numpy as np
from numpy.typing import NDArray

from sim_bench.selection.look import check_looks, detail, thumbnail
from sim_bench.selection.perceptual_hash import hash_distances, hash_of

MOST_BITS = 4
"""Greatest distance of the perceptual hashes."""
MOST_LEVELS = 1.0
"""Greatest root mean square difference of the thumbnails, in grey levels of 256."""
MOST_DETAIL = 0.2
"""Greatest difference of the logarithm of the mean detail: a fifth more or less."""

_NO_DETAIL = 0.5  # grey levels added to the mean detail, so that none is not infinitely less


def is_copy(a: NDArray[np.float32], b: NDArray[np.float32]) -> bool:
    """Whether two looks of shape (dim,) are of one picture saved twice; symmetric."""
    return bool(are_copies(a[None], b[None])[0])


def are_copies(a: NDArray[np.float32], b: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Whether each look (n, dim) and the one in its place are of one picture; shape (n,).

    Raises:
        ValueError: Looks that are not finite, or not as many on both sides.
    """
    check_looks(a)
    check_looks(b)
    if len(a) != len(b):
        raise ValueError(f"There must be as many looks on both sides. Got {len(a)} and {len(b)}.")
    levels = np.sqrt(((thumbnail(a) - thumbnail(b)) ** 2).mean(axis=(1, 2)))
    sharper = np.abs(_log_detail(a) - _log_detail(b))
    bits = hash_distances(hash_of(a), hash_of(b))
    alike = (levels <= MOST_LEVELS) & (sharper <= MOST_DETAIL) & (bits <= MOST_BITS)
    return np.asarray(alike)


def _log_detail(looks: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(np.log(detail(looks).mean(axis=(1, 2)) + _NO_DETAIL))
