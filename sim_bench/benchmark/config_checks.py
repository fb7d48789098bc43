"""What is wrong in a configuration whose keys and kinds are right: names, files, folders."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim_bench.benchmark.config_files import UnsetVariableError, columns_missing, expand
from sim_bench.benchmark.config_params import made, parameter_problems
from sim_bench.benchmark.config_places import KeyPath, Problem, unknown
from sim_bench.quality_assessment.record import COLUMNS
from sim_bench.registry import DATASETS, METHODS, dataset_class, method_class

if TYPE_CHECKING:
    from sim_bench.datasets.base import Dataset

FOLDER = "folder"
"""The reader of photos without labels."""

NOT_HERE_YET = ("NIMAAssessor",)
"""Methods that the experiment note names and this version lacks: the run reports them as failed."""

_SAMPLED = {"pairwise": ("groups", "pairs"), "opinion": ("groups", "images")}
"""What can be drawn from each shape of judgement."""


def in_list_form(content: Any) -> Any:
    """Write the note's single `dataset` as a list of one; leave everything else."""
    if isinstance(content, Mapping) and "dataset" in content and "datasets" not in content:
        rest = {key: value for key, value in content.items() if key != "dataset"}
        return {**rest, "datasets": [content["dataset"]]}
    return content


def default_reader(name: Any) -> str:
    """Return the reader of a data set that states none: its name, or a folder of photos."""
    return name if isinstance(name, str) and name in _names(DATASETS) else FOLDER


def note_reader(block: Mapping[str, Any]) -> str:
    """Return the reader of the note's `dataset`, which states none.

    The note scores a folder of photos, so labels are read only where they are there, or where
    a split or parameters ask for a reader.
    """
    name = default_reader(block.get("name"))
    if name == FOLDER or block.get("split") or block.get("params"):
        return name
    root = _root(block)
    if root is None or not root.is_dir():
        return FOLDER
    reader, _ = made((), dataset_class(name), {"root": root})
    return name if reader and any(map(reader.find, reader.label_files)) else FOLDER


def check(content: Mapping[str, Any], *, note: bool = False) -> Iterator[Problem]:
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
        yield from _dataset(("datasets", number), written, block, note=note)
    for number, block in enumerate(methods):
        yield from _method(("methods", number), block, datasets)


def _names(table: Mapping[str, str]) -> list[str]:
    return [*table, *(target.partition(":")[2] for target in table.values())]


def _same_names(what: str, place: KeyPath, blocks: list[Mapping[str, Any]]) -> Iterator[Problem]:
    seen: set[str] = set()
    for number, block in enumerate(blocks):
        name = block.get("name")
        if name in seen:
            said = f"two {what} are named {name!r}; each needs a name of its own"
            yield Problem((*place, number, "name"), said)
        if name is not None:
            seen.add(name)


def _root(block: Mapping[str, Any]) -> Path | None:
    """Return the root; None where there is none, or a variable in it is not set."""
    root = block.get("root")
    try:
        return expand(root) if isinstance(root, str) else root
    except UnsetVariableError:
        return None


def _dataset(
    place: KeyPath, written: str, block: Mapping[str, Any], *, note: bool
) -> Iterator[Problem]:
    name = block.get("name", "the data set")
    root = _root(block)
    if root is not None and not root.is_dir():
        yield Problem(
            (*place, "root"),
            f"{root} is not a folder here, so there are no {name} photos or labels; "
            f"set {written}.root to the folder that holds them "
            "(docs/datasets.md says where each data set is to be had)",
        )
    reader = block.get("reader") or default_reader(name)
    shape = None
    if reader == FOLDER:
        yield from _folder(place, block, note=note)
    elif reader not in _names(DATASETS):
        known = [FOLDER, *_names(DATASETS)]
        yield Problem((*place, "reader"), unknown(f"no reader '{reader}'", known))
    else:
        cls = dataset_class(reader)
        shape = cls.info.shape
        yield from _reader(place, block, cls, root)
    yield from _sample(place, block, shape, root)
    if block.get("pairs_from") is not None and shape != "opinion" and reader != FOLDER:
        what = "only for data sets of opinions; this one is of pairs already, or unknown"
        yield Problem((*place, "pairs_from"), what)


def _folder(place: KeyPath, block: Mapping[str, Any], *, note: bool) -> Iterator[Problem]:
    if block.get("reader") is None and not note and block.get("name"):
        known = [FOLDER, *_names(DATASETS)]
        what = f"none is given, and none is called '{block['name']}'"
        yield Problem((*place, "reader"), unknown(what, known))
        return
    for key in ("split", "params", "pairs_from", "tolerance", "sample"):
        if block.get(key):
            what = "a folder of photos without labels has none; leave it out, or give a reader"
            yield Problem((*place, key), what)


def _reader(
    place: KeyPath, block: Mapping[str, Any], cls: "type[Dataset]", root: Path | None
) -> Iterator[Problem]:
    split, params = block.get("split"), block.get("params") or {}
    wrong = [*parameter_problems((*place, "params"), cls, params, ("root", "split"))]
    if split is not None and split not in cls.info.splits:
        what = f"{cls.info.name} has no split '{split}'"
        wrong.append(Problem((*place, "split"), unknown(what, cls.info.splits)))
    yield from wrong
    if wrong or root is None or not root.is_dir():
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
    place: KeyPath, block: Mapping[str, Any], shape: str | None, root: Path | None
) -> Iterator[Problem]:
    sample = block.get("sample")
    if not sample:
        return
    place = (*place, "sample")
    number, listed = sample.get("number"), sample.get("listed_in")
    if (number is None) == (listed is None):
        yield Problem(place, "give either `number` or `listed_in`, one of the two")
    allowed = _SAMPLED.get(shape or "", ("groups", "pairs", "images"))
    if (of := sample.get("of", "groups")) not in allowed:
        what = f"got {of!r}, and the judgements are of shape {shape!r}"
        yield Problem((*place, "of"), f"{what}; allowed: {', '.join(allowed)}")
    if listed and root is not None and root.is_dir():
        yield from _table((*place, "listed_in"), listed, root, ("column",))


def _table(
    place: KeyPath, block: Mapping[str, Any], root: Path, keys: tuple[str, ...]
) -> Iterator[Problem]:
    """Check that a file below a root is there and has the columns that these keys name."""
    file = block.get("file")
    try:
        path = root / expand(file) if file else None
    except UnsetVariableError:
        return
    columns = [block[key] for key in keys if block.get(key)]
    if path and (what := columns_missing(path, columns)):
        yield Problem((*place, "file"), what)


def _method(
    place: KeyPath, block: Mapping[str, Any], datasets: list[Mapping[str, Any]]
) -> Iterator[Problem]:
    cls, scores, params = block.get("class"), block.get("scores"), block.get("params") or {}
    if block.get("name") in COLUMNS:
        what = f"the results have a column {block['name']!r} already; choose another name"
        yield Problem((*place, "name"), what)
    if bool(cls) == bool(scores):
        yield Problem(place, "give either `class`, with `params`, or `scores`, one of the two")
    elif scores and params:
        yield Problem((*place, "params"), "precomputed scores have none; leave it out")
    if scores:
        yield from _scores((*place, "scores"), scores, datasets)
    if cls and cls not in NOT_HERE_YET:
        yield from _class(place, cls, params)


def _class(place: KeyPath, name: str, params: Mapping[str, Any]) -> Iterator[Problem]:
    if name not in _names(METHODS):
        yield Problem((*place, "class"), unknown(f"no method '{name}'", _names(METHODS)))
        return
    cls = method_class(name)
    wrong = [*parameter_problems((*place, "params"), cls, params)]
    yield from wrong
    if not wrong and (problem := made((*place, "params"), cls, params)[1]):
        yield problem


def _scores(
    place: KeyPath, scores: Mapping[str, Any], datasets: list[Mapping[str, Any]]
) -> Iterator[Problem]:
    by_pair = {"pair", "left", "right"} & scores.keys()
    by_image = {"image", "score"} & scores.keys()
    keys: tuple[str, ...] = ("pair", "left", "right") if by_pair else ("image", "score")
    if by_pair and by_image:
        yield Problem(place, "give either `image` and `score`, or `pair`, `left` and `right`")
    elif by_pair and (absent := [key for key in keys if not scores.get(key)]):
        what = f"scores listed by pair need {', '.join(keys)}; not there: {', '.join(absent)}"
        yield Problem(place, what)
    names = [block["name"] for block in datasets if "name" in block]
    wanted = scores.get("dataset")
    if wanted is None and len(datasets) > 1:
        what = f"say which data set they are for: `dataset`; allowed: {', '.join(names)}"
        yield Problem(place, what)
        return
    if wanted is not None and wanted not in names:
        yield Problem((*place, "dataset"), unknown(f"no data set is named '{wanted}'", names))
        return
    block = next((one for one in datasets if wanted in (None, one.get("name"))), {})
    root = _root(block)
    if root is not None and root.is_dir():
        defaults = {} if by_pair else {"image": "image", "score": "score"}
        yield from _table(place, defaults | dict(scores), root, keys)
