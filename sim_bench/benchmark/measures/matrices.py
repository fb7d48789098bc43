"""How alike the methods are: which of them could stand in for another."""

from collections.abc import Callable
from itertools import product
from typing import Literal

import numpy as np

from sim_bench.benchmark.measures.common import Array, number
from sim_bench.benchmark.results import MatrixResult
from sim_bench.evaluation.correlation import coefficient, why_undefined


def score_matrix(methods: tuple[str, ...], merit: Array) -> MatrixResult:
    """Spearman's correlation between the scores of every two methods, over the photos of both."""

    def cell(a: Array, b: Array) -> float:
        return np.nan if why_undefined(a, b) else coefficient(a, b, "spearman")

    return _matrix("srcc", methods, merit, cell)


def decision_matrix(methods: tuple[str, ...], left: Array, right: Array) -> MatrixResult:
    """Share of pairs that two methods decide alike; a tie of one of them counts a half.

    Args:
        methods: Names of the columns.
        left: Merits of the left photos, shape (n, methods).
        right: Merits of the right photos.
    """

    def cell(a: Array, b: Array) -> float:
        return float((0.5 + 0.5 * a * b).mean()) if len(a) else np.nan

    side = np.where(np.isfinite(left) & np.isfinite(right), np.sign(left - right), np.nan)
    return _matrix("pairs", methods, side, cell)


def _matrix(
    kind: Literal["srcc", "pairs"],
    methods: tuple[str, ...],
    columns: Array,
    cell: Callable[[Array, Array], float],
) -> MatrixResult:
    m = len(methods)
    values = np.full((m, m), np.nan)
    counts = np.zeros((m, m), dtype=int)
    for i, j in product(range(m), range(m)):
        both = np.isfinite(columns[:, i]) & np.isfinite(columns[:, j])
        counts[i, j] = int(both.sum())
        values[i, j] = 1.0 if i == j and both.any() else cell(columns[both, i], columns[both, j])
    return MatrixResult(
        kind=kind,
        methods=methods,
        values=tuple(tuple(number(value) for value in row) for row in values),
        n=tuple(tuple(int(count) for count in row) for row in counts),
    )
