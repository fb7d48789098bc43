"""The table of methods against people's preferences between two photos."""

from collections.abc import Sequence
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
    number,
    undefined,
)
from sim_bench.benchmark.results import Comparison, Figure, PairRow, ReliabilityRow, StrengthRow
from sim_bench.evaluation.calibration import (
    calibration_error,
    log_loss,
    log_loss_floor,
    reliability,
    win_probability,
)
from sim_bench.evaluation.clusters import bootstrap_mean, bootstrap_means
from sim_bench.evaluation.pairwise import (
    STRENGTHS,
    auc_parts,
    divided,
    pair_credits,
    strength,
    tied,
)
from sim_bench.evaluation.permutation import sign_flip_test
from sim_bench.evaluation.power import cohen_h


@dataclass(frozen=True)
class PairItems:
    """Pairs with the merits (scores turned so that larger is better) of both photos.

    Attributes:
        methods: Names of the columns.
        left: Merits of the left photos, shape (n, methods); NaN where there is none.
        right: Likewise of the right ones.
        preference: Share of people who prefer the left photo, shape (n,).
        burst: Series of each pair, shape (n,).
        images: Ids of the left and the right photos, shape (n, 2).
    """

    methods: tuple[str, ...]
    left: Array
    right: Array
    preference: Array
    burst: Labels
    images: Labels

    def credits(self, settings: Settings) -> Array:
        """Credit of every method for every pair, shape (n, methods); NaN where it has none."""
        return np.column_stack(
            [
                pair_credits(a, b, self.preference, settings.ties)
                for a, b in zip(self.left.T, self.right.T, strict=True)
            ]
        )


def pair_table(items: PairItems, settings: Settings) -> tuple[PairRow, ...]:
    """Measure every method; see `PairRow`."""
    given = items.credits(settings)
    by_chance = [_p_chance(column, items.burst, settings) for column in given.T]
    return tuple(
        _row(items, k, given[:, k], p, settings) for k, p in enumerate(corrected(by_chance))
    )


def compare_pairs(
    items: PairItems, settings: Settings, *, with_first: bool = False
) -> tuple[Comparison, ...]:
    """Compare every two methods (or the first with the others) by accuracy on what both scored."""
    given = items.credits(settings)
    found = []
    for mask, columns in alike_masks(np.isfinite(given), with_first=with_first).values():
        some, burst = given[mask], items.burst[mask]
        apart = np.column_stack([some[:, i] - some[:, j] for i, j in columns])
        estimates = bootstrap_means(apart, burst, **settings.bootstrap)
        tests = _tests(apart, burst, settings)
        for (i, j), estimate, p in zip(columns, estimates, tests, strict=True):
            effect = cohen_h(some[:, i].mean(), some[:, j].mean()) if len(some) else np.nan
            found.append(Difference((i, j), estimate, p, effect))
    return comparisons("pairs", "accuracy", items.methods, found, settings)


def accuracy(credited: Array, burst: Labels, settings: Settings) -> Figure:
    """Average the credits that are there, with the interval from resampled series."""
    there = np.isfinite(credited)
    if not there.any():
        return undefined("no pair with two scores")
    return figure(bootstrap_mean(credited[there], burst[there], **settings.bootstrap))


def _row(
    items: PairItems, k: int, credited: Array, p_chance: float | None, settings: Settings
) -> PairRow:
    left, right, preference = items.left[:, k], items.right[:, k], items.preference
    equal, there = tied(left, right), np.isfinite(credited)
    halves = pair_credits(left, right, preference, "half")
    mean = float(credited[there].mean()) if there.any() else np.nan
    loss, floor, error, points = _calibration(items, k, there, settings)
    return PairRow(
        method=items.methods[k],
        n=int(there.sum()),
        unscored=int((~there).sum()),
        ties=int(equal.sum()),
        divided=int(divided(preference[there]).sum()),
        accuracy=accuracy(credited, items.burst, settings),
        accuracy_ties_half=accuracy(halves, items.burst, settings),
        accuracy_without_ties=accuracy(np.where(equal, np.nan, credited), items.burst, settings),
        auc=accuracy(auc_parts(left, right, preference), items.burst, settings),
        log_loss=loss,
        log_loss_floor=floor,
        calibration_error=error,
        strengths=_by_strength(credited, preference, items.burst, settings),
        reliability=points,
        p_chance=p_chance,
        effect=number(cohen_h(mean, 0.5)) if there.any() else None,
    )


def _by_strength(
    credited: Array, preference: Array, burst: Labels, settings: Settings
) -> tuple[StrengthRow, ...]:
    there, of = np.isfinite(credited), strength(preference)
    return tuple(
        StrengthRow(
            strength=name,
            n=int((there & (of == name)).sum()),
            accuracy=accuracy(np.where(of == name, credited, np.nan), burst, settings),
        )
        for name in STRENGTHS
    )


def _calibration(
    items: PairItems, k: int, there: "np.ndarray", settings: Settings
) -> tuple[Figure, float | None, float | None, tuple[ReliabilityRow, ...]]:
    """Win probability fitted on other series: log-loss, its floor, calibration error, curve."""
    burst, preference = items.burst[there], items.preference[there]
    if len(np.unique(burst)) < 2:
        return undefined("win probabilities need two series or more"), None, None, ()
    difference = items.left[there, k] - items.right[there, k]
    fitted = win_probability(difference, preference, burst, seed=settings.seed)
    losses = log_loss(fitted.probability, preference)
    rows = reliability(fitted.probability, preference)
    return (
        figure(bootstrap_mean(losses, burst, **settings.bootstrap)),
        float(log_loss_floor(preference).mean()),
        calibration_error(fitted.probability, preference),
        tuple(ReliabilityRow(predicted=r.predicted, observed=r.observed, n=r.n) for r in rows),
    )


def _p_chance(credited: Array, burst: Labels, settings: Settings) -> float:
    there = np.isfinite(credited)
    if not there.any():
        return np.nan
    return _tests(credited[there, None] - 0.5, burst[there], settings)[0]


def _tests(differences: Array, burst: Labels, settings: Settings) -> Sequence[float]:
    if not len(differences):
        return [np.nan] * differences.shape[1]
    p = sign_flip_test(differences, burst, permutations=settings.permutations, seed=settings.seed)
    return [float(one) for one in np.atleast_1d(p)]
