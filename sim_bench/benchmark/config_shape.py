"""What pydantic says of a configuration, as problems with places, in the words of this project."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from sim_bench.benchmark.config_places import KeyPath, Problem, unknown

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_ALLOWED = {
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "finite_number": "a finite number",
    "string_type": "text (put it into quotes)",
    "string_too_short": "text that is not empty",
    "path_type": "a path",
    "list_type": "a list",
    "tuple_type": "a list",
    "too_short": "a list of at least one",
    "dict_type": "a block of `key: value` lines",
    "model_type": "a block of `key: value` lines",
    "model_attributes_type": "a block of `key: value` lines",
}
_LIMITS = {"gt": "above", "ge": "at least", "lt": "below", "le": "at most"}


Model = TypeVar("Model", bound=BaseModel)


def shape_problems(content: Any, model: type[Model]) -> "tuple[Model | None, list[Problem], Sound]":
    """Validate the shape of a configuration: keys, kinds of values, ranges.

    Returns:
        The validated model if nothing is wrong, every problem, and the content without what is
        wrong in it, so that the rest can be looked at too.
    """
    try:
        return model.model_validate(content), [], _without(content, [])
    except ValidationError as error:
        errors = error.errors(include_url=False)
        meant = {place for one in errors if (place := _meant(one, model, content))}
        found = [one for one in errors if not _echo(one) and _place(one) not in meant]
        problems = [Problem(_place(one), _what(one, model, content)) for one in found]
        return None, problems, _without(content, [*map(_place, found), *meant])


def _echo(error: "ErrorDetails") -> bool:
    """Whether a list is called too short only because what is in it is wrong."""
    needed = error.get("ctx", {}).get("min_length", 0)
    return error["type"] == "too_short" and len(error["input"]) >= needed


def _meant(error: "ErrorDetails", model: type[BaseModel], content: Any) -> KeyPath | None:
    """Return the place of the key that a misspelt one stands for, if that is not given too."""
    *around, key = _place(error) or ("",)
    if error["type"] != "extra_forbidden":
        return None
    given = _at(content, tuple(around)) or {}
    absent = [name for name in _keys(model, tuple(around)) if name not in given]
    close = get_close_matches(str(key), absent, n=1)
    return (*around, close[0]) if close else None


def _place(error: "ErrorDetails") -> KeyPath:
    return tuple(key for key in error["loc"] if key != "[key]")


def _what(error: "ErrorDetails", model: type[BaseModel], content: Any) -> str:
    kind, context = error["type"], error.get("ctx", {})
    place = _place(error)
    got = shown(error["input"])
    if place == ("datasets",) and kind == "missing":
        return "required, and not there; give `datasets`, a list, or `dataset`, a single one"
    if kind == "missing":
        return f"required, and not there; give {place[-1]!r}"
    if kind == "extra_forbidden":
        keys = list(_keys(model, place[:-1]))
        return unknown(f"unknown key '{place[-1]}'", keys)
    if kind == "literal_error":
        return f"got {got}; allowed: {context['expected']}"
    if kind == "variable_not_set":
        return _unset(context["variable"], place, error["input"], content)
    if limits := [f"{words} {context[key]}" for key, words in _LIMITS.items() if key in context]:
        return f"got {got}; allowed: a number {', '.join(limits)}"
    if kind in _ALLOWED:
        return f"got {got}; allowed: {_ALLOWED[kind]}"
    return f"got {got}; {error['msg']}"


def _unset(variable: str, place: KeyPath, text: str, content: Any) -> str:
    if place[-1] == "root":
        name = _at(content, place[:-1]).get("name", "this data set")
        aim = f"the folder of data sets, so that {text} is the folder of {name}"
    else:
        aim = f"a folder, so that {text} is a path"
    return f"the environment variable {variable} is not set; set {variable} to {aim}"


def shown(value: Any) -> str:
    """Show what was given, shortened."""
    text = "nothing" if value is None else repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _keys(model: type[BaseModel], place: KeyPath) -> Iterator[str]:
    """Yield the keys that a block of the configuration may have."""
    for key in place:
        if isinstance(key, int):
            continue
        fields = {field.alias or name: field for name, field in model.model_fields.items()}
        inner = _model_in(fields[key].annotation)
        if inner is None:
            return
        model = inner
    yield from (field.alias or name for name, field in model.model_fields.items())


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for arg in get_args(annotation) if (found := _model_in(arg))), None)


def _at(content: Any, place: KeyPath) -> Any:
    for key in place:
        if isinstance(content, Mapping):
            content = content.get(key)
        elif isinstance(content, list) and isinstance(key, int) and key < len(content):
            content = content[key]
        else:
            return None
    return content


class Sound(dict[str, Any]):
    """A block without the values that are wrong in it, which are not to be taken for left out.

    Attributes:
        wrong: Keys whose values are wrong, or that are misspelt.
    """

    def __init__(self, block: Mapping[str, Any]) -> None:
        super().__init__({key: _sound(value) for key, value in block.items()})
        self.wrong: set[str] = set()

    def gives(self, key: str) -> bool:
        """Whether a key has a value, be it right or wrong."""
        return self.get(key) is not None or key in self.wrong


def _sound(content: Any) -> Any:
    if isinstance(content, Mapping):
        return Sound(content)
    return [_sound(value) for value in content] if isinstance(content, list) else content


def _without(content: Any, places: list[KeyPath]) -> Sound:
    """Copy content without the values at these places; a list keeps its length, with None."""
    if () in places or not isinstance(content, Mapping):
        return Sound({})
    sound = Sound(content)
    for *around, last in places:
        block = _at(sound, tuple(around))
        if isinstance(block, list) and isinstance(last, int):
            block[last] = None
        elif isinstance(block, Sound):
            block.wrong.add(str(last))
            block.pop(str(last), None)
    return sound
