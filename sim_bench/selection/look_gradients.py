"""Where edges are in a photo and which way they run, whatever the light.

The luma is brought to a logarithm, so that an exposure shifts it and leaves its gradients alone;
in each cell of a grid the gradients' directions are summed up by their first circular harmonics,
and divided by how much gradient there is around, so that contrast does not count either.

Source: histograms of oriented gradients with local normalisation, Dalal and Triggs, CVPR 2005;
harmonics of the direction instead of bins, Liu et al., "Rotation-Invariant HOG Descriptors Using
Fourier Analysis in Polar and Spherical Coordinates", IJCV 106, 2014. The numbers below
were chosen by us on series of one scene: docs/grouping.md, `benchmarks/similarity.py`.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

SIDE = 64
"""Height and width in pixels of the luma that is looked at."""
GRID = 8
"""Cells along each side."""
CHANNELS = 6
"""Real and imaginary parts of three harmonics."""

_DARK = 4.0  # grey levels added before the logarithm: below it is noise
_GAIN = 32.0  # a tenth more light is 3 units
_FINE = 1.0  # pixels: what is smoothed away before gradients are taken
_SPREAD = 0.5  # of a cell: reach of a cell beyond its border
_AROUND = 1.0  # cells: how far around the amount of gradient is measured
_FLAT = 2.0  # units: less gradient than this counts for little


def gradient_harmonics(luma: NDArray[np.float32]) -> NDArray[np.float32]:
    """Describe the gradients of one photo.

    Args:
        luma: Grey levels 0-255, shape (SIDE, SIDE).

    Returns:
        Shape (CHANNELS, GRID, GRID), each value in [-1, 1]; zeros for a photo of one colour.
    """
    smooth = _gaussian(SIDE, SIDE, _FINE)
    light = smooth @ (_GAIN * np.log(luma + _DARK)) @ smooth.T
    down, across = np.gradient(light)
    first = across + 1j * down
    amount = np.abs(first)
    direction = np.divide(first, amount, out=np.zeros_like(first), where=amount > 0)
    second = first * direction
    third = second * direction
    pool, around = _gaussian(GRID, SIDE, _SPREAD * SIDE / GRID), _gaussian(GRID, GRID, _AROUND)
    planes = np.stack(
        [first.real, first.imag, second.real, second.imag, third.real, third.imag, amount]
    )
    pooled = pool @ planes @ pool.T
    norm = around @ pooled[-1] @ around.T + _FLAT
    return np.asarray(np.clip(pooled[:-1] / norm, -1.0, 1.0), dtype=np.float32)


@cache
def _gaussian(rows: int, side: int, sigma: float) -> NDArray[np.float32]:
    """Weights (rows, side) that pool `side` pixels about the centres of `rows` equal cells."""
    centres = (np.arange(rows) + 0.5) * side / rows - 0.5
    weights = np.exp(-0.5 * ((np.arange(side) - centres[:, None]) / sigma) ** 2)
    return np.asarray(weights / weights.sum(axis=1, keepdims=True), dtype=np.float32)
