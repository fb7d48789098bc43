"""The blocks of a benchmark's configuration: data sets, samples, methods, scores, statistics."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, Strict, model_validator
from pydantic_core import PydanticCustomError

from sim_bench.benchmark.config_datasets import FOLDER, default_reader
from sim_bench.benchmark.config_files import UnsetVariableError, expand
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


class Block(BaseModel):
    """A block of a configuration: no unknown keys, and never changed."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def without_none(block: BaseModel) -> dict[str, Any]:
    """Return a block as a mapping, without what is not given."""
    return {name: value for name, value in block.model_dump().items() if value is not None}


class SampleList(Block):
    """A CSV file that names items: a path relative to the data set's root, and a column."""

    file: Place
    column: Name


class Sample(Block):
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


class DatasetConfig(Block):
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
        photos_from: Data sets that its photos are from, for a table of your own: methods that were
            trained on them are marked.
    """

    name: Name
    reader: Name
    root: Place
    split: str | None = None
    params: dict[str, Any] = {}
    pairs_from: Positive | None = None
    tolerance: Positive | None = None
    sample: Sample | None = None
    photos_from: tuple[Name, ...] = ()

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

    def resolved(self) -> dict[str, Any]:
        """Return the block with defaults filled in and absolute paths, ready for YAML."""
        block = without_none(self) | {"root": str(self.root.absolute())}
        block["photos_from"] = list(self.photos_from)
        if self.sample:
            block["sample"] = without_none(self.sample)
        if self.sample and self.sample.listed_in and self.listed_in:
            file = str(self.listed_in.absolute())
            block["sample"]["listed_in"] = {"file": file, "column": self.sample.listed_in.column}
        return block


class Scores(Block):
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


class MethodConfig(Block):
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


class Statistics(Block):
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


class OutputConfig(Block):
    """Folder for the results, relative to where the benchmark is run."""

    dir: Place
