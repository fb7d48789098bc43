"""The cluster bootstrap beside a plain loop over resamples.

    python benchmarks/bootstrap.py [--pairs 12000] [--series 4500] [--resamples 2000] [--rounds 3]

Both average the same credits of simulated pairs over the same number of resamples of series, and
take their interval. The loop writes the pairs of each resample out, as one would without
thinking: draw series, join the positions of their pairs, average. They take turns; the figures
are medians of the rounds.
The budget, 5 s, is for ours with all resamples.
"""

import argparse
from time import perf_counter

import numpy as np
from numpy.typing import NDArray
from report import report
from sides import in_turn

from sim_bench.evaluation.clusters import bootstrap_mean

BUDGET = 5.0  # seconds, for 2,000 resamples of 12,000 pairs


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=12_000)
    parser.add_argument("--series", type=int, default=4500)
    parser.add_argument("--resamples", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args(arguments)
    random = np.random.default_rng(0)
    series = random.integers(0, options.series, options.pairs)
    credit = random.random(options.pairs).round()
    resamples = options.resamples

    def ours() -> float:
        start = perf_counter()
        bootstrap_mean(credit, series, resamples=resamples)
        return perf_counter() - start

    def loop() -> float:
        start = perf_counter()
        plain_loop(credit, series, resamples)
        return perf_counter() - start

    ours()  # imports scipy
    seconds = in_turn({"loop": loop, "ours": ours}, options.rounds)
    ratio = seconds["ours"] / seconds["loop"]
    within = seconds["ours"] <= BUDGET
    report(
        ("cluster bootstrap", "time, loop = 1", "within the budget"),
        [("loop", "1", "-"), ("ours", f"{ratio:.4f}", "yes" if within else "no")],
        {
            "ratio_loop": round(ratio, 5),
            "within_budget": within,
            "seconds": round(seconds["ours"], 3),
            "budget_seconds": BUDGET,
            "pairs": options.pairs,
            "series": options.series,
            "resamples": resamples,
            "rounds": options.rounds,
        },
    )


def plain_loop(
    credit: NDArray[np.float64], series: NDArray[np.int64], resamples: int
) -> tuple[float, float]:
    random = np.random.default_rng(0)
    members = [np.flatnonzero(series == label) for label in np.unique(series)]
    means = []
    for _ in range(resamples):
        chosen = random.integers(len(members), size=len(members))
        means.append(credit[np.concatenate([members[k] for k in chosen])].mean())
    low, high = np.quantile(means, [0.025, 0.975])
    return float(low), float(high)


if __name__ == "__main__":
    main()
