"""`sim-bench demo`: the experiment on sample photos, with the embedded model."""

from pathlib import Path

import typer

from sim_bench.cli import options
from sim_bench.cli.console import heading


def demo(output: options.OutputFolder = Path("outputs/demo")) -> None:
    """Show what sim-bench does: build samples, run the experiment, explain a choice.

    Uses the embedded model and photos that scikit-image and scikit-learn ship; needs no network.
    """
    from sim_bench.benchmark.samples import SOURCES, write_samples
    from sim_bench.cli.best import best
    from sim_bench.cli.experiment import run

    samples = write_samples(output / "samples")
    typer.echo(
        f"{len(SOURCES)} photos that scikit-image and scikit-learn ship, with known defects added, "
        f"are in {output / 'samples'}:"
    )
    for name, source in SOURCES.items():
        typer.echo(f"  {name}: {source.licence}")
    run(
        photos=samples.photos,
        bursts=samples.bursts,
        samples=samples,
        model="embedded",
        output=output / "results",
    )
    burst = samples.truth["coffee-focus"].parent
    heading(f"WHY: sim-bench best {burst} --model embedded --prompts technical")
    best([str(burst)], model="embedded", prompts="technical", no_store=True)
    heading("NEXT")
    typer.echo(
        f"Figure: {output / 'results' / 'experiment.png'}\n"
        "Your photos: sim-bench score PHOTOS --model embedded\n"
        "A burst of yours: sim-bench best FOLDER --model embedded\n"
        "One photo's reasons: sim-bench explain PHOTO --model embedded"
    )
