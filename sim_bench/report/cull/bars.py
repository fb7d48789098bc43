"""Reason bars: what a photo's score is made of, or what sets it apart within its group."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

from sim_bench.quality_assessment.base import Explanation
from sim_bench.quality_assessment.choice import Direction
from sim_bench.report.cull.words import digits_for, plain, signed

FEW = 3
"""Most reasons beside a thumbnail; the large view has all. Chosen by us: more hide the photos."""
HALF = 30.0
"""Length of the longest bar, in CSS pixels; the line of zero is as far from the left end."""
_OF_GROUPS = 0.9  # chosen by us: bars are cut in a tenth of groups, so that the rest can be seen


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar.

    Attributes:
        name: What was looked at.
        text: Its contribution, signed.
        x: Where it begins, in CSS pixels.
        width: Its length.
        cut: Whether it is longer than can be drawn.
        favours: Whether it speaks for the photo.
        detail: The observation behind it.
    """

    name: str
    text: str
    x: float
    width: float
    cut: bool
    favours: bool
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Bars:
    """All bars of one photo; together they are the total.

    Attributes:
        apart: Whether they show what sets the photo apart in its group, not its whole score.
        title: What they show.
        rows: The longest first.
        few: How many of them stand beside a thumbnail.
        rest: All others in one bar, to stand there too; None where there are none.
        total: What they add up to, in words.
        total_text: The same as a number.
    """

    apart: bool
    title: str
    rows: tuple[Bar, ...]
    few: int
    rest: Bar | None
    total: str
    total_text: str


@dataclass(frozen=True, slots=True)
class _Split:
    """A total in parts; `apart`: measured from the mean of the group, larger is better."""

    apart: bool
    total: float
    parts: tuple[tuple[str, float, str], ...]


def bars_of_groups(
    groups: Sequence[Sequence[Explanation | None]],
    compared: Sequence[bool],
    *,
    method: str,
    direction: Direction,
) -> list[list[Bars | None]]:
    """Draw the bars of every photo, on two scales: one for differences, one for whole scores.

    Where two photos or more of a compared group are explained, a bar is the contribution less the
    mean of that contribution over them, turned so that to the right is in the photo's favour: they
    add up to how much better the photo is than the group's mean. Elsewhere a bar is the
    contribution itself, and they add up to the score.

    Args:
        groups: Of each group the explanations of its photos; None for a photo without.
        compared: Of each group, whether its photos are compared with each other.
        method: Name of the score that is explained.
        direction: Whether a larger or a smaller score is better.
    """
    split = [
        _split(group, together, direction) for group, together in zip(groups, compared, strict=True)
    ]
    scales = {apart: _scale(split, apart) for apart in (True, False)}
    return [
        [None if one is None else _bars(one, scales[one.apart], method) for one in group]
        for group in split
    ]


def _split(
    group: Sequence[Explanation | None], together: bool, direction: Direction
) -> list[_Split | None]:
    usable = [one if one is not None and isfinite(one.score) else None for one in group]
    explained = [one for one in usable if one is not None]
    if not together or len(explained) < 2:
        return [_alone(one) for one in usable]
    sign = 1.0 if direction == "higher" else -1.0
    named = [{reason.name: reason for reason in one.reasons} for one in explained]
    names = list(dict.fromkeys(name for reasons in named for name in reasons))
    mean = {
        name: sum(reasons[name].contribution for reasons in named if name in reasons) / len(named)
        for name in names
    }
    mean_score = sum(one.score for one in explained) / len(explained)
    made: list[_Split | None] = []
    for one in usable:
        if one is None:
            made.append(None)
            continue
        own = {reason.name: reason for reason in one.reasons}
        parts = [
            (
                name,
                sign * ((own[name].contribution if name in own else 0.0) - mean[name]),
                own[name].detail if name in own else "",
            )
            for name in names
        ]
        made.append(_Split(True, sign * (one.score - mean_score), _ordered(parts)))
    return made


def _alone(one: Explanation | None) -> _Split | None:
    if one is None:
        return None
    parts = [(reason.name, reason.contribution, reason.detail) for reason in one.reasons]
    return _Split(False, one.score, _ordered(parts))


def _ordered(parts: Sequence[tuple[str, float, str]]) -> tuple[tuple[str, float, str], ...]:
    return tuple(sorted(parts, key=lambda part: -abs(part[1])))


def _scale(groups: Sequence[Sequence[_Split | None]], apart: bool) -> float:
    """The length that fills a bar: of the groups' longest parts, nine in ten fit."""
    longest = []
    for group in groups:
        parts = [part for one in group if one and one.apart == apart for part in one.parts]
        if parts:
            longest.append(max(abs(value) for _, value, _ in parts))
    if not longest:
        return 0.0
    return sorted(longest)[min(len(longest) - 1, int(_OF_GROUPS * len(longest)))]


def _bars(split: _Split, scale: float, method: str) -> Bars:
    digits = digits_for(scale)
    rows = tuple(_bar(*part, scale, digits) for part in split.parts)
    few = sum(bar.text != plain(0.0, digits) for bar in rows[:FEW])
    left = len(rows) - few
    rest = None
    if left > 1:
        others = sum(value for _, value, _ in split.parts[few:])
        name = f"{left} others" if few else f"{left} reasons"
        rest = _bar(name, others, "", scale, digits)
    else:
        few = len(rows)
    if split.apart:
        title, total = f"{method} against its group", "Together"
        text = signed(split.total, digits)
    else:
        title, total = f"What makes up {method}", "Score"
        text = plain(split.total, digits)
    return Bars(split.apart, title, rows, few, rest, total, text)


def _bar(name: str, value: float, detail: str, scale: float, digits: int) -> Bar:
    share = abs(value) / scale if scale > 0.0 else 0.0
    width = round(HALF * min(share, 1.0), 1)
    x = HALF if value >= 0 else round(HALF - width, 1)
    return Bar(name, signed(value, digits), x, width, share > 1.0, value >= 0, detail)
