"""Exposure: how much tonal information the photo holds, less what is clipped.

Source of the parts: Shannon entropy of the luma histogram (Shannon, Bell Syst. Tech. J. 27,
1948); shadow and highlight clipping as in a camera's histogram warnings.
Chosen by us (decision 0002): the levels that count as clipped, and the product that makes one
raw value of the three: a clipped pixel carries no tone, so the raw value is the bits of tone per
pixel times the share of pixels that are not clipped.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from sim_bench.quality_assessment.base import Explanation, Reason
from sim_bench.quality_assessment.luma import Planes
from sim_bench.quality_assessment.rule_based import Calibration, Observed, RuleBasedAssessor

SHADOW_LEVEL = 2
"""Luma at or below this is a clipped shadow; the margin covers JPEG rounding."""
HIGHLIGHT_LEVEL = 253
"""Luma at or above this is a clipped highlight."""


def tonal_entropy(shares: NDArray[np.float64]) -> float:
    """Return the entropy of 256 histogram shares, 0 to 8 bits."""
    used = shares[shares > 0]
    return abs(float(used @ np.log2(used)))  # abs: no negative zero for a flat photo


def usable_bits(shares: NDArray[np.float64]) -> dict[str, float]:
    """Return the raw value and its parts from the 256 histogram shares of luma.

    Returns:
        "raw" and "entropy" in bits per pixel; "shadow_clipping" and "highlight_clipping" as
        shares of all pixels.
    """
    entropy = tonal_entropy(shares)
    shadows = float(shares[: SHADOW_LEVEL + 1].sum())
    highlights = float(shares[HIGHLIGHT_LEVEL:].sum())
    unclipped = float(shares[SHADOW_LEVEL + 1 : HIGHLIGHT_LEVEL].sum())
    return {
        "raw": entropy * unclipped,
        "entropy": entropy,
        "shadow_clipping": shadows,
        "highlight_clipping": highlights,
    }


class ExposureAssessor(RuleBasedAssessor):
    """Entropy of luma times the unclipped share; unit: bits per pixel; 0 to 8, larger is better.

    A scene of few tones (fog, a silhouette) holds few bits however well it is exposed.
    """

    name = "exposure"
    unit = "usable bits per pixel"
    calibration = Calibration(median=6.92, slope=11.8)
    version = 1

    def observe(self, planes: Planes) -> Observed:
        """Measure the use of the tonal range at full size."""
        return usable_bits(planes.histogram)

    def explain_observed(self, observed: Observed) -> Explanation:
        """Entropy sets the score that clipping then lowers, split by the pixels clipped."""
        score = float(self.score_observed([observed])[0])
        if_unclipped = float(self.score_observed([{"raw": observed["entropy"]}])[0])
        return Explanation.of(
            score,
            [
                Reason("tonal range", if_unclipped, f"{observed['entropy']:.2f} of 8 bits"),
                *_losses(observed, score - if_unclipped),
            ],
        )

    def describe(self, observed: Observed) -> str:
        """Name the bits and both kinds of clipping."""
        return (
            f"{observed['entropy']:.2f} bits, {observed['shadow_clipping']:.1%} of shadows "
            f"and {observed['highlight_clipping']:.1%} of highlights clipped"
        )


def _losses(observed: Mapping[str, float], loss: float) -> list[Reason]:
    """Split a loss between shadows and highlights in proportion to the pixels clipped."""
    clipped = {
        "clipped shadows": observed["shadow_clipping"],
        "clipped highlights": observed["highlight_clipping"],
    }
    total = sum(clipped.values())
    return [
        Reason(name, loss * share / total if total else 0.0, f"{share:.2%} of all pixels")
        for name, share in clipped.items()
    ]
