"""Names beside the dots of a scatter, so that none lies over another."""

from collections.abc import Sequence
from dataclasses import dataclass

Box = tuple[float, float, float, float]
"""Left, top, right and bottom, in CSS pixels from the upper left corner."""

_LETTER, _LINE = 6.6, 14.0  # room of a letter and of a line of labels, in CSS pixels


@dataclass(frozen=True, slots=True)
class Label:
    """A name beside its dot, in pixels.

    Attributes:
        text: The name, or its number where the names would not fit.
        x: Of the end that `anchor` names.
        y: Of its base line.
        anchor: "start" or "end".
        leader: Whether a line from the dot to the name is needed.
    """

    text: str
    x: float
    y: float
    anchor: str
    leader: bool


def place_labels(
    names: Sequence[str],
    dots: Sequence[tuple[float, float]],
    lines: Sequence[tuple[float, float, float]],
    inside: Box,
    *,
    crowded: bool = False,
) -> list[Label] | None:
    """Put each name beside its dot where nothing else is; farther off with a line to it.

    Args:
        names: What to write.
        dots: Where the dots are: x and y.
        lines: Vertical lines to keep clear of: x and both ends.
        inside: Where names may lie.
        crowded: Whether a name without a free place may lie over something else.

    Returns:
        A label for each name; None where one finds no place and may not lie over another.
    """
    taken: list[Box] = [(x - 5, y - 5, x + 5, y + 5) for x, y in dots]
    taken += [(x - 1, min(ends), x + 1, max(ends)) for x, *ends in lines]
    placed = []
    for name, (x, y) in zip(names, dots, strict=True):
        found = _place(name, x, y, taken, inside)
        if found is None:
            if not crowded:
                return None
            found = Label(name, x + 9, y + 4, "start", False)
        placed.append(found)
    return placed


def _place(name: str, x: float, y: float, taken: list[Box], inside: Box) -> Label | None:
    """Find a free place near a dot and take it."""
    wide = _LETTER * len(name)
    for shift in (0.0, *(sign * k * _LINE * 0.75 for k in range(1, 6) for sign in (-1, 1))):
        for anchor, begin in (("start", x + 9), ("end", x - 9 - wide)):
            box = (begin, y + shift - 7, begin + wide, y + shift + 7)
            if _within(box, inside) and not any(_overlap(box, other) for other in taken):
                taken.append(box)
                at = begin if anchor == "start" else begin + wide
                return Label(
                    name, round(at, 1), round(y + shift + 4, 1), anchor, abs(shift) > _LINE
                )
    return None


def _within(one: Box, other: Box) -> bool:
    """Whether one box lies wholly inside another."""
    begins = one[0] >= other[0] and one[1] >= other[1]
    return begins and one[2] <= other[2] and one[3] <= other[3]


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
