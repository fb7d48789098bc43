"""Paths in a configuration: environment variables in them, and the columns of a table."""

import csv
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sim_bench.benchmark.config_places import KeyPath, Problem
from sim_bench.errors import ConfigError

_VARIABLE = re.compile(r"\$\{(\w+)\}")


class UnsetVariableError(ConfigError):
    """A path names an environment variable that is not set, or empty.

    Attributes:
        variable: Its name.
    """

    def __init__(self, variable: str) -> None:
        super().__init__(f"the environment variable {variable} is not set")
        self.variable = variable


def expand(text: str) -> Path:
    """Put the values of environment variables, written `${NAME}`, into a path.

    A leading `~` is the home folder. Nothing else is changed.

    Raises:
        UnsetVariableError: One of them is not set.
    """

    def value(found: re.Match[str]) -> str:
        known = os.environ.get(found[1])
        if not known:
            raise UnsetVariableError(found[1])
        return known

    return Path(_VARIABLE.sub(value, text)).expanduser()


def columns_missing(path: Path, columns: list[str]) -> str | None:
    """Say what keeps a CSV file from being read by these columns; None if nothing does.

    Only its first line is read.
    """
    if not path.is_file():
        return f"{path} is no file here"
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            header = next(csv.reader(lines), [])
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        return f"{path} cannot be read: {error}"
    absent = [column for column in columns if column not in header]
    if absent:
        return f"{path} has no column {', '.join(map(repr, absent))}; allowed: {', '.join(header)}"
    return None


def root_of(block: Mapping[str, Any]) -> Path | None:
    """Return the root; None where there is none, or a variable in it is not set."""
    root = block.get("root")
    try:
        return expand(root) if isinstance(root, str) else None
    except UnsetVariableError:
        return None


def table_problems(
    place: KeyPath, block: Mapping[str, Any], root: Path, keys: tuple[str, ...]
) -> Iterator[Problem]:
    """Check that a file below a root is there and has the columns that these keys name."""
    path = root / expand(block["file"]) if "file" in block else None
    columns = [block[key] for key in keys if block.get(key)]
    if path and (what := columns_missing(path, columns)):
        yield Problem((*place, "file"), what)
