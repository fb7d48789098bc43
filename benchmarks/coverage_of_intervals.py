"""Do the intervals cover and the tests keep their level where groups matter much?

    python benchmarks/coverage_of_intervals.py [--sets 2000] [--resamples 1000]

Simulated data sets of 60 to 120 groups of unequal size, in which items of one group are much
alike (intraclass correlation 0.5 or more) and the truth is known:

- pairs: each series has its own accuracy, from a beta distribution with mean 0.6 or 0.8 and
  intraclass correlation 0.5; the truth is that mean;
- opinions: scores and opinions are normal, each the sum of a part of the group and one of the
  photo, with intraclass correlation 0.6; the truth is (6 / pi) asin(r / 2) (Pearson 1907) for
  their correlation r;
- no difference: two methods that are equally good, or one that knows nothing.

Sizes: 1 to 12 alike often, or geometric with mean 5 (a few large groups). Printed is the share of
data sets whose 95% interval covers the truth (plain percentiles beside ours), and the share of
p-values at or below 0.05 where there is nothing to be found.
"""

import argparse
from collections.abc import Callable
from math import asin, pi, sqrt

import numpy as np
from numpy.typing import NDArray
from report import report

from sim_bench.evaluation.clusters import Clusters, resampled_means
from sim_bench.evaluation.estimate import estimate
from sim_bench.evaluation.influence import srcc_influences
from sim_bench.evaluation.permutation import sign_flip_test, srcc_contributions
from sim_bench.evaluation.resampled_correlation import resampled_srcc

Array = NDArray[np.float64]
Sizes = Callable[[np.random.Generator, int], NDArray[np.int64]]
SIZES: dict[str, Sizes] = {
    "1 to 12": lambda random, count: random.integers(1, 13, count),
    "geometric": lambda random, count: random.geometric(0.2, count),
}
SAMENESS = 0.6  # intraclass correlation of scores and opinions


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", type=int, default=2000)
    parser.add_argument("--resamples", type=int, default=1000)
    options = parser.parse_args(arguments)
    rows, figures = [], {}
    for name, sizes in SIZES.items():
        for what, (covered, plain) in {
            "accuracy 0.6": accuracy_coverage(options.sets, options.resamples, sizes, 0.6),
            "accuracy 0.8": accuracy_coverage(options.sets, options.resamples, sizes, 0.8),
            "SRCC 0.48": srcc_coverage(options.sets // 4, options.resamples, sizes),
        }.items():
            rows.append((what, name, f"{covered:.1%}", f"{plain:.1%}"))
            figures[f"coverage, {what}, {name}"] = round(covered, 4)
        for what, rate in {
            "accuracy of two": accuracy_false_positives(options.sets, options.resamples, sizes),
            "SRCC of two": srcc_false_positives(options.sets, options.resamples, sizes),
            "SRCC of chance": chance_false_positives(options.sets, options.resamples, sizes),
        }.items():
            rows.append((what, name, f"{rate:.1%}", "-"))
            figures[f"false positives, {what}, {name}"] = round(rate, 4)
    report(("", "group sizes", "ours", "percentiles"), rows, figures)


def groups_of(random: np.random.Generator, sizes: Sizes) -> NDArray[np.intp]:
    count = int(random.integers(60, 121))
    return np.repeat(np.arange(count), sizes(random, count))


def accuracy_coverage(
    sets: int,
    resamples: int,
    sizes: Sizes,
    truth: float,
    *,
    seed: int = 0,
    grouped: bool = True,
) -> tuple[float, float]:
    """Share of intervals that cover a mean accuracy: ours, plain percentiles."""
    random, hits = np.random.default_rng(seed), np.zeros(2)
    for k in range(sets):
        groups = groups_of(random, sizes)
        right = random.beta(truth, 1 - truth, groups[-1] + 1)[groups]
        credit = (random.random(len(groups)) < right).astype(float)
        groups = groups if grouped else np.arange(len(groups))
        drawn = resampled_means(credit, groups, resamples, seed=k)[:, 0]
        hits += covers(float(credit.mean()), drawn, groups, truth)
    return float(hits[0] / sets), float(hits[1] / sets)


def srcc_coverage(
    sets: int, resamples: int, sizes: Sizes, correlation: float = 0.5, seed: int = 0
) -> tuple[float, float]:
    """Share of intervals that cover a rank correlation: ours, plain percentiles."""
    random, hits = np.random.default_rng(seed), np.zeros(2)
    truth = 6 / pi * asin(correlation / 2)
    for k in range(sets):
        groups = groups_of(random, sizes)
        merit, mean, _ = scores(random, groups, correlation)
        drawn = resampled_srcc(merit, mean, groups, resamples, seed=k)[:, 0]
        value = float(srcc_contributions(merit, mean).sum())
        hits += covers(value, drawn, groups, truth)
    return float(hits[0] / sets), float(hits[1] / sets)


def accuracy_false_positives(sets: int, permutations: int, sizes: Sizes, seed: int = 0) -> float:
    """Share of p-values at or below 0.05 for two methods that are equally often right."""
    random, found = np.random.default_rng(seed), 0
    for k in range(sets):
        groups = groups_of(random, sizes)
        right = random.beta(0.6, 0.4, (groups[-1] + 1, 2))[groups]
        credit = (random.random((len(groups), 2)) < right).astype(float)
        apart = credit[:, 0] - credit[:, 1]
        found += int(sign_flip_test(apart, groups, permutations=permutations, seed=k)[0] <= 0.05)
    return found / sets


def srcc_false_positives(sets: int, permutations: int, sizes: Sizes, seed: int = 0) -> float:
    """The same for two methods whose scores correlate equally well with the opinions."""
    random, found = np.random.default_rng(seed), 0
    for k in range(sets):
        groups = groups_of(random, sizes)
        one, mean, other = scores(random, groups, 0.5)
        apart = srcc_influences(one, mean) - srcc_influences(other, mean)
        found += int(sign_flip_test(apart, groups, permutations=permutations, seed=k)[0] <= 0.05)
    return found / sets


def chance_false_positives(sets: int, permutations: int, sizes: Sizes, seed: int = 0) -> float:
    """The same for one method that knows nothing, against chance."""
    random, found = np.random.default_rng(seed), 0
    for k in range(sets):
        groups = groups_of(random, sizes)
        merit, mean, _ = scores(random, groups, 0.0)
        parts = srcc_contributions(merit, mean)
        found += int(sign_flip_test(parts, groups, permutations=permutations, seed=k)[0] <= 0.05)
    return found / sets


def scores(
    random: np.random.Generator, groups: NDArray[np.intp], correlation: float
) -> tuple[Array, Array, Array]:
    """Scores of one method, opinions, scores of a second method that is as good as the first."""
    common, own = random.normal(size=(3, groups[-1] + 1)), random.normal(size=(3, len(groups)))
    mean, one, other = sqrt(SAMENESS) * common[:, groups] + sqrt(1 - SAMENESS) * own
    rest = sqrt(1 - correlation**2)
    return correlation * mean + rest * one, mean, correlation * mean + rest * other


def covers(value: float, drawn: Array, groups: NDArray[np.intp], truth: float) -> Array:
    ours = estimate(value, drawn, Clusters(groups).sizes)
    low, high = np.quantile(drawn, [0.025, 0.975])
    return np.array([ours.low <= truth <= ours.high, low <= truth <= high], dtype=float)


if __name__ == "__main__":
    main()
