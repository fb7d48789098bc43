"""The common part of measures that are arithmetic on pixels."""

import math
from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from sim_bench.images.picture import Picture
from sim_bench.quality_assessment.base import Explanation, QualityAssessor, Reason
from sim_bench.quality_assessment.choice import Direction


@dataclass(frozen=True, slots=True)
class Calibration:
    """A strictly monotonic map from a raw value to (0, 1), 1 being best.

    The value is r^s / (r^s + m^s): 0.5 at the median m of reference photos; the slope s,
    negative where a smaller raw value is better, puts their quartiles near 0.25 and 0.75.
    It never saturates, so photos that differ in raw value differ in calibrated value.

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
    """

    kind = "rule-based"
    direction: ClassVar[Direction] = "higher"
    score_range = (0.0, 1.0)
    unit: ClassVar[str]
    raw_direction: ClassVar[Direction] = "higher"
    calibration: ClassVar[Calibration]

    @abstractmethod
    def measure(self, rgb: NDArray[np.uint8]) -> float:
        """Measure one sRGB image of shape (H, W, 3); the raw value, in `unit`."""

    def prepare(self, picture: Picture) -> float:
        """Measure the picture: the raw value is all that is kept of it."""
        return self.measure(picture.rgb)

    def score_prepared(self, prepared: Sequence[float]) -> NDArray[np.float64]:
        """Calibrate raw values."""
        return self.calibration(np.asarray(prepared, dtype=np.float64))

    def details_prepared(self, prepared: float) -> dict[str, float]:
        """Return the raw and the calibrated value."""
        return {"raw": prepared, "overall": float(self.score_prepared([prepared])[0])}

    def explain_prepared(self, prepared: float) -> Explanation:
        """One measure has one reason: itself."""
        score = float(self.score_prepared([prepared])[0])
        text = f"{prepared:.4g} {self.unit}" if math.isfinite(prepared) else "not measurable"
        return Explanation(score, (Reason(self.name, score, text),))
