"""Methods against mean opinions."""

from sim_bench.benchmark.results import DatasetResult, OpinionRow
from sim_bench.report.measures import MEASURES, standings
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


def opinion_table(data: DatasetResult, level: float) -> Table:
    """Lay out the opinions task, the best method first."""
    measure = MEASURES["srcc"]
    order = [row.method for row in standings(data, "opinion")]
    rows = sorted(data.opinion, key=lambda row: order.index(row.method))
    axis = axis_of((row.srcc for row in rows), measure, [Mark(0.0, "knows nothing", "chance")])
    shown = states(data, "opinion", level)
    columns = [
        Column("Method", "name"),
        Column("SRCC", "plot", axis=axis),
        Column("SRCC", "number", "Spearman's rank correlation; 1 is perfect, 0 knows nothing"),
        Column(interval_title(level), "interval"),
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
            p_cell(row.p_chance),
            *(other_cell(one, measure) for one in others),
            count_cell(row.n),
            count_cell(row.unscored),
        ]

    caption = f"Agreement with mean opinions; dashed: knows nothing (0). {COLOURS}"
    label = "Methods against mean opinions"
    return Table(label, caption, columns, [cells(row) for row in rows])
