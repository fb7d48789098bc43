"""What is wrong in a block of `methods` whose keys and kinds are right."""

from collections.abc import Iterator, Mapping
from typing import Any

from sim_bench.benchmark.config_files import root_of, table_problems
from sim_bench.benchmark.config_params import made, names_of, parameter_problems
from sim_bench.benchmark.config_places import KeyPath, Problem, unknown
from sim_bench.benchmark.config_shape import Sound
from sim_bench.quality_assessment.record import COLUMNS
from sim_bench.registry import METHODS, method_class

RESERVED = (*COLUMNS, "dataset", "image", "mean", "spread", "n", "group", "brightness")
"""Columns of the results' tables, which no method may be named after."""

BY_IMAGE = ("image", "score")
BY_PAIR = ("pair", "left", "right")
"""The columns of scores listed by image and by pair."""


def method_problems(place: KeyPath, block: Sound, datasets: list[Sound]) -> Iterator[Problem]:
    """Yield what is wrong in a method's block.

    Args:
        place: Where the block is.
        block: The block, without what is wrong in its shape.
        datasets: The blocks of all data sets; empty if one of them cannot be made out.
    """
    cls, scores, params = block.get("class"), block.get("scores"), block.get("params") or {}
    if block.get("name") in RESERVED:
        what = f"the results have a column {block['name']!r} already; choose another name"
        yield Problem((*place, "name"), what)
    if block.gives("class") == block.gives("scores"):
        yield Problem(place, "give either `class`, with `params`, or `scores`, one of the two")
    elif block.gives("scores") and params:
        yield Problem((*place, "params"), "precomputed scores have none; leave it out")
    if scores is not None:
        yield from _scores((*place, "scores"), scores, datasets)
    if cls:
        yield from _class(place, cls, None if "params" in block.wrong else params)


def _class(place: KeyPath, name: str, params: Mapping[str, Any] | None) -> Iterator[Problem]:
    if name not in names_of(METHODS):
        yield Problem((*place, "class"), unknown(f"no method '{name}'", names_of(METHODS)))
        return
    cls = method_class(name)
    if params is None:
        return
    wrong = [*parameter_problems((*place, "params"), cls, params)]
    yield from wrong
    if not wrong and (problem := made((*place, "params"), cls, params)[1]):
        yield problem


def _scores(place: KeyPath, scores: Sound, datasets: list[Sound]) -> Iterator[Problem]:
    by_pair = any(map(scores.gives, BY_PAIR))
    by_image = any(map(scores.gives, BY_IMAGE))
    keys = BY_PAIR if by_pair else BY_IMAGE
    if by_pair and by_image:
        yield Problem(place, "give either `image` and `score`, or `pair`, `left` and `right`")
    elif by_pair and (absent := [key for key in keys if not scores.gives(key)]):
        what = f"scores listed by pair need {', '.join(keys)}; not there: {', '.join(absent)}"
        yield Problem(place, what)
    unnamed = not datasets or not all("name" in block for block in datasets)
    if unnamed or "dataset" in scores.wrong:
        return
    names = [block["name"] for block in datasets]
    wanted = scores.get("dataset")
    if wanted is None and len(datasets) > 1:
        what = f"say which data set they are for: `dataset`; allowed: {', '.join(names)}"
        yield Problem(place, what)
        return
    if wanted is not None and wanted not in names:
        yield Problem((*place, "dataset"), unknown(f"no data set is named '{wanted}'", names))
        return
    root = root_of(next(one for one in datasets if wanted in (None, one["name"])))
    if root is not None and root.is_dir():
        defaults = {} if by_pair else dict(zip(BY_IMAGE, BY_IMAGE, strict=True))
        yield from table_problems(place, defaults | dict(scores), root, keys)
