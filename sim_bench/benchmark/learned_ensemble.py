"""From the combination that a benchmark learned to a method that scores photos.

A run says how much each method weighs per spread of what was learned on: for opinions, of the
scores of the photos; for pairs, of the differences within pairs. Here weights are brought to one
reference, the scores of all photos of the data set in that run, so that the combination orders
photos exactly as the learned one.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray

from sim_bench.benchmark.compare_runs import FinishedRun, read_run
from sim_bench.benchmark.results import DatasetResult, EnsembleResult, Figure, Task
from sim_bench.errors import DataMissingError, UnknownNameError
from sim_bench.quality_assessment.ensemble_file import MemberBlock, write_ensemble
from sim_bench.registry import DATASETS, dataset_class

FILE = "ensemble.yaml"

_ONES_OWN = ("score_table", "pair_table", "burst_folders", "synthetic")
"""Readers of data sets of one's own, which share no photos for being read alike."""

_STEPS = 21
"""Quantiles recorded, every twentieth part of the photos; chosen by us."""


def ensemble_from_run(
    run_folder: str | Path,
    dataset: str | None = None,
    task: Task | None = None,
    *,
    output: str | Path | None = None,
) -> Path:
    """Write the combination that a finished run learned as a file for `EnsembleAssessor`.

    Its weights were fitted on all items of the data set; the run's own figure for it is of models
    that had not seen the series that they judged. The file says which data that was, so that a
    benchmark on it marks the ensemble.

    Args:
        run_folder: Of the run.
        dataset: Name of a data set of the run; may be left out where only one has a combination.
        task: "opinion" or "pairs"; may be left out where there is one combination.
        output: The file to write; None: `ensemble.yaml` in the run's folder.

    Returns:
        The file.

    Raises:
        DataMissingError: There is no finished run, or it has no such combination, or a member of
            it cannot be run because its scores came from a file.
        UnknownNameError: The run has no such data set.
        ValueError: There are several combinations and nothing says which.
    """
    folder = Path(run_folder)
    run = read_run(folder)
    data, learned = _chosen(run, dataset, task)
    configured = _configuration(folder)
    blocks = _blocks(configured, "methods")
    spreads = _learning_spreads(run, data, learned)
    table = run.details[run.details["dataset"] == data.name]
    members = [
        _member(folder, name, blocks, table[name].to_numpy(dtype=float), weight / spreads[name])
        for name, weight in learned.weights.items()
        if weight
    ]
    if not members:
        raise DataMissingError(f"{folder}: the combination on {data.name} gives no method a weight")
    return write_ensemble(
        folder / FILE if output is None else output,
        members,
        trained_on=_names(data, _blocks(configured, "datasets").get(data.name, {})),
        note=_note(run, data, learned),
    )


def _chosen(
    run: FinishedRun, dataset: str | None, task: Task | None
) -> tuple[DatasetResult, EnsembleResult]:
    names = [one.name for one in run.results.datasets]
    if dataset is not None and dataset not in names:
        raise UnknownNameError("data set of this run", dataset, names)
    found = [
        (data, one)
        for data in run.results.datasets
        for one in data.ensembles
        if dataset in (None, data.name) and task in (None, one.task)
    ]
    if not found:
        wanted = " ".join(filter(None, (task, f"on {dataset}" if dataset else "")))
        raise DataMissingError(
            f"{run.name} learned no combination {wanted}".rstrip()
            + ": it takes two methods or more, and at least 20 series"
        )
    if len(found) > 1:
        each = ", ".join(f"{data.name} ({one.task})" for data, one in found)
        raise ValueError(f"{run.name} learned several combinations: {each}; say which")
    return found[0]


def _learning_spreads(
    run: FinishedRun, data: DatasetResult, learned: EnsembleResult
) -> dict[str, float]:
    """What the weight of each method is per: see `evaluation.ridge`."""
    names = list(learned.weights)
    if learned.task == "pairs":
        pairs = run.pairs
        if pairs is None:
            raise DataMissingError(f"{run.name} has no pairs.csv any more; run the benchmark again")
        own = pairs[pairs["dataset"] == data.name]
        left, right = (
            own[[f"{name}_{side}" for name in names]].to_numpy(dtype=float)
            for side in ("left", "right")
        )
        rows = left - right
        known = rows[np.isfinite(rows).all(axis=1)]
        spread = np.sqrt((known**2).mean(axis=0))
    else:
        details = run.details[run.details["dataset"] == data.name]
        rows = details.loc[details["mean"].notna(), names].to_numpy(dtype=float)
        spread = rows[np.isfinite(rows).all(axis=1)].std(axis=0)
    return dict(zip(names, spread.tolist(), strict=True))


def _member(
    folder: Path,
    name: str,
    blocks: Mapping[str, Mapping[str, Any]],
    scores: NDArray[np.float64],
    per_unit: float,
) -> MemberBlock:
    """One member, its weight turned from per unit of its scores to per spread of them."""
    block = blocks.get(name, {})
    if not block.get("class"):
        raise DataMissingError(
            f"{folder}: the scores of {name!r} came from a file, so the combination cannot score "
            "other photos; run the benchmark again without it"
        )
    finite = scores[np.isfinite(scores)]
    spread = float(finite.std())
    return MemberBlock.model_validate(
        {
            "class": block["class"],
            "name": name,
            "params": block.get("params") or {},
            "weight": per_unit * spread,
            "mean": float(finite.mean()),
            "spread": spread,
            "quantiles": np.quantile(finite, np.linspace(0.0, 1.0, _STEPS)).tolist(),
        }
    )


def _configuration(folder: Path) -> Mapping[str, Any]:
    path = folder / "config.yaml"
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise DataMissingError(
            f"{path}: the run's configuration cannot be read: {error}"
        ) from error
    if not isinstance(content, Mapping):
        raise DataMissingError(f"{path}: is no configuration of a run; run the benchmark again")
    return content


def _blocks(configured: Mapping[str, Any], key: str) -> dict[str, Mapping[str, Any]]:
    """The blocks of a list of the configuration, by their names."""
    listed = configured.get(key) or []
    return {str(one["name"]): one for one in listed if isinstance(one, Mapping) and "name" in one}


def _names(data: DatasetResult, block: Mapping[str, Any]) -> list[str]:
    """Name the photos as a benchmark on them would, with the split where there is one."""
    known = [data.name]
    reader = str(block.get("reader") or "")
    if reader in DATASETS and reader not in _ONES_OWN:
        known.append(dataset_class(reader).info.name)
    split = f":{data.split}" if data.split else ""
    names = [f"{name}{split}" for name in known]
    return list(dict.fromkeys([*names, *(block.get("photos_from") or ())]))


def _note(run: FinishedRun, data: DatasetResult, learned: EnsembleResult) -> str:
    return (
        f"Learned from {'opinions' if learned.task == 'opinion' else 'pairs'} on {data.name} by "
        f"the run {run.name} of sim-bench {run.results.version}. Judged on series that it had not "
        f"seen: {learned.measure} {_shown(learned.figure)}; difference from {learned.best_single}, "
        f"the best single method: {_shown(learned.difference)}."
    )


def _shown(figure: Figure) -> str:
    if figure.value is None:
        return f"not defined ({figure.reason})"
    if figure.low is None or figure.high is None:
        return f"{figure.value:.3f}"
    return f"{figure.value:.3f} [{figure.low:.3f}, {figure.high:.3f}]"
