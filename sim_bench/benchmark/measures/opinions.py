"""The table of methods against mean opinions of single photos."""

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
from sim_bench.benchmark.results import Comparison, Figure, OpinionRow
from sim_bench.evaluation.clusters import Clusters
from sim_bench.evaluation.correlation import coefficient, why_undefined
from sim_bench.evaluation.estimate import estimate
from sim_bench.evaluation.influence import srcc_influences
from sim_bench.evaluation.opinion import opinion_agreement, srcc_differences
from sim_bench.evaluation.permutation import sign_flip_test, srcc_contributions
from sim_bench.evaluation.power import cohen_q
from sim_bench.evaluation.resampled_correlation import resampled_srcc


@dataclass(frozen=True)
class OpinionItems:
    """Photos with their mean opinions and their merits (scores turned so that larger is better).

    Attributes:
        methods: Names of the columns.
        merit: Shape (n, methods); NaN where there is none.
        mean: Mean opinions, shape (n,).
        group: What is resampled as a whole, shape (n,).
        images: Ids, shape (n,).
    """

    methods: tuple[str, ...]
    merit: Array
    mean: Array
    group: Labels
    images: Labels


def opinion_table(items: OpinionItems, settings: Settings) -> tuple[OpinionRow, ...]:
    """Measure every method; see `OpinionRow`."""
    by_chance = [_p_chance(items, k, settings) for k in range(len(items.methods))]
    return tuple(_row(items, k, p, settings) for k, p in enumerate(corrected(by_chance)))


def compare_opinions(
    items: OpinionItems, settings: Settings, *, with_first: bool = False
) -> tuple[Comparison, ...]:
    """Compare every two methods (or the first with the others) by SRCC on what both scored."""
    found = []
    for mask, columns in alike_masks(np.isfinite(items.merit), with_first=with_first).values():
        mean, group = items.mean[mask], items.group[mask]
        used = sorted({k for pair in columns for k in pair})
        place = {k: at for at, k in enumerate(used)}
        pairs = [(place[i], place[j]) for i, j in columns]
        merit = items.merit[mask][:, used]
        estimates = srcc_differences(merit, mean, group, pairs, **settings.bootstrap)
        tests = _paired_tests(merit, mean, group, pairs, settings)
        for pair, made, (p, effect) in zip(columns, estimates, tests, strict=True):
            found.append(Difference(pair, made, p, effect))
    return comparisons("opinion", "srcc", items.methods, found, settings)


def _paired_tests(
    merit: Array, mean: Array, group: Labels, pairs: list[tuple[int, int]], settings: Settings
) -> list[tuple[float, float]]:
    """The p-value and the effect size of every comparison; NaN where a method has no SRCC."""
    good = {k for k, each in enumerate(merit.T) if why_undefined(each, mean) is None}
    parts = {k: srcc_influences(merit[:, k], mean) for k in good}
    testable = [(i, j) for i, j in pairs if i in good and j in good]
    if not testable:
        return [(np.nan, np.nan)] * len(pairs)
    apart = np.column_stack([parts[i] - parts[j] for i, j in testable])
    p = dict(zip(testable, _test(apart, group, settings), strict=True))
    whole = {k: coefficient(merit[:, k], mean, "spearman") for k in good}
    return [
        (p[i, j], cohen_q(whole[i], whole[j])) if (i, j) in p else (np.nan, np.nan)
        for i, j in pairs
    ]


def rank_correlation(merit: Array, mean: Array, group: Labels, settings: Settings) -> Figure:
    """SRCC over the photos with a merit, with the interval from resampled groups."""
    there = np.isfinite(merit)
    a, b, clusters = merit[there], mean[there], group[there]
    if reason := why_undefined(a, b):
        return undefined(reason)
    drawn = resampled_srcc(a, b, clusters, settings.resamples, settings.seed)[:, 0]
    sizes = Clusters(clusters).sizes
    found = estimate(coefficient(a, b, "spearman"), drawn, sizes, level=settings.level)
    return figure(found)


def _row(items: OpinionItems, k: int, p_chance: float | None, settings: Settings) -> OpinionRow:
    there = np.isfinite(items.merit[:, k])
    found = opinion_agreement(
        items.merit[there, k], items.mean[there], items.group[there], **settings.bootstrap
    )
    return OpinionRow(
        method=items.methods[k],
        n=int(there.sum()),
        unscored=int((~there).sum()),
        srcc=figure(found.srcc),
        krcc=figure(found.krcc),
        plcc=figure(found.plcc),
        plcc_fitted=figure(found.plcc_fitted),
        rmse_fitted=figure(found.rmse_fitted),
        p_chance=p_chance,
    )


def _p_chance(items: OpinionItems, k: int, settings: Settings) -> float:
    there = np.isfinite(items.merit[:, k])
    merit, mean = items.merit[there, k], items.mean[there]
    if why_undefined(merit, mean):
        return np.nan
    return _test(srcc_contributions(merit, mean)[:, None], items.group[there], settings)[0]


def _test(parts: Array, group: Labels, settings: Settings) -> list[float]:
    p = sign_flip_test(parts, group, permutations=settings.permutations, seed=settings.seed)
    return [float(one) for one in np.atleast_1d(p)]
