"""Globs: `*`, `?` and `[abc]` within one name, `**` over any number of folders.

Written here because Python's own follow links in circles under `**` and pass over what they cannot
read in silence; a walk of ours does neither.
"""

import os
import re
from fnmatch import fnmatchcase
from pathlib import Path

from sim_bench.images.walk import Walk, natural_key, skipped_folder, walk

_MAGIC = re.compile(r"[*?\[]")


def has_magic(text: str) -> bool:
    """Whether a text could be a glob."""
    return _MAGIC.search(text) is not None


def expand(pattern: Path) -> Walk:
    """List the files that a glob names, and all files in the folders that it names.

    As in a shell, `bursts/*` names folders too. With `**` only files count, since every folder is
    walked anyway. Hidden names need a pattern that begins with a dot.
    """
    parts = pattern.parts
    deep = parts.index("**") if "**" in parts else len(parts)
    found = Walk()
    for path in _named(parts[:deep], found):
        if deep == len(parts) and not path.is_dir():
            found.files.append(path)
            continue
        inside = walk(path)
        found.hidden += inside.hidden
        found.skipped_folders.update(inside.skipped_folders)
        found.files += [
            file
            for file in inside.files
            if deep == len(parts) or _fits(file.relative_to(path).parts, parts[deep:])
        ]
    found.files.sort(key=natural_key)
    return found


def _named(parts: tuple[str, ...], found: Walk) -> list[Path]:
    """Follow a pattern without `**`, one name at a time; only what exists is returned."""
    paths = [Path()]
    for index, part in enumerate(parts):
        if not has_magic(part):
            paths = [path / part for path in paths]
            continue
        last = index == len(parts) - 1
        paths = [
            path / name
            for path in paths
            for name in _names(path, found)
            if fnmatchcase(name, part)
            if part.startswith(".") or not name.startswith(".")
            if part.startswith(".") or not (skipped_folder(name) and (path / name).is_dir())
            if last or (path / name).is_dir()
        ]
    return sorted((path for path in paths if path.exists() or path.is_symlink()), key=natural_key)


def _names(folder: Path, found: Walk) -> list[str]:
    if not folder.is_dir():
        return []
    try:
        return os.listdir(folder)  # noqa: PTH208 - names, not paths
    except OSError as error:
        found.skipped_folders[folder] = f"cannot be read: {error.strerror}"
        return []


def _fits(names: tuple[str, ...], pattern: tuple[str, ...]) -> bool:
    if not pattern:
        return not names
    if pattern[0] == "**":
        rest = pattern[1:]
        if not rest:
            return True
        return any(_fits(names[at:], rest) for at in range(len(names)))
    return bool(names) and fnmatchcase(names[0], pattern[0]) and _fits(names[1:], pattern[1:])
