"""What the user names becomes a list of files, each once, in an order that never changes."""

import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sim_bench.errors import DiscoveryError
from sim_bench.images.formats import KNOWN_SUFFIXES
from sim_bench.images.glob import expand, has_magic
from sim_bench.images.tables import TABLE_SUFFIXES, paths_in_table
from sim_bench.images.walk import Walk, walk

_ALLOWED = (
    "Give photos, folders, globs ('photos/**/*.jpg') or a table with a column of paths "
    "(photos.csv, photos.parquet, photos.csv::COLUMN)."
)


@dataclass(frozen=True, slots=True)
class Discovery:
    """The files to be scored, and account of everything that was passed over.

    Attributes:
        paths: Each file once. Inputs in the order given; within a folder or glob by natural order
            of names, within a table by row.
        skipped: Files inside folders and globs that are no photos by their suffix, counted by
            suffix; also `"no suffix"` and `"hidden"`.
        skipped_folders: Folders that were not entered, each with the reason.
        repeated: How often a file was named again.
        empty: Inputs that name no photo at all.
    """

    paths: tuple[Path, ...]
    skipped: Mapping[str, int] = field(default_factory=dict)
    skipped_folders: Mapping[Path, str] = field(default_factory=dict)
    repeated: int = 0
    empty: tuple[str, ...] = ()

    def summary(self) -> str:
        """One line on what was passed over; empty if nothing was."""
        parts = [f"{count} {kind}" for kind, count in self.skipped.items()]
        said = [f"passed over {', '.join(parts)}"] if parts else []
        folders = Counter(self.skipped_folders.values())
        said += [f"{count} folder(s) not entered: {reason}" for reason, count in folders.items()]
        said += [f"{self.repeated} named more than once"] if self.repeated else []
        said += [f"no photos in {name}" for name in self.empty]
        return "; ".join(said)


def discover(inputs: Sequence[str | Path]) -> Discovery:
    """Find the photos that a list of inputs names.

    A file that is named itself is kept whatever its suffix, and even if it is missing: it becomes
    an unscored row with a reason. A name that exists is never read as a glob.

    Args:
        inputs: Files, folders, globs, or tables: `photos.csv`, `photos.parquet::column`.

    Raises:
        DiscoveryError: if nothing is found, or a table cannot be used.
        MissingDependencyError: for a Parquet table without the extra [parquet].
    """
    if isinstance(inputs, str | Path):
        raise ValueError(f"inputs must be a list of paths. Got one path: {str(inputs)!r}.")
    if not inputs:
        raise DiscoveryError(f"No input was given. {_ALLOWED}")
    gathered = _Gathered()
    for given in inputs:
        _add(gathered, str(given))
    if not gathered.paths:
        names = ", ".join(str(given) for given in inputs)
        passed = gathered.result().summary()
        raise DiscoveryError(f"Nothing to score in {names}: {passed}. {_ALLOWED}")
    return gathered.result()


@dataclass(slots=True)
class _Gathered:
    paths: dict[tuple[str, str], Path] = field(default_factory=dict)
    skipped: Counter[str] = field(default_factory=Counter)
    skipped_folders: dict[Path, str] = field(default_factory=dict)
    repeated: int = 0
    empty: list[str] = field(default_factory=list)
    real_folders: dict[str, str] = field(default_factory=dict)

    def add(self, paths: Iterable[Path]) -> None:
        """Keep files that are not here yet."""
        for path in paths:
            # The folder with links followed; two names for one file stay two photos.
            folder, name = os.path.split(path)
            key = (self._real(folder), name)
            if key in self.paths:
                self.repeated += 1
            else:
                self.paths[key] = path

    def add_walk(self, given: str, found: Walk) -> None:
        """Keep the photos among the files found, and count the rest."""
        photos, others = [], Counter[str]()
        for path in found.files:
            suffix = path.suffix.lower()
            if suffix in KNOWN_SUFFIXES:
                photos.append(path)
            else:
                others[suffix or "no suffix"] += 1
        self.skipped.update(others)
        if found.hidden:
            self.skipped["hidden"] += found.hidden
        self.skipped_folders.update(found.skipped_folders)
        if not photos:
            self.empty.append(given)
        self.add(photos)

    def result(self) -> Discovery:
        """Freeze what was gathered; counts largest first."""
        skipped = sorted(self.skipped.items(), key=lambda item: (-item[1], item[0]))
        return Discovery(
            tuple(self.paths.values()),
            dict(skipped),
            self.skipped_folders,
            self.repeated,
            tuple(self.empty),
        )

    def _real(self, folder: str) -> str:
        if folder not in self.real_folders:
            try:
                real = os.path.realpath(folder)
            except (OSError, ValueError):  # a zero byte
                real = os.path.abspath(folder)  # noqa: PTH100 - as above: names, many of them
            self.real_folders[folder] = real
        return self.real_folders[folder]


def _add(gathered: _Gathered, given: str) -> None:
    if not given.strip():
        raise DiscoveryError(f"An input is empty. {_ALLOWED}")
    path = Path(given)
    if path.parts[:1] == ("~",) and not path.exists():
        path = path.expanduser()
    if path.is_dir():
        gathered.add_walk(given, walk(path))
    elif path.exists() or path.is_symlink():
        gathered.add(paths_in_table(path) if path.suffix.lower() in TABLE_SUFFIXES else [path])
    elif "::" in given:
        table, column = str(path).rsplit("::", 1)
        gathered.add(paths_in_table(Path(table), column))
    elif has_magic(given):
        gathered.add_walk(given, expand(path))
    elif path.suffix.lower() in TABLE_SUFFIXES:
        raise DiscoveryError(f"The table {given} does not exist.")
    else:
        gathered.add([path])
