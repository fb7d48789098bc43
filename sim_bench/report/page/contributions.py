"""What is in a score: the weights of an ensemble, and what each prompt or measure adds."""

from collections.abc import Sequence
from dataclasses import dataclass

from sim_bench.benchmark.results import DatasetResult, EnsembleResult, Figure, PartRow
from sim_bench.report.benchmark_verdict import alpha
from sim_bench.report.measures import DASH, Measure, known, listed, measure_named, p_text
from sim_bench.report.page.axis import Mark, axis_around
from sim_bench.report.page.table import (
    Cell,
    Column,
    State,
    Table,
    figure_cells,
    name_cell,
    number_cell,
    plot_cell,
)


@dataclass(frozen=True, slots=True)
class Ensemble:
    """An ensemble as the page shows it: what it gains, and its weights."""

    sentence: str
    table: Table


def ensembles(data: DatasetResult, *, level: float) -> list[Ensemble]:
    """Every ensemble with its gain in words and its weights, the heaviest first."""
    return [_ensemble(data, one, level) for one in data.ensembles]


def _ensemble(data: DatasetResult, one: EnsembleResult, level: float) -> Ensemble:
    measure = measure_named(one.measure, data)
    gain, p = known(one.difference.value), known(one.p)
    said = f"The best linear combination of {len(one.weights)} methods, judged on series it did "
    said += f"not see, has {measure.title} {_with_interval(measure, one.figure)}"
    if gain is None:
        said += f"; no difference to {one.best_single}: {one.difference.reason or 'no reason'}."
    else:
        unit = measure.behind_difference
        interval = measure.interval(one.difference)
        said += f", which is {measure.difference(gain)}{unit} {interval} against the best "
        said += f"single method, {one.best_single} (p {_p(p)}). "
        if p is None:
            said += "That difference was not tested."
        elif p > alpha(level):
            said += "So it is not shown to differ from that method alone."
        else:
            said += f"So it is {'better' if gain > 0 else 'worse'} than that method alone."
    seen = [name for name in one.weights if name in data.contamination]
    if seen:
        has = "has" if len(seen) == 1 else "have"
        said += f" {listed(seen)} {has} met this data, so the combination has too."
    return Ensemble(said, _weights(data, one))


def _weights(data: DatasetResult, one: EnsembleResult) -> Table:
    order = sorted(one.weights, key=lambda name: -abs(one.weights[name]))
    largest = max(map(abs, one.weights.values()), default=0.0) or 1.0
    rows = [
        [
            name_cell(name, data.contamination),
            Cell("", one.weights[name], bar=one.weights[name] / largest),
            number_cell(one.weights[name], lambda v: f"{v:+.3f}"),
        ]
        for name in order
    ]
    columns = [Column("Method", "name"), Column("Weight", "plot"), Column("Weight", "number")]
    caption = (
        "Weight per standard deviation of each method's scores, fitted on all series; "
        "methods that say the same share their weight, so a small one is not a bad method. "
        "The best single method was chosen on these very items, which flatters it a little. "
        f"n = {len(order)} methods."
    )
    return Table("Weights of the combination", caption, columns, rows)


def part_tables(data: DatasetResult, *, level: float) -> list[tuple[str, Table]]:
    """For each method, its parts by what they add; with the method's name as heading."""
    groups: dict[tuple[str, str], list[PartRow]] = {}
    for part in data.parts:
        groups.setdefault((part.method, part.measure), []).append(part)
    several = len({measure for _, measure in groups}) > 1
    tables = []
    for (method, key), parts in groups.items():
        measure = measure_named(key, data)
        heading = f"{method}, {measure.title}" if several else method
        tables.append((heading, _parts(data, method, parts, measure, level)))
    return tables


def _parts(
    data: DatasetResult, method: str, parts: Sequence[PartRow], measure: Measure, level: float
) -> Table:
    def place(part: PartRow) -> tuple[bool, float]:
        gain = known(part.gain.value)
        return gain is None, -(gain or 0.0)

    ordered = sorted(parts, key=place)
    ends = [v for one in parts for v in (one.gain.value, one.gain.low, one.gain.high)]
    unit = f", {measure.difference_unit}" if measure.difference_unit else ""

    def tick(value: float) -> str:
        return f"{100 * value:g}" if measure.percent else f"{value:g}"

    axis = axis_around(ends, tick, marks=[Mark(0.0, "adds nothing", "chance")])
    columns = [
        Column("Part", "name"),
        Column(f"Gain{unit}", "plot", "The whole less the whole without the part", axis),
        Column(f"Gain{unit}", "number", "The whole less the whole without the part"),
        Column(f"{100 * level:g}% interval", "interval"),
        Column("p", "number", "Of the gain, corrected by Holm over the parts"),
        Column("Alone", "number", f"The part by itself, {measure.title}"),
        Column(f"{100 * level:g}% interval", "interval"),
        Column("Weight", "number", "In the score of the whole"),
    ]

    def cells(one: PartRow) -> list[Cell]:
        alone, alone_interval = figure_cells(one.alone, measure)
        _, interval = figure_cells(one.gain, measure)
        state = _state(one, level)
        about = f"p {_p(one.p_holm)}"
        return [
            Cell(one.part, one.part.casefold()),
            plot_cell(one.gain, measure, axis, state=state, about=about, difference=True),
            number_cell(one.gain.value, measure.difference, one.gain.reason),
            interval,
            number_cell(one.p_holm, p_text, one.gain.reason or "it was not tested"),
            alone,
            alone_interval,
            number_cell(one.weight, lambda v: f"{v:.3f}"),
        ]

    caption = (
        f"What each part adds to {method}: {measure.title} of the whole less the whole without "
        "it. Above 0 the part helps; blue: shown to help, orange: to harm. "
        f"n = {len(parts)} parts."
    )
    if method in data.contamination:
        caption += f" {method} has met this data: {data.contamination[method]}."
    return Table(f"Parts of {method}", caption, columns, [cells(o) for o in ordered])


def _state(one: PartRow, level: float) -> State:
    gain, p = known(one.gain.value), known(one.p_holm)
    if gain is None or p is None or p > alpha(level) or gain == 0:
        return "open"
    return "ahead" if gain > 0 else "behind"


def _with_interval(measure: Measure, figure: Figure) -> str:
    interval = measure.interval(figure)
    number = measure.number(figure.value)
    return f"{number} {interval}" if interval != DASH else number


def _p(p: float | None) -> str:
    text = p_text(p)
    return text if text.startswith("<") else f"= {text}"
