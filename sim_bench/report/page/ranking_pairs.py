"""Methods against preferences between two photos."""

from sim_bench.benchmark.results import DatasetResult, PairRow
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
    number_cell,
    plot_cell,
)


def pairs_table(data: DatasetResult, level: float) -> Table:
    """Lay out the pairs task, the best method first."""
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
    axis = axis_of((row.accuracy for row in rows), measure, marks, 175)
    shown = states(data, "pairs", level)
    columns = [
        Column("Method", "name"),
        Column("Accuracy", "plot", axis=axis),
        Column("Accuracy", "number", "Share of pairs decided as most people do"),
        Column(interval_title(level), "interval"),
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
            p_cell(row.p_chance),
            *map(count_cell, (row.n, row.unscored, row.ties, row.divided)),
            other_cell(row.accuracy_ties_half, measure),
            other_cell(row.accuracy_without_ties, measure),
            other_cell(row.auc, MEASURES["srcc"]),
            other_cell(row.log_loss, MEASURES["srcc"]),
            number_cell(row.calibration_error, lambda v: f"{100 * v:.1f}", row.log_loss.reason),
        ]

    caption = f"Pairs decided as most people do; dashed: chance, 50%{ceiling}. {COLOURS}"
    label = "Methods against preferences between two photos"
    return Table(label, caption, columns, [cells(row) for row in rows])
