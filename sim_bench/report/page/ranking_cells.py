"""What the rankings of all tasks have in common: colours, axes and cells."""

from collections.abc import Callable, Iterable, Sequence

from sim_bench.benchmark.results import DatasetResult, Figure, Task
from sim_bench.report.benchmark_verdict import against_chance
from sim_bench.report.measures import Measure, main_measure, p_text, standings
from sim_bench.report.page.axis import PLOT_WIDTH, Axis, Mark, axis_around
from sim_bench.report.page.table import Cell, State, number_cell

STATES: dict[str, State] = {
    "better": "ahead",
    "worse": "behind",
    "open": "open",
    "untested": "open",
}
COLOURS = (
    "Dot and line: value and interval; blue: better than chance, orange: worse, grey: neither is "
    "shown; hollow: has met this data."
)


def states(data: DatasetResult, task: Task, level: float) -> dict[str, State]:
    """Where each method stands against chance, as the colour of its dot."""
    measure = main_measure(data, task)
    return {
        row.method: STATES[against_chance(row, measure, level=level)]
        for row in standings(data, task)
    }


def axis_of(
    figures: Iterable[Figure],
    measure: Measure,
    marks: Sequence[Mark] = (),
    length: float = PLOT_WIDTH,
) -> Axis:
    """An axis that holds every figure with its interval."""
    ends = [end for figure in figures for end in (figure.value, figure.low, figure.high)]
    return axis_around(
        ends, tick_label(measure), marks=marks, length=length, most_ticks=round(length / 50)
    )


def tick_label(measure: Measure) -> Callable[[float], str]:
    """How a measure's ticks are written: shorter than its numbers."""
    return (lambda v: f"{100 * v:g}%") if measure.percent else (lambda v: f"{v:g}")


def p_cell(p: float | None) -> Cell:
    """The probability of chance, or a dash."""
    return number_cell(p, p_text, "it was not tested")


def interval_title(level: float) -> str:
    """Heading of a column of intervals."""
    return f"{100 * level:g}% interval"


def other_cell(figure: Figure, measure: Measure) -> Cell:
    """A figure without a column for its interval: the interval is on pointing at it."""
    interval = measure.interval(figure)
    title = interval if interval.startswith("[") else figure.reason
    return number_cell(figure.value, measure.number, figure.reason, title)
