"""The tables of a benchmark as data frames, one for each CSV file of its folder."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from sim_bench.benchmark.results import DatasetResult, Results
from sim_bench.report.benchmark_verdict import outcome_of
from sim_bench.report.method_row import (
    METHOD_COLUMNS,
    interval_columns,
    method_row,
    reasons_text,
)

if TYPE_CHECKING:
    import pandas as pd

COMPARISON_COLUMNS = (
    *("dataset", "task", "measure", "first", "second", "n", "difference", "low", "high"),
    *("p", "p_holm", "effect", "smallest", "shown_better", "reason"),
    "trained_on_it",
)
SUBGROUP_COLUMNS = (
    *("dataset", "task", "measure", "attribute", "value", "method", "n"),
    *("figure", "low", "high", "reason", "trained_on_it"),
)
PART_COLUMNS = (
    *("dataset", "task", "measure", "method", "part", "weight"),
    *("alone", "alone_low", "alone_high", "gain", "gain_low", "gain_high", "p_holm", "reason"),
    "trained_on_it",
)

COUNTS = frozenset(
    {"n", "unscored", "ties", "divided", "n_photos", "n_photos_scored_by_all", "n_opinion"}
    | {"unscored_opinion", "n_series", "unscored_series"}
)
TEXT = frozenset(
    {"dataset", "method", "status", "reason", "made_by", "licence", "direction", "not_defined"}
    | {"trained_on_it", "trained_on", "task", "measure", "first", "second", "shown_better"}
    | {"attribute", "value", "part"}
)


def methods_summary(results: Results) -> "pd.DataFrame":
    """Lay out `methods_summary.csv`: one row per data set and method, failed ones too.

    Shares are fractions from 0 to 1. `n` is the number of pairs with two scores,
    `trained_on_it` what the method learned of this very data set, `cost` the time for one photo
    over the time to decode it. Empty cells are not known; `not_defined` says why.
    """
    return _frame(
        (method_row(data, method) for data in results.datasets for method in results.methods),
        METHOD_COLUMNS,
    )


def comparisons_table(results: Results) -> "pd.DataFrame":
    """Lay out `comparisons.csv`: one row per data set, task and two methods.

    `difference` is first less second, turned so that above 0 the first is better;
    `shown_better` names the better one where Holm's corrected test shows it, and is empty else.
    """
    rows = []
    for data in results.datasets:
        for one in data.comparisons:
            shown = {"better": one.first, "worse": one.second}
            rows.append(
                {"dataset": data.name}
                | one.model_dump(exclude={"difference"})
                | {
                    "difference": one.difference.value,
                    "low": one.difference.low,
                    "high": one.difference.high,
                    "shown_better": shown.get(outcome_of(one, level=results.level), ""),
                    "reason": one.difference.reason,
                    "trained_on_it": _met(data, one.first, one.second),
                }
            )
    return _frame(rows, COMPARISON_COLUMNS)


def subgroups_table(results: Results) -> "pd.DataFrame":
    """Lay out `subgroups.csv`: one row per data set, task, part of the items and method."""
    rows = (
        {"dataset": data.name}
        | one.model_dump(exclude={"figure"})
        | {
            "figure": one.figure.value,
            "low": one.figure.low,
            "high": one.figure.high,
            "reason": one.figure.reason,
            "trained_on_it": _met(data, one.method),
        }
        for data in results.datasets
        for one in data.subgroups
    )
    return _frame(rows, SUBGROUP_COLUMNS)


def parts_table(results: Results) -> "pd.DataFrame":
    """Lay out `parts.csv`: one row per data set, method and prompt or measure of it.

    `gain` is the whole less the whole without the part: above 0 the part helps.
    """
    rows = (
        {"dataset": data.name}
        | one.model_dump(exclude={"alone", "gain"})
        | interval_columns("alone", one.alone)
        | interval_columns("gain", one.gain)
        | {
            "reason": reasons_text({"alone": one.alone, "gain": one.gain}),
            "trained_on_it": _met(data, one.method),
        }
        for data in results.datasets
        for one in data.parts
    )
    return _frame(rows, PART_COLUMNS)


def _met(data: DatasetResult, *methods: str) -> str:
    """Say what the methods of a row have met of this very data; each is named if there are two."""
    met = {method: data.contamination[method] for method in methods if method in data.contamination}
    if len(methods) == 1:
        return "".join(met.values())
    return "; ".join(f"{method}: {what}" for method, what in met.items())


def _frame(rows: Iterable[Mapping[str, Any]], columns: tuple[str, ...]) -> "pd.DataFrame":
    import pandas as pd

    table = pd.DataFrame(list(rows), columns=list(columns), dtype=object)
    kinds = {name: _kind(name) for name in columns if name not in TEXT}
    return table.astype({name: "str" for name in columns if name in TEXT}).astype(kinds)


def _kind(column: str) -> str:
    """Counts stay whole numbers where some are missing: 12, not 12.0."""
    return "Int64" if column in COUNTS else "float64"
