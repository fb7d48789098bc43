"""Who is better than whom: every comparison as a matrix, as a table and in words."""

from sim_bench.benchmark.results import Comparison, DatasetResult, Task
from sim_bench.report.benchmark_verdict import alpha, outcome_of
from sim_bench.report.measures import DASH, Measure, known, main_measure, p_text, standings
from sim_bench.report.page.matrix import Matrix, Tile, flags_of, shade_of, span_text
from sim_bench.report.page.table import (
    NO_REASON,
    Cell,
    Column,
    Table,
    count_cell,
    figure_cells,
    name_cell,
    number_cell,
)


def significance_matrix(data: DatasetResult, task: Task, *, level: float) -> Matrix | None:
    """Lay out every comparison of a task; None where there is none."""
    measure = main_measure(data, task)
    found = _comparisons(data, task, measure)
    if not found:
        return None
    order = [row.method for row in standings(data, task)]
    pairs = {(one.first, one.second): one for one in found}
    sizes = [abs(d) for one in found if (d := known(one.difference.value)) is not None]
    largest = max(sizes, default=0.0) or 1.0

    def tile(row: str, column: str) -> Tile:
        if row == column:
            return Tile("", empty=True)
        one, sign = pairs.get((row, column)), 1
        if one is None:
            one, sign = pairs.get((column, row)), -1
        if one is None:
            return Tile(DASH, title=f"{row} and {column} were not compared")
        return _tile(one, sign, measure, largest, level)

    unit = f" in {measure.difference_unit}" if measure.difference_unit else ""
    turned = ", turned so that above 0 the row is better" if measure.smaller_is_better else ""
    counts = span_text("n", [one.n for one in found])
    caption = (
        f"Row less column: difference in {measure.title}{unit}{turned}; below it p after Holm's "
        f"correction over all {len(found):,} comparisons. Blue: the row is better, orange: worse, "
        f"at p ≤ {alpha(level):g}; without colour: not shown. {counts}"
    )
    rows = [[tile(row, column) for column in order] for row in order]
    return Matrix(
        f"Which method is better, {measure.title}", caption, order, rows, flags_of(data, order)
    )


def smallest_sentence(data: DatasetResult, task: Task) -> str:
    """Say how small a difference these data could have shown; empty without comparisons."""
    measure = main_measure(data, task)
    sizes = sorted(
        size
        for one in _comparisons(data, task, measure)
        if (size := known(one.smallest)) is not None
    )
    if not sizes:
        return ""
    unit = measure.behind_difference
    ends = list(
        dict.fromkeys(measure.difference(size).lstrip("+") for size in (sizes[0], sizes[-1]))
    )
    return (
        f"The smallest difference in {measure.title} that this data would have shown 8 times in "
        f"10: {' to '.join(ends)}{unit}{', depending on the two methods' * (len(ends) > 1)}. "
        "Methods that are closer than that may differ without a test here seeing it. It is that of "
        "a single test, before Holm's correction, after which it takes a larger one."
    )


def comparisons_table(data: DatasetResult, task: Task, *, level: float) -> Table | None:
    """The same comparisons as a table, with intervals, both p and effect sizes."""
    measure = main_measure(data, task)
    found = _comparisons(data, task, measure)
    if not found:
        return None
    unit = f", {measure.difference_unit}" if measure.difference_unit else ""
    columns = [
        Column("Method", "name"),
        Column("Other", "name"),
        Column("Items", "number", "Items that both scored"),
        Column(f"Difference{unit}", "number", "Above 0 the first is better"),
        Column(f"{100 * level:g}% interval", "interval"),
        Column("p", "number", "Paired permutation test"),
        Column("p, Holm", "number", "Corrected over all comparisons of this table"),
        Column("Effect", "number", "Cohen's h (accuracy) or q (correlation)"),
        Column("Smallest", "number", "Smallest difference seen 8 times in 10, uncorrected"),
    ]
    untested = "it was not tested"

    def cells(one: Comparison) -> list[Cell]:
        _, interval = figure_cells(one.difference, measure)
        return [
            name_cell(one.first, data.contamination),
            name_cell(one.second, data.contamination),
            count_cell(one.n),
            number_cell(one.difference.value, measure.difference, one.difference.reason),
            interval,
            number_cell(one.p, p_text, one.difference.reason or untested),
            number_cell(one.p_holm, p_text, one.difference.reason or untested),
            number_cell(one.effect, lambda v: f"{v:+.3f}", "no effect size for this measure"),
            number_cell(one.smallest, lambda v: measure.difference(v).lstrip("+"), NO_REASON),
        ]

    rows = [cells(one) for one in found]
    caption = f"Every two methods on the items that both scored, {measure.title}."
    return Table("Every comparison", caption, columns, rows)


def _comparisons(data: DatasetResult, task: Task, measure: Measure) -> list[Comparison]:
    return [one for one in data.comparisons if (one.task, one.measure) == (task, measure.key)]


def _tile(one: Comparison, sign: int, measure: Measure, largest: float, level: float) -> Tile:
    value = known(one.difference.value)
    row, column = (one.first, one.second)[::sign]
    if value is None:
        why = one.difference.reason or NO_REASON
        return Tile(DASH, title=f"{row} and {column}: {why}")
    decided = outcome_of(one, level=level)
    shown = decided in ("better", "worse")
    shade = shade_of(sign * value / largest, least=1) if shown else 0
    p = p_text(one.p_holm)
    unit = measure.behind_difference
    title = f"{row} less {column}: {measure.difference(sign * value)}{unit}, p {p}, n = {one.n:,}"
    return Tile(measure.difference(sign * value), f"p {p}", shade, title)
