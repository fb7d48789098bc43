"""`sim-bench experiment`: Tests 1, 2 and 3 of the note."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim_bench.cli import options
from sim_bench.cli.console import SOME_UNSCORED, heading, show, track
from sim_bench.cli.model_choice import load_shown

if TYPE_CHECKING:
    import pandas as pd

    from sim_bench.benchmark.experiment import Experiment
    from sim_bench.benchmark.samples import Samples
    from sim_bench.encoders.base import Device, Precision
    from sim_bench.evaluation.correlation import Correlation
    from sim_bench.store.store import Store

SHOWN_RULES = ("sharpness", "contrast", "composite")
"""Columns of the note's tables, and the composite; the files hold every method."""

MOST_BURSTS = 6
"""Bursts printed in full; the file holds all."""


def experiment(
    photos: Annotated[
        Path | None,
        typer.Option("--photos", help="Folder of photos.", show_default="sample photos"),
    ] = None,
    bursts: Annotated[
        Path | None,
        typer.Option(
            "--bursts",
            help="Folder with a folder per burst.",
            show_default="sample bursts, if no photos are given either",
        ),
    ] = None,
    model: options.ModelOrAuto = "auto",
    pretrained: options.Pretrained = None,
    device: options.DeviceOption = None,
    precision: options.PrecisionOption = None,
    store: options.StorePath = None,
    no_store: options.NoStore = False,
    output: options.OutputFolder = Path("outputs/experiment"),
) -> None:
    """Run the experiment: CLIP beside rule-based measures, bursts, aggregation methods.

    Exit status: 0 all scored, 3 some unscored, 2 wrong usage, 1 failed.
    """
    samples = None
    if photos is None and bursts is None:
        from sim_bench.benchmark.samples import write_samples

        samples = write_samples(output / "samples")
        photos, bursts = samples.photos, samples.bursts
        typer.echo(f"No photos given: using sample photos, written to {output / 'samples'}")
    with options.opened_store(store, off=no_store) as kept:
        unscored = run(
            photos=photos,
            bursts=bursts,
            samples=samples,
            model=model,
            pretrained=pretrained,
            device=device or "auto",
            precision=precision or "auto",
            store=kept,
            output=output,
        )
    if unscored:
        raise typer.Exit(SOME_UNSCORED)


def run(
    *,
    photos: Path | None,
    bursts: Path | None,
    samples: "Samples | None",
    model: str,
    output: Path,
    pretrained: str | None = None,
    device: "Device" = "auto",
    precision: "Precision" = "auto",
    store: "Store | None" = None,
) -> int:
    """Run the experiment, print its tables and write its files; return how many are unscored."""
    from sim_bench.benchmark.experiment import run_experiment, write_results
    from sim_bench.images.discover import discover
    from sim_bench.report.experiment_figure import draw_experiment
    from sim_bench.selection.burst import find_bursts

    encoder = load_shown(model, pretrained, device, precision)
    found_bursts = find_bursts(bursts) if bursts else []
    paths = discover([photos]).paths if photos else ()
    result = run_experiment(encoder, paths, found_bursts, store=store, watch=track)
    truth = samples.truth if samples else {}
    if paths:
        print_test_1(result)
    if found_bursts:
        print_test_2(result, truth)
    if paths:
        print_test_3(result)
    files = write_results(result, output, truth)
    if paths:
        draw_experiment(result, output / "experiment.png")
        files.append(output / "experiment.png")
    typer.echo(f"\nWritten to {output}: {', '.join(file.name for file in files)}")
    return unscored_of(result)


def unscored_of(result: "Experiment") -> int:
    """Count the photos, single or in bursts, that some method could not score."""
    tables = [result.photos, *(choice.table for choice in result.choices)]
    return sum(int((table["status"] == "unscored").sum()) for table in tables)


def print_test_1(result: "Experiment") -> None:
    """Print scores beside rule-based measures, and their correlations."""
    from sim_bench.benchmark.experiment import CLIP
    from sim_bench.evaluation.correlation import correlation_matrix

    heading("TEST 1: SAMPLE IMAGES")
    heading("RESULTS SUMMARY")
    columns = [CLIP, *SHOWN_RULES]
    show(by_image(result, columns))
    say_unscored(result.photos)
    heading("CORRELATIONS")
    show(correlation_matrix(result.photos[columns]), index=True, digits=2)
    typer.echo(f"\n{CLIP} against each rule-based measure, with 95% intervals:")
    show(readable(result.correlations, verdicts=True))
    typer.echo(
        "\nVerdict of the note (good above 0.4, poor below 0.2), only where the whole interval\n"
        "supports it; otherwise undecided. It says how far CLIP agrees with a measure of pixels,\n"
        "not with people."
    )


def print_test_2(result: "Experiment", truth: Mapping[str, Path]) -> None:
    """Print the best of each burst by CLIP and by the composite, and how often they agree."""
    from sim_bench.benchmark.experiment import CLIP, COMPOSITE
    from sim_bench.selection.burst import hits

    heading("TEST 2: BURSTS")
    heading("BEST IMAGE SELECTION")
    for choice in result.choices[:MOST_BURSTS]:
        typer.echo(f"Burst: {choice.burst.name} ({len(choice.burst.paths)} photos)")
        scores = choice.table.set_index("path")[[CLIP, COMPOSITE]]
        for method, title in ((CLIP, "CLIP Aesthetic"), (COMPOSITE, "Composite Quality")):
            best = choice.best[method]
            if best.path is None:
                typer.echo(f"Best by {title}: none, no photo could be scored")
                continue
            typer.echo(f"Best by {title}: {' = '.join(path.name for path in best.tied)}")
            typer.echo(f"  CLIP Score: {float(scores[CLIP].loc[str(best.path)]):.4f}")
            typer.echo(f"  Composite Score: {float(scores[COMPOSITE].loc[str(best.path)]):.4f}")
        answer = {True: "YES", False: "NO", None: "UNDECIDED"}[choice.agree]
        typer.echo(f"Methods Agree: {answer}\n")
    if (more := len(result.choices) - MOST_BURSTS) > 0:
        typer.echo(f"... and {more} bursts more, in test2_bursts.csv\n")
    agreed = sum(choice.agree is True for choice in result.choices)
    typer.echo(f"Methods agree in {agreed} of {len(result.choices)} bursts.")
    if truth:
        faults = dict.fromkeys(name.rpartition("-")[2] for name in truth)
        for method in (CLIP, COMPOSITE):
            first = hits(result.choices, method, truth)
            by_fault = []
            for fault in faults:
                of_kind = {name: path for name, path in truth.items() if name.endswith(fault)}
                found = hits(result.choices, method, of_kind)
                by_fault.append(f"{fault} {found} of {len(of_kind)}")
            typer.echo(
                f"{method} puts the undamaged photo first in {first} of {len(truth)} bursts "
                f"({first / len(truth):.0%}): {', '.join(by_fault)}."
            )


def print_test_3(result: "Experiment") -> None:
    """Print the scores by each aggregation method and how they correlate."""
    from sim_bench.evaluation.correlation import correlation_matrix
    from sim_bench.quality_assessment.aggregate import AGGREGATIONS

    heading("TEST 3: AGGREGATION METHODS")
    heading("AGGREGATION METHOD COMPARISON")
    columns: list[str] = [*AGGREGATIONS]
    show(by_image(result, columns))
    heading("CORRELATIONS BETWEEN AGGREGATION METHODS")
    show(correlation_matrix(result.photos[columns]), index=True, digits=3)
    typer.echo("\nWith 95% intervals:")
    show(readable(result.aggregations, verdicts=False))


def by_image(result: "Experiment", columns: list[str]) -> "pd.DataFrame":
    """Take the named columns of the scored photos, best CLIP score first, by file stem."""
    from sim_bench.benchmark.experiment import CLIP

    scored = result.photos[result.photos["status"] == "scored"]
    table = scored.sort_values(CLIP, ascending=False, kind="stable")
    table = table.assign(image=[Path(path).stem for path in table["path"]])
    return table[["image", *columns]]


def say_unscored(table: "pd.DataFrame") -> None:
    """List the photos without a score, each with its reason."""
    unscored = table[table["status"] == "unscored"]
    typer.echo(
        f"\n{len(table)} photos: {len(table) - len(unscored)} scored, {len(unscored)} unscored"
    )
    for path, reason in zip(unscored["path"], unscored["reason"], strict=True):
        typer.echo(f"  {path}: {reason}")


def readable(
    correlations: "Mapping[tuple[str, str], Sequence[Correlation]]", *, verdicts: bool
) -> "pd.DataFrame":
    """Lay correlations out for reading: one row per pair, each kind with its interval."""
    import pandas as pd

    from sim_bench.evaluation.verdict import verdict

    rows = []
    for (one, other), kinds in correlations.items():
        row: dict[str, object] = {"pair": f"{one} ~ {other}" if not verdicts else other}
        for found in kinds:
            row[f"{found.kind} [95% interval]"] = interval(found)
        row["n"] = kinds[0].n
        if verdicts:
            row["verdict (spearman)"] = verdict(kinds[-1])
        rows.append(row)
    return pd.DataFrame(rows)


def interval(found: "Correlation") -> str:
    """Write a correlation with its interval, or why there is none."""
    if found.reason:
        return f"undefined: {found.reason}"
    return f"{found.estimate:+.2f} [{found.low:+.2f}, {found.high:+.2f}]"
