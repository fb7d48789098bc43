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
from sim_bench.evaluation.correlation import coefficient, why_undefined
from sim_bench.evaluation.estimate import estimate, without_interval
from sim_bench.evaluation.opinion import opinion_agreement
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


def compare_opinions(items: OpinionItems, settings: Settings) -> tuple[Comparison, ...]:
    """Compare every two methods by SRCC on the photos that both scored."""
    found = []
    for mask, columns in alike_masks(np.isfinite(items.merit)).values():
        used = sorted({k for pair in columns for k in pair})
        merit, mean, group = items.merit[np.ix_(mask, used)], items.mean[mask], items.group[mask]
        bad = {k for k, each in zip(used, merit.T, strict=True) if why_undefined(each, mean)}
        good = [k for k in used if k not in bad]
        drawn = dict(zip(good, _drawn(items, good, mask, settings).T, strict=True))
        parts = {k: srcc_contributions(items.merit[mask, k], mean) for k in good}
        whole = {k: coefficient(items.merit[mask, k], mean, "spearman") for k in good}
        testable = [(i, j) for i, j in columns if i not in bad and j not in bad]
        apart = [parts[i] - parts[j] for i, j in testable]
        p = _test(np.column_stack(apart), group, settings) if apart else []
        tests = dict(zip(testable, p, strict=True))
        counts = {"level": settings.level, "n": int(mask.sum()), "clusters": len(set(group))}
        for i, j in columns:
            if (i, j) in tests:
                value = whole[i] - whole[j]
                made = estimate(value, drawn[i] - drawn[j], **counts)
                found.append(Difference((i, j), made, tests[i, j], cohen_q(whole[i], whole[j])))
            else:
                made = without_interval(np.nan, "a method has no correlation", **counts)
                found.append(Difference((i, j), made, np.nan, np.nan))
    return comparisons("opinion", "srcc", items.methods, found, settings)


def rank_correlation(merit: Array, mean: Array, group: Labels, settings: Settings) -> Figure:
    """SRCC over the photos with a merit, with the interval from resampled groups."""
    there = np.isfinite(merit)
    a, b, clusters = merit[there], mean[there], group[there]
    if reason := why_undefined(a, b):
        return undefined(reason)
    drawn = resampled_srcc(a, b, clusters, settings.resamples, settings.seed)[:, 0]
    counts = {"level": settings.level, "n": len(a), "clusters": len(set(clusters))}
    return figure(estimate(coefficient(a, b, "spearman"), drawn, **counts))


def _row(items: OpinionItems, k: int, p_chance: float | None, settings: Settings) -> OpinionRow:
    there = np.isfinite(items.merit[:, k])
    found = opinion_agreement(
        items.merit[there, k],
        items.mean[there],
        items.group[there],
        level=settings.level,
        resamples=settings.resamples,
        seed=settings.seed,
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


def _drawn(
    items: OpinionItems, columns: list[int], mask: "np.ndarray", settings: Settings
) -> Array:
    if not columns:
        return np.empty((settings.resamples, 0))
    return resampled_srcc(
        items.merit[np.ix_(mask, columns)],
        items.mean[mask],
        items.group[mask],
        settings.resamples,
        settings.seed,
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
