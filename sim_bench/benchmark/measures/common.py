"""What every table of results shares: its settings, its figures, its comparisons."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from sim_bench.benchmark.results import Comparison, Figure, Task
from sim_bench.evaluation.estimate import Estimate
from sim_bench.evaluation.multiplicity import holm
from sim_bench.evaluation.pairwise import Ties
from sim_bench.evaluation.power import smallest_difference

Array = NDArray[np.float64]
Labels = NDArray[np.str_]


class Bootstrap(TypedDict):
    """Arguments that every bootstrap takes."""

    level: float
    resamples: int
    seed: int


@dataclass(frozen=True, slots=True)
class Settings:
    """How uncertainty is computed.

    Attributes:
        level: Of every interval.
        resamples: Of every bootstrap.
        permutations: Of every permutation test.
        seed: Decides both.
        ties: What two exactly equal scores of a pair count as.
    """

    level: float = 0.95
    resamples: int = 2000
    permutations: int = 10_000
    seed: int = 0
    ties: Ties = "half"

    @property
    def bootstrap(self) -> "Bootstrap":
        """The arguments of the functions of `evaluation.clusters`."""
        return {"level": self.level, "resamples": self.resamples, "seed": self.seed}


def figure(estimate: Estimate) -> Figure:
    """Turn an estimate into a record."""
    return Figure(
        value=number(estimate.value),
        low=number(estimate.low),
        high=number(estimate.high),
        reason=estimate.reason or "",
    )


def undefined(reason: str) -> Figure:
    """Make the record of a statistic that is not defined."""
    return Figure(value=None, reason=reason)


def number(value: float) -> float | None:
    """Return a finite number, else None."""
    return float(value) if math.isfinite(value) else None


def corrected(values: Sequence[float]) -> list[float | None]:
    """Correct p-values by Holm; NaN, where there was no test, becomes None."""
    return [number(p) for p in holm(np.array(values, dtype=np.float64))] if values else []


def alike_masks(
    scored: NDArray[np.bool_], *, with_first: bool = False
) -> dict[bytes, tuple[NDArray[np.bool_], list[tuple[int, int]]]]:
    """Group every two methods by the items that both scored, so that each group is drawn once.

    Args:
        scored: Which items each method scored, shape (n, methods).
        with_first: Only the pairs that the first method is one of.

    Returns:
        Per distinct set of items: its mask of shape (n,), and the pairs of columns.
    """
    groups: dict[bytes, tuple[NDArray[np.bool_], list[tuple[int, int]]]] = {}
    for i, j in combinations(range(scored.shape[1]), 2):
        if with_first and i > 0:
            break
        both = scored[:, i] & scored[:, j]
        groups.setdefault(both.tobytes(), (both, []))[1].append((i, j))
    return groups


@dataclass(frozen=True, slots=True)
class Difference:
    """What a comparison of two columns gave.

    Attributes:
        columns: Which two.
        estimate: Of first less second.
        p: Of the permutation test; NaN where there was none.
        effect: Effect size; NaN where it has none.
    """

    columns: tuple[int, int]
    estimate: Estimate
    p: float
    effect: float


def comparisons(
    task: Task,
    measure: str,
    methods: Sequence[str],
    differences: Sequence[Difference],
    settings: Settings,
) -> tuple[Comparison, ...]:
    """Lay differences out in the order of the methods, corrected over all of them."""
    ordered = sorted(differences, key=lambda one: one.columns)
    adjusted = corrected([one.p for one in ordered])
    return tuple(
        Comparison(
            task=task,
            measure=measure,
            first=methods[one.columns[0]],
            second=methods[one.columns[1]],
            n=one.estimate.n,
            difference=figure(one.estimate),
            p=number(one.p),
            p_holm=p_holm,
            effect=number(one.effect),
            smallest=_smallest(one.estimate, settings.level),
        )
        for one, p_holm in zip(ordered, adjusted, strict=True)
    )


def _smallest(estimate: Estimate, level: float) -> float | None:
    if not math.isfinite(estimate.standard_error):
        return None
    return number(smallest_difference(estimate.standard_error, level=level))


THIRDS = ("low", "middle", "high")


def thirds(values: Array) -> Labels:
    """Name the third that each value lies in, of `THIRDS`; "unknown" where there is none."""
    known = np.isfinite(values)
    out = np.full(len(values), "unknown", dtype="<U16")
    if known.any():
        cuts = np.quantile(values[known], [1 / 3, 2 / 3])
        out[known] = np.array(THIRDS)[np.searchsorted(cuts, values[known], side="left")]
    return out
