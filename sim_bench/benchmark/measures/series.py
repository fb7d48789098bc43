"""The table of methods by their choice inside each series."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from sim_bench.benchmark.measures.common import (
    Array,
    Difference,
    Labels,
    Settings,
    alike_masks,
    comparisons,
    corrected,
    figure,
    undefined,
)
from sim_bench.benchmark.results import Comparison, Figure, SeriesRow, SizeRow
from sim_bench.evaluation.clusters import bootstrap_mean, bootstrap_means
from sim_bench.evaluation.permutation import sign_flip_test
from sim_bench.evaluation.random_choice import p_of_regret, random_regrets
from sim_bench.evaluation.series import series_measures, within

if TYPE_CHECKING:
    import pandas as pd

SIZES = ("2", "3", "4", "5-8", "9+")


@dataclass(frozen=True)
class SeriesItems:
    """Photos of series, what people think of them, and their merits.

    Attributes:
        methods: Names of the columns.
        merit: Scores turned so that larger is better, shape (n, methods); NaN where none.
        value: What people think of each photo, shape (n,), larger is better.
        series: Of each photo, shape (n,).
        unit: Unit of `value`.
        tolerance: A pick at most this far below the best counts as within; None: not asked.
        left_out: How many photos of series are not among them, by reason.
    """

    methods: tuple[str, ...]
    merit: Array
    value: Array
    series: Labels
    unit: str
    tolerance: float | None = None
    left_out: Mapping[str, int] = field(default_factory=dict)


def series_table(items: SeriesItems, settings: Settings) -> tuple[SeriesRow, ...]:
    """Measure every method; see `SeriesRow`."""
    made = [_row(items, k, settings) for k in range(len(items.methods))]
    adjusted = corrected([p for _, p in made])
    return tuple(
        row.model_copy(update={"p_chance": p}) for (row, _), p in zip(made, adjusted, strict=True)
    )


def compare_series(items: SeriesItems, settings: Settings) -> tuple[Comparison, ...]:
    """Compare every two methods by regret; above 0, the first one's picks are better."""
    measured = [series_measures(each, items.value, items.series) for each in items.merit.T]
    regret = np.column_stack([table["regret"].to_numpy(dtype=float) for table in measured])
    found = []
    for mask, columns in alike_masks(np.isfinite(regret)).values():
        apart = np.column_stack([regret[mask, j] - regret[mask, i] for i, j in columns])
        each = np.arange(int(mask.sum()))
        estimates = bootstrap_means(apart, each, **settings.bootstrap)
        p = np.atleast_1d(
            sign_flip_test(apart, each, permutations=settings.permutations, seed=settings.seed)
        )
        for pair, made, one in zip(columns, estimates, p, strict=True):
            found.append(Difference(pair, made, float(one), np.nan))
    return comparisons("series", "regret", items.methods, found, settings)


def _row(items: SeriesItems, k: int, settings: Settings) -> tuple[SeriesRow, float]:
    import pandas as pd

    merit = items.merit[:, k]
    table = series_measures(merit, items.value, items.series)
    scored = table[table["scored"] > 0]
    close: Figure | None = None
    if items.tolerance is not None:
        shares = within(merit, items.value, items.series, items.tolerance)["within"]
        close = _mean(shares.to_numpy(dtype=float), settings)
    seen = pd.Series(items.series).isin(scored["series"]).to_numpy()
    p = np.nan
    if len(scored):
        drawn = random_regrets(
            items.value[seen], items.series[seen], settings.permutations, settings.seed
        )
        p = p_of_regret(float(scored["regret"].mean()), drawn)
    means = {name: _mean(_column(scored, name), settings) for name in _COLUMNS}
    asked = scored if len(scored) else table  # what chance gives does not take a score
    random = {name: float(_column(asked, name, "_random").mean()) for name in _COLUMNS}
    row = SeriesRow(
        method=items.methods[k],
        n=len(scored),
        unscored=len(table) - len(scored),
        top1=means["top1"],
        top2=means["top2"],
        mrr=means["mrr"],
        mean_rank=means["mean_rank"],
        regret=means["regret"],
        within=close,
        top1_random=random["top1"],
        top2_random=random["top2"],
        mrr_random=random["mrr"],
        mean_rank_random=random["mean_rank"],
        regret_random=random["regret"],
        by_size=_by_size(scored, settings),
        p_chance=None,
    )
    return row, p


def _by_size(scored: "pd.DataFrame", settings: Settings) -> tuple[SizeRow, ...]:
    of = [size_class(n) for n in scored["size"]]
    parts = ((size, scored[[one == size for one in of]]) for size in SIZES)
    return tuple(
        SizeRow(
            size=size,
            n=len(some),
            top1=_mean(_column(some, "top1"), settings),
            top1_random=float(_column(some, "top1", "_random").mean()),
        )
        for size, some in parts
        if len(some)
    )


def _column(table: "pd.DataFrame", name: str, suffix: str = "") -> Array:
    return table[_COLUMNS[name] + suffix].to_numpy(dtype=float)


_COLUMNS = {
    "top1": "top1",
    "top2": "top2",
    "mrr": "reciprocal_rank",
    "mean_rank": "rank",
    "regret": "regret",
}


def size_class(photos: int) -> str:
    """Name the class of sizes that a series of so many photos is in."""
    if photos <= 4:
        return str(photos)
    return "5-8" if photos <= 8 else "9+"


def _mean(values: Array, settings: Settings) -> Figure:
    known = values[np.isfinite(values)]
    if not len(known):
        return undefined("no series with a score")
    return figure(bootstrap_mean(known, np.arange(len(known)), **settings.bootstrap))
