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
    decode: options.DecodeOption = None,
    permissive_only: options.PermissiveOnly = False,
    store: options.StorePath = None,
    no_store: options.NoStore = False,
    output: options.OutputFile = None,
) -> None:
    """Score photos: a row for every input, scored or unscored with a reason.

    What was computed is kept: photos that have not changed are not opened again, whatever the
    prompts or the aggregation. Exit status: 0 all scored, 3 some unscored, 2 wrong usage, 1 failed.
    """
    from sim_bench.images.discover import discover
    from sim_bench.quality_assessment.record import COLUMNS
    from sim_bench.quality_assessment.run import score_stream
    from sim_bench.report.table_file import TableFile

    options.check_output(output)
    methods = options.build_methods(
        method or ["clip_aesthetic"],
        model=model,
        pretrained=pretrained,
        aggregation=aggregation,
        prompts=prompts,
        device=device,
        precision=precision,
        decode=decode,
        permissive_only=permissive_only,
    )
    found = discover(inputs)
    counts: Counter[str] = Counter()
    notes: dict[str, Path] = {}
    with options.opened_store(store, off=no_store) as kept:
        # Models are loaded here: what fails, fails before an earlier table is overwritten.
        records = track(score_stream(found.paths, methods, store=kept), len(found.paths))
        with TableFile(output, [*COLUMNS, *methods], numeric=list(methods)) as table:
            try:
                for record in records:
                    table.write(record.as_row())
                    counts[record.status] += 1
                    counts["known"] += record.known
                    for note in record.notes:
                        counts[note] += 1
                        notes.setdefault(note, record.path)
            except KeyboardInterrupt:
                done = counts["scored"] + counts["unscored"]
                where = f"{done} of {len(found.paths)} rows are in {output or 'the output'}"
                again = "; the same command goes on from there" if kept else ""
                typer.echo(f"interrupted: {where}{again}", err=True)
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
    if counts["known"]:
        lines.append(f"{counts['known']} of them known already, and not decoded again")
    if passed_over := found.summary():
        lines.append(passed_over)
    lines += [f"{name}: {made_by}" for name, one in methods.items() if (made_by := one.made_by)]
    if output is not None:
        lines.append(f"written to {output}")
    typer.echo("\n".join(lines), err=True)
