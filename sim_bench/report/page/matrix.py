"""A square of methods against methods."""

from collections.abc import Sequence
from dataclasses import dataclass

from sim_bench.benchmark.results import DatasetResult

_STRENGTHS = 3


@dataclass(frozen=True, slots=True)
class Tile:
    """One cell of a matrix.

    Attributes:
        text: The number.
        small: A second line.
        shade: From -3 (orange) to 3 (blue); 0 for neither.
        title: The cell in words.
        empty: Whether there is nothing to show.
    """

    text: str
    small: str = ""
    shade: int = 0
    title: str = ""
    empty: bool = False


@dataclass(frozen=True, slots=True)
class Matrix:
    """A square of methods.

    Attributes:
        label: What it holds in a few words.
        caption: What it shows and how many items it rests on.
        methods: Row and column names, in order.
        rows: One row of tiles per method.
        flags: Its marked methods and what they were trained on.
    """

    label: str
    caption: str
    methods: Sequence[str]
    rows: Sequence[Sequence[Tile]]
    flags: dict[str, str]


def shade_of(strength: float, least: int = 0) -> int:
    """Three strengths of colour; what is weaker than a sixth has none unless `least` says so."""
    size = max(least, min(_STRENGTHS, round(abs(strength) * _STRENGTHS)))
    return size if strength > 0 else -size


def flags_of(data: DatasetResult, methods: Sequence[str]) -> dict[str, str]:
    """The marked ones among some methods, with what they were trained on."""
    return {name: text for name, text in data.contamination.items() if name in methods}


def span_text(name: str, counts: Sequence[int]) -> str:
    """Say how many: "n = 12." or "n = 10 to 12."; nothing for no counts."""
    if not counts:
        return ""
    low, high = min(counts), max(counts)
    return f"{name} = {low:,}." if low == high else f"{name} = {low:,} to {high:,}."
