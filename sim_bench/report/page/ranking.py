"""The ranking of each task: a dot with its interval per method, and every figure beside it."""

from collections.abc import Callable, Iterable, Sequence

from sim_bench.benchmark.results import (
    DatasetResult,
    Figure,
    OpinionRow,
    PairRow,
    SeriesRow,
    Task,
)
from sim_bench.report.benchmark_verdict import against_chance
from sim_bench.report.measures import (
    MEASURES,
    Measure,
    main_measure,
    measure_named,
    p_text,
    standings,
)
from sim_bench.report.page.axis import Axis, Mark, axis_around
from sim_bench.report.page.table import (
    Cell,
    Column,
    State,
    Table,
    count_cell,
    figure_cells,
    name_cell,
    number_cell,
    plot_cell,
)

STATES: dict[str, State] = {
    "better": "ahead",
    "worse": "behind",
    "open": "open",
    "untested": "open",
}
COLOURS = (
    "Dot and line: value and interval; blue: better than chance, orange: worse, grey: neither is "
    "shown; hollow: learned from this data."
)


def ranking_table(data: DatasetResult, task: Task, *, level: float) -> Table:
    """Lay out one task's methods, the best first.

    Args:
        data: The data set.
        task: Which table.
        level: Of the intervals.
    """
    make = {"opinion": _opinion, "pairs": _pairs, "series": _series}[task]
    return make(data, level)


def states(data: DatasetResult, task: Task, level: float) -> dict[str, State]:
    """Where each method stands against chance, as the colour of its dot."""
    measure = main_measure(data, task)
    return {
        row.method: STATES[against_chance(row, measure, level=level)]
        for row in standings(data, task)
    }


def axis_of(figures: Iterable[Figure], measure: Measure, marks: Sequence[Mark] = ()) -> Axis:
    """An axis that holds every figure with its interval."""
    ends = [end for figure in figures for end in (figure.value, figure.low, figure.high)]
    return axis_around(ends, tick_label(measure), marks=marks)


def tick_label(measure: Measure) -> Callable[[float], str]:
    """How a measure's ticks are written: shorter than its numbers."""
    return (lambda v: f"{100 * v:g}%") if measure.percent else (lambda v: f"{v:g}")


def _p_cell(p: float | None) -> Cell:
    return Cell(p_text(p), p, "" if p is not None else "it was not tested")


def _interval_title(level: float) -> str:
    return f"{100 * level:g}% interval"


def _opinion(data: DatasetResult, level: float) -> Table:
    measure = MEASURES["srcc"]
    order = [row.method for row in standings(data, "opinion")]
    rows = sorted(data.opinion, key=lambda row: order.index(row.method))
    axis = axis_of((row.srcc for row in rows), measure, [Mark(0.0, "knows nothing", "chance")])
    shown = states(data, "opinion", level)
    columns = [
        Column("Method", "name"),
        Column("SRCC", "plot", axis=axis),
        Column("SRCC", "number", "Spearman's rank correlation; 1 is perfect, 0 knows nothing"),
        Column(_interval_title(level), "interval"),
        Column("p", "number", "Against knowing nothing, corrected by Holm"),
        Column("KRCC", "number", "Kendall's tau-b"),
        Column("PLCC", "number", "Pearson's correlation of the raw scores"),
        Column("PLCC fitted", "number", "Pearson's correlation after the logistic fit"),
        Column("RMSE fitted", "number", "Error after the fit, in units of the opinions"),
        Column("Photos", "number", "Photos with a score"),
        Column("Unscored", "number", "Photos without a score"),
    ]

    def cells(row: OpinionRow) -> list[Cell]:
        hollow = row.method in data.contamination
        others = (row.krcc, row.plcc, row.plcc_fitted, row.rmse_fitted)
        return [
            name_cell(row.method, data.contamination),
            plot_cell(row.srcc, measure, axis, state=shown[row.method], hollow=hollow),
            *figure_cells(row.srcc, measure),
            _p_cell(row.p_chance),
            *(_other(one, measure) for one in others),
            count_cell(row.n),
            count_cell(row.unscored),
        ]

    caption = f"Agreement with mean opinions; dashed: knows nothing (0). {COLOURS}"
    label = "Methods against mean opinions"
    return Table(label, caption, columns, [cells(row) for row in rows])


def _pairs(data: DatasetResult, level: float) -> Table:
    measure = MEASURES["accuracy"]
    order = [row.method for row in standings(data, "pairs")]
    rows = sorted(data.pairs, key=lambda row: order.index(row.method))
    marks, ceiling = [Mark(0.5, "chance", "chance")], ""
    if data.human_ceiling is not None and data.human_ceiling.value is not None:
        marks.append(Mark(data.human_ceiling.value, "one person against the others", "ceiling"))
        interval = measure.interval(data.human_ceiling)
        ceiling = f", dotted: one person against the others, {measure.number(marks[1].at)}"
        ceiling += f" {interval}" if interval.startswith("[") else ""
        ceiling += f" ({data.ceiling_note})" if data.ceiling_note else ""
    axis = axis_of((row.accuracy for row in rows), measure, marks)
    shown = states(data, "pairs", level)
    columns = [
        Column("Method", "name"),
        Column("Accuracy", "plot", axis=axis),
        Column("Accuracy", "number", "Share of pairs decided as most people do"),
        Column(_interval_title(level), "interval"),
        Column("p", "number", "Against chance, corrected by Holm"),
        Column("Pairs", "number", "Pairs with two scores"),
        Column("Unscored", "number", "Pairs without two scores"),
        Column("Ties", "number", "Pairs with two exactly equal scores"),
        Column("Divided", "number", "Pairs on which people are evenly divided"),
        Column("Ties a\u00a0half", "number", "Accuracy with a half for each tie"),
        Column("Without ties", "number", "Accuracy over the pairs that are not tied"),
        Column("AUC", "number", "Area under the ROC curve of the score difference"),
        Column("Log-loss", "number", "Of the win probability, in nats; a coin has 0.693"),
        Column("ECE, points", "number", "Calibration error of the win probability"),
    ]

    def cells(row: PairRow) -> list[Cell]:
        hollow = row.method in data.contamination
        return [
            name_cell(row.method, data.contamination),
            plot_cell(row.accuracy, measure, axis, state=shown[row.method], hollow=hollow),
            *figure_cells(row.accuracy, measure),
            _p_cell(row.p_chance),
            *map(count_cell, (row.n, row.unscored, row.ties, row.divided)),
            _other(row.accuracy_ties_half, measure),
            _other(row.accuracy_without_ties, measure),
            _other(row.auc, MEASURES["srcc"]),
            _other(row.log_loss, MEASURES["srcc"]),
            number_cell(row.calibration_error, lambda v: f"{100 * v:.1f}", row.log_loss.reason),
        ]

    caption = f"Pairs decided as most people do; dashed: chance, 50%{ceiling}. {COLOURS}"
    label = "Methods against preferences between two photos"
    return Table(label, caption, columns, [cells(row) for row in rows])


def _series(data: DatasetResult, level: float) -> Table:
    top1, regret = MEASURES["top1"], measure_named("regret", data)
    order = [row.method for row in standings(data, "series")]
    rows = sorted(data.series, key=lambda row: order.index(row.method))
    tops = [Mark(value, "random choice", "chance") for value in {r.top1_random for r in rows}]
    regrets = [Mark(value, "random choice", "chance") for value in {r.regret_random for r in rows}]
    top_axis = axis_of((row.top1 for row in rows), top1, tops)
    regret_axis = axis_of((row.regret for row in rows), regret, regrets)
    shown = states(data, "series", level)
    tolerance = any(row.within is not None for row in rows)
    unit = f"Best photo's value less that of the pick, in {data.regret_unit or 'unnamed units'}"
    columns = [
        Column("Method", "name"),
        Column("Regret", "plot", f"{unit}; smaller is better", regret_axis),
        Column("Regret", "number", f"{unit}; smaller is better"),
        Column(_interval_title(level), "interval"),
        Column("p", "number", "Of the regret against a random choice, corrected by Holm"),
        Column("Top-1", "plot", "Share of series whose best photo is put first", top_axis),
        Column("Top-1", "number", "Share of series whose best photo is put first"),
        Column(_interval_title(level), "interval"),
        Column("Top-2", "number", "Share whose best photo is among the first two"),
        Column("MRR", "number", "Mean reciprocal rank of the best photo"),
        Column("Mean rank", "number", "Mean rank of the best photo; 1 is perfect"),
        *([Column("Within", "number", "Picks within the tolerance of the best")] * tolerance),
        Column("Series", "number", "Series in which at least one photo has a score"),
        Column("Unscored", "number", "Series without any score"),
    ]

    def cells(row: SeriesRow) -> list[Cell]:
        hollow = row.method in data.contamination
        state = shown[row.method]
        within = [_other(row.within, top1)] if row.within else [Cell("–", None, "no tolerance")]
        return [
            name_cell(row.method, data.contamination),
            plot_cell(row.regret, regret, regret_axis, state=state, hollow=hollow),
            *figure_cells(row.regret, regret),
            _p_cell(row.p_chance),
            plot_cell(row.top1, top1, top_axis, hollow=hollow),
            *figure_cells(row.top1, top1),
            _other(row.top2, top1),
            _other(row.mrr, MEASURES["srcc"]),
            _other(row.mean_rank, MEASURES["srcc"]),
            *(within * tolerance),
            count_cell(row.n),
            count_cell(row.unscored),
        ]

    caption = (
        f"The photo that each method puts first in its series. Regret in "
        f"{data.regret_unit or 'unnamed units'}, smaller is better; dashed: a random choice. "
        f"{COLOURS} Colours are of the regret, which is what was tested."
    )
    table = [cells(row) for row in rows]
    foot = [_random(rows, top1, regret, tolerance=tolerance)]
    label = "Methods choosing the best of each series"
    return Table(label, caption, columns, table, foot)


def _random(
    rows: Sequence[SeriesRow], top1: Measure, regret: Measure, *, tolerance: bool
) -> list[Cell]:
    """What a random choice gives; a range where methods scored different series."""

    def span(values: Iterable[float], measure: Measure) -> Cell:
        texts = list(dict.fromkeys(measure.number(value) for value in sorted(values)))
        return Cell(texts[0] if len(texts) == 1 else f"{texts[0]} to {texts[-1]}")

    plain = MEASURES["srcc"]
    nothing = Cell("")
    return [
        Cell("a random choice"),
        nothing,
        span((row.regret_random for row in rows), regret),
        nothing,
        nothing,
        nothing,
        span((row.top1_random for row in rows), top1),
        nothing,
        span((row.top2_random for row in rows), top1),
        span((row.mrr_random for row in rows), plain),
        span((row.mean_rank_random for row in rows), plain),
        *([nothing] * tolerance),
        nothing,
        nothing,
    ]


def _other(figure: Figure, measure: Measure) -> Cell:
    """A figure without a column for its interval: the interval is on pointing at it."""
    interval = measure.interval(figure)
    title = interval if interval.startswith("[") else figure.reason
    return number_cell(figure.value, measure.number, figure.reason, title)
