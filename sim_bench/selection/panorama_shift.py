"""How far two frames of one scene are shifted against each other.

That is where their thumbnails correlate best: normalised correlation over the overlap, as in
Padfield, "Masked object registration in the Fourier domain", IEEE TIP 21, 2012. The thumbnails are
taken as logarithms without their coarse shades, so that light does not count. A correlation over a
small overlap says less; Fisher's z = artanh(r) sqrt(samples), one sample to 64 pixels of the
thumbnail, makes them comparable. Chosen by us: docs/grouping_kinds.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from sim_bench.selection.grouping_strips import looks_of
from sim_bench.selection.look import THUMB, thumbnail
from sim_bench.selection.shot import Shot

SURE = 1.9
"""z at or above which a shift is believed. Of any two photos one in 400 reaches it; of the
neighbours in simulated panoramas about 99%."""

_MOST, _ACROSS = 23, 4  # px of 32 along and across the direction: an overlap of 28% or more
_SHADE = 4.0  # px: coarser shades are taken away
_FLAT = 0.01  # a hundredth lighter or darker: less contrast is noise, and correlates with nothing
_PLANE = 2 * THUMB
_SAMPLE = 64.0  # px
_BLOCK = 256  # pairs correlated at once


@dataclass(frozen=True, slots=True)
class Move:
    """How the second of two frames is shifted against the first.

    Attributes:
        z: How sure that is.
        down: Pixels of the thumbnail.
        right: Pixels of the thumbnail.
    """

    z: float
    down: int
    right: int

    @property
    def along(self) -> int:
        """The larger of the two, with its sign."""
        return self.right if self.level else self.down

    @property
    def level(self) -> bool:
        """Whether it goes left or right rather than up or down."""
        return abs(self.right) >= abs(self.down)


def move_between(a: Shot, b: Shot) -> Move | None:
    """The likeliest shift from one photo to another; None without pixels."""
    if a.look is None or b.look is None:
        return None
    return likeliest(shift_planes([(a, b)])[0])


def likeliest(plane: NDArray[np.float32]) -> Move:
    """The shift of one row of `shift_planes` that is the surest."""
    down, right = shifts()
    at = int(np.argmax(plane))
    return Move(float(plane[at]), int(down[at]), int(right[at]))


@cache
def shifts() -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Shifts down and right that are looked at: far in one direction, little across it."""
    down, right = np.mgrid[-_MOST : _MOST + 1, -_MOST : _MOST + 1].reshape(2, -1)
    looked = np.minimum(np.abs(down), np.abs(right)) <= _ACROSS
    return down[looked], right[looked]


def shift_planes(pairs: Sequence[tuple[Shot, Shot]]) -> NDArray[np.float32]:
    """How sure each shift of `shifts` is, as z, for each pair: shape (pairs, shifts)."""
    parts = [_some_planes(pairs[at : at + _BLOCK]) for at in range(0, len(pairs), _BLOCK)]
    return np.concatenate(parts)


def _some_planes(pairs: Sequence[tuple[Shot, Shot]]) -> NDArray[np.float32]:
    first, second = (_shades(looks_of(side)) for side in zip(*pairs, strict=True))
    down, right = shifts()
    count = (THUMB - np.abs(down)) * (THUMB - np.abs(right)).astype(np.float64)
    ones = np.fft.rfft2(np.ones((THUMB, THUMB)), (_PLANE, _PLANE))
    a, aa = (np.conj(np.fft.rfft2(x, (_PLANE, _PLANE))) for x in (first, first**2))
    b, bb = (np.fft.rfft2(x, (_PLANE, _PLANE)) for x in (second, second**2))
    sum_a, sum_b = _inverse(a * ones), _inverse(np.conj(ones) * b)
    apart_a = _inverse(aa * ones) - sum_a**2 / count
    apart_b = _inverse(np.conj(ones) * bb) - sum_b**2 / count
    both = _inverse(a * b) - sum_a * sum_b / count
    floor = _FLAT**2 * count
    r = both / np.sqrt(np.maximum(apart_a, floor) * np.maximum(apart_b, floor))
    z = np.arctanh(np.clip(r, -0.99, 0.99)) * np.sqrt(count / _SAMPLE)
    return np.asarray(z, dtype=np.float32)


def _inverse(spectrum: NDArray[np.complex128]) -> NDArray[np.float64]:
    return np.asarray(np.fft.irfft2(spectrum, (_PLANE, _PLANE))[:, *shifts()])


def _shades(looks: NDArray[np.float32]) -> NDArray[np.float64]:
    from scipy.ndimage import gaussian_filter

    light = np.log(thumbnail(looks).astype(np.float64) + 4.0)
    return np.asarray(light - gaussian_filter(light, (0.0, _SHADE, _SHADE)))
