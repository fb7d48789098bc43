"""The YAML of a quality benchmark: which photos, which methods, where the results go."""

import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, Strict, model_validator
from pydantic_core import PydanticCustomError

from sim_bench.benchmark.config_checks import (
    FOLDER,
    check,
    default_reader,
    in_list_form,
    note_reader,
)
from sim_bench.benchmark.config_files import UnsetVariableError, expand
from sim_bench.benchmark.config_places import Problem, read_yaml
from sim_bench.benchmark.config_shape import shape_problems
from sim_bench.registry import dataset_class

if TYPE_CHECKING:
    from sim_bench.datasets.base import Dataset


def _place(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if not value.strip():
        raise PydanticCustomError("path_type", "an empty path")
    try:
        return expand(value)
    except UnsetVariableError as error:
        raise PydanticCustomError(
            "variable_not_set", "{variable} is not set", {"variable": error.variable}
        ) from error


Place = Annotated[Path, BeforeValidator(_place)]
Name = Annotated[str, Field(min_length=1)]
Count = Annotated[int, Strict(), Field(gt=0)]
Seed = Annotated[int, Strict(), Field(ge=0)]
Positive = Annotated[float, Strict(), Field(gt=0, allow_inf_nan=False)]
Of = Literal["groups", "pairs", "images"]
Ties = Literal["half", "left", "right"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SampleList(_Strict):
    """A CSV file that names items: a path relative to the data set's root, and a column."""

    file: Place
    column: Name


class Sample(_Strict):
    """A part of a data set: `number` items drawn with `seed`, or those that a file names.

    Attributes:
        number: How many to draw; None with `listed_in`.
        of: What is drawn or listed: whole groups (series), single pairs, or single images.
        seed: Decides which.
        listed_in: The items to take, all of them; None with `number`.
    """

    number: Count | None = None
    of: Of = "groups"
    seed: Seed = 0
    listed_in: SampleList | None = None


class DatasetConfig(_Strict):
    """One data set.

    Attributes:
        name: Its label in the results.
        reader: Name or class of a reader of `registry.DATASETS`, or "folder": photos without
            labels. Without one: the name, if it is a reader's, else "folder".
        root: Its folder.
        split: Official split; None for all that have labels.
        params: Further parameters of the reader.
        pairs_from: For opinions in series: pairs whose mean opinions differ by at least this, in
            units of the opinions, are benchmarked as well; None: none.
        tolerance: A pick within this of the best of its series counts as good, in units of the
            opinions; None: not reported.
        sample: The part to use; None for all.
    """

    name: Name
    reader: Name
    root: Place
    split: str | None = None
    params: dict[str, Any] = {}
    pairs_from: Positive | None = None
    tolerance: Positive | None = None
    sample: Sample | None = None

    @model_validator(mode="before")
    @classmethod
    def _reader_by_name(cls, block: Any) -> Any:
        if isinstance(block, Mapping) and block.get("reader") is None:
            return {**block, "reader": default_reader(block.get("name"))}
        return block

    def open(self) -> "Dataset | None":
        """Make the reader; None for a folder of photos without labels.

        Raises:
            ValueError: The reader refuses the split or a parameter; not after `load_config`.
        """
        if self.reader == FOLDER:
            return None
        return dataset_class(self.reader)(self.root, self.split, **self.params)

    @property
    def listed_in(self) -> Path | None:
        """The file that names the sample; None without one."""
        listed = self.sample.listed_in if self.sample else None
        return self.root / listed.file if listed else None


class Scores(_Strict):
    """Scores computed elsewhere, in a CSV file.

    Attributes:
        file: The file, relative to the root of its data set.
        dataset: Name of that data set; may be left out where there is only one.
        image: Column of image ids; None for scores listed by pair.
        score: Column of scores of those.
        pair: Column of pair ids; None for scores listed by image.
        left: Column of the left photo's score.
        right: Column of the right photo's score.
        direction: "higher": a larger score is a better photo; "lower": a smaller one.
    """

    file: Place
    dataset: str | None = None
    image: Name | None = None
    score: Name | None = None
    pair: Name | None = None
    left: Name | None = None
    right: Name | None = None
    direction: Literal["higher", "lower"] = "higher"

    @model_validator(mode="before")
    @classmethod
    def _by_image(cls, block: Any) -> Any:
        if isinstance(block, Mapping) and not {"pair", "left", "right"} & block.keys():
            return {"image": "image", "score": "score"} | dict(block)
        return block


class MethodConfig(_Strict):
    """One method: its column, and its class with parameters or its scores.

    Attributes:
        name: Its name in the results.
        class_name: Name or class of a method of `registry.METHODS`; empty with `scores`.
        params: Parameters of its constructor.
        scores: Where its scores lie; None with a class.
    """

    name: Name
    class_name: str = Field(default="", alias="class")
    params: dict[str, Any] = {}
    scores: Scores | None = None


class Statistics(_Strict):
    """How sure the results are said to be.

    Attributes:
        level: Level of the intervals; 1 - level is that of the tests.
        resamples: Of the bootstrap.
        permutations: Of the permutation tests.
        seed: Of both.
    """

    level: Annotated[float, Strict(), Field(gt=0, lt=1)] = 0.95
    resamples: Count = 2000
    permutations: Count = 10000
    seed: Seed = 0


class OutputConfig(_Strict):
    """Folder for the results, relative to where the benchmark is run."""

    dir: Place


class BenchmarkConfig(_Strict):
    """A whole configuration.

    `load_config` checks more than this record does by itself: what takes several keys, the
    tables of methods and readers, or the disk.

    Attributes:
        datasets: At least one; a file may give one as `dataset` instead.
        methods: At least one.
        ties: What two exactly equal scores of a pair count as: half, or a choice of one side.
        statistics: Intervals and tests.
        output: Where the results go.
    """

    datasets: Annotated[tuple[DatasetConfig, ...], Field(min_length=1)]
    methods: Annotated[tuple[MethodConfig, ...], Field(min_length=1)]
    ties: Ties = "half"
    statistics: Statistics = Statistics()
    output: OutputConfig

    @model_validator(mode="before")
    @classmethod
    def _one_data_set(cls, content: Any) -> Any:
        return in_list_form(content)

    @property
    def dataset(self) -> DatasetConfig:
        """The first data set."""
        return self.datasets[0]

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

        `load_config` reads it back to an equal configuration, from any folder.
        """
        return {
            "datasets": [_resolved_dataset(dataset) for dataset in self.datasets],
            "methods": [self._resolved_method(method) for method in self.methods],
            "ties": self.ties,
            "statistics": self.statistics.model_dump(),
            "output": {"dir": str(self.output.dir.absolute())},
        }

    @property
    def digest(self) -> str:
        """SHA-256 of all that decides the results: `resolved` without `output`, as JSON."""
        content = {key: value for key, value in self.resolved().items() if key != "output"}
        return sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()

    def _resolved_method(self, method: MethodConfig) -> dict[str, Any]:
        dataset = self.dataset_of(method)
        if method.scores is None or dataset is None:
            return {"name": method.name, "class": method.class_name, "params": method.params}
        scores = _without_none(method.scores)
        file = str((dataset.root / method.scores.file).absolute())
        return {"name": method.name, "scores": scores | {"file": file, "dataset": dataset.name}}


def _without_none(block: BaseModel) -> dict[str, Any]:
    return {name: value for name, value in block.model_dump().items() if value is not None}


def _resolved_dataset(dataset: DatasetConfig) -> dict[str, Any]:
    block = _without_none(dataset) | {"root": str(dataset.root.absolute())}
    if dataset.sample:
        block["sample"] = _without_none(dataset.sample)
    if dataset.sample and dataset.sample.listed_in and dataset.listed_in:
        column = dataset.sample.listed_in.column
        block["sample"]["listed_in"] = {
            "file": str(dataset.listed_in.absolute()),
            "column": column,
        }
    return block


def load_config(path: Path, *, output: Path | None = None) -> BenchmarkConfig:
    """Read a configuration file and check all of it before anything is loaded or scored.

    Args:
        path: The file.
        output: Folder for the results, instead of `output.dir`.

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
