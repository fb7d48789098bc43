"""Composite: weighted mean of the calibrated rule-based measures.

Chosen by us, see decision 0002: the weights. Weights are divided by their sum, so the score
reaches from 0 to 1 whatever they are; a name that is no measure is an error.
"""

import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from sim_bench.errors import UnknownNameError
from sim_bench.quality_assessment.base import Explanation, QualityAssessor, Reason
from sim_bench.quality_assessment.colourfulness import ColourfulnessAssessor
from sim_bench.quality_assessment.contrast import ContrastAssessor
from sim_bench.quality_assessment.exposure import ExposureAssessor
from sim_bench.quality_assessment.luma import Planes
from sim_bench.quality_assessment.noise import NoiseAssessor
from sim_bench.quality_assessment.rule_based import (
    Observed,
    RuleBasedAssessor,
    own_fingerprint,
)
from sim_bench.quality_assessment.sharpness import SharpnessAssessor
from sim_bench.quality_assessment.tenengrad import TenengradAssessor

_MEASURES: tuple[RuleBasedAssessor, ...] = (
    SharpnessAssessor(),
    TenengradAssessor(),
    ExposureAssessor(),
    ContrastAssessor(),
    ColourfulnessAssessor(),
    NoiseAssessor(),
)
MEASURES: Mapping[str, RuleBasedAssessor] = MappingProxyType({m.name: m for m in _MEASURES})
"""What can be weighted, by name."""


class CompositeAssessor(QualityAssessor):
    """Weighted mean of calibrated measures, 0 to 1, larger is better.

    Args:
        weights: Weight by measure, zero or more each; `WEIGHTS` when None. A measure that is
            not named, or weighs 0, is not computed.

    Raises:
        UnknownNameError: A weight for something that is no measure.
        ValueError: A weight that is negative or not finite, or none above 0.
    """

    name = "composite"
    kind = "rule-based"
    score_range = (0.0, 1.0)
    version: ClassVar[int] = 1
    WEIGHTS: ClassVar[Mapping[str, float]] = MappingProxyType(
        {"sharpness": 0.5, "exposure": 0.2, "contrast": 0.1, "colourfulness": 0.1, "noise": 0.1}
    )

    def __init__(self, weights: Mapping[str, float] | None = None) -> None:
        self.weights = weights
        self._shares = _shares(type(self).WEIGHTS if weights is None else weights)

    def __repr__(self) -> str:
        given = "" if self.weights is None else f"weights={dict(self.weights)!r}"
        return f"{type(self).__name__}({given})"

    @property
    def fingerprint(self) -> str | None:
        """As in the base class; changes with the weights and with each measure weighted."""
        members = [
            f"{share!r} {MEASURES[name].fingerprint}" for name, share in self._shares.items()
        ]
        return own_fingerprint(self, *members)

    def parts(self) -> dict[str, tuple[float, QualityAssessor]]:
        """Each measure that has a weight, with its share."""
        return {name: (share, MEASURES[name]) for name, share in self._shares.items()}

    def observe(self, planes: Planes) -> dict[str, Observed]:
        """Take every measure of the photo; they share its planes."""
        return {name: MEASURES[name].observe(planes) for name in self._shares}

    def score_observed(self, observed: Sequence[Mapping[str, Observed]]) -> NDArray[np.float64]:
        """Average the calibrated values; NaN where a measure has none."""
        score = np.zeros(len(observed))
        for name, share in self._shares.items():
            score += share * MEASURES[name].score_observed([one[name] for one in observed])
        return score

    def details_observed(self, observed: Mapping[str, Observed]) -> dict[str, float]:
        """Return each calibrated value, each raw value (`<measure>_raw`), and the score."""
        details: dict[str, float] = {}
        for name in self._shares:
            details[name] = float(MEASURES[name].score_observed([observed[name]])[0])
            details[f"{name}_raw"] = observed[name]["raw"]
        return {**details, "overall": float(self.score_observed([observed])[0])}

    def explain_observed(self, observed: Mapping[str, Observed]) -> Explanation:
        """Each measure contributes its calibrated value times its share of the weights."""
        reasons = []
        for name, share in self._shares.items():
            value = float(MEASURES[name].score_observed([observed[name]])[0])
            found = f"{value:.2f} at weight {share:.2f}: {MEASURES[name].describe(observed[name])}"
            reasons.append(Reason(name, share * value, found))
        return Explanation.of(float(self.score_observed([observed])[0]), reasons)


def _shares(weights: Mapping[str, float]) -> dict[str, float]:
    for name, weight in weights.items():
        if name not in MEASURES:
            raise UnknownNameError("measure", name, MEASURES)
        if not (math.isfinite(weight) and weight >= 0):
            raise ValueError(f"The weight of {name!r} must be zero or more. Got {weight!r}.")
    total = math.fsum(weights.values())
    if not total > 0:
        raise ValueError(f"At least one weight must be above 0. Got {dict(weights)!r}.")
    return {name: weight / total for name, weight in weights.items() if weight > 0}
