"""The table of methods by their choice inside each series."""

from dataclasses import dataclass

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
    """

    methods: tuple[str, ...]
    merit: Array
    value: Array
    series: Labels
    unit: str
    tolerance: float | None = None


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
        if not mask.any():
            continue
        apart = np.column_stack([regret[mask, j] - regret[mask, i] for i, j in columns])
        each = np.arange(int(mask.sum()))
        estimates = bootstrap_means(
            apart, each, level=settings.level, resamples=settings.resamples, seed=settings.seed
        )
        p = np.atleast_1d(
            sign_flip_test(apart, each, permutations=settings.permutations, seed=settings.seed)
        )
        for pair, made, one in zip(columns, estimates, p, strict=True):
            found.append(Difference(pair, made, float(one), np.nan))
    return comparisons("series", "regret", items.methods, found, settings)


def _row(items: SeriesItems, k: int, settings: Settings) -> tuple[SeriesRow, float]:
    merit = items.merit[:, k]
    table = series_measures(merit, items.value, items.series)
    scored = table[table["scored"] > 0]
    close: Figure | None = None
    if items.tolerance is not None:
        shares = within(merit, items.value, items.series, items.tolerance)["within"]
        close = _mean(shares.to_numpy(dtype=float), settings)
    seen = np.isin(items.series, scored["series"].to_numpy())
    p = np.nan
    if len(scored):
        random = random_regrets(
            items.value[seen], items.series[seen], settings.permutations, settings.seed
        )
        p = p_of_regret(float(scored["regret"].mean()), random)
    random_means = {
        name: float(scored[f"{column}_random"].mean()) if len(scored) else 0.0
        for name, column in _COLUMNS.items()
    }
    row = SeriesRow(
        method=items.methods[k],
        n=len(scored),
        unscored=len(table) - len(scored),
        **{
            name: _mean(scored[column].to_numpy(dtype=float), settings)
            for name, column in _COLUMNS.items()
        },
        within=close,
        **{f"{name}_random": mean for name, mean in random_means.items()},
        by_size=tuple(
            SizeRow(
                size=size,
                n=len(some),
                top1=_mean(some["top1"].to_numpy(dtype=float), settings),
                top1_random=float(some["top1_random"].mean()),
            )
            for size in SIZES
            if len(some := scored[[size_class(n) == size for n in scored["size"]]])
        ),
        p_chance=None,
    )
    return row, p


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
    return figure(
        bootstrap_mean(
            known,
            np.arange(len(known)),
            level=settings.level,
            resamples=settings.resamples,
            seed=settings.seed,
        )
    )
