"""Sharpness: variance of the Laplacian of luma.

Source: Pech-Pacheco et al., "Diatom autofocusing in brightfield microscopy", ICPR 2000 (LAPV).
Deviation: measured at the working size of `luma.py`. Border: mirror without repeating the edge.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from sim_bench.quality_assessment.luma import Planes
from sim_bench.quality_assessment.rule_based import Calibration, Observed, RuleBasedAssessor


def laplacian_variance(luma: NDArray[np.float32]) -> float:
    """Return the variance of the 4-neighbour Laplacian of luma (H, W), in squared grey levels."""
    return float(ndimage.laplace(luma, mode="mirror").var(dtype=np.float64))


class SharpnessAssessor(RuleBasedAssessor):
    """Variance of the Laplacian; unit: squared grey levels; 0 and up, larger is sharper.

    It reads noise and JPEG blocks as detail: set it beside `noise`, or compare photos of one
    burst only.
    """

    name = "sharpness"
    unit = "squared grey levels"
    calibration = Calibration(median=316.0, slope=0.84)
    version = 1

    def observe(self, planes: Planes) -> Observed:
        """Measure detail at the working size."""
        return {"raw": laplacian_variance(planes.working_luma)}
