"""Ensembles: a weighted mean of what other methods say, each held against a fixed reference.

Chosen by us: z-scores and ranks are the two usual ways to bring scores of different units
together. Both take their statistics from reference photos, whose figures a file or a benchmark
gives, and never from the photos at hand.
"""

from collections.abc import Mapping, Sequence
from math import fsum, inf
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from sim_bench.errors import ConfigError, UnscoredError
from sim_bench.quality_assessment.base import AnyPath, Explanation, QualityAssessor, Reason
from sim_bench.quality_assessment.ensemble_file import members_of, read_ensemble
from sim_bench.quality_assessment.ensemble_member import COMBINATIONS, Combination, Member
from sim_bench.quality_assessment.luma import Planes
from sim_bench.quality_assessment.rule_based import own_fingerprint

if TYPE_CHECKING:
    from sim_bench.store.store import Store

NOTHING_GIVEN = (
    "An ensemble needs methods to combine: give `members`, or `file`, a YAML file that lists them "
    "(docs/quality_assessment/ensemble.md)."
)

OF_ITS_MEMBERS = "that of its members"
"""Licence of an ensemble that has none yet."""

Observed = Mapping[str, Any]
"""What each member observed, by its name."""


class EnsembleAssessor(QualityAssessor):
    """Combines methods: the sum of weight times merit, over the sum of the weights' sizes.

    Larger is better. The merit of a photo by a member is, with "zscore", by how many spreads its
    score is better than the mean of the reference; with "rank", the share of the reference that is
    worse. A photo without a score by one of them has none.

    Args:
        members: Each a `Member`, or a mapping with the keys of a member in a file; those of weight
            0 are not computed. Without members and file, the ensemble says what it lacks.
        file: A YAML file instead; `ensemble_file` says what it holds.
        combine: "zscore" or "rank"; None: as the file says, else "zscore".

    Attributes:
        given_members: `members` as given; the method `members` has the name.
        file: As given.
        combination: How members are combined; the method `combine` has that name.
        shares: By member, its weight over the sum of the weights' sizes.

    Raises:
        ConfigError: The file cannot be used; the message names it and the key.
        ValueError: Members that cannot be used, both members and a file, or unknown combination.
    """

    name = "ensemble"
    kind = "learned"
    version: ClassVar[int] = 1

    def __init__(
        self,
        members: Sequence[Member | Mapping[str, Any]] | None = None,
        file: str | Path | None = None,
        combine: Combination | None = None,
    ) -> None:
        if combine is not None and combine not in COMBINATIONS:
            raise ValueError(f"combine must be one of {', '.join(COMBINATIONS)}. Got {combine!r}.")
        if members is not None and file is not None:
            raise ValueError("give an ensemble either members or a file, not both")
        self.given_members = members
        self.file = file
        self.combination: Combination = combine or "zscore"
        self._met: tuple[str, ...] = ()
        every: tuple[Member, ...] = ()
        if file is not None:
            found = read_ensemble(file)
            every, self._met = found.members, found.trained_on
            self.combination = combine or found.combine
        elif members is not None:
            every = members_of(members)
        self._members = {one.name: one for one in every if one.weight}
        self._check()
        whole = fsum(abs(one.weight) for one in self._members.values())
        self.shares = {name: one.weight / whole for name, one in self._members.items()}
        self.score_range = self._range() if every else (-inf, inf)

    def __repr__(self) -> str:
        given = f"file={str(self.file)!r}" if self.file else f"members={self.given_members!r}"
        return f"{type(self).__name__}({given}, combine={self.combination!r})"

    def _check(self) -> None:
        for name, one in self._members.items():
            if lacking := one.lacks(self.combination):
                what = f"{name!r} needs {lacking} to be combined by {self.combination}"
                if self.file is not None:
                    raise ConfigError(f"{self.file}: members: {what}")
                raise ValueError(f"members: {what}")

    def _range(self) -> tuple[float, float]:
        ends = [
            sorted(share * end for end in self._members[name].merit_range(self.combination))
            for name, share in self.shares.items()
        ]
        return fsum(low for low, _ in ends), fsum(high for _, high in ends)

    @property
    def fingerprint(self) -> str | None:
        """Names how members are combined, with every number of it; not what the members are."""
        numbers = [
            (name, one.weight, one.mean, one.spread, one.quantiles, one.sign)
            for name, one in self._members.items()
        ]
        return own_fingerprint(self, self.combination, *numbers)

    def members(self) -> dict[str, QualityAssessor]:
        """The methods that have a weight, by name."""
        return {name: one.method for name, one in self._members.items()}

    def combine(self, scores: Mapping[str, NDArray[np.float64]]) -> NDArray[np.float64]:
        """Combine scores by member, each of shape (n,); shape (n,), NaN where one is missing."""
        merits = self._merits(scores)
        return np.asarray(sum(share * merits[name] for name, share in self.shares.items()))

    def _merits(self, scores: Mapping[str, NDArray[np.float64]]) -> dict[str, NDArray[np.float64]]:
        """Merit by member, NaN for a score that is none or not finite."""
        found = {}
        for name, one in self._members.items():
            finite = np.where(np.isfinite(scores[name]), scores[name], np.nan)
            found[name] = one.merit(finite, self.combination)
        return found

    def parts(self) -> dict[str, tuple[float, QualityAssessor]]:
        """Each member's merit as a method of its own, with its share of the weights."""
        return {
            name: (
                self.shares[name],
                EnsembleAssessor(
                    [Member(one.method, 1.0, one.mean, one.spread, one.quantiles, name)],
                    combine=self.combination,
                ),
            )
            for name, one in (self._members.items() if len(self._members) > 1 else ())
        }

    @property
    def at_least(self) -> int | None:
        """The largest that a member asks for; None if one looks at every pixel."""
        sides = [method.at_least for method in self.members().values()]
        known = [side for side in sides if side is not None]
        return max(known) if known and len(known) == len(sides) else None

    @property
    def made_by(self) -> str:
        """The models behind the members; loads them."""
        models = [method.made_by for method in self.members().values()]
        return ", ".join(dict.fromkeys(filter(None, models)))

    @property
    def trained_on(self) -> tuple[str, ...] | None:
        """What the members have seen, and where weights and reference come from."""
        seen = {name: method.trained_on for name, method in self.members().items()}
        if not self._met and all(one is None for one in seen.values()):
            return None
        every = list(self._met)
        for name, one in seen.items():
            every += [f"{name}: not on record"] if one is None else one
        return tuple(dict.fromkeys(every))

    @property
    def licence(self) -> str:
        """Of the members' weights, joined by AND."""
        wanted = [one for one in self.licences() if one != "none needed"]
        return " AND ".join(wanted) or "none needed"

    def licences(self) -> tuple[str, ...]:
        """Of every member."""
        found = [one for method in self.members().values() for one in method.licences()]
        return tuple(dict.fromkeys(found)) or (OF_ITS_MEMBERS,)

    def missing(self) -> str | None:
        """Say what members lack to run here, or that there are none."""
        if not self._members:
            return NOTHING_GIVEN
        lacking = {name: method.missing() for name, method in self.members().items()}
        return "\n".join(f"{name}: {what}" for name, what in lacking.items() if what) or None

    def load(self, store: "Store | None" = None) -> None:
        """Load every member.

        Raises:
            ConfigError: There are no members.
            ModelError: A member cannot run here.
        """
        if not self._members:
            raise ConfigError(NOTHING_GIVEN)
        for method in self.members().values():
            method.load(store)

    def assess_image(self, path: AnyPath) -> float:
        """Score one photo; as in the base class, and an error names the members at fault."""
        scores = self._scores([self._look(path)])
        score = float(self.combine(scores)[0])
        if not np.isfinite(score):
            silent = [name for name, one in scores.items() if not np.isfinite(one[0])]
            raise UnscoredError(
                f"{path}: {self.name} gave no finite score, for want of one by {', '.join(silent)}"
            )
        return score

    def observe(self, planes: Planes) -> Observed:
        """Let every member look."""
        if not self._members:
            raise ConfigError(NOTHING_GIVEN)
        return {name: method.observe(planes) for name, method in self.members().items()}

    def score_observed(self, observed: Sequence[Observed]) -> NDArray[np.float64]:
        """Combine the members' scores; shape (n,)."""
        return self.combine(self._scores(observed))

    def _scores(self, observed: Sequence[Observed]) -> dict[str, NDArray[np.float64]]:
        return {
            name: method.score_observed([one[name] for one in observed])
            for name, method in self.members().items()
        }

    def details_observed(self, observed: Observed) -> dict[str, float]:
        """Return each member's score under its name, its merit under `<name>_merit`, `overall`."""
        scores = self._scores([observed])
        merits = self._merits(scores)
        details = {name: float(one[0]) for name, one in scores.items()}
        details |= {f"{name}_merit": float(one[0]) for name, one in merits.items()}
        return {**details, "overall": float(self.combine(scores)[0])}

    def explain_observed(self, observed: Observed) -> Explanation:
        """One reason per member: its share of the weights times its merit."""
        scores = self._scores([observed])
        reasons = []
        for name, merit in self._merits(scores).items():
            value, score = float(merit[0]), float(scores[name][0])
            said = (
                f"{abs(value):.2f} spreads {_side(value)} the reference's mean"
                if self.combination == "zscore"
                else f"better than {value:.0%} of the reference"
            )
            reasons.append(Reason(name, self.shares[name] * value, f"{score:.4g}: {said}"))
        return Explanation.of(float(self.combine(scores)[0]), reasons)


def _side(merit: float) -> str:
    return "better than" if merit >= 0 else "worse than"
