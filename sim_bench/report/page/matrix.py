"""Methods against methods: who is better, and how alike they are."""

from collections.abc import Sequence
from dataclasses import dataclass

from sim_bench.benchmark.results import Comparison, DatasetResult, MatrixResult, Task
from sim_bench.report.benchmark_verdict import alpha, outcome_of
from sim_bench.report.measures import (
    DASH,
    MEASURES,
    Measure,
    known,
    main_measure,
    p_text,
    standings,
)
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

_STRENGTHS = 3


@dataclass(frozen=True, slots=True)
class Tile:
    """One cell of a matrix.

    Attributes:
        text: The number.
        small: A second line.
        shade: From -3 (orange) to 3 (blue); 0 for neither.
        title: The cell in words.
        empty: Whether there is nothing to show.
    """

    text: str
    small: str = ""
    shade: int = 0
    title: str = ""
    empty: bool = False


@dataclass(frozen=True, slots=True)
class Matrix:
    """A square of methods.

    Attributes:
        label: What it holds in a few words.
        caption: What it shows and how many items it rests on.
        methods: Row and column names, in order.
        rows: One row of tiles per method.
        flags: Its marked methods and what they were trained on.
    """

    label: str
    caption: str
    methods: Sequence[str]
    rows: Sequence[Sequence[Tile]]
    flags: dict[str, str]


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
    caption = (
        f"Row less column: difference in {measure.title}{unit}{turned}; below it p after Holm's "
        f"correction over all {len(found):,} comparisons. Blue: the row is better, orange: worse, "
        f"at p ≤ {alpha(level):g}; without colour: not shown. {_counts(found)}"
    )
    rows = [[tile(row, column) for column in order] for row in order]
    return Matrix(
        f"Which method is better, {measure.title}", caption, order, rows, _flags(data, order)
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
    unit = f" {measure.difference_unit}" if measure.difference_unit else ""
    ends = list(
        dict.fromkeys(measure.difference(size).lstrip("+") for size in (sizes[0], sizes[-1]))
    )
    return (
        f"The smallest difference in {measure.title} that this data would have shown 8 times in "
        f"10: {' to '.join(ends)}{unit}{', depending on the two methods' * (len(ends) > 1)}. "
        "Methods that are closer than that may differ without a test here seeing it."
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
        Column("Smallest", "number", "Smallest difference seen 8 times in 10"),
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


def agreement_matrix(data: DatasetResult, found: MatrixResult) -> Matrix:
    """Lay out how alike the methods are, in the order of the results."""
    shares = found.kind == "pairs"
    measure = MEASURES["accuracy"] if shares else MEASURES["srcc"]

    def tile(i: int, k: int) -> Tile:
        if i == k:
            return Tile("", empty=True)
        value, n = known(found.values[i][k]), found.n[i][k]
        row, column = found.methods[i], found.methods[k]
        if value is None:
            return Tile(DASH, title=f"{row} and {column}: not defined over {n:,} items")
        strength = 2 * value - 1 if shares else value
        text = f"{100 * value:.0f}" if shares else f"{value:z.2f}"
        title = f"{row} and {column}: {measure.number(value)}, n = {n:,}"
        return Tile(text, shade=_shade(strength), title=title)

    size = len(found.methods)
    rows = [[tile(i, k) for k in range(size)] for i in range(size)]
    counts = [found.n[i][k] for i in range(size) for k in range(size) if i != k]
    what = (
        "Share of pairs that two methods decide alike, in percent; 50 is what chance gives. "
        if shares
        else "Spearman's correlation between the scores of two methods. "
    )
    caption = f"{what}Blue: alike, orange: opposed. {span_text('n', counts)}"
    label = "Pairs decided alike" if shares else "Correlation between methods"
    return Matrix(label, caption, found.methods, rows, _flags(data, found.methods))


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
    shade = _shade(sign * value / largest, least=1) if shown else 0
    p = p_text(one.p_holm)
    unit = f" {measure.difference_unit}" if measure.difference_unit else ""
    title = f"{row} less {column}: {measure.difference(sign * value)}{unit}, p {p}, n = {one.n:,}"
    return Tile(measure.difference(sign * value), f"p {p}", shade, title)


def _shade(strength: float, least: int = 0) -> int:
    """Three strengths of colour; what is weaker than a sixth has none unless `least` says so."""
    size = max(least, min(_STRENGTHS, round(abs(strength) * _STRENGTHS)))
    return size if strength > 0 else -size


def _flags(data: DatasetResult, methods: Sequence[str]) -> dict[str, str]:
    return {name: text for name, text in data.contamination.items() if name in methods}


def _counts(found: Sequence[Comparison]) -> str:
    return span_text("n", [one.n for one in found])


def span_text(name: str, counts: Sequence[int]) -> str:
    """Say how many: "n = 12." or "n = 10 to 12."; nothing for no counts."""
    if not counts:
        return ""
    low, high = min(counts), max(counts)
    return f"{name} = {low:,}." if low == high else f"{name} = {low:,} to {high:,}."
