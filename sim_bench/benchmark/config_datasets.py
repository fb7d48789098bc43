"""What is wrong in a block of `datasets` whose keys and kinds are right."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim_bench.benchmark.config_files import root_of, table_problems
from sim_bench.benchmark.config_params import made, names_of, parameter_problems
from sim_bench.benchmark.config_places import KeyPath, Problem, unknown
from sim_bench.benchmark.config_shape import Sound
from sim_bench.registry import DATASETS, dataset_class

if TYPE_CHECKING:
    from sim_bench.datasets.base import Dataset

FOLDER = "folder"
"""The reader of photos without labels."""

_SAMPLED = {"pairwise": ("groups", "pairs"), "opinion": ("groups", "images")}
"""What can be drawn from each shape of judgement."""


def default_reader(name: Any) -> str:
    """Return the reader of a data set that states none: its name, or a folder of photos."""
    return name if isinstance(name, str) and name in names_of(DATASETS) else FOLDER


def note_reader(block: Mapping[str, Any]) -> str:
    """Return the reader of the note's `dataset`, which states none.

    The note scores a folder of photos, so labels are read only where they are there, or where
    a split or parameters ask for a reader.
    """
    name = default_reader(block.get("name"))
    if name == FOLDER or block.get("split") or block.get("params"):
        return name
    root = root_of(block)
    if root is None or not root.is_dir():
        return FOLDER
    reader, _ = made((), dataset_class(name), {"root": root})
    return name if reader and any(map(reader.find, reader.label_files)) else FOLDER


def dataset_problems(
    place: KeyPath, written: str, block: Sound, *, note: bool
) -> Iterator[Problem]:
    """Yield what is wrong in a data set's block.

    Args:
        place: Where the block is, in list form.
        written: The same as the file has it, for advice.
        block: The block, without what is wrong in its shape.
        note: Whether the file has the note's form, with `dataset`.
    """
    name = block.get("name", "the data set")
    root = root_of(block)
    if root is not None and not root.is_dir():
        yield Problem(
            (*place, "root"),
            f"{root} is not a folder here, so there are no {name} photos or labels; "
            f"set {written}.root to the folder that holds them "
            "(docs/datasets.md says where each data set is to be had)",
        )
    reader = _reader_meant(block)
    shape = None
    if reader == FOLDER:
        yield from _folder(place, block, note=note)
    elif reader and reader not in names_of(DATASETS):
        known = [FOLDER, *names_of(DATASETS)]
        yield Problem((*place, "reader"), unknown(f"no reader '{reader}'", known))
    elif reader:
        cls = dataset_class(reader)
        shape = cls.info.shape
        yield from _reader(place, block, cls, root)
    yield from _sample(place, block, shape, root)
    if block.get("pairs_from") is not None and shape == "pairwise":
        what = "only for data sets of opinions; this one is of pairs already"
        yield Problem((*place, "pairs_from"), what)


def _reader_meant(block: Sound) -> str | None:
    """Return the reader; None where what is wrong in the block keeps it from being known."""
    if block.get("reader"):
        return str(block["reader"])
    return None if block.gives("reader") or "name" not in block else default_reader(block["name"])


def _folder(place: KeyPath, block: Sound, *, note: bool) -> Iterator[Problem]:
    if block.get("reader") is None and not note:
        known = [FOLDER, *names_of(DATASETS)]
        what = f"none is given, and none is called '{block['name']}'"
        yield Problem((*place, "reader"), unknown(what, known))
        return
    for key in ("split", "params", "pairs_from", "tolerance", "sample"):
        if block.get(key):
            what = "a folder of photos without labels has none; leave it out, or give a reader"
            yield Problem((*place, key), what)


def _reader(
    place: KeyPath, block: Sound, cls: "type[Dataset]", root: Path | None
) -> Iterator[Problem]:
    split, params = block.get("split"), block.get("params") or {}
    wrong: list[Problem] = []
    if "params" not in block.wrong:
        wrong.extend(parameter_problems((*place, "params"), cls, params, ("root", "split")))
    if split is not None and split not in cls.info.splits:
        what = f"{cls.info.name} has no split '{split}'"
        wrong.append(Problem((*place, "split"), unknown(what, cls.info.splits)))
    yield from wrong
    if wrong or block.wrong & {"split", "params"} or root is None or not root.is_dir():
        return
    arguments = {"root": root, "split": split, **params}
    reader, problem = made((*place, "params"), cls, arguments)
    if problem:
        yield problem
    if reader:
        yield from _labels((*place, "root"), reader)


def _labels(place: KeyPath, reader: "Dataset") -> Iterator[Problem]:
    """Yield the label files that are missing; one of them may be enough for a single split."""
    needed = [label for label in reader.label_files if label.needed]
    absent = [label for label in needed if reader.find(label) is None]
    if reader.split is None or len(absent) == len(needed):
        for label in absent:
            what = f"{reader.root} has no {' or '.join(label.places)}; {reader.info.source}"
            yield Problem(place, what)


def _sample(
    place: KeyPath, block: Sound, shape: str | None, root: Path | None
) -> Iterator[Problem]:
    sample = block.get("sample")
    if sample is None:
        return
    place = (*place, "sample")
    if sample.gives("number") == sample.gives("listed_in"):
        yield Problem(place, "give either `number` or `listed_in`, one of the two")
    allowed = _SAMPLED.get(shape or "", ("groups", "pairs", "images"))
    if (of := sample.get("of", "groups")) not in allowed:
        what = f"got {of!r}, and the judgements are of shape {shape!r}"
        yield Problem((*place, "of"), f"{what}; allowed: {', '.join(allowed)}")
    listed = sample.get("listed_in")
    if listed and root is not None and root.is_dir():
        yield from table_problems((*place, "listed_in"), listed, root, ("column",))
