"""`--method [COLUMN=]NAME[:KEY=VALUE,...]`: a method, its column, and parameters of its own."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import typer
import yaml

from sim_bench.registry import method_class

if TYPE_CHECKING:
    from sim_bench.quality_assessment.base import QualityAssessor

_HINT = "--method"


def parse(text: str) -> "tuple[str, type[QualityAssessor], dict[str, Any]]":
    """Read one method as a person writes it.

    Args:
        text: "musiq", "musiq:weights=ava" or "taste=musiq:weights=ava"; values are read as YAML.

    Returns:
        Its column, by default all of the text; its class; and the parameters given.

    Raises:
        UnknownNameError: No such method.
        typer.BadParameter: A parameter is not KEY=VALUE or is given twice, or a column has no name.
    """
    head, _, given = text.partition(":")
    column, named, name = head.rpartition("=")
    if named and not column.strip():
        raise typer.BadParameter(f"{text!r}: give the column a name", param_hint=_HINT)
    cls = method_class(name)
    params: dict[str, Any] = {}
    for part in given.split(",") if given else ():
        key, equals, value = part.partition("=")
        key = key.strip()
        if not (equals and key) or key in params:
            what = "is given twice" if key in params else "is no KEY=VALUE"
            raise typer.BadParameter(
                f"{text!r}: {part!r} {what}; write NAME:KEY=VALUE,KEY=VALUE", param_hint=_HINT
            )
        try:
            params[key] = yaml.safe_load(value)
        except yaml.YAMLError as error:
            raise typer.BadParameter(
                f"{text!r}: the value of {key!r}, {value!r}, cannot be read; it must be one plain "
                "value without commas. A list goes into a file or a benchmark's configuration",
                param_hint=_HINT,
            ) from error
    return column.strip() or text, cls, params


def make(
    text: str, cls: "type[QualityAssessor]", params: Mapping[str, Any], others: Mapping[str, Any]
) -> "QualityAssessor":
    """Make a method of its parameters and of options that it shares with other methods.

    Args:
        text: As written, for messages.
        cls: The class.
        params: Parameters of its own; they beat the others.
        others: Options that it is known to take.

    Raises:
        typer.BadParameter: It has no such parameter, or refuses a value.
    """
    from sim_bench.benchmark.config_params import parameter_problems

    for problem in parameter_problems((), cls, params):
        where = "".join(f"{key}: " for key in problem.place if key in params)
        what = problem.what if repr(where[:-2]) in problem.what else where + problem.what
        raise typer.BadParameter(f"{text!r}: {what}", param_hint=_HINT)
    try:
        return cls(**{**others, **params})
    except ValueError as error:
        raise typer.BadParameter(f"{text!r}: {error}", param_hint=_HINT) from error
