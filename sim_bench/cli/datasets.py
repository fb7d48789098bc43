"""`sim-bench datasets`: which data sets can be read, and what of one is here."""

from inspect import Parameter, signature
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim_bench.cli.console import SOME_UNSCORED

if TYPE_CHECKING:
    from sim_bench.datasets.base import Dataset

app = typer.Typer(no_args_is_help=True, help="List the data sets that can be read; check one.")

_SAID = {
    "complete": ("all there", 0),
    "incomplete": ("usable, but not all there", SOME_UNSCORED),
    "unusable": ("not usable", 1),
}


@app.command("list")
def list_datasets() -> None:
    """List the data sets that can be read, their terms, and where to get them."""
    from sim_bench.registry import DATASETS, dataset_class

    infos = [dataset_class(name).info for name in DATASETS]
    widths = [max(len(name) for name in DATASETS), max(len(info.shape) for info in infos)]
    typer.echo(f"{'name':<{widths[0]}}  {'shape':<{widths[1]}}  title (official splits)")
    for info in infos:
        splits = f" ({', '.join(info.splits)})" if info.splits else ""
        first = f"{info.name:<{widths[0]}}  {info.shape:<{widths[1]}}  {info.title}{splits}"
        indent = " " * (sum(widths) + 4)
        typer.echo(f"{first}\n{indent}licence: {info.licence}\n{indent}source: {info.source}")
    typer.echo("\nWhat of one is here: sim-bench datasets check NAME FOLDER")


@app.command("check")
def check_dataset(
    name: Annotated[str, typer.Argument(help="A name of `sim-bench datasets list`.")],
    root: Annotated[Path, typer.Argument(help="Folder that holds it.")],
    split: Annotated[
        str | None, typer.Option(help="Official split to check.", show_default="all of it")
    ] = None,
    param: Annotated[
        list[str] | None,
        typer.Option(help="KEY=VALUE for a reader that has parameters, repeatable.", metavar="K=V"),
    ] = None,
    deep: Annotated[
        bool, typer.Option("--deep", help="Decode every photo, not only its header.")
    ] = False,
) -> None:
    """Say what of a data set is present, missing or broken, before anything is scored.

    Exit status 0: all there; 3: usable, but something is missing or broken; 1: not usable.
    """
    from sim_bench.datasets.check import check, verdict
    from sim_bench.registry import dataset_class

    dataset = _build(dataset_class(name), root, split, _parameters(param or []))
    findings = check(dataset, deep=deep)
    for finding in findings:
        detail = f": {finding.detail}" if finding.detail else ""
        typer.echo(f"{finding.state:<10}  {finding.what}{detail}")
    found = verdict(findings)
    said, status = _SAID[found]
    if found == "unusable":
        lacking = [one for one in findings if one.needed and one.state in ("missing", "broken")]
        said += ": " + ", ".join(f"{one.what} {one.state}" for one in lacking)
    typer.echo(f"{dataset.info.title} in {root}: {said}")
    if status:
        raise typer.Exit(status)


def _parameters(given: list[str]) -> dict[str, Any]:
    import yaml

    values = {}
    for each in given:
        key, equals, value = each.partition("=")
        if not equals or not key:
            raise typer.BadParameter(f"{each!r} is not KEY=VALUE", param_hint="--param")
        try:
            values[key] = yaml.safe_load(value)
        except yaml.YAMLError as error:
            raise typer.BadParameter(f"{each!r}: {error}", param_hint="--param") from error
    return values


def _build(
    reader: "type[Dataset]", root: Path, split: str | None, given: dict[str, Any]
) -> "Dataset":
    known = [
        key
        for key, parameter in signature(reader).parameters.items()
        if parameter.kind is Parameter.KEYWORD_ONLY
    ]
    if unknown := sorted(given.keys() - known):
        allowed = f"it has {', '.join(known)}" if known else "it has none"
        raise typer.BadParameter(
            f"{reader.info.name} has no parameter {unknown[0]!r}; {allowed}", param_hint="--param"
        )
    try:
        return reader(root, split, **given)
    except (TypeError, ValueError) as error:
        raise typer.BadParameter(str(error)) from error
