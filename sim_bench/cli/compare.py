"""`sim-bench compare RUN RUN...`: finished runs side by side."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim_bench.cli.console import heading, show

if TYPE_CHECKING:
    import pandas as pd

    from sim_bench.benchmark.compare_runs import FinishedRun, RunDifference


def compare(
    runs: Annotated[
        list[Path], typer.Argument(metavar="RUN RUN...", help="Output folders of benchmarks.")
    ],
    output: Annotated[
        Path | None, typer.Option("--output", help="Write the comparison to this CSV file too.")
    ] = None,
) -> None:
    """Compare finished runs: methods of one name, on the items that both runs scored.

    Differences are first less second, with an interval from resampled series, and a paired
    permutation test corrected over all rows. Exit status: 0 compared, 1 nothing to compare.
    """
    from sim_bench.benchmark.compare_runs import compare_runs, read_run
    from sim_bench.benchmark.measures.common import Settings

    if len(runs) < 2:
        raise typer.BadParameter("give two run folders or more", param_hint="RUN")
    read = _distinct([read_run(folder) for folder in runs])
    differences = compare_runs(read, Settings(level=read[0].results.level))
    if not differences:
        typer.echo("error: the runs share no method on the same data set", err=True)
        raise typer.Exit(1)
    table = _table(differences)
    heading(f"{' / '.join(run.name for run in read)}: first less second")
    show(table.drop(columns=["unmatched"]), digits=3)
    for one in dict.fromkeys((d.dataset, d.unmatched) for d in differences if d.unmatched):
        typer.echo(
            f"{one[0]}: {one[1]:,} items do not count: not scored in both runs, or judged "
            "differently there"
        )
    if output is not None:
        output.parent.mkdir(parents=True, exist_ok=True)
        table.to_csv(output, index=False)


def _distinct(runs: "list[FinishedRun]") -> "list[FinishedRun]":
    """Number runs whose folders have the same name."""
    from dataclasses import replace

    names = [run.name for run in runs]
    return [
        replace(run, name=f"{run.name} [{k}]") if names.count(run.name) > 1 else run
        for k, run in enumerate(runs, start=1)
    ]


def _table(differences: "list[RunDifference]") -> "pd.DataFrame":
    import pandas as pd

    table = pd.DataFrame(
        [
            {
                "dataset": one.dataset,
                "measure": one.measure,
                "method": one.method,
                "first": one.first,
                "second": one.second,
                "n": one.n,
                "unmatched": one.unmatched,
                "value_first": one.values[0],
                "value_second": one.values[1],
                "difference": one.difference.value,
                "low": one.difference.low,
                "high": one.difference.high,
                "p_holm": one.p_holm,
            }
            for one in differences
        ]
    )
    figures = ["value_first", "value_second", "difference", "low", "high", "p_holm"]
    return table.astype(dict.fromkeys(figures, float))
