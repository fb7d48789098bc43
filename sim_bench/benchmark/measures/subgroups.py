"""Methods by part of the data: by size of series, brightness, and what the data set says itself."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from sim_bench.benchmark.measures.common import THIRDS, Labels, Settings
from sim_bench.benchmark.measures.opinions import OpinionItems, rank_correlation
from sim_bench.benchmark.measures.pairs import PairItems, accuracy
from sim_bench.benchmark.results import SubgroupRow
from sim_bench.evaluation.pairwise import STRENGTHS

LEAST = 10
"""Fewer items than this make no part of their own: their statistic says nothing. Chosen by us."""

_ORDER = (*THIRDS, *STRENGTHS)


def pair_subgroups(
    items: PairItems, attributes: Mapping[str, Labels], settings: Settings
) -> tuple[SubgroupRow, ...]:
    """Accuracy of every method on every part of the pairs.

    Args:
        items: The pairs.
        attributes: By name, the part that each pair is in, shape (n,).
        settings: How uncertainty is computed.
    """
    given = items.credits(settings)
    return tuple(
        SubgroupRow(
            task="pairs",
            measure="accuracy",
            attribute=attribute,
            value=value,
            method=method,
            n=int(np.isfinite(given[inside, k]).sum()),
            figure=accuracy(given[inside, k], items.burst[inside], settings),
        )
        for attribute, of in attributes.items()
        for value, inside in _parts(of)
        for k, method in enumerate(items.methods)
    )


def opinion_subgroups(
    items: OpinionItems, attributes: Mapping[str, Labels], settings: Settings
) -> tuple[SubgroupRow, ...]:
    """SRCC of every method on every part of the photos; otherwise as `pair_subgroups`."""
    return tuple(
        SubgroupRow(
            task="opinion",
            measure="srcc",
            attribute=attribute,
            value=value,
            method=method,
            n=int(np.isfinite(items.merit[inside, k]).sum()),
            figure=rank_correlation(
                items.merit[inside, k], items.mean[inside], items.group[inside], settings
            ),
        )
        for attribute, of in attributes.items()
        for value, inside in _parts(of)
        for k, method in enumerate(items.methods)
    )


def _parts(of: Labels) -> list[tuple[str, NDArray[np.bool_]]]:
    """Every value with enough items, in their natural order, unless it is the only one."""
    values = [value for value in np.unique(of) if (of == value).sum() >= LEAST]
    values.sort(key=lambda value: (_ORDER.index(value) if value in _ORDER else -1, value))
    return [(str(value), of == value) for value in values] if len(values) > 1 else []
