"""The ranking of each task: a dot with its interval per method, and every figure beside it."""

from sim_bench.benchmark.results import DatasetResult, Task
from sim_bench.report.page.ranking_opinion import opinion_table
from sim_bench.report.page.ranking_pairs import pairs_table
from sim_bench.report.page.ranking_series import series_table
from sim_bench.report.page.table import Table


def ranking_table(data: DatasetResult, task: Task, *, level: float) -> Table:
    """Lay out one task's methods, the best first.

    Args:
        data: The data set.
        task: Which table.
        level: Of the intervals.
    """
    make = {"opinion": opinion_table, "pairs": pairs_table, "series": series_table}[task]
    return make(data, level)
