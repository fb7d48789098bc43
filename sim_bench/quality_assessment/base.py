"""What every method of judging a photo has in common.

A method sees each photo twice: `prepare` reduces the decoded picture to the little that
the method needs (in the decoding thread), and `score_observed` scores many such pieces at
once. Everything else, from one path to a table of thousands, follows from these two.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from sim_bench.errors import UnscoredError
from sim_bench.images.decode import read_picture
from sim_bench.quality_assessment.choice import Best, Direction, best_of
from sim_bench.quality_assessment.luma import Planes

if TYPE_CHECKING:
    import pandas as pd

    from sim_bench.store.store import Store

AnyPath = str | PathLike[str]


@dataclass(frozen=True, slots=True)
class Reason:
    """One part of a score.

    Attributes:
        name: What was looked at: a prompt, a measure.
        contribution: Its signed share, in units of the score.
        detail: The observation behind it, in a few words.
    """

    name: str
    contribution: float
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """A score and what it is made of.

    Attributes:
        score: The score.
        reasons: The largest contribution first; they add up to the score within 1e-6.
    """

    score: float
    reasons: tuple[Reason, ...]

    @classmethod
    def of(cls, score: float, reasons: Sequence[Reason]) -> "Explanation":
        """Order the reasons by the size of their contribution."""
        return cls(score, tuple(sorted(reasons, key=lambda r: -abs(r.contribution))))


class QualityAssessor(ABC):
    """A method that gives a photo a score.

    Attributes:
        name: Column name, lower case.
        kind: "rule-based" or "learned".
        direction: "higher": a larger score is a better photo; "lower": a smaller one.
        score_range: Smallest and largest possible score.
    """

    name: ClassVar[str]
    kind: ClassVar[Literal["rule-based", "learned"]]
    direction: Direction = "higher"
    score_range: tuple[float, float]

    @abstractmethod
    def observe(self, planes: Planes) -> Any:
        """Reduce a photo to what the method needs of it; small, and safe to run in threads.

        Args:
            planes: The pixels, `planes.rgb`, and planes of them that methods share.
        """

    @abstractmethod
    def score_observed(self, observed: Sequence[Any]) -> NDArray[np.float64]:
        """Score photos by what was observed of them; shape (n,), in the order given."""

    @abstractmethod
    def details_observed(self, observed: Any) -> dict[str, float]:
        """Return every number behind one score, the score itself under "overall"."""

    @abstractmethod
    def explain_observed(self, observed: Any) -> Explanation:
        """Split one score into reasons that add up to it."""

    @property
    def fingerprint(self) -> str | None:
        """Names all that the score of given pixels depends on: the measure, its version, settings.

        Equal fingerprints: equal scores, so that a store may keep them. None: not to be kept.
        """
        return None

    @property
    def at_least(self) -> int | None:
        """Shortest side in pixels to which a photo may be reduced while it is decoded.

        None: the method looks at every pixel.
        """
        return None

    @property
    def made_by(self) -> str:
        """The model behind the scores, as a person would write it; empty without one."""
        return ""

    @property
    def trained_on(self) -> tuple[str, ...] | None:
        """Data sets that its weights have seen, as `ImageEncoder.trained_on`; () for none."""
        return ()

    @property
    def licence(self) -> str:
        """SPDX identifier of the weights' licence, or a sentence where there is none.

        "none needed" for a method without weights, "unknown" where none is on record.
        """
        return "none needed"

    def licences(self) -> tuple[str, ...]:
        """Every licence that using the method takes note of: of its weights, of its encoder."""
        return (self.licence,)

    def members(self) -> "Mapping[str, QualityAssessor]":
        """The methods whose scores this one combines, by name; empty for a method of its own.

        In a run they are scored like any others, sharing what they look at, and `combine` makes
        the method's score of theirs.
        """
        return {}

    def combine(self, scores: Mapping[str, NDArray[np.float64]]) -> NDArray[np.float64]:
        """Make scores of the members' scores, by name, each of shape (n,); shape (n,).

        NaN where a member has none.
        """
        raise TypeError(f"{type(self).__name__} has no members. Got {', '.join(scores)}.")

    def parts(self) -> "Mapping[str, tuple[float, QualityAssessor]]":
        """Split the method into simpler ones, each with its weight, where it is a sum of such.

        Returns:
            By name of the part. The weighted sum of the parts' scores is the method's score.
            Empty for a method that is no such sum.
        """
        return {}

    def missing(self) -> str | None:
        """Say what this method lacks to run here, and what to do; None when it can run."""
        return None

    def is_available(self) -> bool:
        """Whether the method can run here and now."""
        return self.missing() is None

    def load(self, store: "Store | None" = None) -> None:  # noqa: B027 - most need nothing
        """Make ready what every score needs, so that it fails now or not at all.

        Args:
            store: Where vectors of texts may be kept; what it holds is not computed again.

        Raises:
            ModelError: The method cannot run here.
        """

    def assess_image(self, path: AnyPath) -> float:
        """Score one photo.

        Raises:
            ImageError: The file gives no pixels.
            UnscoredError: The method found no finite score.
        """
        score = float(self.score_observed([self._look(path)])[0])
        if not np.isfinite(score):
            raise UnscoredError(f"{path}: {self.name} gave no finite score ({score})")
        return score

    def assess_batch(
        self, paths: Sequence[AnyPath], *, store: "Store | None" = None
    ) -> "pd.DataFrame":
        """Score many photos.

        Args:
            paths: The photos.
            store: Keeps what is computed; what it holds is not computed again.

        Returns:
            One row per input, in the order given, with the columns `path`, `status`
            ("scored" or "unscored"), `reason`, `width`, `height` and the method's name.
            A file that gives no score has its reason there, and NaN for a score.
        """
        from sim_bench.quality_assessment.run import score_table

        return score_table([Path(path) for path in paths], {self.name: self}, store=store)

    def explain(self, path: AnyPath) -> Explanation:
        """Split the score of one photo into reasons that add up to it.

        Raises:
            ImageError: The file gives no pixels.
        """
        return self.explain_observed(self._look(path))

    def get_detailed_scores(self, path: AnyPath) -> dict[str, float]:
        """Return every number behind the score of one photo, the score under "overall".

        Raises:
            ImageError: The file gives no pixels.
        """
        return self.details_observed(self._look(path))

    def select_best(self, paths: Sequence[AnyPath]) -> Best:
        """Find the best of some photos, ties and unscored photos included in the answer.

        Raises:
            ValueError: No paths were given.
        """
        if not paths:
            raise ValueError("select_best was given no photos; give at least one")
        return best_of(self.assess_batch(paths), self.name, self.direction)

    def _look(self, path: AnyPath) -> Any:
        return self.observe(Planes(read_picture(Path(path), at_least=self.at_least).rgb))
