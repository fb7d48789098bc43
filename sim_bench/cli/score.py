"""`sim-bench score`: one row per photo."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim_bench.cli import options
from sim_bench.cli.console import SOME_UNSCORED, track

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sim_bench.images.discover import Discovery
    from sim_bench.quality_assessment.base import QualityAssessor


def score(
    inputs: Annotated[
        list[str],
        typer.Argument(
            metavar="PATHS",
            help="Photos, folders, globs, or a CSV or Parquet file with a column of paths.",
        ),
    ],
    method: options.Methods = None,
    model: options.Model = None,
    pretrained: options.Pretrained = None,
    aggregation: options.AggregationOption = None,
    prompts: options.Prompts = None,
    device: options.DeviceOption = None,
    precision: options.PrecisionOption = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", help="FILE.csv, .parquet or .jsonl; CSV on stdout without it."),
    ] = None,
) -> None:
    """Score photos: a row for every input, scored or unscored with a reason.

    Exit status: 0 all scored, 3 some unscored, 2 wrong usage, 1 failed.
    """
    from sim_bench.images.discover import discover
    from sim_bench.quality_assessment.run import COLUMNS, score_stream
    from sim_bench.report.table_file import TableFile, check_suffix

    if output is not None:
        try:
            check_suffix(output)
        except ValueError as error:
            raise typer.BadParameter(str(error), param_hint="--output") from error
    methods = options.build_methods(
        method or ["clip_aesthetic"],
        model=model,
        pretrained=pretrained,
        aggregation=aggregation,
        prompts=prompts,
        device=device,
        precision=precision,
    )
    found = discover(inputs)
    counts: Counter[str] = Counter()
    records = track(score_stream(found.paths, methods), len(found.paths))
    notes: dict[str, Path] = {}
    with TableFile(output, [*COLUMNS, *methods], numeric=list(methods)) as table:
        try:
            for record in records:
                table.write(record.as_row())
                counts[record.status] += 1
                for note in record.notes:
                    counts[note] += 1
                    notes.setdefault(note, record.path)
        except KeyboardInterrupt:
            done = counts["scored"] + counts["unscored"]
            kept = f"{done} of {len(found.paths)} rows are in {output or 'the output'}"
            typer.echo(f"interrupted: {kept}", err=True)
            raise
    for note, path in notes.items():
        typer.echo(f"note: {note} ({counts[note]} photos, the first {path})", err=True)
    report(found, counts, methods, output)
    if counts["unscored"]:
        raise typer.Exit(SOME_UNSCORED)


def report(
    found: "Discovery",
    counts: Counter[str],
    methods: "Mapping[str, QualityAssessor]",
    output: Path | None,
) -> None:
    """Say on stderr what became of the inputs, and which model made the scores."""
    lines = [f"{len(found.paths)} photos: {counts['scored']} scored, {counts['unscored']} unscored"]
    if passed_over := found.summary():
        lines.append(passed_over)
    lines += [f"{name}: {made_by}" for name, one in methods.items() if (made_by := one.made_by)]
    if output is not None:
        lines.append(f"written to {output}")
    typer.echo("\n".join(lines), err=True)
