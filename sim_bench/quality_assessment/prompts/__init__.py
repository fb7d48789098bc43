"""Sets of prompts: what a good photo is called, and what a bad one."""

import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from sim_bench.errors import PromptError, UnknownNameError

Item = TypeVar("Item")

_FOLDER = Path(__file__).parent


class PromptWarning(UserWarning):
    """A prompt set says something that is probably not meant."""


@dataclass(frozen=True, slots=True)
class PromptSet:
    """Prompts that say what a good photo is called, and what a bad one.

    Attributes:
        contrastive_pairs: (positive, negative) prompts that are compared with each other.
        positive_attributes: Prompts whose similarity raises the score.
        negative_attributes: Prompts whose similarity lowers it.
    """

    contrastive_pairs: tuple[tuple[str, str], ...] = ()
    positive_attributes: tuple[str, ...] = ()
    negative_attributes: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        contrastive_pairs: Iterable[Sequence[str]],
        positive_attributes: Iterable[str],
        negative_attributes: Iterable[str],
    ) -> "PromptSet":
        """Check prompts given by a person; one listed twice counts once, with a warning.

        Raises:
            PromptError: A blank prompt, a pair that is not two different prompts, a prompt
                that is both a positive and a negative attribute, or no prompt at all.
        """
        pairs = _once("contrastive pair", (_pair(pair) for pair in contrastive_pairs))
        positive = _once("positive attribute", map(_prompt, positive_attributes))
        negative = _once("negative attribute", map(_prompt, negative_attributes))
        if both := sorted(set(positive) & set(negative)):
            raise PromptError(f"{both[0]!r} is both a positive and a negative attribute; drop one")
        if not pairs and not positive and not negative:
            raise PromptError(
                "no prompts at all; give at least one of contrastive_pairs, "
                "positive_attributes, negative_attributes"
            )
        return cls(pairs, positive, negative)


def _prompt(text: object) -> str:
    if not isinstance(text, str) or not text.strip():
        raise PromptError(f"a prompt must be a text that is not blank; got {text!r}")
    return text


def _pair(pair: Sequence[str]) -> tuple[str, str]:
    if isinstance(pair, str) or len(pair) != 2:
        raise PromptError(f"a contrastive pair must be [positive, negative]; got {pair!r}")
    positive, negative = _prompt(pair[0]), _prompt(pair[1])
    if positive == negative:
        raise PromptError(f"a contrastive pair must be two different prompts; got {positive!r}")
    return positive, negative


def _once(kind: str, items: Iterable[Item]) -> tuple[Item, ...]:
    kept: dict[Item, None] = {}
    for item in items:
        if item in kept:
            warnings.warn(
                f"{kind} {item!r} is listed twice; it counts once", PromptWarning, stacklevel=4
            )
        kept[item] = None
    return tuple(kept)


class _PromptFile(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    contrastive_pairs: list[list[str]] = []
    positive_attributes: list[str] = []
    negative_attributes: list[str] = []


def shipped_prompts() -> list[str]:
    """Names of the prompt sets that come with the package, besides "default"."""
    return sorted(path.stem for path in _FOLDER.glob("*.yaml"))


def load_prompts(name_or_path: str | Path) -> PromptSet:
    """Read a prompt set, shipped (by name) or from a YAML file (by path).

    The file may hold `contrastive_pairs` (a list of [positive, negative]),
    `positive_attributes` and `negative_attributes` (lists of prompts).

    Raises:
        PromptError: The file cannot be read, or a key or a value is not as above.
        UnknownNameError: Neither a file nor a shipped set.
    """
    path = Path(name_or_path)
    if not path.is_file():
        path = _FOLDER / f"{name_or_path}.yaml"
        if str(name_or_path) not in shipped_prompts():
            known = ["default", *shipped_prompts()]
            raise UnknownNameError("prompt set or file", str(name_or_path), known)
    try:
        content: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
        file = _PromptFile.model_validate(content if content is not None else {})
        return PromptSet.of(
            file.contrastive_pairs, file.positive_attributes, file.negative_attributes
        )
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"]) or "the file"
        allowed = ", ".join(_PromptFile.model_fields)
        raise PromptError(
            f"{path}: {key}: {first['msg'].lower()}; allowed keys: {allowed}"
        ) from error
    except (yaml.YAMLError, UnicodeDecodeError, OSError, PromptError) as error:
        raise PromptError(f"{path}: {error}") from error
