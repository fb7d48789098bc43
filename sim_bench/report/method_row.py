"""One method on one data set as one row of a table."""

from collections.abc import Mapping
from typing import Any

from sim_bench.benchmark.results import (
    DatasetResult,
    Figure,
    MethodResult,
    OpinionRow,
    PairRow,
    SeriesRow,
)

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


def method_row(data: DatasetResult, method: MethodResult) -> dict[str, Any]:
    """Lay out all that is known of one method on one data set, by `METHOD_COLUMNS`."""
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
    return row | {"not_defined": reasons_text(figures)}


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
    return _values(figures) | interval_columns("srcc", row.srcc) | counts, figures


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
    ends = interval_columns("top1", row.top1) | interval_columns("regret", row.regret)
    return _values(figures) | ends | counts, figures


def _values(figures: Mapping[str, Figure]) -> dict[str, Any]:
    return {name: figure.value for name, figure in figures.items()}


def interval_columns(name: str, figure: Figure) -> dict[str, Any]:
    """A figure as three columns: its value and both ends."""
    return {name: figure.value, f"{name}_low": figure.low, f"{name}_high": figure.high}


def reasons_text(figures: Mapping[str, Figure]) -> str:
    """Say of each figure that is not whole why; empty where all are."""
    return "; ".join(f"{name}: {one.reason}" for name, one in figures.items() if one.reason)
