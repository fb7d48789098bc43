"""How bright a photo is: not a judgement, but what results are split by."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from sim_bench.quality_assessment.base import Explanation, QualityAssessor, Reason
from sim_bench.quality_assessment.luma import Planes
from sim_bench.quality_assessment.rule_based import own_fingerprint


class Brightness(QualityAssessor):
    """Mean luma (ITU-R BT.601) of all pixels over 255, 0 to 1."""

    name = "brightness"
    kind = "rule-based"
    score_range = (0.0, 1.0)
    version: ClassVar[int] = 1

    @property
    def fingerprint(self) -> str | None:
        """As in the base class."""
        return own_fingerprint(self)

    def observe(self, planes: Planes) -> Mapping[str, float]:
        """Average the luma."""
        return {"raw": float(np.arange(256) @ planes.histogram) / 255.0}

    def score_observed(self, observed: Sequence[Mapping[str, float]]) -> NDArray[np.float64]:
        """Return what was observed."""
        return np.array([one["raw"] for one in observed], dtype=np.float64)

    def details_observed(self, observed: Mapping[str, float]) -> dict[str, float]:
        """Return it under "overall"."""
        return {"overall": observed["raw"]}

    def explain_observed(self, observed: Mapping[str, float]) -> Explanation:
        """One reason: itself."""
        return Explanation(observed["raw"], (Reason(self.name, observed["raw"]),))
