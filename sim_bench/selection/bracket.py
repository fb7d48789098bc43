"""Exposure brackets: one scene at exposures in equal steps, to be merged into one picture.

What is read: exposure compensation, else the exposure value from exposure time, aperture and
sensitivity (EXIF 2.32, 4.6.5), and whether the camera says that it bracketed (ExposureMode 2). The
pixels must agree: a brighter exposure that gives no brighter picture is an automatic exposure
that followed the light. Orders are those that cameras offer: up, down, or from the middle outwards.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log2

import numpy as np
from numpy.typing import NDArray

from sim_bench.selection.grouping_part import Part, needed
from sim_bench.selection.grouping_strips import Strip, looks_of
from sim_bench.selection.look import thumbnail
from sim_bench.selection.look_similarity import paired_similarities
from sim_bench.selection.shot import Shot

_FRAMES = (9, 7, 5, 3)  # the longest first: a bracket of five holds one of three
_PAUSE = 10.0  # seconds: by hand, with a dial to turn; chosen by us
_STEP = 0.28  # stops: a third, as EXIF rounds it (0.3)
_UNSAID_STEP = 0.6  # where only the exposure value says so: automatic exposure moves by thirds
_ROUNDING = {"bias": 0.08, "value": 0.2}  # stops: 0.3 and 0.7 for thirds; 1/60 s for 1/64 s
_BRIGHTER = 1.0  # grey levels of 256 by which a step must be brighter, unless marked
_RANGE = 4.0  # grey levels from the darkest to the brightest
_WHITE, _BLACK = 245.0, 8.0  # mean grey levels beyond which an exposure changes little
_MARKED_ALIKE = 0.2  # similarity for frames that the camera calls a bracket
_UNMARKED_ALIKE = 0.6  # for others; one step apart, they are hardly ever below 0.8


@dataclass(frozen=True, slots=True)
class _Scale:
    name: str
    read: Callable[[Shot], float | None]


def exposure_value(shot: Shot) -> float | None:
    """Light that an exposure gathers, in stops, larger is brighter; None if not known.

    log2(t S / N^2), which is -EV100 but for a constant; what the camera does not record counts as
    the same for all.
    """
    one = shot.capture
    if one.exposure_time is None:
        return None
    return log2(one.exposure_time * (one.iso or 100.0) / (one.aperture or 1.0) ** 2)


_SCALES = (
    _Scale("bias", lambda shot: shot.capture.bias),
    _Scale("value", exposure_value),
)


def find_brackets(strip: Strip) -> list[Part]:
    """Find the brackets of a strip, none overlapping another, in order."""
    parts: list[Part] = []
    at = 0
    while at <= len(strip.shots) - 2:
        part = next(_at(strip, at), None) or _marked(strip, at)
        if part is not None:
            parts.append(part)
        at = at + 1 if part is None else part.stop
    return parts


def _at(strip: Strip, start: int) -> Iterator[Part]:
    for count in _FRAMES:
        stop = start + count
        if stop > len(strip.shots) or (strip.gaps[start : stop - 1] > _PAUSE).any():
            continue
        shots = strip.shots[start:stop]
        for scale in _SCALES:
            stops = [scale.read(shot) for shot in shots]
            known = [value for value in stops if value is not None]
            if len(known) == count and _is_one(strip, start, known, scale.name):
                yield Part("bracket", start, stop, _words(known, shots))


def _is_one(strip: Strip, start: int, stops: Sequence[float], scale: str) -> bool:
    shots = strip.shots[start : start + len(stops)]
    marked = any(shot.capture.bracketing for shot in shots)
    rising = sorted(stops)
    step = (rising[-1] - rising[0]) / (len(stops) - 1)
    if step < (_UNSAID_STEP if scale == "value" and not marked else _STEP):
        return False
    even = [rising[0] + step * k for k in range(len(stops))]
    if max(abs(a - b) for a, b in zip(rising, even, strict=True)) > _ROUNDING[scale]:
        return False
    return _is_in_order(stops, step) and _is_one_scene(strip, start, stops, marked)


def _is_in_order(stops: Sequence[float], step: float) -> bool:
    moves = [b - a for a, b in pairwise(stops)]
    if all(move > 0 for move in moves) or all(move < 0 for move in moves):
        return True
    middle = (max(stops) + min(stops)) / 2
    away = [round(abs(value - middle) / step) for value in stops]
    return all(a <= b for a, b in pairwise(away))


def _is_one_scene(strip: Strip, start: int, stops: Sequence[float], marked: bool) -> bool:
    """Frames of neighbouring exposures are alike, and the longer exposure is the brighter."""
    order = np.argsort(stops, kind="stable")
    shots = [strip.shots[start + int(k)] for k in order]
    if any(shot.look is None for shot in shots):
        return False
    looks = looks_of(shots)
    alike = paired_similarities(looks[:-1], looks[1:])
    levels = thumbnail(looks).mean(axis=(1, 2))
    if marked:
        return bool((alike >= _MARKED_ALIKE).all() and levels[-1] > levels[0])
    resolution = strip.shots[start].capture.resolution
    gaps = strip.gaps[start : start + len(stops) - 1]
    least = max(_UNMARKED_ALIKE, needed(gaps, resolution).max())
    return bool((alike >= least).all() and _is_brighter(levels))


def _is_brighter(levels: NDArray[np.float32]) -> bool:
    """Whether each step is, but for those where all is white or black already."""
    full = (levels[:-1] >= _WHITE) | (levels[1:] <= _BLACK)
    steps = np.diff(levels) >= _BRIGHTER
    return bool((steps | full).all() and levels[-1] - levels[0] >= _RANGE)


def _marked(strip: Strip, start: int) -> Part | None:
    """Photos that the camera calls a bracket, of whatever: exposures without a rule, colours."""
    stop = start
    while stop < len(strip.shots) and strip.shots[stop].capture.bracketing:
        pair = slice(stop - 1, stop)
        if stop > start and (
            (strip.gaps[pair] > _PAUSE).any()
            or not (strip.likeness[0, pair] >= _MARKED_ALIKE).all()
        ):
            break
        stop += 1
    if stop - start < 2:
        return None
    return Part("bracket", start, stop, "that the camera marked as a bracket")


def _words(stops: Sequence[float], shots: Sequence[Shot]) -> str:
    low, high = min(stops), max(stops)
    step = (high - low) / (len(stops) - 1)
    biases = [shot.capture.bias for shot in shots]
    by_hand = None in biases or len(set(biases)) == 1
    span = f"over {high - low:.2g} EV" if by_hand else f"from {_signed(low)} to {_signed(high)} EV"
    marked = ", marked as a bracket" if any(shot.capture.bracketing for shot in shots) else ""
    return f"{span} in steps of {step:.2g}{marked}"


def _signed(stops: float) -> str:
    return f"{stops:+.2g}" if abs(stops) > 0.005 else "0"
