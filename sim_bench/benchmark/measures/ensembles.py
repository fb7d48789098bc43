"""The best linear combination of the methods, judged on series that it did not see.

It is set against the method that is best on these very items. That choice flatters the single
method, so the gain is, if anything, understated; the combination is not chosen on what it is
judged by.
"""

import numpy as np

from sim_bench.benchmark.measures.common import Labels, Settings
from sim_bench.benchmark.measures.opinions import OpinionItems, compare_opinions, rank_correlation
from sim_bench.benchmark.measures.pairs import PairItems, accuracy, compare_pairs
from sim_bench.benchmark.results import Comparison, EnsembleResult, Figure, Task
from sim_bench.evaluation.correlation import coefficient, why_undefined
from sim_bench.evaluation.ensemble import Ensemble, opinion_ensemble, pair_ensemble

NAME = "ensemble"
LEAST_GROUPS = 20
"""Fewer series than this are not enough to fit and judge a combination. Chosen by us."""


def pair_combination(items: PairItems, settings: Settings) -> EnsembleResult | None:
    """Combine the methods on the pairs that all of them scored; None where it cannot be done.

    A method that scored no pair takes no part.
    """
    scored = np.isfinite(items.left) & np.isfinite(items.right)
    part = scored.any(axis=0)
    known = scored[:, part].all(axis=1)
    methods = tuple(np.array(items.methods)[part].tolist())
    burst, preference = items.burst[known], items.preference[known]
    if not _enough(methods, burst):
        return None
    left, right = items.left[known][:, part], items.right[known][:, part]
    made = pair_ensemble(left - right, preference, burst, seed=settings.seed)
    single = PairItems(methods, left, right, preference, burst, items.images[known])
    k = int(np.argmax(single.credits(settings).mean(axis=0)))
    both = PairItems(
        (NAME, methods[k]),
        np.column_stack([made.out_of_fold, left[:, k]]),
        np.column_stack([np.zeros(len(right)), right[:, k]]),
        preference,
        burst,
        single.images,
    )
    figure = accuracy(both.credits(settings)[:, 0], burst, settings)
    [compared] = compare_pairs(both, settings)
    return _result("pairs", "accuracy", methods, made, figure, compared)


def opinion_combination(items: OpinionItems, settings: Settings) -> EnsembleResult | None:
    """Combine the methods on the photos that all of them scored; otherwise as for pairs."""
    scored = np.isfinite(items.merit)
    part = scored.any(axis=0)
    known = scored[:, part].all(axis=1)
    methods = tuple(np.array(items.methods)[part].tolist())
    mean, group = items.mean[known], items.group[known]
    if not _enough(methods, group) or np.ptp(mean) == 0:
        return None
    merit = items.merit[known][:, part]
    made = opinion_ensemble(merit, mean, group, seed=settings.seed)
    alone = [
        -np.inf if why_undefined(each, mean) else coefficient(each, mean, "spearman")
        for each in merit.T
    ]
    k = int(np.argmax(alone))
    both = OpinionItems(
        (NAME, methods[k]),
        np.column_stack([made.out_of_fold, merit[:, k]]),
        mean,
        group,
        items.images[known],
    )
    figure = rank_correlation(made.out_of_fold, mean, group, settings)
    [compared] = compare_opinions(both, settings)
    return _result("opinion", "srcc", methods, made, figure, compared)


def _enough(methods: tuple[str, ...], groups: Labels) -> bool:
    return len(methods) > 1 and len(np.unique(groups)) >= LEAST_GROUPS


def _result(
    task: Task,
    measure: str,
    methods: tuple[str, ...],
    made: Ensemble,
    figure: Figure,
    compared: Comparison,
) -> EnsembleResult:
    return EnsembleResult(
        task=task,
        measure=measure,
        weights=dict(zip(methods, map(float, made.weights), strict=True)),
        figure=figure,
        best_single=compared.second,
        difference=compared.difference,
        p=compared.p,
    )
