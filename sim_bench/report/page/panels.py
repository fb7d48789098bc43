"""Methods on parts of the items: one small dot plot per part, side by side."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sim_bench.benchmark.measures.subgroups import LEAST
from sim_bench.benchmark.results import DatasetResult, Figure
from sim_bench.report.measures import MEASURES, Measure, known, measure_named, standings
from sim_bench.report.page.axis import Axis, Mark, axis_around
from sim_bench.report.page.matrix import span_text
from sim_bench.report.page.ranking_cells import tick_label
from sim_bench.report.page.table import Cell, Column, State, Table, name_cell, plot_cell

_PANEL = 128.0


@dataclass(frozen=True, slots=True)
class PartFigure:
    """One method on one part: `part` names the part, `n` its items, `chance` knows nothing."""

    part: str
    method: str
    n: int
    figure: Figure
    chance: float


def panels_table(
    data: DatasetResult,
    what: str,
    found: Sequence[PartFigure],
    measure: Measure,
    order: Sequence[str],
) -> Table | None:
    """One column of dots per part, all on the same scale; None where there is nothing.

    A part in which no method has a figure has no column, but the caption says how many items.

    Args:
        data: The data set, for its flags.
        what: By what the items are split.
        found: The figures; parts in the order in which they first appear.
        measure: Of the figures.
        order: Methods in the order of rows.
    """
    if not found:
        return None
    every = list(dict.fromkeys(one.part for one in found))
    drawn = {one.part for one in found if known(one.figure.value) is not None}
    parts = [part for part in every if part in drawn] or every
    cells = {(one.method, one.part): one for one in found}
    ends = [v for one in found for v in (one.figure.value, one.figure.low, one.figure.high)]
    everything = [*ends, *(one.chance for one in found)]
    label = tick_label(measure)
    axes = {part: _axis(everything, label, [o for o in found if o.part == part]) for part in parts}
    columns = [Column("Method", "name")]
    for part in parts:
        counts = [one.n for one in found if one.part == part]
        columns.append(Column(part, "plot", span_text("n", counts).rstrip("."), axes[part]))
    present = {one.method for one in found}
    names = [name for name in order if name in present]
    names += sorted(present - set(names))
    rows = [
        [
            name_cell(name, data.contamination),
            *(_cell(cells.get((name, part)), measure, axes[part], name, data) for part in parts),
        ]
        for name in names
    ]
    total = ", ".join(
        f"{part}: {span_text('n', [o.n for o in found if o.part == part]).rstrip('.')}"
        for part in every
    )
    caption = (
        f"{measure.heading} by {what}, with intervals, all on one scale; dashed: "
        f"chance. Coloured where the interval leaves chance out; parts are not tested, "
        f"those with fewer than {LEAST} items are not shown. {total}."
    )
    return Table(f"{measure.title} by {what}", caption, columns, rows)


def subgroup_tables(data: DatasetResult) -> list[Table]:
    """One table per task and attribute.

    Strength of agreement is left out where `strength_table` shows the same figures.
    """
    groups: dict[tuple[str, str, str], list[PartFigure]] = {}
    shown_already = strength_table(data) is not None
    for one in data.subgroups:
        if one.attribute == "agreement" and one.task == "pairs" and shown_already:
            continue
        chance = 0.5 if one.measure == "accuracy" else 0.0
        group = (one.task, one.measure, one.attribute)
        part = PartFigure(one.value, one.method, one.n, one.figure, chance)
        groups.setdefault(group, []).append(part)
    tables = []
    for (task, key, attribute), found in groups.items():
        order = [row.method for row in standings(data, "pairs" if task == "pairs" else "opinion")]
        tables.append(
            panels_table(data, attribute.replace("_", " "), found, measure_named(key, data), order)
        )
    return [table for table in tables if table is not None]


def strength_table(data: DatasetResult) -> Table | None:
    """Accuracy by how strongly people agree on the pair."""
    found = [
        PartFigure(one.strength, row.method, one.n, one.accuracy, 0.5)
        for row in data.pairs
        for one in row.strengths
    ]
    order = [row.method for row in standings(data, "pairs")]
    return panels_table(data, "strength of agreement", found, MEASURES["accuracy"], order)


def size_table(data: DatasetResult) -> Table | None:
    """Top-1 by size of series, each beside its own chance."""
    found = [
        PartFigure(one.size, row.method, one.n, one.top1, one.top1_random)
        for row in data.series
        for one in row.by_size
    ]
    order = [row.method for row in standings(data, "series")]
    return panels_table(data, "size of series", found, MEASURES["top1"], order)


def _axis(
    everything: Sequence[float | None], label: Callable[[float], str], part: Sequence[PartFigure]
) -> Axis:
    marks = [Mark(value, "chance", "chance") for value in {one.chance for one in part}]
    return axis_around(everything, label, marks=marks, length=_PANEL, most_ticks=3)


def _cell(
    one: PartFigure | None, measure: Measure, axis: Axis, method: str, data: DatasetResult
) -> Cell:
    if one is None:
        return Cell("", None, "no figure for this part")
    return plot_cell(
        one.figure,
        measure,
        axis,
        state=_state(one),
        hollow=method in data.contamination,
        about=f"n = {one.n:,}",
    )


def _state(one: PartFigure) -> State:
    """By the interval alone: parts are not tested, and a colour here is no claim of a test."""
    low, high = known(one.figure.low), known(one.figure.high)
    if low is not None and low > one.chance:
        return "ahead"
    return "behind" if high is not None and high < one.chance else "open"
