"""Panoramas: frames that overlap and go on in one direction.

How far two frames are shifted is where their thumbnails correlate best: normalised correlation over
the overlap, as in Padfield, "Masked object registration in the Fourier domain", IEEE TIP 21, 2012.
The thumbnails are taken as logarithms without their coarse shades, so that light does not count.
A correlation over a small overlap says less; Fisher's z = artanh(r) sqrt(samples), one sample to
64 pixels of the thumbnail, makes them comparable. Chosen by us: docs/grouping_kinds.md.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from sim_bench.selection.grouping_part import Part
from sim_bench.selection.grouping_strips import Strip, looks_of
from sim_bench.selection.look import THUMB, thumbnail
from sim_bench.selection.shot import Shot

SURE = 1.9
"""z at or above which a shift is believed. Of any two photos about one in 300 reaches it; of the
neighbours in simulated panoramas 99%."""
LIKELY = 1.2
"""z that is enough beside a sure one, where the shift is the same."""

_FASTEST, _SLOWEST = 0.5, 12.0  # seconds from frame to frame; faster: a burst that pans
_LEAST, _MOST, _ACROSS = 4, 23, 4  # px of 32 along and across the direction: overlap 28 to 88%
_ALIKE = 0.95  # similarity of photos that have not moved as far
_UNEVEN = 1.6  # times as far as the usual shift of the panorama, or as little
_SLACK = 3  # px around the usual shift
_ZOOM = 1.05  # focal lengths that count as one
_LIGHT = 4.0  # times as long exposures: two stops
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


def find_panoramas(strip: Strip, taken: Sequence[bool]) -> list[Part]:
    """Find the panoramas of a strip, in order.

    Args:
        strip: The strip.
        taken: Of each photo, whether it is part of something else already.
    """
    parts: list[Part] = []
    for run in _runs([at for at in range(len(strip.gaps)) if _may_go_on(strip, at, taken)]):
        if len(run) < 2 or not (strip.likeness[0, run] < _ALIKE).any():
            continue
        planes = _planes([(strip.shots[at], strip.shots[at + 1]) for at in run])
        for first, last, usual in _steady(planes):
            seen = f"each shifted by about {_words(usual)} against the one before"
            parts.append(Part("panorama", run[first], run[last - 1] + 2, seen))
    return parts


def move_between(a: Shot, b: Shot) -> Move | None:
    """The likeliest shift from one photo to another; None without pixels."""
    if a.look is None or b.look is None:
        return None
    return _best(_planes([(a, b)])[0])


def _may_go_on(strip: Strip, at: int, taken: Sequence[bool]) -> bool:
    if taken[at] or taken[at + 1] or np.isnan(strip.likeness[0, at]):
        return False
    a, b = strip.shots[at].capture, strip.shots[at + 1].capture
    if strip.timed:
        longest = strip.gaps[at] + (1.0 if a.resolution is None or a.resolution >= 1.0 else 0.0)
        if longest < _FASTEST or strip.gaps[at] > _SLOWEST:
            return False
    return (
        (a.width, a.height) == (b.width, b.height)
        and _near(a.focal_length, b.focal_length, _ZOOM)
        and _near(a.exposure_time, b.exposure_time, _LIGHT)
    )


def _near(a: float | None, b: float | None, times: float) -> bool:
    return a is None or b is None or max(a, b) <= times * min(a, b)


def _runs(numbers: Sequence[int]) -> list[list[int]]:
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return runs


def _steady(planes: NDArray[np.float32]) -> Iterator[tuple[int, int, Move]]:
    """Runs of two pairs or more that go on by one shift, each begun at a sure pair."""
    moves = [_best(plane) for plane in planes]
    begun = 0
    for seed, usual in enumerate(moves):
        if seed < begun or usual.z < SURE or abs(usual.along) < _LEAST:
            continue
        first = last = seed
        while first > begun and _goes_on(planes[first - 1], moves[first - 1], usual):
            first -= 1
        while last + 1 < len(moves) and _goes_on(planes[last + 1], moves[last + 1], usual):
            last += 1
        if last > first:
            begun = last + 1
            yield first, last + 1, usual


def _goes_on(plane: NDArray[np.float32], move: Move, usual: Move) -> bool:
    """Whether a pair's own shift, or one close to the usual, is like the usual."""
    if move.z >= SURE and max(abs(move.down), abs(move.right)) < _LEAST:
        return False
    if move.z >= LIKELY and move.level == usual.level:
        ratio = move.along / usual.along
        if 1.0 / _UNEVEN <= ratio <= _UNEVEN:
            return True
    down, right = _shifts()
    near = (np.abs(down - usual.down) <= _SLACK) & (np.abs(right - usual.right) <= _SLACK)
    return bool(plane[near].max() >= LIKELY)


def _best(plane: NDArray[np.float32]) -> Move:
    down, right = _shifts()
    at = int(np.argmax(plane))
    return Move(float(plane[at]), int(down[at]), int(right[at]))


@cache
def _shifts() -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Shifts down and right that are looked at: far in one direction, little across it."""
    down, right = np.mgrid[-_MOST : _MOST + 1, -_MOST : _MOST + 1].reshape(2, -1)
    looked = np.minimum(np.abs(down), np.abs(right)) <= _ACROSS
    return down[looked], right[looked]


def _planes(pairs: Sequence[tuple[Shot, Shot]]) -> NDArray[np.float32]:
    """How sure each shift of `_shifts` is, as z, for each pair: shape (pairs, shifts)."""
    parts = [_some_planes(pairs[at : at + _BLOCK]) for at in range(0, len(pairs), _BLOCK)]
    return np.concatenate(parts)


def _some_planes(pairs: Sequence[tuple[Shot, Shot]]) -> NDArray[np.float32]:
    first, second = (_shades(looks_of(side)) for side in zip(*pairs, strict=True))
    down, right = _shifts()
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
    return np.asarray(np.fft.irfft2(spectrum, (_PLANE, _PLANE))[:, *_shifts()])


def _shades(looks: NDArray[np.float32]) -> NDArray[np.float64]:
    from scipy.ndimage import gaussian_filter

    light = np.log(thumbnail(looks).astype(np.float64) + 4.0)
    return np.asarray(light - gaussian_filter(light, (0.0, _SHADE, _SHADE)))


def _words(move: Move) -> str:
    share = f"{abs(move.along) / THUMB:.0%} of the frame"
    # What moves left in the picture: the camera turned to the right.
    way = ("left", "right") if move.level else ("up", "down")
    return (
        f"{share} to the {way[move.along < 0]}" if move.level else f"{share} {way[move.along < 0]}"
    )
