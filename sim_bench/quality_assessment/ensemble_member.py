"""One member of an ensemble, and how its scores become comparable with those of the others.

Both ways hold a score against a fixed reference, not against the photos of a run, so the score of
a photo does not depend on its company.
"""

from dataclasses import dataclass
from math import isfinite, nan
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from sim_bench.quality_assessment.base import QualityAssessor

Combination = Literal["zscore", "rank"]
COMBINATIONS: tuple[Combination, ...] = get_args(Combination)


@dataclass(frozen=True, eq=False)
class Member:
    """A method, its weight, and what its scores are like on reference photos.

    Attributes:
        method: The method.
        weight: Of its merit, in relation to the other weights; below 0 where a good score by this
            method, others being equal, speaks against a photo.
        mean: Of its scores on the reference photos; None where not known.
        spread: Their standard deviation, above 0; None where not known.
        quantiles: Their quantiles at evenly spaced probabilities, the least score first and the
            largest last; empty where not known.
        name: What it is called in the ensemble; the method's column name if empty.

    Raises:
        ValueError: A number that is not finite, a spread that is not above 0, or quantiles that
            are a single one or fall.
    """

    method: QualityAssessor
    weight: float = 1.0
    mean: float | None = None
    spread: float | None = None
    quantiles: tuple[float, ...] = ()
    name: str = ""

    def __post_init__(self) -> None:
        if not isfinite(self.weight):
            raise ValueError(f"weight must be a finite number. Got {self.weight!r}.")
        if self.mean is not None and not isfinite(self.mean):
            raise ValueError(f"mean must be a finite number. Got {self.mean!r}.")
        if self.spread is not None and not (isfinite(self.spread) and self.spread > 0):
            raise ValueError(f"spread must be a finite number above 0. Got {self.spread!r}.")
        quantiles = np.asarray(self.quantiles, dtype=np.float64)
        if (
            len(quantiles) == 1
            or not np.isfinite(quantiles).all()
            or (np.diff(quantiles) < 0).any()
        ):
            raise ValueError(
                "quantiles must be two finite numbers or more, none below the one before it. "
                f"Got {list(self.quantiles)!r}."
            )
        if not self.name:
            object.__setattr__(self, "name", self.method.name)

    @property
    def sign(self) -> float:
        """1 where a larger score is a better photo, else -1."""
        return 1.0 if self.method.direction == "higher" else -1.0

    def lacks(self, combination: Combination) -> str:
        """Name the keys that it would take to combine the member so; empty if all are there."""
        if combination == "rank":
            return "" if len(self.quantiles) else "quantiles"
        return " and ".join(key for key in ("mean", "spread") if getattr(self, key) is None)

    def merit(self, scores: NDArray[np.float64], combination: Combination) -> NDArray[np.float64]:
        """Make scores of shape (n,) comparable; larger is better, NaN where a score is none.

        "zscore": spreads above the mean, or below it where a smaller score is better. "rank": the
        share of the reference photos that are worse, 0 to 1.
        """
        if combination == "rank":
            below = share_below(scores, np.asarray(self.quantiles, dtype=np.float64))
            return below if self.sign > 0 else 1.0 - below
        mean = nan if self.mean is None else self.mean
        spread = nan if self.spread is None else self.spread
        return self.sign * (scores - mean) / spread

    def merit_range(self, combination: Combination) -> tuple[float, float]:
        """Smallest and largest possible merit."""
        if combination == "rank":
            return 0.0, 1.0
        ends = self.merit(np.array(self.method.score_range, dtype=np.float64), combination)
        return float(ends.min()), float(ends.max())


def share_below(scores: NDArray[np.float64], quantiles: NDArray[np.float64]) -> NDArray[np.float64]:
    """Share of a reference distribution below each score, half of what equals it included.

    Args:
        scores: Shape (n,); NaN gives NaN.
        quantiles: Of the distribution, at evenly spaced probabilities from 0 to 1; between two of
            them it is taken to be even. Equal ones are a value that many of the reference have.

    Returns:
        Shape (n,), from 0 to 1, larger for larger scores.
    """
    shares = np.linspace(0.0, 1.0, len(quantiles))
    values, first = np.unique(quantiles, return_index=True)
    last = np.append(first[1:], len(quantiles)) - 1
    under, upto = shares[first], shares[last]
    # From just above each value to just below the next, and half-way at the value itself.
    place = np.clip(np.searchsorted(values, scores, side="right") - 1, 0, len(values) - 1)
    after = np.minimum(place + 1, len(values) - 1)
    gap = np.where(after > place, values[after] - values[place], 1.0)
    between = upto[place] + (under[after] - upto[place]) * (scores - values[place]) / gap
    at = scores == values[place]
    found = np.where(at, (under[place] + upto[place]) / 2.0, between)
    found = np.where(scores < values[0], 0.0, np.where(scores > values[-1], 1.0, found))
    return np.where(np.isnan(scores), np.nan, found)
