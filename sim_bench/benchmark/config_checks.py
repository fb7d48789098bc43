"""What is wrong in a configuration whose keys and kinds are right: names, files, folders."""

from collections.abc import Iterator, Mapping
from typing import Any

from sim_bench.benchmark.config_datasets import dataset_problems
from sim_bench.benchmark.config_methods import method_problems
from sim_bench.benchmark.config_places import KeyPath, Problem
from sim_bench.benchmark.config_shape import Sound


def in_list_form(content: Any) -> Any:
    """Write the note's single `dataset` as a list of one; leave everything else."""
    if isinstance(content, Mapping) and "dataset" in content and "datasets" not in content:
        rest = {key: value for key, value in content.items() if key != "dataset"}
        return {**rest, "datasets": [content["dataset"]]}
    return content


def check(content: Sound, *, note: bool = False) -> Iterator[Problem]:
    """Yield every problem that takes several keys, the tables of names, or the disk to see.

    Args:
        content: The configuration in list form, without what is wrong in its shape.
        note: Whether it was written in the note's form, with `dataset`.
    """
    datasets = content.get("datasets") or []
    methods = content.get("methods") or []
    yield from _same_names("data sets", ("datasets",), datasets)
    yield from _same_names("methods", ("methods",), methods)
    for number, block in enumerate(datasets):
        written = "dataset" if note else f"datasets.{number}"
        yield from dataset_problems(("datasets", number), written, block, note=note)
    for number, block in enumerate(methods):
        yield from method_problems(("methods", number), block, datasets)


def _same_names(what: str, place: KeyPath, blocks: list[Sound]) -> Iterator[Problem]:
    seen: set[str] = set()
    for number, block in enumerate(blocks):
        name = block.get("name")
        if name in seen:
            said = f"two {what} are named {name!r}; each needs a name of its own"
            yield Problem((*place, number, "name"), said)
        if name is not None:
            seen.add(name)
