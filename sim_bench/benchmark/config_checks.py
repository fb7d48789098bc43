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
    datasets = _blocks(content, "datasets")
    methods = _blocks(content, "methods")
    yield from _same_names("data sets", ("datasets",), datasets)
    yield from _same_names("methods", ("methods",), methods)
    for number, block in datasets.items():
        written = "dataset" if note else f"datasets.{number}"
        yield from dataset_problems(("datasets", number), written, block, note=note)
    all_known = len(datasets) == len(content.get("datasets") or [])
    for number, block in methods.items():
        named = list(datasets.values()) if all_known else []
        yield from method_problems(("methods", number), block, named)


def _blocks(content: Sound, key: str) -> dict[int, Sound]:
    """Return the blocks of a list by position, without what is no block."""
    blocks = enumerate(content.get(key) or [])
    return {number: block for number, block in blocks if isinstance(block, Sound)}


def _same_names(what: str, place: KeyPath, blocks: Mapping[int, Sound]) -> Iterator[Problem]:
    seen: set[str] = set()
    for number, block in blocks.items():
        name = block.get("name")
        if name in seen:
            said = f"two {what} are named {name!r}; each needs a name of its own"
            yield Problem((*place, number, "name"), said)
        if name is not None:
            seen.add(name)
