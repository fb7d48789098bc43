"""`sim-bench store`: what is kept of photos seen before, and its upkeep."""

from typing import Annotated

import typer

from sim_bench.cli import options

app = typer.Typer(no_args_is_help=True, help="See, tidy and check what is kept of photos.")


@app.command()
def info(store: options.StorePath = None) -> None:
    """Say where the store is and what it holds."""
    from sim_bench.store.store import Store
    from sim_bench.store.upkeep import info as look

    with Store(store) as opened:
        found = look(opened)
    typer.echo(f"{found.path}: {found.bytes / 1e6:,.1f} MB")
    typer.echo(f"{found.files} files of {found.contents} different contents")
    for one in found.encoders:
        count = one.vectors or one.texts
        typer.echo(f"{count} vectors of {one.dim} numbers: {one.name or '?'} ({one.fingerprint})")
    for scored in found.assessors:
        typer.echo(f"{scored.scores} scores: {scored.fingerprint}")


@app.command()
def prune(
    store: options.StorePath = None,
    encoder: Annotated[
        str | None,
        typer.Option(help="Drop the vectors of this fingerprint (see `info`) as well."),
    ] = None,
    missing_folders: Annotated[
        bool,
        typer.Option(
            "--missing-folders",
            help="Drop photos whose whole folder is gone too; without it they are kept, since "
            "their disk may only be unplugged.",
        ),
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
) -> None:
    """Drop what belongs to photos that are gone, and give the space back.

    Nothing is lost but time: what is dropped would be computed again.
    """
    from sim_bench.store.store import Store
    from sim_bench.store.upkeep import prune as tidy

    with Store(store) as opened:
        gone = tidy(
            opened, dry_run=dry_run, encoder=encoder, include_missing_folders=missing_folders
        )
    typer.echo(
        f"{'would drop' if dry_run else 'dropped'} {gone.files} files, {gone.contents} contents, "
        f"{gone.vectors + gone.texts} vectors, {gone.scores} scores"
    )


@app.command()
def verify(
    store: options.StorePath = None,
    repair: Annotated[
        bool, typer.Option("--repair", help="Drop damaged rows; they are computed again.")
    ] = False,
) -> None:
    """Read every row and compare it with its checksum. Exit status 1 if any is damaged."""
    from sim_bench.store.store import Store
    from sim_bench.store.upkeep import verify as check

    with Store(store) as opened:
        found = check(opened, repair=repair)
    for line in found.lines():
        typer.echo(line)
    if not found.sound and not repair:
        raise typer.Exit(1)
