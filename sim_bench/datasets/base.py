"""What every reader of a data set has in common: what it is, what must be there, what it says."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import ClassVar, Literal

from sim_bench.datasets.judgements import Judgements, Shape
from sim_bench.errors import DataMissingError

State = Literal["present", "missing", "broken", "unverified"]


@dataclass(frozen=True, slots=True)
class LabelFile:
    """A file of labels.

    Attributes:
        places: Where it may lie below the root, the official place first.
        sha256: Known checksums of its official versions; empty where none is known.
        needed: Whether the data set cannot be read without it.
    """

    places: tuple[str, ...]
    sha256: tuple[str, ...] = ()
    needed: bool = True


@dataclass(frozen=True, slots=True)
class DatasetInfo:
    """What is known about a data set.

    Attributes:
        name: What it is called in configurations.
        title: Its name as its authors write it.
        shape: "opinion" or "pairwise".
        paper: Where it was published.
        licence: On which terms; "not stated" where its authors say nothing.
        source: Where to get it.
        splits: Official splits; empty where there is none.
        scale: Least and greatest opinion of its published labels; None for pairs.
        direction: Whether a larger or a smaller *published* label is better; readers turn it so
            that larger is always better.
        labels: Its label files.
        photo_folders: Folders of photos below the root, the official one first; "" is the root.
        shares_photos_with: Data sets whose photos are partly the same, by name.
        notes: Traps, each in a sentence.
    """

    name: str
    title: str
    shape: Shape
    paper: str
    licence: str
    source: str
    splits: tuple[str, ...] = ()
    scale: tuple[float, float] | None = None
    direction: Literal["higher", "lower"] = "higher"
    labels: tuple[LabelFile, ...] = ()
    photo_folders: tuple[str, ...] = ("",)
    shares_photos_with: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a check looked at.

    Attributes:
        what: A file, a folder, or photos of a split.
        state: "present", "missing", "broken", or "unverified" (there, but no checksum is known,
            or not one of the known ones).
        detail: How many, which first, or what to do.
        needed: Whether nothing can be benchmarked without it.
    """

    what: str
    state: State
    detail: str = ""
    needed: bool = True


class Dataset(ABC):
    """A data set in a folder.

    Args:
        root: Folder that holds it, as its authors lay it out.
        split: Official split to read; all of the labelled ones when None.

    Raises:
        ValueError: It has no such split.
    """

    info: ClassVar[DatasetInfo]

    def __init__(self, root: Path, split: str | None = None) -> None:
        if split is not None and split not in self.info.splits:
            allowed = ", ".join(self.info.splits) or "none"
            raise ValueError(f"{self.info.name} has no split {split!r}; it has {allowed}")
        self.root = Path(root)
        self.split = split

    @abstractmethod
    def read(self) -> Judgements:
        """Read what people said; the photos need not be there.

        Raises:
            DataMissingError: A label file is missing.
            DatasetError: A label file is not in its official format; names file and line.
        """

    @property
    def label_files(self) -> tuple[LabelFile, ...]:
        """Its label files: those of `info`, unless parameters name others."""
        return self.info.labels

    def label_file(self, number: int = 0) -> Path:
        """Find one of `label_files`.

        Raises:
            DataMissingError: It lies in none of its places.
        """
        found = self.find(self.label_files[number])
        if found is None:
            places = " or ".join(self.label_files[number].places)
            raise DataMissingError(
                f"{self.root}: {self.info.title} needs {places} there; {self.info.source}"
            )
        return found

    def find(self, label: LabelFile) -> Path | None:
        """Return where a label file lies; None where it does not."""
        return next((self.root / p for p in label.places if (self.root / p).is_file()), None)

    @property
    def photos(self) -> Path:
        """The folder of photos: the first of `info.photo_folders` that is there."""
        folders = [self.root / folder for folder in self.info.photo_folders]
        return next((folder for folder in folders if folder.is_dir()), folders[0])

    def check_labels(self) -> Sequence[Finding]:
        """Say of every label file whether it is there, and whether it is a known version."""
        return [self._checked(label) for label in self.label_files]

    def _checked(self, label: LabelFile) -> Finding:
        path = self.find(label)
        if path is None:
            return Finding(label.places[0], "missing", self.info.source, label.needed)
        name = path.relative_to(self.root).as_posix()
        if not label.sha256:
            return Finding(name, "unverified", "no checksum is known", label.needed)
        if sha256(path.read_bytes()).hexdigest() in label.sha256:
            return Finding(name, "present", "a known version", label.needed)
        return Finding(name, "unverified", "not a version whose checksum is known", label.needed)
