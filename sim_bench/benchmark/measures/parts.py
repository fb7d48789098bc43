"""What prompts and measures contribute: each by itself, and the whole without it.

A method that is a weighted sum of parts (`QualityAssessor.parts`) loses one part at a time; what
the whole loses with it is the part's gain. Below zero, the method is better off without it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sim_bench.benchmark.measures.common import Array, Settings, corrected
from sim_bench.benchmark.measures.opinions import OpinionItems, compare_opinions, rank_correlation
from sim_bench.benchmark.measures.pairs import PairItems, accuracy, compare_pairs
from sim_bench.benchmark.results import Comparison, Figure, PartRow, Task


@dataclass(frozen=True)
class Parts:
    """The parts of one method.

    Attributes:
        method: Its name.
        weights: Weight by part.
    """

    method: str
    weights: Mapping[str, float]


def pair_parts(
    parts: Parts, whole: PairItems, merits: tuple[Array, Array], settings: Settings
) -> tuple[PartRow, ...]:
    """Rank the parts of a method by what they add to its accuracy.

    Args:
        parts: The parts and their weights.
        whole: The pairs with the merits of that one method.
        merits: Of the left and the right photos by every part, shape (n, parts) each.
        settings: How uncertainty is computed.
    """
    left, right = merits
    without = PairItems(
        ("whole", *parts.weights),
        np.column_stack([whole.left[:, 0], _without_each(left, parts)]),
        np.column_stack([whole.right[:, 0], _without_each(right, parts)]),
        whole.preference,
        whole.burst,
        whole.images,
    )
    alone = PairItems(
        tuple(parts.weights), left, right, whole.preference, whole.burst, whole.images
    )
    figures = [accuracy(each, alone.burst, settings) for each in alone.credits(settings).T]
    return _rows(
        "pairs", "accuracy", parts, figures, compare_pairs(without, settings, with_first=True)
    )


def opinion_parts(
    parts: Parts, whole: OpinionItems, merits: Array, settings: Settings
) -> tuple[PartRow, ...]:
    """Rank the parts of a method by what they add to its SRCC; otherwise as `pair_parts`."""
    without = OpinionItems(
        ("whole", *parts.weights),
        np.column_stack([whole.merit[:, 0], _without_each(merits, parts)]),
        whole.mean,
        whole.group,
        whole.images,
    )
    figures = [rank_correlation(each, whole.mean, whole.group, settings) for each in merits.T]
    return _rows(
        "opinion", "srcc", parts, figures, compare_opinions(without, settings, with_first=True)
    )


def _without_each(merits: Array, parts: Parts) -> Array:
    """The weighted sum without each part in turn, shape (n, parts).

    Added up from the others, not subtracted from the whole: rounding would then decide between
    photos whose other parts are equal, which are tied.
    """
    weighted = merits * np.array(list(parts.weights.values()))
    others = (np.delete(weighted, k, axis=1) for k in range(weighted.shape[1]))
    return np.column_stack([np.ascontiguousarray(each).sum(axis=1) for each in others])


def _rows(
    task: Task,
    measure: str,
    parts: Parts,
    alone: list[Figure],
    compared: tuple[Comparison, ...],
) -> tuple[PartRow, ...]:
    gains = [one for one in compared if one.first == "whole"]
    p = corrected([np.nan if one.p is None else one.p for one in gains])
    rows = [
        PartRow(
            task=task,
            measure=measure,
            method=parts.method,
            part=part,
            weight=weight,
            alone=by_itself,
            gain=gain.difference,
            p_holm=p_holm,
        )
        for (part, weight), by_itself, gain, p_holm in zip(
            parts.weights.items(), alone, gains, p, strict=True
        )
    ]
    return tuple(sorted(rows, key=lambda row: -(row.gain.value or 0.0)))
