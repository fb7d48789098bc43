"""The common part of measures that are arithmetic on pixels."""

import hashlib
import math
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from sim_bench.quality_assessment.base import Explanation, QualityAssessor, Reason
from sim_bench.quality_assessment.choice import Direction
from sim_bench.quality_assessment.luma import Planes

Observed = Mapping[str, float]
"""What a measure found: the raw value under "raw", its parts under their own names."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """A strictly monotonic map from a raw value to (0, 1), 1 being best.

    The value is r^s / (r^s + m^s): 0.5 at the median m of reference photos; the slope s,
    negative where a smaller raw value is better, puts their quartiles near 0.25 and 0.75.
    It never saturates, so photos that differ in raw value differ in calibrated value. A raw
    value of exactly 0, a flat picture, gets the limit: 0, or 1 where smaller is better.

    Attributes:
        median: Raw value that maps to 0.5.
        slope: Steepness on a logarithmic scale; its sign is the raw value's direction.
    """

    median: float
    slope: float

    def __call__(self, raw: NDArray[np.float64]) -> NDArray[np.float64]:
        """Map raw values >= 0 of any shape; NaN stays NaN."""
        with np.errstate(divide="ignore", over="ignore"):
            odds = np.power(np.asarray(raw, dtype=np.float64) / self.median, -self.slope)
            return np.asarray(1.0 / (1.0 + odds))


class RuleBasedAssessor(QualityAssessor):
    """A measure of pixels; the score is its calibrated value, larger is better.

    Attributes:
        unit: Unit of the raw value.
        raw_direction: Whether a larger or a smaller raw value is better.
        calibration: From the raw value to the score.
        version: Of the arithmetic; raised whenever the same pixels would give another score. A
            subclass without a version of its own has no fingerprint, so its scores are not kept.
    """

    kind = "rule-based"
    score_range = (0.0, 1.0)
    unit: ClassVar[str]
    raw_direction: ClassVar[Direction] = "higher"
    calibration: ClassVar[Calibration]
    version: ClassVar[int]

    @property
    def fingerprint(self) -> str | None:
        """As in the base class."""
        return own_fingerprint(self, self.calibration)

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"

    @abstractmethod
    def observe(self, planes: Planes) -> Observed:
        """Measure one photo: the raw value, in `unit`, under "raw"; parts beside it if any."""

    def measure(self, rgb: NDArray[np.uint8]) -> float:
        """Measure one sRGB image of shape (H, W, 3); the raw value, in `unit`."""
        return self.observe(Planes(rgb))["raw"]

    def score_observed(self, observed: Sequence[Observed]) -> NDArray[np.float64]:
        """Calibrate raw values."""
        return self.calibration(np.array([one["raw"] for one in observed], dtype=np.float64))

    def details_observed(self, observed: Observed) -> dict[str, float]:
        """Return the raw value, its parts and the calibrated value."""
        return {**observed, "overall": float(self.score_observed([observed])[0])}

    def explain_observed(self, observed: Observed) -> Explanation:
        """One measure has one reason: itself."""
        score = float(self.score_observed([observed])[0])
        return Explanation(score, (Reason(self.name, score, self.describe(observed)),))

    def describe(self, observed: Observed) -> str:
        """Say in a few words what was measured."""
        raw = observed["raw"]
        return f"{raw:.4g} {self.unit}" if math.isfinite(raw) else "not measurable"


def own_fingerprint(assessor: QualityAssessor, *settings: object) -> str | None:
    """Name a method by its class, the version that this very class states, and its settings.

    None if the class states none: a subclass may compute anything under its parent's version.
    """
    cls = type(assessor)
    if "version" not in vars(cls):
        return None
    digest = hashlib.sha256("\n".join(map(repr, settings)).encode()).hexdigest()[:16]
    return f"{cls.__module__}.{cls.__qualname__}-v{vars(cls)['version']}-{digest}"
