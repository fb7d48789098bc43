"""Bursts: photos of one moment, of which one is to be kept."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sim_bench.errors import DiscoveryError
from sim_bench.images.discover import discover
from sim_bench.quality_assessment.base import QualityAssessor, Reason
from sim_bench.quality_assessment.choice import Best, Direction, best_of

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Burst:
    """Photos of one moment.

    Attributes:
        name: What to call it: its folder, relative to where the search began.
        paths: Two photos or more.
    """

    name: str
    paths: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """What several methods choose from one burst.

    Attributes:
        burst: The burst.
        table: One row per photo, one column per method.
        best: The best photo by method.
    """

    burst: Burst
    table: "pd.DataFrame"
    best: Mapping[str, Best]

    @property
    def agree(self) -> bool | None:
        """Whether one photo is best, or tied for best, by every method.

        None when some method scored no photo of the burst.
        """
        if any(best.path is None for best in self.best.values()):
            return None
        return bool(set.intersection(*(set(best.tied) for best in self.best.values())))


def find_bursts(folder: Path) -> list[Burst]:
    """Take each folder that directly holds two photos or more as one burst, in order of path.

    Raises:
        DiscoveryError: There is no such folder among them.
    """
    by_folder: dict[Path, list[Path]] = {}
    for path in discover([folder]).paths:
        by_folder.setdefault(path.parent, []).append(path)
    bursts = [
        Burst(_name(parent, folder), tuple(paths))
        for parent, paths in by_folder.items()
        if len(paths) > 1
    ]
    if not bursts:
        raise DiscoveryError(
            f"{folder}: no burst found; a burst is a folder with two photos or more"
        )
    return bursts


def _name(parent: Path, root: Path) -> str:
    relative = parent.relative_to(root).as_posix() if parent.is_relative_to(root) else str(parent)
    return root.resolve().name if relative == "." else relative


def choose(burst: Burst, table: "pd.DataFrame", directions: Mapping[str, Direction]) -> Choice:
    """Choose the best photo of one burst by each method.

    Args:
        burst: The burst.
        table: The scores of its photos, one row each.
        directions: Column of each method, and whether a larger or smaller score is better.
    """
    best = {name: best_of(table, name, direction) for name, direction in directions.items()}
    return Choice(burst, table, best)


def why(method: QualityAssessor, best: Best) -> list[Reason]:
    """Say what sets the best photo of a burst apart from the runner-up.

    Each reason is the difference of that reason's contributions to the two scores, larger is
    in the best one's favour; together they are the margin. Without a runner-up they are the
    reasons of the best photo's own score.

    Raises:
        ValueError: No photo of the burst was scored.
    """
    if best.path is None:
        raise ValueError("no photo of the burst was scored, so there is nothing to explain")
    own = method.explain(best.path).reasons
    if best.runner_up is None:
        return list(own)
    other = {reason.name: reason for reason in method.explain(best.runner_up).reasons}
    sign = 1.0 if method.direction == "higher" else -1.0
    apart = [
        Reason(
            reason.name,
            sign * (reason.contribution - other[reason.name].contribution),
            f"{reason.detail}; the next: {other[reason.name].detail}",
        )
        for reason in own
    ]
    return sorted(apart, key=lambda reason: -abs(reason.contribution))


def hits(choices: Iterable[Choice], method: str, truth: Mapping[str, Path]) -> int:
    """Count the bursts whose known best photo a method puts first, alone.

    Args:
        choices: What was chosen.
        method: Column of the method.
        truth: The known best photo by burst name.
    """
    return sum(
        choice.best[method].tied == (truth[choice.burst.name],)
        for choice in choices
        if choice.burst.name in truth
    )
