"""`sim-bench ensemble RUN`: the combination that a benchmark learned, as a method of its own."""

from pathlib import Path
from typing import Annotated, Literal

import typer


def ensemble(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="Folder of a finished benchmark.")],
    dataset: Annotated[
        str | None,
        typer.Option(help="Which data set of the run.", show_default="the only one"),
    ] = None,
    task: Annotated[
        Literal["opinion", "pairs"] | None,
        typer.Option(help="Learned from opinions or from pairs.", show_default="the only one"),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(help="The file to write.", show_default="RUN/ensemble.yaml"),
    ] = None,
) -> None:
    """Write the weights that a benchmark learned as a file for the method `ensemble`.

    Score with it: sim-bench score PHOTOS --method ensemble:file=FILE
    """
    from sim_bench.benchmark.learned_ensemble import ensemble_from_run
    from sim_bench.quality_assessment.ensemble_file import read_ensemble

    try:
        file = ensemble_from_run(run, dataset, task, output=output)
    except ValueError as error:
        raise typer.BadParameter(f"{error} (--dataset, --task)") from error
    except OSError as error:
        where = error.filename or output or run
        message = f"{where} cannot be written: {error.strerror}"
        raise typer.BadParameter(message, param_hint="--output") from error
    made = read_ensemble(file)
    typer.echo(made.note)
    for member in made.members:
        typer.echo(f"  {member.weight:+.3f}  {member.name}")
    typer.echo(f"Written to {file}. Use it: --method ensemble:file={file}")
