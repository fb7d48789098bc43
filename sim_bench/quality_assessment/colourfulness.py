"""Colourfulness: spread and strength of opponent colours.

Source: Hasler and Süsstrunk, "Measuring colourfulness in natural images", Proc. SPIE 5007, 2003,
the metric M^(3) in sRGB: rg = R - G, yb = (R + G) / 2 - B,
M = sqrt(std(rg)^2 + std(yb)^2) + 0.3 sqrt(mean(rg)^2 + mean(yb)^2).
Deviation: measured at the working size of `luma.py`, which averages coloured noise away.
"""

import numpy as np
from numpy.typing import NDArray

from sim_bench.quality_assessment.luma import Planes
from sim_bench.quality_assessment.rule_based import Calibration, Observed, RuleBasedAssessor

_STRENGTH = 0.3  # weight of the mean chroma, from the paper


def colourfulness(rgb: NDArray[np.uint8]) -> float:
    """Return M^(3) of sRGB pixels of shape (H, W, 3).

    The paper's words for it: 0 not, 15 slightly, 33 moderately, 45 averagely, 59 quite, 82
    highly, 109 extremely colourful.
    """
    red, green, blue = (rgb[..., channel].astype(np.float32) for channel in range(3))
    red_green = red - green
    yellow_blue = (red + green) / 2 - blue
    spread = np.hypot(red_green.std(dtype=np.float64), yellow_blue.std(dtype=np.float64))
    strength = np.hypot(red_green.mean(dtype=np.float64), yellow_blue.mean(dtype=np.float64))
    return float(spread + _STRENGTH * strength)


class ColourfulnessAssessor(RuleBasedAssessor):
    """Hasler and Süsstrunk's M; unit: 8-bit levels; 0 (grey) and up, larger is more colourful."""

    name = "colourfulness"
    unit = "8-bit levels"
    calibration = Calibration(median=36.4, slope=2.31)
    version = 1

    def observe(self, planes: Planes) -> Observed:
        """Measure colour at the working size."""
        return {"raw": colourfulness(planes.working_rgb)}
