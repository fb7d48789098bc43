"""The tables of a benchmark as data frames, one for each CSV file of its folder."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from sim_bench.benchmark.results import (
    DatasetResult,
    Figure,
    MethodResult,
    OpinionRow,
    PairRow,
    Results,
    SeriesRow,
)
from sim_bench.report.benchmark_verdict import outcome_of

if TYPE_CHECKING:
    import pandas as pd

METHOD_COLUMNS = (
    *("dataset", "method", "status", "reason", "made_by", "licence", "direction"),
    *("trained_on_it", "trained_on", "n_photos", "n_photos_scored_by_all"),
    *("pairwise_accuracy", "ci_low", "ci_high", "ties", "n", "unscored", "divided"),
    *("accuracy_ties_half", "accuracy_without_ties", "auc", "log_loss", "log_loss_floor"),
    *("calibration_error", "p_chance", "effect"),
    *("srcc", "srcc_low", "srcc_high", "krcc", "plcc", "plcc_fitted", "rmse_fitted"),
    *("n_opinion", "unscored_opinion", "p_chance_opinion"),
    *("top1", "top1_low", "top1_high", "top1_random", "top2", "mrr", "mean_rank"),
    *("regret", "regret_low", "regret_high", "regret_random", "within"),
    *("n_series", "unscored_series", "p_chance_series", "cost", "not_defined"),
)
COMPARISON_COLUMNS = (
    *("dataset", "task", "measure", "first", "second", "n", "difference", "low", "high"),
    *("p", "p_holm", "effect", "smallest", "shown_better", "reason"),
)
SUBGROUP_COLUMNS = (
    *("dataset", "task", "measure", "attribute", "value", "method", "n"),
    *("figure", "low", "high", "reason"),
)
PART_COLUMNS = (
    *("dataset", "task", "measure", "method", "part", "weight"),
    *("alone", "alone_low", "alone_high", "gain", "gain_low", "gain_high", "p_holm", "reason"),
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
        (_method_row(data, method) for data in results.datasets for method in results.methods),
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
        | _ends("alone", one.alone)
        | _ends("gain", one.gain)
        | {"reason": _reasons({"alone": one.alone, "gain": one.gain})}
        for data in results.datasets
        for one in data.parts
    )
    return _frame(rows, PART_COLUMNS)


def _frame(rows: Iterable[Mapping[str, Any]], columns: tuple[str, ...]) -> "pd.DataFrame":
    import pandas as pd

    table = pd.DataFrame(list(rows), columns=list(columns), dtype=object)
    kinds = {name: _kind(name) for name in columns if name not in TEXT}
    return table.astype({name: "str" for name in columns if name in TEXT}).astype(kinds)


def _kind(column: str) -> str:
    """Counts stay whole numbers where some are missing: 12, not 12.0."""
    return "Int64" if column in COUNTS else "float64"


def _method_row(data: DatasetResult, method: MethodResult) -> dict[str, Any]:
    opinion = next((row for row in data.opinion if row.method == method.name), None)
    pairs = next((row for row in data.pairs if row.method == method.name), None)
    series = next((row for row in data.series if row.method == method.name), None)
    trained_on = "not on record" if method.trained_on is None else "; ".join(method.trained_on)
    row: dict[str, Any] = {
        "dataset": data.name,
        "method": method.name,
        "status": method.status,
        "reason": method.reason,
        "made_by": method.made_by,
        "licence": method.licence,
        "direction": method.direction,
        "trained_on_it": data.contamination.get(method.name, ""),
        "trained_on": trained_on,
        "n_photos": data.photos,
        "n_photos_scored_by_all": data.scored,
        "cost": method.cost,
    }
    figures: dict[str, Figure] = {}
    for part, found in (
        _of_pairs(pairs) if pairs else ({}, {}),
        _of_opinion(opinion) if opinion else ({}, {}),
        _of_series(series) if series else ({}, {}),
    ):
        row |= part
        figures |= found
    return row | {"not_defined": _reasons(figures)}


def _of_pairs(row: PairRow) -> tuple[dict[str, Any], dict[str, Figure]]:
    figures = {
        "pairwise_accuracy": row.accuracy,
        "accuracy_ties_half": row.accuracy_ties_half,
        "accuracy_without_ties": row.accuracy_without_ties,
        "auc": row.auc,
        "log_loss": row.log_loss,
    }
    counts = {
        "ci_low": row.accuracy.low,
        "ci_high": row.accuracy.high,
        "ties": row.ties,
        "n": row.n,
        "unscored": row.unscored,
        "divided": row.divided,
        "log_loss_floor": row.log_loss_floor,
        "calibration_error": row.calibration_error,
        "p_chance": row.p_chance,
        "effect": row.effect,
    }
    return _values(figures) | counts, figures


def _of_opinion(row: OpinionRow) -> tuple[dict[str, Any], dict[str, Figure]]:
    names = ("srcc", "krcc", "plcc", "plcc_fitted", "rmse_fitted")
    figures: dict[str, Figure] = {name: getattr(row, name) for name in names}
    counts = {
        "n_opinion": row.n,
        "unscored_opinion": row.unscored,
        "p_chance_opinion": row.p_chance,
    }
    return _values(figures) | _ends("srcc", row.srcc) | counts, figures


def _of_series(row: SeriesRow) -> tuple[dict[str, Any], dict[str, Figure]]:
    names = ("top1", "top2", "mrr", "mean_rank", "regret")
    figures: dict[str, Figure] = {name: getattr(row, name) for name in names}
    if row.within is not None:
        figures["within"] = row.within
    counts = {
        "top1_random": row.top1_random,
        "regret_random": row.regret_random,
        "n_series": row.n,
        "unscored_series": row.unscored,
        "p_chance_series": row.p_chance,
    }
    ends = _ends("top1", row.top1) | _ends("regret", row.regret)
    return _values(figures) | ends | counts, figures


def _values(figures: Mapping[str, Figure]) -> dict[str, Any]:
    return {name: figure.value for name, figure in figures.items()}


def _ends(name: str, figure: Figure) -> dict[str, Any]:
    return {name: figure.value, f"{name}_low": figure.low, f"{name}_high": figure.high}


def _reasons(figures: Mapping[str, Figure]) -> str:
    return "; ".join(f"{name}: {one.reason}" for name, one in figures.items() if one.reason)
