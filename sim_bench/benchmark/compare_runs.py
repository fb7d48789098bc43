"""Two finished runs side by side: what a change of prompts, model or version is worth.

Methods of one name are compared on the items that both runs scored, by the paired tests that
compare methods within a run. Items are matched by their ids, and only where people said the same.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from pydantic import ValidationError

from sim_bench.benchmark.measures.common import Settings, corrected, figure, number
from sim_bench.benchmark.measures.opinions import OpinionItems, compare_opinions, rank_correlation
from sim_bench.benchmark.results import Figure, Results, Task
from sim_bench.errors import DataMissingError
from sim_bench.evaluation.clusters import bootstrap_mean
from sim_bench.evaluation.permutation import sign_flip_test

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class FinishedRun:
    """A run as its folder holds it.

    Attributes:
        name: The folder's name.
        results: Its `results.json`.
        pairs: Its `pairs.csv`; None where there are no pairs.
        details: Its `detailed_results.csv`.
    """

    name: str
    results: Results
    pairs: "pd.DataFrame | None"
    details: "pd.DataFrame"


@dataclass(frozen=True, slots=True)
class RunDifference:
    """One method in two runs.

    Attributes:
        dataset: On which data.
        task: "opinion" or "pairs".
        measure: "srcc" or "accuracy".
        method: Its name in both runs.
        first: One run.
        second: The other.
        n: Items compared.
        unmatched: Items of either run that the other lacks, or about which people said another
            thing there.
        values: The measure in both runs, over the items compared.
        difference: First less second.
        p: Of the paired permutation test.
        p_holm: Corrected over all rows.
    """

    dataset: str
    task: Task
    measure: str
    method: str
    first: str
    second: str
    n: int
    unmatched: int
    values: tuple[float | None, float | None]
    difference: Figure
    p: float | None
    p_holm: float | None = None


def read_run(folder: Path) -> FinishedRun:
    """Read the folder of a finished run.

    Raises:
        DataMissingError: It holds no finished run, or one of another version of the format.
    """
    path = folder / "results.json"
    if not path.is_file():
        raise DataMissingError(
            f"{folder} holds no finished run (no results.json); "
            "make one with: sim-bench benchmark CONFIG.yaml --output FOLDER"
        )
    try:
        results = Results.model_validate_json(path.read_text(encoding="utf-8"))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise DataMissingError(
            f"{path} is not in the format of this version ({place}: {first['msg']}); "
            "run the benchmark again"
        ) from error
    pairs = folder / "pairs.csv"
    return FinishedRun(
        folder.resolve().name,
        results,
        _table(pairs) if pairs.is_file() else None,
        _table(folder / "detailed_results.csv"),
    )


def _table(path: Path) -> "pd.DataFrame":
    """Read one of a run's tables; only an empty cell is missing, for a photo may be called "NA"."""
    import pandas as pd

    text = {"image": str, "group": str, "pair": str, "burst": str, "dataset": str}
    return pd.read_csv(path, dtype=text, keep_default_na=False, na_values=[""])


def compare_runs(runs: Sequence[FinishedRun], settings: Settings) -> list[RunDifference]:
    """Compare every two runs by the methods and data sets that both have.

    Args:
        runs: Two or more.
        settings: How uncertainty is computed.

    Returns:
        One row per two runs, data set, task and method; corrected over all of them.
    """
    found = [
        one
        for first, second in combinations(runs, 2)
        for dataset in (d.name for d in first.results.datasets)
        if dataset in {d.name for d in second.results.datasets}
        for one in (
            *_by_opinions(first, second, dataset, settings),
            *_by_pairs(first, second, dataset, settings),
        )
    ]
    adjusted = corrected([np.nan if one.p is None else one.p for one in found])
    return [replace(one, p_holm=p) for one, p in zip(found, adjusted, strict=True)]


def _by_pairs(
    first: FinishedRun, second: FinishedRun, dataset: str, settings: Settings
) -> Iterator[RunDifference]:
    if first.pairs is None or second.pairs is None:
        return
    both, total = _matched(first.pairs, second.pairs, dataset, "pair", "preference")
    for method in _methods(first, second):
        columns = [f"{method}_credit_1", f"{method}_credit_2"]
        if not set(columns) <= set(both):
            continue
        some = both.dropna(subset=columns)
        if some.empty:
            continue
        credited, burst = some[columns].to_numpy(dtype=float), some["burst_1"].to_numpy(dtype=str)
        apart = credited[:, 0] - credited[:, 1]
        p = sign_flip_test(apart, burst, permutations=settings.permutations, seed=settings.seed)
        yield RunDifference(
            dataset=dataset,
            task="pairs",
            measure="accuracy",
            method=method,
            first=first.name,
            second=second.name,
            n=len(some),
            unmatched=total - len(some),
            values=(float(credited[:, 0].mean()), float(credited[:, 1].mean())),
            difference=figure(bootstrap_mean(apart, burst, **settings.bootstrap)),
            p=number(float(np.atleast_1d(p)[0])),
        )


def _by_opinions(
    first: FinishedRun, second: FinishedRun, dataset: str, settings: Settings
) -> Iterator[RunDifference]:
    if "mean" not in first.details or "mean" not in second.details:
        return
    both, total = _matched(first.details, second.details, dataset, "image", "mean")
    for method in _methods(first, second):
        columns = [f"{method}_1", f"{method}_2"]
        if not set(columns) <= set(both):
            continue
        some = both.dropna(subset=[*columns, "mean_1"])
        signs = [_sign(run, method) for run in (first, second)]
        items = OpinionItems(
            (first.name, f"{second.name} (second)"),
            some[columns].to_numpy(dtype=float) * signs,
            some["mean_1"].to_numpy(dtype=float),
            some["group_1"].to_numpy(dtype=str),
            some["image"].to_numpy(dtype=str),
        )
        if some.empty:
            continue
        [compared] = compare_opinions(items, settings)
        values = [rank_correlation(m, items.mean, items.group, settings) for m in items.merit.T]
        yield RunDifference(
            dataset=dataset,
            task="opinion",
            measure="srcc",
            method=method,
            first=first.name,
            second=second.name,
            n=len(some),
            unmatched=total - len(some),
            values=(values[0].value, values[1].value),
            difference=compared.difference,
            p=compared.p,
        )


def _matched(
    first: "pd.DataFrame", second: "pd.DataFrame", dataset: str, item: str, said: str
) -> "tuple[pd.DataFrame, int]":
    """Join the items of one data set about which people said the same; also how many there are."""
    one, other = (table[table["dataset"] == dataset] for table in (first, second))
    both = one.merge(other, on=item, suffixes=("_1", "_2"), validate="one_to_one")
    same = np.isclose(both[f"{said}_1"], both[f"{said}_2"], rtol=1e-9, atol=0)
    return both[same], len(set(one[item]) | set(other[item]))


def _methods(first: FinishedRun, second: FinishedRun) -> list[str]:
    there = {method.name for method in second.results.methods if method.status != "failed"}
    return [
        method.name
        for method in first.results.methods
        if method.status != "failed" and method.name in there
    ]


def _sign(run: FinishedRun, method: str) -> float:
    direction = next(one.direction for one in run.results.methods if one.name == method)
    return 1.0 if direction == "higher" else -1.0
