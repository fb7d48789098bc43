"""Tenengrad: mean squared gradient of luma.

Source: Tenenbaum's measure as in Krotkov, "Focusing", Int. J. Computer Vision 1, 1987: Sobel
gradient, unnormalised (weights 1, 2, 1).
Deviation: the mean over all pixels, without Krotkov's threshold, whose value suits one scene
only; measured at the working size of `luma.py`. Border: mirror without repeating the edge.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from sim_bench.quality_assessment.luma import Planes
from sim_bench.quality_assessment.rule_based import Calibration, Observed, RuleBasedAssessor


def mean_squared_gradient(luma: NDArray[np.float32]) -> float:
    """Return the mean squared Sobel gradient of luma (H, W), in squared grey levels."""
    across = ndimage.sobel(luma, axis=1, mode="mirror")
    down = ndimage.sobel(luma, axis=0, mode="mirror")
    return float((across * across + down * down).mean(dtype=np.float64))


class TenengradAssessor(RuleBasedAssessor):
    """Mean squared Sobel gradient; unit: squared grey levels; 0 and up, larger is sharper.

    It weighs edges more and the finest grain less than the Laplacian does.
    """

    name = "tenengrad"
    unit = "squared grey levels"
    calibration = Calibration(median=4770.0, slope=1.07)
    version = 1

    def observe(self, planes: Planes) -> Observed:
        """Measure edges at the working size."""
        return {"raw": mean_squared_gradient(planes.working_luma)}
