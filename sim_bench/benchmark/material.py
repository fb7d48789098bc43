"""What a run is about: the judgements of each data set, the part of them that is used, the photos.

Everything here is read before any model is loaded, so that a mistake costs no time.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from sim_bench.benchmark.config import DatasetConfig
from sim_bench.benchmark.sample import sample_opinions, sample_pairs
from sim_bench.datasets.judgements import Opinions, Pairs
from sim_bench.datasets.series_pairs import pairs_of
from sim_bench.errors import DataMissingError
from sim_bench.images.discover import discover
from sim_bench.registry import DATASETS, dataset_class

if TYPE_CHECKING:
    import pandas as pd

    from sim_bench.datasets.base import Dataset

NO_LABELS = "folder"


@dataclass(frozen=True)
class Material:
    """One data set, ready to be scored.

    Attributes:
        name: What the configuration calls it.
        reader: Which reader read it.
        title: Its name in full, and which sample of it this is.
        licence: On which terms.
        images: Path by image id, of all photos that take part.
        opinions: Opinions about them; None where it has none.
        pairs: Preferences between them; None where it has none.
        all_pairs: Preferences before a sample was drawn, for what depends on a whole series.
        known_as: Names of data sets whose photos these are, for contamination.
        label_files: Files that were read.
        left_out: How many rows of them name no usable item, by reason.
        note: What must not be missed; empty if nothing.
    """

    name: str
    reader: str
    title: str
    licence: str
    images: Mapping[str, Path]
    opinions: Opinions | None = None
    pairs: Pairs | None = None
    all_pairs: Pairs | None = None
    known_as: tuple[str, ...] = ()
    label_files: tuple[Path, ...] = ()
    left_out: Mapping[str, int] = field(default_factory=dict)
    note: str = ""


def load_material(config: DatasetConfig) -> Material:
    """Read one data set and draw its sample.

    Raises:
        DataMissingError: A label file is missing.
        DatasetError: A label file is not as its format says, or the sample names unknown items.
        DiscoveryError: A folder without labels holds no photos.
    """
    reader = config.open()
    if reader is None:
        return _unlabelled(config)
    judged = reader.read()
    opinions = judged if isinstance(judged, Opinions) else None
    pairs = judged if isinstance(judged, Pairs) else None
    left_out = Counter(judged.left_out.values())
    if opinions is not None and config.sample:
        opinions = sample_opinions(opinions, config)
    if opinions is not None and config.pairs_from is not None:
        pairs = pairs_of(opinions, config.pairs_from)
        left_out += Counter(f"pairs: {reason}" for reason in pairs.left_out.values())
    all_pairs = pairs
    if pairs is not None and opinions is None and config.sample:
        pairs = sample_pairs(pairs, config)
    info = reader.info
    return Material(
        name=config.name,
        reader=info.name,
        title=info.title + _sampled(config),
        licence=info.licence,
        images=_images(opinions, pairs),
        opinions=opinions,
        pairs=pairs,
        all_pairs=all_pairs,
        known_as=tuple(
            dict.fromkeys((config.name, info.name, *info.shares_photos_with, *config.photos_from))
        ),
        label_files=_label_files(reader, config),
        left_out=dict(left_out),
    )


def _sampled(config: DatasetConfig) -> str:
    """Say that this is a part; nothing for all of it."""
    sample = config.sample
    if sample is None:
        return ""
    if sample.listed_in is not None:
        return f", the {sample.of} listed in {sample.listed_in.file.name}"
    return f", {sample.number} {sample.of} drawn at random (seed {sample.seed})"


def _unlabelled(config: DatasetConfig) -> Material:
    paths = discover([config.root]).paths
    return Material(
        name=config.name,
        reader=NO_LABELS,
        title=f"photos under {config.root}",
        licence="not known",
        images={_id(path, config.root): path for path in paths},
        known_as=(config.name, *config.photos_from),
        note=_note(config),
    )


def _note(config: DatasetConfig) -> str:
    """Say so where labels could be expected: the name is that of a data set."""
    if config.name not in DATASETS:
        return ""
    info = dataset_class(config.name).info
    missing = " or ".join(place for label in info.labels for place in label.places[:1])
    return (
        f"{config.root} holds photos but no labels of {info.title} ({missing}): nothing is said "
        "about agreement with people, only about agreement between methods"
    )


def _id(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)


def _images(opinions: Opinions | None, pairs: Pairs | None) -> dict[str, Path]:
    found: dict[str, Path] = {}
    if opinions is not None:
        found |= {image: opinions.photos / image for image in opinions.table["image"]}
    if pairs is not None:
        found |= {image: pairs.photos / image for image in _of_pairs(pairs.table)}
    return found


def _of_pairs(table: "pd.DataFrame") -> list[str]:
    """Both photos of every pair, in the order in which they are first named."""
    columns = zip(table["left"], table["right"], strict=True)
    return list(dict.fromkeys(image for pair in columns for image in pair))


def _label_files(reader: "Dataset", config: DatasetConfig) -> tuple[Path, ...]:
    found = [path for label in reader.label_files if (path := reader.find(label))]
    named = reader.root / str(config.params["labels"]) if "labels" in config.params else None
    if named and named.is_file():
        found.append(named)
    if config.listed_in:
        found.append(config.listed_in)
    return tuple(dict.fromkeys(found))


def need_labels(material: Material) -> None:
    """Refuse a data set that says nothing.

    Raises:
        DataMissingError: Neither opinions nor pairs are left.
    """
    for judged in (material.opinions, material.pairs):
        if judged is not None and len(judged.table):
            return
    if material.reader != NO_LABELS:
        reasons = "; ".join(f"{n} {reason}" for reason, n in material.left_out.items())
        raise DataMissingError(
            f"{material.name}: no judgement is left to benchmark against ({reasons or 'no rows'})"
        )
