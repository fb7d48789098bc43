"""What is said of one photo of a group, and in what words."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import nan
from pathlib import Path
from typing import Literal, get_args

from sim_bench.quality_assessment.base import Reason
from sim_bench.selection.choosing_words import words_of
from sim_bench.selection.intent import Intent

Verdict = Literal["pick", "reject", "close", "protected", "single", "unscored"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)

_MEANT = {"dark": "dark", "bright": "bright", "panned": "streaked as by panning"}


@dataclass(frozen=True, slots=True)
class Judged:
    """What is said of one photo.

    Attributes:
        path: The photo.
        verdict: "pick": the best of its group; "close": too close to call with the best, which is
            then close too; "reject": worse than the best; "protected": a part of a bracket, stack
            or panorama; "single": alone; "unscored": without a score.
        reason: Why, in words.
        rank: 1 for the best of its group; equal scores share a rank, and the next one is as far
            on as there are photos before it. None where nothing was compared.
        win_probability: To be the one that people prefer of all in its group, 0 to 1; they add up
            to 1. NaN where nothing was compared.
    """

    path: Path
    verdict: Verdict
    reason: str
    rank: int | None = None
    win_probability: float = nan


def of_the_pick(told: Sequence[Reason], runner_up: Path, chance: float) -> str:
    """Say why a photo is the pick.

    Args:
        told: What it is better at than the next.
        runner_up: The next.
        chance: That it is preferred to the next, 0 to 1.
    """
    if told:
        return f"{_listed([words_of(one.name).better for one in told])} than {runner_up.name}"
    return f"higher score than {runner_up.name}: {chance:.0%} likely to be preferred"


def of_a_reject(told: Sequence[Reason], best: Path, chance: float) -> str:
    """Say why a photo is rejected.

    Args:
        told: What the best photo is better at.
        best: That one.
        chance: That the best photo is preferred to this one, 0 to 1.
    """
    if told:
        return f"{_listed([words_of(one.name).worse for one in told])} than {best.name}"
    return f"lower score than {best.name}: {1 - chance:.0%} likely to be preferred"


def of_a_close_one(other: Path, chance: float, more: int = 0) -> str:
    """Say with what a photo is too close to call.

    Args:
        other: The other photo.
        chance: That this photo is preferred to the other, 0 to 1.
        more: How many photos besides the other are as close.
    """
    besides = f" and {more} more" if more else ""
    if chance == 0.5:
        return f"too close to call: the same score as {other.name}{besides}"
    return f"too close to call with {other.name}{besides}: {chance:.0%} against {1 - chance:.0%}"


def of_what_may_be_meant(reasons: Sequence[Reason], best: Path, intents: frozenset[Intent]) -> str:
    """Say why a photo is not rejected for what its whole group is."""
    only = _listed([words_of(one.name).worse for one in reasons])
    shared = " and ".join(_MEANT[one] for one in sorted(intents))
    return f"only {only} than {best.name}, and the whole group is {shared}: that may be meant"


def of_one_beside_what_may_be_meant(other: Path) -> str:
    """Say why the best photo is no pick where another differs in what the whole group is."""
    return f"too close to call with {other.name}: it differs only in what the whole group shares"


def _listed(words: Sequence[str]) -> str:
    return ", ".join(dict.fromkeys(words))
