"""A table of the page: columns of text, of numbers, and of dots with intervals."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from sim_bench.benchmark.results import Figure
from sim_bench.report.measures import DASH, Measure, known
from sim_bench.report.page.axis import Axis

ColumnKind = Literal["name", "text", "number", "interval", "plot"]
State = Literal["ahead", "open", "behind", "plain"]
NO_REASON = "no reason is on record"


@dataclass(frozen=True, slots=True)
class Dot:
    """A figure on an axis, in pixels.

    Attributes:
        x: Where the value lies.
        low: Where its interval begins; None without one.
        high: Where it ends.
        state: Shown to be better than chance, or worse, or neither; decides the colour.
        hollow: Whether the method has met this data.
        label: The figure in words, for those who do not see it.
    """

    x: float
    low: float | None
    high: float | None
    state: State
    hollow: bool
    label: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell.

    Attributes:
        text: What it says; empty for a plot.
        key: What it sorts by; None sorts last.
        title: More about it, on pointing at it: why a figure is missing, say.
        flag: What a marked method was trained on; empty for no mark.
        dot: The dot of a plot; None where there is no figure.
        bar: Share of a cell's half width, from -1 to 1, for a bar behind the number.
    """

    text: str
    key: float | str | None = None
    title: str = ""
    flag: str = ""
    dot: Dot | None = None
    bar: float | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """One column; `axis` only for plots, `note` explains its heading on pointing at it."""

    title: str
    kind: ColumnKind
    note: str = ""
    axis: Axis | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its caption; `foot` holds rows that are not sorted, such as chance.

    Attributes:
        label: What it holds in a few words, for those who do not see it.
        caption: What it shows and how many items it rests on.
        columns: Its columns.
        rows: Its rows, one cell per column.
        foot: Rows below, likewise.
    """

    label: str
    caption: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    foot: Sequence[Sequence[Cell]] = ()

    @property
    def flags(self) -> dict[str, str]:
        """The marked methods of the table and what they were trained on, explained below it."""
        return {cell.text: cell.flag for row in self.rows for cell in row if cell.flag}


def name_cell(method: str, flags: dict[str, str]) -> Cell:
    """A method's name, marked where it has met this data."""
    return Cell(method, method.casefold(), flag=flags.get(method, ""))


def number_cell(
    value: float | None, text: Callable[[float], str], reason: str = "", title: str = ""
) -> Cell:
    """A number, or a dash with the reason."""
    number = known(value)
    if number is None:
        return Cell(DASH, None, reason or NO_REASON)
    return Cell(text(number), number, title)


def count_cell(value: int) -> Cell:
    """A count, with commas."""
    return Cell(f"{value:,}", value)


def figure_cells(figure: Figure, measure: Measure) -> tuple[Cell, Cell]:
    """A value and its interval; each missing one is a dash with its reason."""
    value = number_cell(figure.value, measure.number, figure.reason)
    interval = measure.interval(figure)
    missing = interval == DASH
    return value, Cell(interval, known(figure.low), (figure.reason or NO_REASON) * missing)


def plot_cell(
    figure: Figure,
    measure: Measure,
    axis: Axis,
    *,
    state: State = "plain",
    hollow: bool = False,
    about: str = "",
    difference: bool = False,
) -> Cell:
    """A dot with its interval on an axis, or nothing but the reason.

    Args:
        figure: What to draw.
        measure: How its numbers are written.
        axis: Where it lies.
        state: Decides the colour.
        hollow: Whether the method has met this data.
        about: More for the label, such as n.
        difference: Whether the figure is a difference rather than a value.
    """
    value = known(figure.value)
    if value is None:
        return Cell("", None, figure.reason or NO_REASON)
    low, high = known(figure.low), known(figure.high)
    text = measure.difference(value) if difference else measure.number(value)
    interval = measure.interval(figure)
    label = " ".join(part for part in (text, interval if interval != DASH else "", about) if part)
    dot = Dot(
        axis.at(value),
        axis.at(low) if low is not None and high is not None else None,
        axis.at(high) if low is not None and high is not None else None,
        state,
        hollow,
        label,
    )
    return Cell("", value, dot=dot)
