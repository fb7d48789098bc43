"""`sim-bench models`: which models there are, fetching, exporting and checking them."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from sim_bench.encoders.doctor import ModelStatus

app = typer.Typer(no_args_is_help=True, help="List, fetch, export and check CLIP models.")

_STYLE = {"ready": "green", "bad": "red", "absent": "dim"}


@app.command("list")
def list_models() -> None:
    """List the models that are known by name, and which of them are here."""
    from sim_bench.encoders.doctor import find_models

    _table(
        ["model", "state", "where", "MB", "licence"],
        [[s.name, s.state, s.where, str(s.megabytes), s.licence] for s in find_models()],
    )
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
        Path | None, typer.Option(help="Copy the bundle into this folder, for another machine.")
    ] = None,
) -> None:
    """Fetch a model, check its files, and record what they are."""
    from sim_bench.encoders.local import OFFLINE_FOLDER, copy_bundle
    from sim_bench.encoders.resolve import resolve

    resolved = resolve(model, pretrained)
    typer.echo(f"{resolved.title} ({resolved.licence}) is in {resolved.folder}")
    if to is not None:
        copy = copy_bundle(resolved.open(), to)
        typer.echo(f"Copied to {copy.folder}. On another machine: {OFFLINE_FOLDER}={to}")


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
    """Check every model that is here: checksums, golden vectors. Exit 1 if one is bad."""
    from sim_bench.encoders.doctor import backends, check_models

    for name, offer in backends().items():
        typer.echo(f"{name}: {offer}")
    statuses = check_models(folders or [])
    here = [status for status in statuses if status.state != "absent"]
    _table(["model", "state", "where", "MB", "licence", "checksums", "golden vectors"], _rows(here))
    for status in here:
        if status.problem:
            typer.echo(f"{status.name}: {status.problem}")
    absent = [status for status in statuses if status.state == "absent"]
    if absent:
        typer.echo(f"\nNot here: {len(absent)} models, {absent[0].where}: sim-bench models list")
    if any(status.state == "bad" for status in here):
        raise typer.Exit(1)


def _rows(statuses: "Sequence[ModelStatus]") -> list[list[str]]:
    return [
        [
            status.name,
            status.state,
            status.where,
            str(status.megabytes),
            status.licence,
            status.checksums or "-",
            status.golden or "-",
        ]
        for status in statuses
    ]


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
