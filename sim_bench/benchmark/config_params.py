"""Whether a class can be made with the parameters of a configuration: names, kinds, values."""

import json
import types
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from inspect import Parameter, signature
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import ConfigDict, PydanticSchemaGenerationError, TypeAdapter, ValidationError

from sim_bench.benchmark.config_places import KeyPath, Problem, unknown
from sim_bench.benchmark.config_shape import shown
from sim_bench.errors import MissingDependencyError, ModelError, SimBenchError
from sim_bench.registry import METHODS, method_class

_VARIADIC = (Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD)
_WORDS = {
    str: "text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    type(None): "null",
    Path: "a path",
    Any: "anything",
}


def names_of(table: Mapping[str, str]) -> list[str]:
    """List the names and the classes of a table of the registry."""
    return [*table, *(target.partition(":")[2] for target in table.values())]


def parameter_files(name: str, params: Mapping[str, Any]) -> dict[str, Path]:
    """Find the files that a method's parameters name, by parameter.

    Args:
        name: Of the method or its class; none are found for an unknown one.
        params: As written.
    """
    if name not in names_of(METHODS):
        return {}
    taken = signature(method_class(name)).parameters
    return {
        key: Path(value)
        for key, value in params.items()
        if key in taken
        and isinstance(value, str)
        and "Path" in str(taken[key].annotation)
        and Path(value).is_file()
    }


def parameter_problems(
    place: KeyPath, cls: type, params: Mapping[str, Any], given: Collection[str] = ()
) -> Iterator[Problem]:
    """Yield what is wrong with a class's parameters, by its signature; the class is not made.

    Args:
        place: The key `params`.
        cls: The class.
        params: Parameters as written.
        given: Parameters that come from elsewhere.
    """
    every = signature(cls).parameters
    known = {name: one for name, one in every.items() if name not in given}
    for name, value in params.items():
        parameter = known.get(name)
        if parameter is not None and value is not None and _for_python(parameter.annotation):
            parameter = None
        if parameter is not None and parameter.kind not in _VARIADIC:
            if not _keys_are_text(value):
                what = f"got {shown(value)}; allowed: keys that are text (put them into quotes)"
                yield Problem((*place, name), what)
            elif allowed := _mismatch(parameter.annotation, value):
                yield Problem((*place, name), f"got {shown(value)}; allowed: {allowed}")
        elif not any(one.kind is Parameter.VAR_KEYWORD for one in every.values()):
            what = f"{cls.__name__} has no parameter '{name}'"
            written = [key for key, one in known.items() if not _for_python(one.annotation)]
            yield Problem((*place, name), unknown(what, written))
    for name, parameter in known.items():
        needed = parameter.default is Parameter.empty and parameter.kind not in _VARIADIC
        if needed and name not in params:
            allowed = _described(parameter.annotation)
            yield Problem(place, f"{cls.__name__} needs {name!r}; allowed: {allowed}")


def made(place: KeyPath, cls: type, arguments: Mapping[str, Any]) -> tuple[Any, Problem | None]:
    """Make the class; constructors check their values and load nothing.

    Returns:
        What was made, or None; and the problem, if its arguments are at fault. That something
        cannot run on this machine is no mistake of the configuration: the run says so.
    """
    try:
        return cls(**arguments), None
    except (ModelError, MissingDependencyError):
        return None, None
    except (ValueError, TypeError, SimBenchError) as error:
        return None, Problem(place, f"{cls.__name__}: {' '.join(str(error).split())}")


def _keys_are_text(value: Any) -> bool:
    if isinstance(value, Mapping):
        return all(isinstance(key, str) and _keys_are_text(one) for key, one in value.items())
    return not isinstance(value, list) or all(map(_keys_are_text, value))


def _mismatch(annotation: Any, value: Any) -> str | None:
    """Return what is allowed, where a value is not of an annotated kind; None where it is.

    Annotations that only a type checker understands are left to the constructor.
    """
    if annotation is Parameter.empty or isinstance(annotation, str):
        return None
    annotation = _writable(annotation)
    try:
        adapter = TypeAdapter(annotation, config=ConfigDict(arbitrary_types_allowed=True))
    except PydanticSchemaGenerationError:
        return None
    try:
        # As JSON: strict, but a list may stand for a tuple and text for a path.
        adapter.validate_json(json.dumps(value), strict=True)
    except (ValidationError, TypeError):  # a TypeError: a date, say, which JSON does not have
        return _described(annotation)
    return None


def _writable(annotation: Any) -> Any:
    """Leave of an annotation what YAML can hold: no objects, and lists for anything iterable."""
    arguments = get_args(annotation)
    origin = get_origin(annotation)
    if origin in (Union, types.UnionType):
        kept = [_writable(one) for one in arguments if get_args(one) or one in _WORDS]
        return Union[tuple(kept)] if kept else annotation  # noqa: UP007 - made of a list
    if origin in (Iterable, Sequence, Collection):
        return list[_writable(arguments[0])]  # type: ignore[misc]
    return annotation


def _for_python(annotation: Any) -> bool:
    """Whether an annotation takes nothing that text can hold: an object, or null."""
    return get_origin(annotation) in (Union, types.UnionType) and _writable(annotation) is type(
        None
    )


def _described(annotation: Any) -> str:
    """Say in words what an annotation allows."""
    arguments = [one for one in get_args(annotation) if one is not Ellipsis]
    origin = get_origin(annotation)
    if origin is Literal:
        return ", ".join(map(str, arguments))
    if origin in (Union, types.UnionType):
        return " or ".join(dict.fromkeys(map(_described, arguments)))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return f"a block that gives {_described(arguments[-1])} by name"
    if isinstance(origin, type) and arguments:
        return f"a list of {_described(arguments[-1])}"
    return _WORDS.get(annotation, getattr(annotation, "__name__", str(annotation)))
