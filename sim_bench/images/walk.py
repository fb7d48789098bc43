"""The files under a folder, in an order that depends on names alone."""

import os
import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

SYSTEM_FOLDERS = frozenset(
    {
        *("@eadir", "__macosx", "$recycle.bin", "system volume information", "lost+found"),
        *("#recycle", "#snapshot", "@recycle", "@recently-snapshot", "lightroom previews.lrdata"),
    }
)
"""Folders of operating systems and photo servers, in lower case; a leading dot is enough too."""

_DIGITS = re.compile(r"([0-9]+)")


@dataclass(slots=True)
class Walk:
    """What a walk through one folder met.

    Attributes:
        files: Files in natural order, hidden ones left out.
        hidden: How many hidden files there were, such as AppleDouble companions (`._x.jpg`).
        skipped_folders: Folders not entered, each with the reason.
    """

    files: list[Path] = field(default_factory=list)
    hidden: int = 0
    skipped_folders: dict[Path, str] = field(default_factory=dict)


def walk(folder: Path) -> Walk:
    """List a folder and everything below it.

    Links to folders are followed, each real folder is entered once: real names go first, so that a
    link to a folder that is met anyway adds nothing.
    """
    found = Walk()
    seen: set[tuple[int, int]] = set()
    waiting, links = [folder], list[Path]()
    while waiting or links:
        # Sorted, because which of two links to one folder counts must not depend on the disk.
        links.sort(key=natural_key)
        here = waiting.pop() if waiting else links.pop(0)
        try:
            info = here.stat()
            if (info.st_dev, info.st_ino) in seen:
                found.skipped_folders[here] = "a link to a folder that is read already"
                continue
            seen.add((info.st_dev, info.st_ino))
            with os.scandir(here) as entries:
                listed = list(entries)
        except OSError as error:
            found.skipped_folders[here] = f"cannot be read: {error.strerror}"
            continue
        for entry in listed:
            path = here / entry.name
            if _leads_to_folder(entry):
                if reason := skipped_folder(entry.name):
                    found.skipped_folders[path] = reason
                else:
                    (links if entry.is_symlink() else waiting).append(path)
            elif entry.name.startswith("."):
                found.hidden += 1
            else:
                found.files.append(path)
    found.files.sort(key=natural_key)
    return found


def skipped_folder(name: str) -> str | None:
    """Why a folder of this name is not entered; None if it is."""
    if name.startswith("."):
        return "hidden"
    return "a system folder" if name.lower() in SYSTEM_FOLDERS else None


def natural_key(path: Path) -> tuple[tuple[tuple[int | str, ...], ...], str]:
    """Sort key: numbers by value (IMG_9 before IMG_10), letters without case, then exact."""
    whole = str(path)
    name = whole.rpartition(os.sep)[2]
    return (*_folder_key(whole[: len(whole) - len(name)]), _part_key(name)), whole


@lru_cache(maxsize=1024)  # the files of one folder come together
def _folder_key(folder: str) -> tuple[tuple[int | str, ...], ...]:
    return tuple(_part_key(part) for part in Path(folder).parts)


def _part_key(part: str) -> tuple[int | str, ...]:
    pieces = _DIGITS.split(unicodedata.normalize("NFC", part).casefold())
    # Text and numbers alternate, so like is always compared with like.
    return tuple(int(piece) if index % 2 else piece for index, piece in enumerate(pieces))


def _leads_to_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads back to itself
        return False
