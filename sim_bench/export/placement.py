"""Where in a folder the photos that are gathered go, without two of them wanting one name."""

import os
import stat
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from filecmp import cmp
from pathlib import Path
from typing import Literal

from sim_bench.export.names import NAMINGS, existing
from sim_bench.export.outcome import in_words
from sim_bench.export.rows import Row, Verdict

Layout = Literal["flat", "tree"]
State = Literal["absent", "same", "different", "unreadable"]

PICKS: frozenset[Verdict] = frozenset({"pick"})

_TRIES = 10_000  # names that are tried for one photo; chosen by us


@dataclass(frozen=True, slots=True)
class Placement:
    """One file and where it goes.

    Attributes:
        source: A photo, or a sidecar of one.
        target: Where it goes.
        photo: The photo; itself, or the one that the sidecar belongs to.
        state: What is there now: nothing, the same content, or something else; "unreadable": it
            cannot be told.
        reason: Why it cannot be told; else empty.
    """

    source: Path
    target: Path
    photo: Path
    state: State
    reason: str = ""


def placements(
    rows: Iterable[Row],
    folder: Path,
    *,
    verdicts: Collection[Verdict] = PICKS,
    layout: Layout = "flat",
    root: Path | None = None,
) -> Iterator[Placement]:
    """Say where each chosen photo and its sidecars go; nothing is written.

    Files of one folder with one stem, as IMG_1.JPG, IMG_1.CR2 and IMG_1.xmp, stay together under
    one name. Where it is taken, by others of them or by something else in the folder, be it a
    sidecar that would pass for theirs, they become IMG_1-2, then IMG_1-3; names that differ in
    capitals only count as one.

    Args:
        rows: The photos and their verdicts.
        folder: Where they go.
        verdicts: Which of them.
        layout: "flat": all in one folder; "tree": in sub-folders as they are below `root`.
        root: For "tree"; None takes the folder that all chosen photos have in common.

    Raises:
        ValueError: A photo is not below `root`.
    """
    chosen = list(dict.fromkeys(_absolute(row.path) for row in rows if row.verdict in verdicts))
    base = _base(chosen, root) if layout == "tree" and chosen else None
    units: dict[tuple[Path, str], list[Path]] = {}
    for photo in chosen:
        units.setdefault((photo.parent, photo.stem), []).append(photo)
    names: dict[Path, _Names] = {}
    for (parent, stem), photos in units.items():
        place = _absolute(folder) / (parent.relative_to(base) if base else "")
        if place not in names:
            names[place] = _Names(_stems(place))
        yield from _unit(photos, place, stem, names[place])


@dataclass(slots=True)
class _Names:
    """Stems in one folder: those that were there, and those that were given since."""

    there: set[str]
    given: set[str] = field(default_factory=set)


def _stems(folder: Path) -> set[str]:
    try:
        found = [Path(name.casefold()) for name in os.listdir(folder)]  # noqa: PTH208 - names
    except OSError:  # not there yet, or its files will tell
        return set()
    inner = [Path(path.stem) for path in found if path.suffix == ".xmp"]
    return {path.stem for path in [*found, *inner]}


def _absolute(path: Path) -> Path:
    return Path(os.path.abspath(path))  # noqa: PTH100 - without "..", so that it can be compared


def _base(photos: Sequence[Path], root: Path | None) -> Path:
    if root is None:
        return Path(os.path.commonpath([photo.parent for photo in photos]))
    base = _absolute(root)
    for photo in photos:
        if not photo.is_relative_to(base):
            raise ValueError(f"{photo} is not below root. Got {base}; give a folder above all.")
    return base


def _unit(photos: Sequence[Path], place: Path, stem: str, names: _Names) -> Iterator[Placement]:
    """Place the photos of one folder and stem, each followed by its sidecars."""
    for number in range(1, _TRIES):
        name = stem if number == 1 else f"{stem}-{number}"
        if name.casefold() in names.given:
            continue
        found = [_place(photo, place / (name + photo.suffix), photo) for photo in photos]
        states = {placement.state for placement in found}
        free = "same" in states or name.casefold() not in names.there
        if free and "different" not in states:
            break
    else:
        raise ValueError(f"{place} has {_TRIES} files named {stem!r} already; give another folder")
    names.given.add(name.casefold())
    seen: set[Path] = set()
    for placement in found:
        yield placement
        for naming in NAMINGS:
            source = existing(placement.photo, naming)
            if source is None or source in seen:
                continue
            seen.add(source)
            first = name if naming == "adobe" else name + placement.photo.suffix
            yield _place(source, place / (first + source.suffix), placement.photo)


def _place(source: Path, target: Path, photo: Path) -> Placement:
    try:
        return Placement(source, target, photo, _state(source, target))
    except OSError as error:
        return Placement(source, target, photo, "unreadable", in_words(error))


def _state(source: Path, target: Path) -> State:
    if not stat.S_ISREG(source.stat().st_mode):
        raise OSError(f"{source.name!r} is no file")
    try:
        found = target.lstat()
    except FileNotFoundError:
        return "absent"
    if target.parent == source.parent and target.name == source.name:
        return "same"  # it is in the folder already
    if not stat.S_ISREG(found.st_mode):
        return "different"
    same = target.samefile(source) or cmp(source, target, shallow=False)
    return "same" if same else "different"
