"""What a simulated memory card holds: which groups, how large, by which camera, with what faults.

All proportions are chosen by us: they make a card on which every kind of group occurs often enough
to count, not the average of anybody's photos.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import ceil
from typing import Literal

import numpy as np

from sim_bench.selection.group import Kind

Fault = Literal["none", "missing", "reset", "equal"]

SHARES: Mapping[Kind, float] = {
    "burst": 0.58,
    "single": 0.17,
    "bracket": 0.07,
    "duplicates": 0.07,
    "panorama": 0.06,
    "focus_stack": 0.05,
}
"""Share of the groups, not of the photos."""

_SIZES: Mapping[Kind, tuple[int, ...]] = {
    "burst": tuple(range(2, 13)),
    "single": (1,),
    "bracket": (3, 5, 7),
    "duplicates": (2, 3),
    "panorama": tuple(range(3, 9)),
    "focus_stack": tuple(range(4, 9)),
}
_MEAN = sum(share * float(np.mean(_SIZES[kind])) for kind, share in SHARES.items())
_SECOND_BODY = 0.35  # share of the groups
_DAMAGED = 0.6  # share of the bursts
_MISSING, _WRONG = 0.05, 0.03  # shares of the photos
_MAY_LACK = ("burst", "single", "duplicates")
_LONG_PANORAMA = 6  # frames from which two sources are too narrow


@dataclass(frozen=True, slots=True)
class PlannedGroup:
    """One group to be made.

    Attributes:
        name: In the known answer.
        kind: Its kind.
        size: Photos in it.
        body: 0 or 1: which camera took it.
        damaged: Whether all its photos but one are damaged; of bursts only.
        fault: "missing": no EXIF at all; "reset": a clock that began anew in 1980 or 2000; "equal":
            one and the same stamp on all photos of all such groups.
    """

    name: str
    kind: Kind
    size: int
    body: int
    damaged: bool = False
    fault: Fault = "none"

    @property
    def sources(self) -> int:
        """How many scenes it takes; a panorama goes over several, side by side."""
        if self.kind != "panorama":
            return 1
        return 3 if self.size >= _LONG_PANORAMA else 2


def plan_card(photos: int, random: np.random.Generator) -> list[PlannedGroup]:
    """Draw the groups of a card, in the order in which they are taken.

    Photos lack their EXIF only in bursts, duplicates and singles: without it, a bracket or a focus
    stack cannot be told from a burst of which some are damaged.

    Args:
        photos: How many there will be, exactly; 30 or more, so that each kind occurs.
        random: Decides everything.

    Raises:
        ValueError: Too few photos.
    """
    if photos < 30:
        raise ValueError(f"A card needs 30 photos or more, for each kind to occur. Got {photos}.")
    kinds = _kinds(max(len(SHARES), round(photos / _MEAN)))
    random.shuffle(kinds)
    sizes = _sizes(kinds, photos, random)
    counts: dict[Kind, int] = dict.fromkeys(SHARES, 0)
    groups = []
    bursts = 0
    for kind, size in zip(kinds, sizes, strict=True):
        counts[kind] += 1
        name = f"{kind}-{counts[kind]:03}"
        body = int(random.random() < _SECOND_BODY)
        bursts += kind == "burst"
        damaged = kind == "burst" and ceil(bursts * _DAMAGED) > ceil((bursts - 1) * _DAMAGED)
        groups.append(PlannedGroup(name, kind, size, body, damaged))
    return _with_faults(groups, photos, random)


def _kinds(groups: int) -> list[Kind]:
    """One of each kind, then always the one that lags most behind its share."""
    counts: dict[Kind, int] = dict.fromkeys(SHARES, 1)
    for total in range(len(SHARES) + 1, groups + 1):
        behind = max(SHARES, key=lambda kind: SHARES[kind] * total - counts[kind])
        counts[behind] += 1
    return [kind for kind, count in counts.items() for _ in range(count)]


def _sizes(kinds: list[Kind], photos: int, random: np.random.Generator) -> list[int]:
    """Draw sizes, then let bursts grow or shrink until the number of photos is right."""
    sizes = [int(random.choice(_SIZES[kind])) for kind in kinds]
    bursts = [at for at, kind in enumerate(kinds) if kind == "burst"]
    smallest, largest = _SIZES["burst"][0], _SIZES["burst"][-1]
    while (missing := photos - sum(sizes)) != 0:
        step = 1 if missing > 0 else -1
        free = [at for at in bursts if smallest <= sizes[at] + step <= largest]
        others = [at for at, kind in enumerate(kinds) if sizes[at] > _SIZES[kind][0]]
        if free:
            sizes[int(random.choice(free))] += step
        elif step < 0 and others:
            at = others[0]
            sizes[at] = _SIZES[kinds[at]][0]
        else:
            kinds.append("burst")
            sizes.append(smallest)
            bursts.append(len(kinds) - 1)
    return sizes


def _with_faults(
    groups: list[PlannedGroup], photos: int, random: np.random.Generator
) -> list[PlannedGroup]:
    left: dict[Fault, float] = {
        "missing": _MISSING * photos,
        "reset": _WRONG / 2 * photos,
        "equal": _WRONG / 2 * photos,
    }
    for at in random.permutation(len(groups)):
        group = groups[at]
        for fault, room in left.items():
            allowed = fault != "missing" or group.kind in _MAY_LACK
            if allowed and group.size <= room:
                groups[at] = replace(group, fault=fault)
                left[fault] -= group.size
                break
    return groups
