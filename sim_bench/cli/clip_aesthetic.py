"""`python -m sim_bench.quality_assessment.clip_aesthetic`: photos scored, with every number."""

from pathlib import Path
from typing import Annotated

import typer

from sim_bench.cli import options
from sim_bench.cli.console import heading, one_line_errors, show_reasons
from sim_bench.cli.model_choice import load_shown


def assess(
    photos: Annotated[
        list[Path] | None, typer.Argument(metavar="[PHOTO...]", show_default="a sample photo")
    ] = None,
    model: options.ModelOrAuto = "auto",
    pretrained: options.Pretrained = None,
) -> None:
    """Score photos by CLIP prompts and show what each score is made of."""
    from sim_bench.quality_assessment.clip_aesthetic import CLIPAestheticAssessor

    if not photos:
        from sim_bench.benchmark.samples import write_scene

        photos = [write_scene("coffee", Path("outputs/samples"))]
        typer.echo(f"No photo given: using {photos[0]}")
    assessor = CLIPAestheticAssessor(encoder=load_shown(model, pretrained))
    for photo in photos:
        heading(str(photo))
        for name, value in assessor.get_detailed_scores(photo).items():
            typer.echo(f"  {name!r}: {value:+.4f}")
        explanation = assessor.explain(photo)
        typer.echo(f"\nOverall {explanation.score:+.4f} is made of")
        show_reasons(explanation.reasons)


def main() -> None:
    """Run the module as a program."""
    with one_line_errors():
        typer.run(assess)
