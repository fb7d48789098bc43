"""Which photos of each group to keep: scores compared within the group only.

A photo's merit, in log-odds, is the sum over methods of its score over the method's scale
(`choosing_scale`); from merits come win probabilities (`win_probability`). The best photo of a
group is its pick if it beats every other one by more than nearly a coin's toss. Those that it does
not beat so are close, and so is it then: nothing is decided between them. The rest are rejected,
but for those that differ only in what the whole group may have been meant to be (`intent`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim_bench.quality_assessment.choice import Direction
from sim_bench.selection.choosing_group import Intents, Judge, Reasons
from sim_bench.selection.choosing_scale import spread_scale
from sim_bench.selection.choosing_verdict import VERDICTS, Judged, Verdict
from sim_bench.selection.group import PROTECTED, Group

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["COLUMNS", "VERDICTS", "ChoosingSettings", "Verdict", "choose_all"]

COLUMNS = ("path", "group", "verdict", "rank", "win_probability", "reason")


@dataclass(frozen=True)
class ChoosingSettings:
    """How photos of a group are compared.

    Attributes:
        scales: By method, the difference of scores that is worth odds of e to 1, above 0; usually
            `choosing_scale.known_scales`. A method without one gets it from how its scores spread
            within the groups at hand, times the number of methods.
        close: Probability below which the best photo is too close to call with another. 0.6 is
            chosen by us: on BIQ2021's development series people prefer the lower one in 44% of
            such pairs, and it calls three of four bursts close in which nothing but the framing
            and the grain differ (docs/choosing.md).
        told: How many reasons are told of a photo.

    Raises:
        ValueError: A scale that is not above 0, `close` outside 0.5 to 1, or `told` below 0.
    """

    scales: Mapping[str, float] = field(default_factory=dict)
    close: float = 0.6
    told: int = 2

    def __post_init__(self) -> None:
        for name, scale in self.scales.items():
            if not 0 < scale < inf:
                raise ValueError(f"the scale of {name!r} must be a number above 0. Got {scale!r}.")
        if not 0.5 < self.close <= 1:
            raise ValueError(f"close must lie above 0.5 and up to 1. Got {self.close!r}.")
        if self.told < 0:
            raise ValueError(f"told must be 0 or more. Got {self.told!r}.")


def choose_all(
    groups: Sequence[Group],
    scores: "pd.DataFrame",
    methods: Mapping[str, Direction],
    *,
    reasons: Reasons | None = None,
    intents: Intents | None = None,
    settings: ChoosingSettings | None = None,
) -> "pd.DataFrame":
    """Give a verdict on every photo.

    Args:
        groups: Every photo in exactly one.
        scores: One row per photo: `path`, `reason` (why it has no score, else empty), and a column
            per method, NaN where it gave none. A photo takes part if every method scored it.
        methods: Columns to choose by, with their directions.
        reasons: What the first of two photos is better at; usually a
            `choosing_reasons.TellingReasons`. None: verdicts without such reasons.
        intents: What a group may have been meant to be, usually `intent.intents_of`. None: photos
            are rejected for that too.
        settings: None: the usual ones.

    Returns:
        One row per photo, groups and photos in the order given, with `COLUMNS`: `path` (str),
        `group` (its name), and as `choosing_verdict.Judged` says; `rank` is missing and
        `win_probability` NaN where nothing was compared.

    Raises:
        ValueError: No methods, a column that is not there, a scale for none of the methods, or
            photos that are not in exactly one group and one row.
    """
    import pandas as pd

    given = settings or ChoosingSettings()
    _check_columns(scores, methods, given)
    rows = _rows(groups, scores)
    merits = _merits(groups, rows, scores, methods, given)
    why = _why_unscored(scores, methods)
    judge = Judge(reasons, intents, given.close, given.told)
    found: list[tuple[str, Judged]] = []
    for group in groups:
        at = [rows[path] for path in group.paths]
        judged = judge.judge(group, merits[at], [why[k] for k in at])
        found += [(group.name, one) for one in judged]
    table = pd.DataFrame(
        [
            (str(one.path), name, one.verdict, one.rank, one.win_probability, one.reason)
            for name, one in found
        ],
        columns=list(COLUMNS),
    )
    return table.astype({"rank": "Int64", "win_probability": "float64"})


def _check_columns(
    scores: "pd.DataFrame", methods: Mapping[str, Direction], settings: ChoosingSettings
) -> None:
    if not methods:
        raise ValueError("choosing needs at least one method. Got none.")
    if lacking := [name for name in ("path", "reason", *methods) if name not in scores]:
        raise ValueError(f"scores lack the column {lacking[0]!r}. They have {list(scores)}.")
    if unknown := [name for name in settings.scales if name not in methods]:
        raise ValueError(f"a scale for {unknown[0]!r}, which is none of {', '.join(methods)}")


def _rows(groups: Sequence[Group], scores: "pd.DataFrame") -> dict[Path, int]:
    """Find the row of each photo."""
    rows: dict[Path, int] = {}
    for k, name in enumerate(scores["path"]):
        if rows.setdefault(Path(name), k) != k:
            raise ValueError(f"{name} has two rows of scores; give each photo one")
    grouped: set[Path] = set()
    for path in (path for group in groups for path in group.paths):
        if path in grouped:
            raise ValueError(f"{path} is in two groups; put each photo in one")
        if path not in rows:
            raise ValueError(f"{path} is in a group and has no row of scores; score it first")
        grouped.add(path)
    if left := rows.keys() - grouped:
        raise ValueError(f"{min(left)} is in no group, and so are {len(left) - 1} more; group them")
    return rows


def _merits(
    groups: Sequence[Group],
    rows: Mapping[Path, int],
    scores: "pd.DataFrame",
    methods: Mapping[str, Direction],
    settings: ChoosingSettings,
) -> NDArray[np.float64]:
    """Add up what the methods say, in log-odds; NaN where one says nothing."""
    compared = [
        [rows[path] for path in group.paths]
        for group in groups
        if group.kind not in PROTECTED and len(group.paths) > 1
    ]
    merits = np.zeros(len(scores))
    for name, direction in methods.items():
        column = scores[name].to_numpy(dtype=np.float64)
        scale = settings.scales.get(name) or len(methods) * spread_scale(column, compared)
        turned = column if direction == "higher" else -column
        merits += np.where(np.isfinite(column), turned, np.nan) / scale
    return merits


def _why_unscored(scores: "pd.DataFrame", methods: Iterable[str]) -> list[str]:
    """Say of each photo why it takes no part; empty where it does."""
    silent: list[list[str]] = [[] for _ in range(len(scores))]
    for name in methods:
        for k in np.flatnonzero(~np.isfinite(scores[name].to_numpy(dtype=np.float64))).tolist():
            silent[k].append(name)
    return [
        (str(reason) or f"no finite score by {', '.join(names)}") if names else ""
        for names, reason in zip(silent, scores["reason"].fillna(""), strict=True)
    ]
