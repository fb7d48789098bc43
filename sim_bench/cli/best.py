"""`sim-bench best`: the best photo of one burst."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim_bench.cli import options
from sim_bench.cli.console import SOME_UNSCORED, heading, show, show_reasons

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sim_bench.quality_assessment.base import QualityAssessor
    from sim_bench.selection.burst import Choice


def best(
    inputs: Annotated[
        list[str], typer.Argument(metavar="FOLDER|PHOTOS", help="The photos of one burst.")
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
) -> None:
    """Find the best photo of one burst by each method, with the margin and the reasons.

    Methods are clip_aesthetic and composite unless others are named. Exit status as in `score`.
    """
    from sim_bench.images.discover import discover
    from sim_bench.quality_assessment.run import score_table
    from sim_bench.selection.burst import Burst, choose

    methods = options.build_methods(
        method or ["clip_aesthetic", "composite"],
        model=model,
        pretrained=pretrained,
        aggregation=aggregation,
        prompts=prompts,
        device=device,
        precision=precision,
        decode=decode,
        permissive_only=permissive_only,
    )
    paths = discover(inputs).paths
    burst = Burst(inputs[0] if len(inputs) == 1 else f"{len(paths)} photos", paths)
    with options.opened_store(store, off=no_store) as kept:
        table = score_table(paths, methods, store=kept)
    choice = choose(burst, table, {name: one.direction for name, one in methods.items()})
    heading("BEST IMAGE SELECTION")
    some_unscored = bool((table["status"] == "unscored").any())
    shown = table.assign(image=[Path(path).name for path in table["path"]])
    show(shown[["image", *methods, *(["reason"] if some_unscored else [])]])
    show_choice(choice, methods)
    if some_unscored:
        raise typer.Exit(SOME_UNSCORED)


def show_choice(choice: "Choice", methods: "Mapping[str, QualityAssessor]") -> None:
    """Print the best photo by each method and what sets it apart from the next."""
    from sim_bench.selection.burst import why

    for name, method in methods.items():
        best_photo = choice.best[name]
        by = f" ({method.made_by})" if method.made_by else ""
        if best_photo.path is None or best_photo.score is None:
            typer.echo(f"\nBest by {name}{by}: none, no photo could be scored")
            continue
        typer.echo(f"\nBest by {name}{by}: {best_photo.path.name}")
        typer.echo(f"  Score: {best_photo.score:.4f}")
        if len(best_photo.tied) > 1:
            typer.echo(f"  Tied: {', '.join(path.name for path in best_photo.tied)}")
        if best_photo.runner_up is not None:
            typer.echo(f"  Margin: {best_photo.margin:.4f} to {best_photo.runner_up.name}, made of")
        show_reasons(why(method, best_photo))
    if len(methods) > 1:
        answer = {True: "YES", False: "NO", None: "UNDECIDED"}[choice.agree]
        typer.echo(f"\nMethods Agree: {answer}")
