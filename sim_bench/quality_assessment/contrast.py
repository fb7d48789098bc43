"""Contrast: root mean square of luma about its mean.

Source: Peli, "Contrast in complex images", J. Opt. Soc. Am. A 7, 1990 (RMS contrast).
Deviation: taken on encoded luma, not on linear light, because that is nearer to what is seen.
"""

import numpy as np
from numpy.typing import NDArray

from sim_bench.quality_assessment.luma import Planes
from sim_bench.quality_assessment.rule_based import Calibration, Observed, RuleBasedAssessor

_LEVELS = np.arange(256) / 255.0


def rms_contrast(shares: NDArray[np.float64]) -> float:
    """Return the standard deviation of luma in [0, 1] from its 256 histogram shares."""
    mean = float(shares @ _LEVELS)
    return float(np.sqrt(shares @ (_LEVELS - mean) ** 2))


class ContrastAssessor(RuleBasedAssessor):
    """RMS contrast; unit: share of full scale; 0 (flat) to 0.5 (half black, half white)."""

    name = "contrast"
    unit = "of full scale"
    calibration = Calibration(median=0.194, slope=4.04)
    version = 1

    def observe(self, planes: Planes) -> Observed:
        """Measure the spread of tones at full size."""
        return {"raw": rms_contrast(planes.histogram)}
