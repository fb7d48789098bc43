"""What a method gives for what it costs: the ranking measure against time, as a scatter."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log10

from sim_bench.benchmark.results import DatasetResult, MethodResult, Task
from sim_bench.report.measures import known, main_measure, standings
from sim_bench.report.page.axis import Axis, axis_around, log_ticks
from sim_bench.report.page.labels import Label, place_labels
from sim_bench.report.page.ranking_cells import states, tick_label
from sim_bench.report.page.table import State

WIDTH, HEIGHT = 680.0, 300.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 46.0, 14.0, 24.0, 40.0
_NBSP = "\u00a0"
PLOT = (_LEFT, _TOP - 8, WIDTH, HEIGHT - _BOTTOM)
"""Where names may lie: left, top, right and bottom."""


@dataclass(frozen=True, slots=True)
class Point:
    """A method on the scatter, in pixels; `title` says its numbers in words.

    Attributes:
        method: Its name.
        x: Of the dot.
        y: Of the dot.
        low: Lower end of the interval; None without one.
        high: Upper end.
        state: As for `Dot`.
        hollow: Whether the method has met this data.
        title: Its numbers in words.
        label: Where its name goes.
    """

    method: str
    x: float
    y: float
    low: float | None
    high: float | None
    state: State
    hollow: bool
    title: str
    label: Label


@dataclass(frozen=True, slots=True)
class Scatter:
    """Accuracy against cost; positions in pixels.

    Attributes:
        label: What it shows in a few words.
        caption: What it shows and what the axis is a ratio of.
        y_title: The measure.
        x_ticks: Positions and labels.
        y_ticks: Positions and labels.
        chance: Position of the line at chance; None without one.
        points: The methods.
        width: Of the drawing.
        height: Of the drawing.
        left: Where the plot begins.
        right: Where it ends.
        bottom: Where it ends.
    """

    label: str
    caption: str
    y_title: str
    x_ticks: Sequence[tuple[float, str]]
    y_ticks: Sequence[tuple[float, str]]
    chance: float | None
    points: Sequence[Point]
    width: float = WIDTH
    height: float = HEIGHT
    left: float = _LEFT
    right: float = WIDTH - _RIGHT
    bottom: float = HEIGHT - _BOTTOM


def cost_scatter(
    data: DatasetResult, task: Task, methods: Sequence[MethodResult], *, level: float
) -> tuple[Scatter | None, str]:
    """Draw a task's ranking measure against cost.

    Returns:
        The scatter, None where no method has both; and a sentence on those that are missing.
    """
    measure = main_measure(data, task)
    cost = {one.name: one.cost for one in methods}
    rows = [row for row in standings(data, task) if known(row.figure.value) is not None]
    drawn = [row for row in rows if (known(cost.get(row.method)) or 0) > 0]
    missing = [row.method for row in rows if row not in drawn]
    note = f"Without a time: {', '.join(missing)}." if missing else ""
    if not drawn:
        return None, note
    costs = [float(cost[row.method] or 0) for row in drawn]
    x = _cost_axis(costs)
    ends = [end for row in drawn for end in (row.figure.value, row.figure.low, row.figure.high)]
    chance = {row.chance for row in drawn}
    y = axis_around([*ends, *chance], tick_label(measure), length=HEIGHT - _TOP - _BOTTOM)

    def down(value: float | None) -> float | None:
        return None if known(value) is None else round(HEIGHT - _BOTTOM - y.at(value or 0.0), 1)

    shown = states(data, task, level)
    places = [
        (_LEFT + x.at(log10(c)), down(row.figure.value) or 0.0)
        for row, c in zip(drawn, costs, strict=True)
    ]
    lines = [
        (place[0], high, low)
        for row, place in zip(drawn, places, strict=True)
        if (low := down(row.figure.low)) is not None and (high := down(row.figure.high)) is not None
    ]
    names = [row.method for row in drawn]
    labels, key = place_labels(names, places, lines, PLOT), ""
    if labels is None:
        numbers = [str(number) for number in range(1, len(names) + 1)]
        labels = place_labels(numbers, places, lines, PLOT, crowded=True) or []
        pairs = (f"{k}{_NBSP}{name}" for k, name in zip(numbers, names, strict=True))
        key = f" {', '.join(pairs)}."
    points = [
        Point(
            row.method,
            *place,
            down(row.figure.low),
            down(row.figure.high),
            shown[row.method],
            bool(row.trained_on_it),
            f"{row.method}: {measure.number(row.figure.value)} "
            f"{measure.interval(row.figure)}, cost {c:.3g}",
            label,
        )
        for row, c, place, label in zip(drawn, costs, places, labels, strict=True)
    ]
    unit = f"{measure.behind_difference}, smaller is better," if measure.smaller_is_better else ""
    caption = (
        f"{measure.heading}{unit} against cost. Cost is the time a method takes for one "
        "photo over the time it takes to decode that photo at full size, in the same run on the "
        "same machine: 1 is as long as decoding. Lines: intervals; dashed: chance. "
        f"n = {len(drawn)} {'methods' if len(drawn) > 1 else 'method'}.{key}"
    )
    scatter = Scatter(
        f"{measure.title} against cost",
        caption,
        measure.title,
        [(_LEFT + x.at(at), label) for at, label in x.ticks],
        [(down(at) or 0.0, label) for at, label in y.ticks],
        down(chance.pop()) if len(chance) == 1 else None,
        points,
    )
    return scatter, note


def _cost_axis(costs: Sequence[float]) -> Axis:
    """Powers of ten as an axis of logarithms, wide enough for 1 to be on it."""
    low, high = min([*costs, 1.0]) / 1.3, max([*costs, 1.0]) * 1.3
    ticks = tuple((log10(tick), f"{tick:g}") for tick in log_ticks(low, high))
    return Axis(log10(low), log10(high), ticks, (), WIDTH - _LEFT - _RIGHT)
