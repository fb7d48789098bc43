"""The YAML of a quality benchmark: which photos, which methods, where the results go."""

import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, model_validator

from sim_bench.benchmark.config_blocks import (
    Block,
    DatasetConfig,
    MethodConfig,
    OutputConfig,
    Sample,
    Scores,
    Statistics,
    Ties,
    without_none,
)
from sim_bench.benchmark.config_checks import check, in_list_form
from sim_bench.benchmark.config_datasets import note_reader
from sim_bench.benchmark.config_params import parameter_files
from sim_bench.benchmark.config_places import Problem, read_yaml
from sim_bench.benchmark.config_shape import shape_problems

__all__ = [
    "BenchmarkConfig",
    "DatasetConfig",
    "MethodConfig",
    "OutputConfig",
    "Sample",
    "Scores",
    "Statistics",
    "load_config",
]


class BenchmarkConfig(Block):
    """A whole configuration.

    `load_config` checks more than this record does by itself: what takes several keys, the
    tables of methods and readers, or the disk.

    Attributes:
        datasets: At least one; a file may give one as `dataset` instead.
        methods: At least one.
        ties: What two exactly equal scores of a pair count as: half, or a choice of one side.
        statistics: Intervals and tests.
        permissive_only: Whether methods fail whose weights' licence is not permissive.
        output: Where the results go.
    """

    datasets: Annotated[tuple[DatasetConfig, ...], Field(min_length=1)]
    methods: Annotated[tuple[MethodConfig, ...], Field(min_length=1)]
    ties: Ties = "half"
    statistics: Statistics = Statistics()
    permissive_only: bool = False
    output: OutputConfig

    @model_validator(mode="before")
    @classmethod
    def _one_data_set(cls, content: Any) -> Any:
        return in_list_form(content)

    def dataset_of(self, method: MethodConfig) -> DatasetConfig | None:
        """Return the data set that a method's precomputed scores are for; None without scores."""
        if method.scores is None:
            return None
        wanted = method.scores.dataset or self.datasets[0].name
        return next(dataset for dataset in self.datasets if dataset.name == wanted)

    def scores_file(self, method: MethodConfig) -> Path | None:
        """Return the file of a method's precomputed scores; None without scores."""
        dataset = self.dataset_of(method)
        return dataset.root / method.scores.file if dataset and method.scores else None

    def resolved(self) -> dict[str, Any]:
        """Return the configuration with defaults filled in and absolute paths, ready for YAML.

        `load_config` reads it back from any folder to a configuration that resolves, and digests,
        to the same.
        """
        return {
            "datasets": [dataset.resolved() for dataset in self.datasets],
            "methods": [self._resolved_method(method) for method in self.methods],
            "ties": self.ties,
            "statistics": self.statistics.model_dump(),
            "permissive_only": self.permissive_only,
            "output": {"dir": str(self.output.dir.absolute())},
        }

    @property
    def digest(self) -> str:
        """SHA-256 of all that decides the results: `resolved` without `output`, as JSON.

        Files that methods read, such as prompts or an ensemble, are in it with what they hold.
        """
        content = {key: value for key, value in self.resolved().items() if key != "output"}
        content["files"] = [
            sha256(file.read_bytes()).hexdigest()
            for method in self.methods
            for file in parameter_files(method.class_name, method.params).values()
        ]
        return sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()

    def _resolved_method(self, method: MethodConfig) -> dict[str, Any]:
        dataset = self.dataset_of(method)
        if method.scores is None or dataset is None:
            files = parameter_files(method.class_name, method.params)
            params = method.params | {name: str(file.absolute()) for name, file in files.items()}
            return {"name": method.name, "class": method.class_name, "params": params}
        scores = without_none(method.scores)
        file = str((dataset.root / method.scores.file).absolute())
        return {"name": method.name, "scores": scores | {"file": file, "dataset": dataset.name}}


def load_config(
    path: Path, *, output: Path | None = None, permissive_only: bool = False
) -> BenchmarkConfig:
    """Read a configuration file and check all of it before anything is loaded or scored.

    Args:
        path: The file.
        output: Folder for the results, instead of `output.dir`.
        permissive_only: Whatever the file says, only permissive licences will do.

    Raises:
        ConfigError: It cannot be used. The message lists every problem: file, line, key, what is
            wrong, and what is allowed.
    """
    document = read_yaml(path)
    content, problems = document.content, list(document.repeated)
    note = isinstance(content, Mapping) and "dataset" in content
    if note and "datasets" in content:
        problems.append(Problem(("dataset",), "given beside `datasets`; allowed: one of the two"))
        content = {key: value for key, value in content.items() if key != "dataset"}
        note = False
    content = in_list_form(content)
    if output is not None and isinstance(content, Mapping):
        content = {**content, "output": _with_dir(content.get("output"), output)}
    if permissive_only and isinstance(content, Mapping):
        content = {**content, "permissive_only": True}
    if note:
        content = {**content, "datasets": [_with_reader(content["datasets"][0])]}
    config, wrong, sound = shape_problems(content, BenchmarkConfig)
    wrong.extend(check(sound, note=note))
    problems += [_as_written(problem) for problem in wrong] if note else wrong
    if problems or config is None:
        raise document.error(problems)
    return config


def _with_dir(block: Any, output: Path) -> dict[str, Any]:
    return {**(block if isinstance(block, Mapping) else {}), "dir": output}


def _with_reader(block: Any) -> Any:
    """State the reader of the note's `dataset`."""
    if not isinstance(block, Mapping) or block.get("reader") is not None:
        return block
    return {**block, "reader": note_reader(block)}


def _as_written(problem: Problem) -> Problem:
    """Name the place of a problem in the note's form, which has `dataset` for `datasets.0`."""
    if problem.place[:2] == ("datasets", 0):
        return Problem(("dataset", *problem.place[2:]), problem.what, problem.line)
    return problem
