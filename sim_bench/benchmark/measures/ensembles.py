"""The best linear combination of the methods, judged on series that it did not see."""

import numpy as np

from sim_bench.benchmark.measures.common import Labels, Settings
from sim_bench.benchmark.measures.opinions import OpinionItems, compare_opinions, rank_correlation
from sim_bench.benchmark.measures.pairs import PairItems, accuracy, compare_pairs
from sim_bench.benchmark.results import Comparison, EnsembleResult, Figure, Task
from sim_bench.evaluation.ensemble import Ensemble, opinion_ensemble, pair_ensemble

NAME = "ensemble"
LEAST_GROUPS = 20
"""Fewer series than this are not enough to fit and judge a combination. Chosen by us."""


def pair_combination(items: PairItems, settings: Settings) -> EnsembleResult | None:
    """Combine the methods on the pairs that all of them scored; None where it cannot be done."""
    known = np.isfinite(items.left).all(axis=1) & np.isfinite(items.right).all(axis=1)
    if not _enough(items.methods, items.burst[known]):
        return None
    left, right = items.left[known], items.right[known]
    preference, burst = items.preference[known], items.burst[known]
    made = pair_ensemble(left - right, preference, burst, seed=settings.seed)
    joined = PairItems(
        (*items.methods, NAME),
        np.column_stack([left, made.out_of_fold]),
        np.column_stack([right, np.zeros(len(right))]),
        preference,
        burst,
        items.images[known],
    )
    given = joined.credits(settings)
    figures = {
        name: accuracy(each, burst, settings)
        for name, each in zip(joined.methods, given.T, strict=True)
    }
    return _result(
        "pairs", "accuracy", items.methods, made, figures, compare_pairs(joined, settings)
    )


def opinion_combination(items: OpinionItems, settings: Settings) -> EnsembleResult | None:
    """Combine the methods on the photos that all of them scored; otherwise as for pairs."""
    known = np.isfinite(items.merit).all(axis=1)
    if not _enough(items.methods, items.group[known]):
        return None
    merit, mean, group = items.merit[known], items.mean[known], items.group[known]
    made = opinion_ensemble(merit, mean, group, seed=settings.seed)
    joined = OpinionItems(
        (*items.methods, NAME),
        np.column_stack([merit, made.out_of_fold]),
        mean,
        group,
        items.images[known],
    )
    figures = {
        name: rank_correlation(each, mean, group, settings)
        for name, each in zip(joined.methods, joined.merit.T, strict=True)
    }
    return _result(
        "opinion", "srcc", items.methods, made, figures, compare_opinions(joined, settings)
    )


def _enough(methods: tuple[str, ...], groups: Labels) -> bool:
    return len(methods) > 1 and len(np.unique(groups)) >= LEAST_GROUPS


def _result(
    task: Task,
    measure: str,
    methods: tuple[str, ...],
    made: Ensemble,
    figures: dict[str, Figure],
    compared: tuple[Comparison, ...],
) -> EnsembleResult:
    best = max(methods, key=lambda name: _value(figures[name]))
    against = next(one for one in compared if (one.first, one.second) == (best, NAME))
    turned = against.difference
    return EnsembleResult(
        task=task,
        measure=measure,
        weights=dict(zip(methods, map(float, made.weights), strict=True)),
        figure=figures[NAME],
        best_single=best,
        difference=Figure(
            value=_minus(turned.value),
            low=_minus(turned.high),
            high=_minus(turned.low),
            reason=turned.reason,
        ),
        p=against.p,
    )


def _value(figure: Figure) -> float:
    return -np.inf if figure.value is None else figure.value


def _minus(value: float | None) -> float | None:
    return None if value is None else -value
