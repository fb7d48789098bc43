"""`sim-bench models`: which models and weight files there are, fetching and checking them."""

from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim_bench.errors import LicenceError, UnknownNameError

if TYPE_CHECKING:
    from sim_bench.encoders.doctor import ModelStatus
    from sim_bench.weights.doctor import WeightStatus

app = typer.Typer(
    no_args_is_help=True, help="List, fetch, export and check CLIP models and weight files."
)

PermissiveOnly = Annotated[
    bool,
    typer.Option(
        "--permissive-only",
        help="Only weights that may be used for any purpose, commercial ones included.",
    ),
]

_STYLE = {"ready": "green", "bad": "red", "absent": "dim"}


@app.command("list")
def list_models(permissive_only: PermissiveOnly = False) -> None:
    """List the models and weight files that are known by name, and which of them are here."""
    from sim_bench.encoders.doctor import find_models
    from sim_bench.weights.doctor import list_weights
    from sim_bench.weights.licences import is_permissive

    known: list[ModelStatus | WeightStatus] = [*find_models(), *list_weights()]
    listed = [s for s in known if is_permissive(s.licence) or not permissive_only]
    columns = ["model", "state", "where", "MB", "licence"]
    _table(columns, [[s.name, s.state, s.where, _size(s), s.licence] for s in listed])
    if len(listed) < len(known):
        typer.echo(f"\nLeft out, their licence not being permissive: {len(known) - len(listed)}")
    typer.echo(
        "\nA bundle's folder can be given instead of a name. Checks: sim-bench models doctor"
    )


@app.command()
def get(
    model: Annotated[str, typer.Argument(help="A name of `sim-bench models list`.")],
    pretrained: Annotated[
        str | None,
        typer.Option(help="Weights of the model.", show_default="the usual ones"),
    ] = None,
    to: Annotated[
        Path | None, typer.Option(help="Make a copy in this folder, for another machine.")
    ] = None,
    permissive_only: PermissiveOnly = False,
) -> None:
    """Fetch a model or a weight file, check its files, and record what they are."""
    from sim_bench.encoders.local import OFFLINE_FOLDER
    from sim_bench.weights.table import TABLE

    if model in TABLE:
        if pretrained is not None:
            raise typer.BadParameter(f"{model} has no other weights. Leave out --pretrained.")
        copied = _get_weights(model, to, permissive_only=permissive_only)
    else:
        copied = _get_model(model, pretrained, to, permissive_only=permissive_only)
    if to is not None:
        typer.echo(f"Copied to {copied}. On another machine: {OFFLINE_FOLDER}={to}")


def _get_weights(name: str, to: Path | None, *, permissive_only: bool) -> Path | None:
    """Find or fetch a weight file, and copy it where that was asked for."""
    from sim_bench.weights.cabinet import find_weights
    from sim_bench.weights.copies import copy_weights
    from sim_bench.weights.table import weight_file

    _check_licence(name, weight_file(name).licence, permissive_only=permissive_only)
    kept = find_weights(name)
    typer.echo(f"{kept.name} ({kept.licence}) is in {kept.path}")
    return None if to is None else copy_weights(kept, to)


def _get_model(
    model: str, pretrained: str | None, to: Path | None, *, permissive_only: bool
) -> Path | None:
    """Find or fetch a model, and copy it where that was asked for."""
    from sim_bench.encoders.catalogue import find, is_known
    from sim_bench.encoders.local import copy_bundle
    from sim_bench.encoders.resolve import resolve
    from sim_bench.weights.table import TABLE

    name, _, tag = model.partition("/")
    if is_known(name, pretrained or tag or None):  # before anything is fetched
        _check_licence(model, find(model, pretrained).licence, permissive_only=permissive_only)
    try:
        resolved = resolve(model, pretrained)
    except UnknownNameError as error:
        alike = [one for one in TABLE if one.startswith(name.lower().partition("_")[0])]
        if error.name == model and (alike or get_close_matches(model, TABLE, n=1)):
            raise UnknownNameError("weight file", model, alike or TABLE) from error
        raise
    _check_licence(resolved.title, resolved.licence, permissive_only=permissive_only)
    typer.echo(f"{resolved.title} ({resolved.licence}) is in {resolved.folder}")
    return None if to is None else copy_bundle(resolved.open(), to).folder


def _check_licence(name: str, licence: str, *, permissive_only: bool) -> None:
    """Refuse weights whose licence is not permissive, where only such were asked for."""
    from sim_bench.weights.licences import is_permissive

    if permissive_only and not is_permissive(licence):
        raise LicenceError(
            f"{name} is not for --permissive-only: its licence is {licence!r}. "
            "`sim-bench models list --permissive-only` shows what is."
        )


@app.command()
def export(
    model: Annotated[str, typer.Argument(help="A model of open_clip, or hf-hub:owner/repository.")],
    output: Annotated[Path, typer.Option(help="Folder to make.")],
    pretrained: Annotated[
        str | None, typer.Option(help="A tag of open_clip, or a checkpoint file.")
    ] = None,
    licence: Annotated[
        str | None, typer.Option(help="Licence of the weights.", show_default="as known")
    ] = None,
    batch: Annotated[
        int | None, typer.Option(min=1, help="Fix the batch.", show_default="free")
    ] = None,
) -> None:
    """Make a bundle from an open_clip model, and compare the two. Needs the torch extra."""
    from sim_bench.encoders.export import export_bundle

    done = export_bundle(model, pretrained, output, batch=batch, licence=licence)
    typer.echo(f"Same answers as the model: {done.parity}")
    typer.echo(f"{done.bundle.name} is in {done.bundle.folder}. Use it: --model {output}")


@app.command()
def doctor(
    folders: Annotated[
        list[Path] | None, typer.Argument(help="Bundle folders to check as well.")
    ] = None,
) -> None:
    """Check every model and weight file that is here. Exit 1 if one is bad."""
    from sim_bench.encoders.doctor import backends, check_models
    from sim_bench.weights.doctor import check_weights

    for name, offer in backends().items():
        typer.echo(f"{name}: {offer}")
    models, weights = check_models(folders or []), check_weights()
    here = [status for status in models if status.state != "absent"]
    _table(["model", "state", "where", "MB", "licence", "checksums", "golden vectors"], _rows(here))
    files = [status for status in weights if status.path is not None]
    if files:
        typer.echo()
        rows = [[s.name, s.state, s.where, _size(s), s.licence, s.checked or "-"] for s in files]
        _table(["weight file", "state", "where", "MB", "licence", "checked"], rows)
    statuses: list[ModelStatus | WeightStatus] = [*here, *files]
    for status in statuses:
        if status.problem:
            typer.echo(f"{status.name}: {status.problem}")
    absent = [status for status in models if status.state == "absent"]
    if absent:
        typer.echo(f"\nNot here: {len(absent)} models, {absent[0].where}: sim-bench models list")
    if len(files) < len(weights):
        typer.echo(f"Not here: {len(weights) - len(files)} weight files: sim-bench models list")
    if any(status.state == "bad" for status in statuses):
        raise typer.Exit(1)


def _rows(statuses: "Sequence[ModelStatus]") -> list[list[str]]:
    return [
        [
            status.name,
            status.state,
            status.where,
            _size(status),
            status.licence,
            status.checksums or "-",
            status.golden or "-",
        ]
        for status in statuses
    ]


def _size(status: "ModelStatus | WeightStatus") -> str:
    """Megabytes, with two digits for what is smaller than one."""
    size = status.megabytes
    return f"{size:.0f}" if size >= 1 else f"{size:.2g}" if size >= 0.001 else "<0.001"


def _table(columns: list[str], rows: list[list[str]]) -> None:
    """Print a table that folds its cells, rather than cutting them, where there is little room."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold", justify="right" if column == "MB" else "left")
    for row in rows:  # as Text: a folder's name may have brackets, which would be read as markup
        table.add_row(*(Text(cell, style=_STYLE.get(cell, "")) for cell in row))
    Console().print(table)
