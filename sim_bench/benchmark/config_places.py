"""Where things stand in a YAML file: the line of every key, and what is wrong there."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml

from sim_bench.errors import ConfigError

KeyPath = tuple[str | int, ...]
"""Keys, and positions in lists counted from 0, from the top of the file."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in a configuration.

    Attributes:
        place: Keys that lead to it; empty: the file as a whole.
        what: What is wrong, and what is allowed.
        line: Where, if that is not the line of its key.
    """

    place: KeyPath
    what: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A YAML file as read.

    Attributes:
        path: The file.
        content: What it says.
        lines: Line of every key and list item, counted from 1.
        repeated: A problem for every key that stands twice in one block.
    """

    path: Path
    content: Any
    lines: Mapping[KeyPath, int]
    repeated: tuple[Problem, ...]

    def line(self, place: KeyPath) -> int:
        """Return the line of a key, or of the innermost block around one that is not there."""
        around = (place[:length] for length in range(len(place), 0, -1))
        return next((self.lines[keys] for keys in around if keys in self.lines), 1)

    def error(self, problems: Iterable[Problem]) -> ConfigError:
        """Put all problems into one error, a line for each, in the order of the file."""
        placed = [(found.line or self.line(found.place), found) for found in problems]
        placed.sort(key=lambda pair: pair[0])
        number = "1 problem" if len(placed) == 1 else f"{len(placed)} problems"
        return ConfigError(
            "\n".join(
                [
                    f"{number} in {self.path}",
                    *(
                        f"{self.path}:{line}: {'.'.join(map(str, found.place)) or 'the file'}: "
                        f"{found.what}"
                        for line, found in placed
                    ),
                ]
            )
        )


def read_yaml(path: Path) -> Document:
    """Read a YAML file and note the line of every key.

    Raises:
        ConfigError: It cannot be read, or is no YAML; then nothing else can be said of it.
    """
    try:
        loader = yaml.SafeLoader(path.read_text(encoding="utf-8"))
        node = loader.get_single_node()
        lines: dict[KeyPath, int] = {}
        repeated = [] if node is None else list(_walk(node, (), lines, ()))
        content = None if node is None else loader.construct_document(node)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        what = "; ".join(part for part in (error.context, error.problem) if part)
        raise ConfigError(f"1 problem in {path}\n{path}:{line}: not YAML: {what}") from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigError(f"{path}: {error}") from error
    return Document(path, content, lines, tuple(repeated))


def _walk(
    node: yaml.Node, place: KeyPath, lines: dict[KeyPath, int], around: tuple[yaml.Node, ...]
) -> Iterator[Problem]:
    """Fill `lines`; yield keys that stand twice."""
    if node in around:
        raise yaml.MarkedYAMLError(None, None, "an alias names a block around it", node.start_mark)
    around = (*around, node)
    if isinstance(node, yaml.MappingNode):
        here: dict[str, int] = {}
        for key_node, value in node.value:
            key, line = str(key_node.value), key_node.start_mark.line + 1
            if key in here:
                first = f"stands twice in its block, first in line {here[key]}; leave one of them"
                yield Problem((*place, key), first, line)
            here.setdefault(key, line)
            lines[(*place, key)] = line
            yield from _walk(value, (*place, key), lines, around)
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            lines[(*place, number)] = value.start_mark.line + 1
            yield from _walk(value, (*place, number), lines, around)


def unknown(what: str, known: Iterable[str]) -> str:
    """Say that a name is unknown: `what`, the closest known name, and all that are known.

    Args:
        what: What was given, ending in the name in single quotes.
        known: Names that are allowed.
    """
    names = list(known)
    close = get_close_matches(what.rstrip("'").rpartition("'")[2], names, n=1)
    hint = f" (did you mean {close[0]!r}?)" if close else ""
    return f"{what}{hint}; allowed: {', '.join(names) or 'none'}"
