"""Methods choosing the best of each series."""

from collections.abc import Iterable, Sequence

from sim_bench.benchmark.results import DatasetResult, SeriesRow
from sim_bench.report.measures import MEASURES, Measure, measure_named, standings
from sim_bench.report.page.axis import Mark
from sim_bench.report.page.ranking_cells import (
    COLOURS,
    axis_of,
    interval_title,
    other_cell,
    p_cell,
    states,
)
from sim_bench.report.page.table import (
    Cell,
    Column,
    Table,
    count_cell,
    figure_cells,
    name_cell,
    plot_cell,
)

_NARROW = 140.0  # two plots beside each other, in CSS pixels


def series_table(data: DatasetResult, level: float) -> Table:
    """Lay out the series task, the best method first, and a random choice below."""
    top1, regret = MEASURES["top1"], measure_named("regret", data)
    order = [row.method for row in standings(data, "series")]
    rows = sorted(data.series, key=lambda row: order.index(row.method))
    tops = [Mark(value, "random choice", "chance") for value in {r.top1_random for r in rows}]
    regrets = [Mark(value, "random choice", "chance") for value in {r.regret_random for r in rows}]
    top_axis = axis_of((row.top1 for row in rows), top1, tops, _NARROW)
    regret_axis = axis_of((row.regret for row in rows), regret, regrets, _NARROW)
    shown = states(data, "series", level)
    tolerance = any(row.within is not None for row in rows)
    unit = f"Best photo's value less that of the pick, in {data.regret_unit or 'unnamed units'}"
    columns = [
        Column("Method", "name"),
        Column("Regret", "plot", f"{unit}; smaller is better", regret_axis),
        Column("Regret", "number", f"{unit}; smaller is better"),
        Column(interval_title(level), "interval"),
        Column("p", "number", "Of the regret against a random choice, corrected by Holm"),
        Column("Top-1", "plot", "Share of series whose best photo is put first", top_axis),
        Column("Top-1", "number", "Share of series whose best photo is put first"),
        Column(interval_title(level), "interval"),
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
        within = [other_cell(row.within, top1)] if row.within else [Cell("–", None, "no tolerance")]
        return [
            name_cell(row.method, data.contamination),
            plot_cell(row.regret, regret, regret_axis, state=state, hollow=hollow),
            *figure_cells(row.regret, regret),
            p_cell(row.p_chance),
            plot_cell(row.top1, top1, top_axis, hollow=hollow),
            *figure_cells(row.top1, top1),
            other_cell(row.top2, top1),
            other_cell(row.mrr, MEASURES["srcc"]),
            other_cell(row.mean_rank, MEASURES["srcc"]),
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
