"""A YAML file that lists the members of an ensemble, their weights and their reference.

combine: zscore            # or rank; zscore if left out
trained_on: [biq2021:dev]  # data sets that the numbers below come from, if any
note: what the file is     # for readers
members:
  - class: SharpnessAssessor   # or a method's name
    name: sharp                # if left out, the method's name
    params: {}                 # of its constructor; paths are relative to this file
    weight: 0.7                # 1 if left out
    mean: 0.42                 # of its scores on the reference photos, for zscore
    spread: 0.11               # their standard deviation
    quantiles: [0.1, 0.4, 0.8] # at evenly spaced probabilities from 0 to 1, for rank
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from inspect import signature
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sim_bench.errors import ConfigError, SimBenchError
from sim_bench.quality_assessment.ensemble_member import Combination, Member
from sim_bench.registry import method_class


class MemberBlock(BaseModel):
    """A member as a file lists it; see there for the keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    class_name: str = Field(alias="class", min_length=1)
    name: str = ""
    params: dict[str, Any] = {}
    weight: float = 1.0
    mean: float | None = None
    spread: float | None = None
    quantiles: list[float] = []


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    combine: Combination = "zscore"
    trained_on: list[str] = []
    note: str = ""
    members: list[MemberBlock] = Field(min_length=1)


@dataclass(frozen=True, eq=False)
class EnsembleFile:
    """An ensemble as read.

    Attributes:
        members: With their methods made; nothing is loaded.
        combine: How they are combined.
        trained_on: Data sets that weights and reference come from.
        note: What the file says about itself.
    """

    members: tuple[Member, ...]
    combine: Combination
    trained_on: tuple[str, ...]
    note: str


def read_ensemble(path: str | Path) -> EnsembleFile:
    """Read an ensemble and make its methods; none is loaded.

    Raises:
        ConfigError: It cannot be read, or a key or a value is not as it must be; the message
            names the file and the key.
    """
    path = Path(path)
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        file = _File.model_validate(content)
        with _reading(path):
            members = members_of(file.members, path.parent)
    except ValidationError as error:
        raise ConfigError(f"{path}: {_first(error, _File)}") from error
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror or error}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is no YAML file: {' '.join(str(error).split())}") from error
    except ValueError as error:
        raise ConfigError(f"{path}: {error}") from error
    return EnsembleFile(members, file.combine, tuple(file.trained_on), file.note)


def write_ensemble(
    path: str | Path,
    members: Sequence[MemberBlock],
    *,
    combine: Combination = "zscore",
    trained_on: Sequence[str] = (),
    note: str = "",
) -> Path:
    """Write an ensemble; the file is whole wherever it is there.

    Args:
        path: The file; its folder must be there.
        members: What it lists.
        combine: How they are combined.
        trained_on: Data sets that weights and reference come from.
        note: For readers.
    """
    path = Path(path)
    file = _File(combine=combine, trained_on=list(trained_on), note=note, members=list(members))
    content = file.model_dump(by_alias=True, exclude_none=True, exclude_defaults=True)
    begun = path.with_name(f"{path.name}.tmp")
    begun.write_text(
        yaml.safe_dump({"combine": combine, **content}, sort_keys=False, allow_unicode=True),
        encoding="utf-8",
    )
    return begun.replace(path)


def members_of(
    listed: Sequence[Member | MemberBlock | Mapping[str, Any]], folder: Path | None = None
) -> tuple[Member, ...]:
    """Make the members of an ensemble.

    Args:
        listed: Members, or blocks as in the file.
        folder: What paths in parameters are relative to; None: the current folder.

    Raises:
        ValueError: There is none, a block is not as it must be, or two have one name; the message
            names the key.
    """
    made: dict[str, Member] = {}
    for number, one in enumerate(listed):
        place = f"members.{number}"
        member = one if isinstance(one, Member) else _member(place, one, folder)
        if member.name in made:
            raise ValueError(
                f"{place}.name: two members are called {member.name!r}; give each a name of its own"
            )
        made[member.name] = member
    if not any(member.weight for member in made.values()):
        raise ValueError("members: give at least one with a weight other than 0")
    return tuple(made.values())


def _member(place: str, given: MemberBlock | Mapping[str, Any], folder: Path | None) -> Member:
    try:
        block = given if isinstance(given, MemberBlock) else MemberBlock.model_validate(dict(given))
    except ValidationError as error:
        raise ValueError(f"{place}.{_first(error, MemberBlock)}") from error
    try:
        cls = method_class(block.class_name)
    except SimBenchError as error:
        raise ValueError(f"{place}.class: {error}") from error
    known = {
        name: parameter
        for name, parameter in signature(cls).parameters.items()
        if not any(kind in str(parameter.annotation) for kind in _OBJECTS)
    }
    if unknown := sorted(block.params.keys() - known.keys()):
        raise ValueError(
            f"{place}.params.{unknown[0]}: {cls.__name__} has no such parameter; it has "
            f"{', '.join(known) or 'none'}"
        )
    params = {
        key: _path(value, folder) if "Path" in str(known[key].annotation) else value
        for key, value in block.params.items()
    }
    try:
        method = cls(**params)
        return Member(
            method, block.weight, block.mean, block.spread, tuple(block.quantiles), block.name
        )
    except (ValueError, TypeError, SimBenchError) as error:
        raise ValueError(f"{place}: {error}") from error


_OBJECTS = ("Encoder", "Kept")  # of Python alone: no file can hold one


def _path(value: Any, folder: Path | None) -> Any:
    """Find a file beside the one that names it; what is no such file stays as it is."""
    beside = folder / value if folder is not None and isinstance(value, str) else None
    return str(beside) if beside is not None and beside.exists() else value


def _first(error: ValidationError, model: type[BaseModel]) -> str:
    """Say what is wrong first, and which keys are allowed where one is unknown."""
    found = error.errors()
    # A misspelt key is both unknown and missing: say the former, which shows what was written.
    first = next((one for one in found if one["type"] == "extra_forbidden"), found[0])
    place = [str(part) for part in first["loc"]]
    what = first["msg"][0].lower() + first["msg"][1:]
    if first["type"] == "extra_forbidden":
        block = MemberBlock if "members" in place[:1] else model
        keys = (field.alias or name for name, field in block.model_fields.items())
        what = f"unknown key; allowed: {', '.join(keys)}"
    if first["type"] in ("model_type", "dict_type"):
        what = "it must be a block of `key: value` lines"
    return f"{'.'.join(place) or 'the file'}: {what}"


_open: ContextVar[tuple[Path, ...]] = ContextVar("_open", default=())


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    """Refuse a file that an ensemble inside it names again."""
    here = path.resolve()
    if here in _open.get():
        raise ValueError("the ensemble is a member of itself")
    token = _open.set((*_open.get(), here))
    try:
        yield
    finally:
        _open.reset(token)
