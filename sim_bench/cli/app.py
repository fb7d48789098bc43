"""The command `sim-bench` and its sub-commands."""

from typing import Annotated

import typer

from sim_bench import __version__
from sim_bench.cli.benchmark import benchmark
from sim_bench.cli.best import best
from sim_bench.cli.compare import compare
from sim_bench.cli.cull import cull
from sim_bench.cli.datasets import app as datasets
from sim_bench.cli.demo import demo
from sim_bench.cli.ensemble import ensemble
from sim_bench.cli.experiment import experiment
from sim_bench.cli.explain import explain
from sim_bench.cli.methods import methods
from sim_bench.cli.models import app as models
from sim_bench.cli.report import report
from sim_bench.cli.rescore import rescore
from sim_bench.cli.score import score
from sim_bench.cli.store import app as store
from sim_bench.cli.undo import undo

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (
    *(score, rescore, explain, best),
    *(cull, report, undo),
    *(benchmark, compare, ensemble),
    *(experiment, demo, methods),
):
    app.command()(command)
app.add_typer(models, name="models")
app.add_typer(datasets, name="datasets")
app.add_typer(store, name="store")


def _show_version(value: bool) -> None:
    if value:
        typer.echo(f"sim-bench {__version__}")
        raise typer.Exit


@app.callback()
def about(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Which of these photos is the best, and why?"""
