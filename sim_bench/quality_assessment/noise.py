"""Noise: robust standard deviation of luma grain.

Source: the difference of two Laplacians of Immerkaer, "Fast noise variance estimation", Computer
Vision and Image Understanding 64, 1996, whose 3x3 mask ignores edges and constant slopes; the
scale by the median absolute value over 0.6745, as Donoho and Johnstone, "Ideal spatial adaptation
by wavelet shrinkage", Biometrika 81, 1994.
Deviation: the median in place of Immerkaer's mean, which reads texture as noise (decision 0002).
Luma holds whole grey levels, so the median is interpolated inside its level (else it ties).
"""

import numpy as np
from numpy.typing import NDArray

from sim_bench.quality_assessment.luma import Planes
from sim_bench.quality_assessment.rule_based import Calibration, Observed, RuleBasedAssessor

_NORM = 6.0  # root of the sum of squares of the mask [1 -2 1]^T [1 -2 1]
_LARGEST = 16 * 255  # the mask's greatest response: its absolute values add up to 16
_STRIP = 16  # rows at a time; stays in the cache, a quarter of the time of one piece
_MAD_TO_SIGMA = 0.674489750196082  # third quartile of the standard normal distribution


def grouped_median(counts: NDArray[np.int64]) -> float:
    """Return the median of whole numbers k >= 0 of which `counts[k]` were seen.

    Level k >= 1 stands for k - 0.5 to k + 0.5, level 0 for 0 to 0.5. When more than half are 0
    the value falls from 0.5 to 0 as the share of zeros goes from one half to all.
    """
    half = counts.sum() / 2
    below = np.cumsum(counts)
    level = int(np.searchsorted(below, half))
    if level == 0:
        return float(1.0 - counts[0] / counts.sum())
    return float(level - 0.5 + (half - below[level - 1]) / counts[level])


def noise_sigma(luma: NDArray[np.uint8]) -> float:
    """Return the standard deviation of grain in luma (H, W), in grey levels.

    Inner pixels only; NaN for fewer than 3 rows or columns, which have none.
    """
    if min(luma.shape) < 3:
        return float("nan")
    counts = np.zeros(_LARGEST + 1, dtype=np.int64)
    for top in range(0, len(luma) - 2, _STRIP):
        rows = luma[top : top + _STRIP + 2].astype(np.int16)
        across = rows[:, 2:] - 2 * rows[:, 1:-1] + rows[:, :-2]
        grain = np.abs(across[2:] - 2 * across[1:-1] + across[:-2])
        counts += np.bincount(grain.ravel(), minlength=len(counts))
    return grouped_median(counts) / (_NORM * _MAD_TO_SIGMA)


class NoiseAssessor(RuleBasedAssessor):
    """Standard deviation of grain; unit: grey levels; 0 and up, a SMALLER raw value is better.

    Measured at full size, where grain lives. Fine texture over more than half of the photo
    counts as grain; blur and strong denoising look clean.
    """

    name = "noise"
    unit = "grey levels"
    raw_direction = "lower"
    calibration = Calibration(median=0.389, slope=-2.58)
    version = 1

    def observe(self, planes: Planes) -> Observed:
        """Measure grain at full size."""
        return {"raw": noise_sigma(planes.luma)}
