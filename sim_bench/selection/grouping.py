"""A card full of photos into moments: bursts, copies, and sequences that belong together.

Photos of one camera are joined by time and likeness; where times are missing or cannot be true, by
likeness alone. Brackets, focus stacks and panoramas are found first and kept whole.
docs/grouping_kinds.md says how, and how well.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sim_bench.selection.bracket import find_brackets
from sim_bench.selection.focus_stack import find_focus_stacks
from sim_bench.selection.group import PROTECTED, Group, Kind
from sim_bench.selection.grouping_chains import chains
from sim_bench.selection.grouping_copies import are_one_picture, without_copies
from sim_bench.selection.grouping_order import name_key, taking_order
from sim_bench.selection.grouping_part import Part
from sim_bench.selection.grouping_strips import Strip, strips_of
from sim_bench.selection.grouping_untimed import by_likeness, homes
from sim_bench.selection.grouping_words import Moment, reason_of
from sim_bench.selection.panorama import find_panoramas
from sim_bench.selection.shot import Shot
from sim_bench.selection.similarity import THRESHOLD


@dataclass(frozen=True, slots=True)
class GroupingSettings:
    """How photos are grouped.

    Attributes:
        threshold: Least mean similarity of photos that are grouped by likeness alone, above 0, to
            1; larger makes more and smaller groups.
        protect: Whether brackets, focus stacks and panoramas are looked for.
    """

    threshold: float = THRESHOLD
    protect: bool = True

    def __post_init__(self) -> None:
        if not 0.0 < self.threshold <= 1.0:
            raise ValueError(f"threshold must be above 0 and at most 1. Got {self.threshold!r}.")


def group(
    shots: Sequence[Shot], settings: GroupingSettings = GroupingSettings()
) -> tuple[Group, ...]:
    """Put every photo into exactly one group.

    The result does not depend on the order of the photos. Groups are named "0001" and so on, in the
    order of their first photo: those with times by these, then those without by their paths.

    Args:
        shots: The photos, each path once.
        settings: How.

    Raises:
        ValueError: A path is given twice, or a look is not of `LookEncoder`'s length or finite.
    """
    twice = [path for path, count in Counter(shot.path for shot in shots).items() if count > 1]
    if twice:
        raise ValueError(f"{min(twice)} is given twice; give each photo once")
    pictures, copies = without_copies(sorted(shots, key=name_key))
    strips, rest = strips_of(sorted(pictures, key=name_key))
    moments: list[Moment] = []
    loose = list(rest)
    for strip in strips:
        found, left = _split(strip, settings)
        moments += found
        loose += left
    moments = _with_loose(moments, by_likeness(sorted(loose, key=name_key), settings.threshold))
    whole = [moment.with_copies(copies) for moment in moments]
    whole.sort(key=lambda moment: taking_order(moment.shots[0]))
    digits = max(4, len(str(len(whole))))
    return tuple(
        _group(f"{number:0{digits}}", moment) for number, moment in enumerate(whole, start=1)
    )


def _split(strip: Strip, settings: GroupingSettings) -> tuple[list[Moment], list[Shot]]:
    """Protected sequences and moments of a strip; and photos that only their looks can place."""
    taken = [False] * len(strip.shots)
    parts: list[Part] = []
    if settings.protect:
        parts += _take(find_brackets(strip), taken)
        parts += _take(find_panoramas(strip, taken), taken)
        parts += _take(find_focus_stacks(strip, taken), taken)
    moments = [Moment(part.kind, strip.shots[part.start : part.stop], part.seen) for part in parts]
    free = [at for at, is_taken in enumerate(taken) if not is_taken]
    if not strip.timed:
        return moments, [strip.shots[at] for at in free]
    for chain in chains(strip, free):
        moments.append(Moment("burst", tuple(strip.shots[at] for at in chain)))
    return moments, []


def _take(parts: Iterable[Part], taken: list[bool]) -> list[Part]:
    found = list(parts)
    for part in found:
        taken[part.start : part.stop] = [True] * (part.stop - part.start)
    return found


def _with_loose(moments: Sequence[Moment], clusters: Sequence[Sequence[Shot]]) -> list[Moment]:
    """Photos without times go where copies or brothers of theirs are; else they stay together."""
    whole = list(moments)
    for cluster, home in zip(
        clusters, homes(clusters, [moment.shots for moment in moments]), strict=True
    ):
        if home is None:
            whole.append(Moment("burst", tuple(cluster)))
        else:
            whole[home] = whole[home].joined_by(cluster)
    return whole


def _group(name: str, moment: Moment) -> Group:
    kind = _kind(moment)
    paths: tuple[Path, ...] = tuple(shot.path for shot in moment.shots)
    return Group(name, kind, paths, reason_of(kind, moment))


def _kind(moment: Moment) -> Kind:
    if moment.kind in PROTECTED:
        return moment.kind
    if len(moment.shots) == 1:
        return "single"
    first, *others = moment.shots
    return "duplicates" if all(are_one_picture(first, shot) for shot in others) else "burst"
