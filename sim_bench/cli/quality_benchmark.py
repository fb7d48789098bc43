"""`python run_quality_benchmark.py CONFIG.yaml`: configured methods over a folder of photos."""

from pathlib import Path
from typing import Annotated

import typer

from sim_bench.cli import options
from sim_bench.cli.console import SOME_UNSCORED, heading, show, track


def quality_benchmark(
    config: Annotated[Path, typer.Argument(metavar="CONFIG.yaml", help="What to run.")],
    store: options.StorePath = None,
    no_store: options.NoStore = False,
) -> None:
    """Score a folder of photos by the methods of a YAML file; report those that cannot run.

    Exit status: 0 every method scored every photo, 3 finished with some failed or unscored,
    2 wrong usage, 1 failed.
    """
    from sim_bench.benchmark.config import load_config
    from sim_bench.benchmark.run import run_benchmark, write_run
    from sim_bench.evaluation.correlation import correlation_matrix

    settings = load_config(config)
    with options.opened_store(store, off=no_store) as kept:
        run = run_benchmark(settings, store=kept, watch=track)
    write_run(run, settings)
    heading(f"QUALITY BENCHMARK: {settings.dataset.name}")
    for name, reason in run.failed.items():
        typer.echo(f"FAILED {name}: {reason}")
    if not run.made_by:
        typer.echo("error: no method of the configuration could run", err=True)
        raise typer.Exit(1)
    names = list(run.made_by)
    unscored = run.scores[run.scores["status"] == "unscored"]
    for name, model in run.made_by.items():
        typer.echo(f"ran    {name}{f': {model}' if model else ''}")
    typer.echo(
        f"\n{len(run.scores)} photos: {len(run.scores) - len(unscored)} scored, "
        f"{len(unscored)} unscored"
    )
    show(run.scores[names].describe().loc[["count", "mean", "std", "min", "max"]], index=True)
    heading("CORRELATIONS (Spearman)")
    show(correlation_matrix(run.scores[names], "spearman"), index=True, digits=2)
    typer.echo(f"\nWritten to {settings.output.dir}: scores.csv, methods.csv")
    if run.failed or len(unscored):
        raise typer.Exit(SOME_UNSCORED)
