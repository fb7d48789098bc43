"""The sections of the page: a data set, and each of its tasks."""

from collections.abc import Sequence
from dataclasses import dataclass

from sim_bench.benchmark.results import DatasetResult, MethodResult, Results, Task
from sim_bench.report.benchmark_text import left_out_lines, unscored_lines
from sim_bench.report.benchmark_verdict import verdict_sentence
from sim_bench.report.measures import TASKS, standings
from sim_bench.report.page.agreement import agreement_matrix
from sim_bench.report.page.calibration import Curve, calibration_curves
from sim_bench.report.page.contributions import Ensemble, ensembles, part_tables
from sim_bench.report.page.cost import Scatter, cost_scatter
from sim_bench.report.page.matrix import Matrix
from sim_bench.report.page.panels import size_table, strength_table, subgroup_tables
from sim_bench.report.page.ranking import ranking_table
from sim_bench.report.page.sheet import Sheet, sheets
from sim_bench.report.page.significance import (
    comparisons_table,
    significance_matrix,
    smallest_sentence,
)
from sim_bench.report.page.table import Table
from sim_bench.report.page.thumbnails import Thumbnails

HEADINGS = {
    "opinion": "Against mean opinions",
    "pairs": "Against preferences between two photos",
    "series": "Choosing the best of each series",
}


@dataclass(frozen=True, slots=True)
class TaskSection:
    """One task of a data set; what is None or empty is left out.

    Attributes:
        anchor: For links.
        heading: Its heading.
        verdict: The verdict in words.
        ranking: Every method, the best first.
        matrix: Who is better.
        smallest: The smallest difference the data could have shown, in words.
        comparisons: The same as a table.
        cost: Accuracy against cost.
        cost_note: Who is missing there.
        curves: Calibration.
        strength: Accuracy by strength of agreement, or top-1 by size of series.
    """

    anchor: str
    heading: str
    verdict: str
    ranking: Table
    matrix: Matrix | None
    smallest: str
    comparisons: Table | None
    cost: Scatter | None
    cost_note: str
    curves: Sequence[Curve]
    strength: Table | None


@dataclass(frozen=True, slots=True)
class DatasetSection:
    """One data set, with its tasks and what is not of a single task.

    Attributes:
        anchor: For links.
        data: Its record.
        unscored: Why photos have no score, in words.
        left_out: How many rows were left out in all.
        left_out_why: Why, in words.
        tasks: Its tasks.
        subgroups: Methods by part of the data.
        matrices: How alike the methods are.
        ensembles: Best linear combinations.
        parts: Parts of methods, under the method's name.
        sheets: Image sheets.
    """

    anchor: str
    data: DatasetResult
    unscored: Sequence[str]
    left_out: int
    left_out_why: Sequence[str]
    tasks: Sequence[TaskSection]
    subgroups: Sequence[Table]
    matrices: Sequence[Matrix]
    ensembles: Sequence[Ensemble]
    parts: Sequence[tuple[str, Table]]
    sheets: Sequence[Sheet]


def dataset_sections(results: Results, thumbnails: Thumbnails) -> list[DatasetSection]:
    """Make the section of every data set, in the order of the configuration."""
    return [
        _dataset(f"data-{number}", data, results, thumbnails)
        for number, data in enumerate(results.datasets, start=1)
    ]


def _dataset(
    anchor: str, data: DatasetResult, results: Results, thumbnails: Thumbnails
) -> DatasetSection:
    level = results.level
    return DatasetSection(
        anchor,
        data,
        unscored_lines(data),
        sum(data.left_out.values()),
        left_out_lines(data),
        [
            _task(f"{anchor}-{task}", data, task, results.methods, level)
            for task in TASKS
            if standings(data, task)
        ],
        subgroup_tables(data),
        [agreement_matrix(data, one) for one in data.matrices],
        ensembles(data, level=level),
        part_tables(data, level=level),
        sheets(data, thumbnails),
    )


def _task(
    anchor: str, data: DatasetResult, task: Task, methods: Sequence[MethodResult], level: float
) -> TaskSection:
    cost, note = cost_scatter(data, task, methods, level=level)
    by_part = {"pairs": strength_table, "series": size_table}.get(task)
    return TaskSection(
        anchor,
        HEADINGS[task],
        verdict_sentence(data, task, level=level),
        ranking_table(data, task, level=level),
        significance_matrix(data, task, level=level),
        smallest_sentence(data, task),
        comparisons_table(data, task, level=level),
        cost,
        note,
        calibration_curves(data) if task == "pairs" else (),
        by_part(data) if by_part else None,
    )
