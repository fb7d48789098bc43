"""The verdicts on the photos of one group."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim_bench.errors import ImageError
from sim_bench.quality_assessment.base import Reason
from sim_bench.selection.choosing_verdict import (
    Judged,
    of_a_close_one,
    of_a_reject,
    of_one_beside_what_may_be_meant,
    of_the_pick,
    of_what_may_be_meant,
)
from sim_bench.selection.choosing_words import words_of
from sim_bench.selection.group import PROTECTED, Group
from sim_bench.selection.intent import ALLOWED, Intent, allowed
from sim_bench.selection.win_probability import preference, win_probabilities

Reasons = Callable[[Path, Path], Sequence[Reason]]
"""What the first photo is better at than the second, the most telling first."""

Intents = Callable[[Sequence[Path]], frozenset[Intent]]
"""What all photos of a group share that may be meant."""

_INTENDED = frozenset(ALLOWED.values())


@dataclass(frozen=True)
class Judge:
    """Gives verdicts on groups.

    Attributes:
        reasons: Why one photo is better than another; None: nobody says.
        intents: What a whole group may have been meant to be; None: nobody says. Asked only where
            a reason is about something that may be meant.
        close: Probability of being preferred below which the best photo of a group is too close
            to call with another, 0.5 to 1.
        told: How many reasons are told of a photo.
    """

    reasons: Reasons | None
    intents: Intents | None
    close: float
    told: int

    def judge(
        self, group: Group, merits: NDArray[np.float64], unscored: Sequence[str]
    ) -> list[Judged]:
        """Give one verdict per photo, in the order of the group.

        Args:
            group: The photos.
            merits: In log-odds, larger is better, in the order of the group, shape (n,); NaN where
                a photo has none.
            unscored: Why it has none, likewise; empty where it has one.
        """
        if group.kind in PROTECTED:
            kind = group.kind.replace("_", " ")
            reason = f"part of a {kind}, which is kept whole: {group.reason}"
            return [Judged(path, "protected", reason) for path in group.paths]
        found = [
            Judged(path, "unscored", why) for path, why in zip(group.paths, unscored, strict=True)
        ]
        scored = np.flatnonzero(np.isfinite(merits)).tolist()
        if len(group.paths) == 1 and scored:
            return [Judged(group.paths[0], "single", group.reason)]
        if len(scored) == 1:
            only = "the only photo of its group with a score"
            found[scored[0]] = Judged(group.paths[scored[0]], "pick", only, 1, 1.0)
        elif scored:
            shares = win_probabilities(merits)
            contest = _Contest([group.paths[k] for k in scored], merits[scored])
            for k, one in zip(scored, self._decide(contest), strict=True):
                rank = 1 + int(np.sum(merits > merits[k]))
                found[k] = replace(one, rank=rank, win_probability=float(shares[k]))
        return found

    def _decide(self, contest: "_Contest") -> list[Judged]:
        """Give verdicts and reasons on photos that all have merits, two or more."""
        found = [self._beside(contest, k) for k in range(len(contest.paths))]
        best, rest = contest.best, contest.order[1:]
        close = [k for k in rest if found[k].verdict == "close"]
        near = (close or rest)[0]
        other, chance = contest.paths[near], contest.chances[near]
        if not close:
            reason = of_the_pick(self._told(contest, other), other, chance)
        elif chance < self.close:
            reason = of_a_close_one(other, chance, len(close) - 1)
        else:
            reason = of_one_beside_what_may_be_meant(other)
        found[best] = Judged(contest.paths[best], "close" if close else "pick", reason)
        return found

    def _beside(self, contest: "_Contest", k: int) -> Judged:
        """Judge one photo beside the best one."""
        path, best, chance = contest.paths[k], contest.paths[contest.best], contest.chances[k]
        if chance < self.close:
            return Judged(path, "close", of_a_close_one(best, 1 - chance))
        reasons = self._apart(best, path)
        told = self._not_meant(reasons, contest)
        if reasons and not told:
            intents = contest.intents or frozenset()
            return Judged(path, "close", of_what_may_be_meant(reasons, best, intents))
        return Judged(path, "reject", of_a_reject(told[: self.told], best, chance))

    def _told(self, contest: "_Contest", other: Path) -> Sequence[Reason]:
        reasons = self._apart(contest.paths[contest.best], other)
        return self._not_meant(reasons, contest)[: self.told]

    def _apart(self, better: Path, worse: Path) -> Sequence[Reason]:
        if self.reasons is None:
            return ()
        try:
            return self.reasons(better, worse)
        except ImageError:  # scored before, and gone since: its scores stand without reasons
            return ()

    def _not_meant(self, reasons: Sequence[Reason], contest: "_Contest") -> Sequence[Reason]:
        """Leave out what the whole group may have been meant to be."""
        topics = {words_of(one.name).topic for one in reasons}
        if self.intents is None or not topics & _INTENDED:
            return reasons
        if contest.intents is None:
            try:
                contest.intents = self.intents(contest.paths)
            except ImageError:
                contest.intents = frozenset()
        meant = allowed(topics, contest.intents)
        return [one for one in reasons if words_of(one.name).topic not in meant]


class _Contest:
    """The photos of one group that have merits.

    Attributes:
        paths: Two or more.
        order: Places of the photos by merit, the best first; equal ones in the order of the group.
        best: Place of the best one, the first of those that are equal.
        chances: That the best is preferred to each photo; 0.5 for itself and its equals.
        intents: What the photos share that may be meant; None as long as nobody asked.
    """

    def __init__(self, paths: list[Path], merits: NDArray[np.float64]) -> None:
        self.paths = paths
        self.order: list[int] = np.argsort(-merits, kind="stable").tolist()
        self.best = self.order[0]
        self.chances: list[float] = preference(merits[self.best] - merits).tolist()
        self.intents: frozenset[Intent] | None = None
