"""A stretch of a strip that is one thing, and how alike photos must be for that."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim_bench.selection.group import Kind

UNKNOWN = 0.66
"""Least similarity where the time between two photos is not known: `similarity.THRESHOLD`."""

_SECONDS = (0.1, 0.5, 2.0, 10.0, 60.0)
_NEEDED = (0.15, 0.35, 0.55, UNKNOWN, 0.75)
_WHOLE = 1.0  # seconds: what a stamp of whole seconds leaves open


@dataclass(frozen=True, slots=True)
class Part:
    """Some photos of a strip that belong together.

    Attributes:
        kind: In what way.
        start: Place of the first one in the strip.
        stop: Place behind the last one.
        seen: What speaks for it, in words.
    """

    kind: Kind
    start: int
    stop: int
    seen: str


def needed(gap: NDArray[np.float64] | float, resolution: float | None) -> NDArray[np.float64]:
    """Least similarity at which two photos of one camera are of one moment, by seconds between.

    The closer in time, the less alike they need to be: from 0.15 within a tenth of a second to 0.75
    a minute apart, in between along the logarithm of the time. Of stamps of whole seconds no less
    than a second is believed. Chosen by us between what photos within a burst and what any two
    photos reach: docs/grouping_kinds.md, `benchmarks/grouping.py`.

    Args:
        gap: Seconds; NaN: not known.
        resolution: Of the stamps, in seconds; None: not known.
    """
    least = _WHOLE if resolution is None or resolution >= _WHOLE else resolution
    seconds = np.maximum(np.abs(np.asarray(gap, dtype=np.float64)), least)
    known = np.interp(np.log(seconds), np.log(_SECONDS), _NEEDED, right=np.inf)
    return np.asarray(np.where(np.isnan(seconds), UNKNOWN, known))
