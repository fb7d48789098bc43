"""`sim-bench explain`: what a score is made of."""

from math import isinf
from pathlib import Path
from typing import Annotated

import typer

from sim_bench.cli import options
from sim_bench.cli.console import show_reasons


def explain(
    photo: Annotated[Path, typer.Argument(metavar="PHOTO", help="The photo.")],
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
    """Show the reasons behind a photo's score, largest first; they add up to it."""
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
    with options.opened_store(store, off=no_store) as kept:
        for one in methods.values():
            one.load(kept)
    for name, one in methods.items():
        explanation = one.explain(photo)
        by = f" by {one.made_by}" if one.made_by else ""
        low, high = one.score_range
        bounds = "no bounds" if isinf(low) and isinf(high) else f"from {low:g} to {high:g}"
        typer.echo(
            f"{photo}: {name} {explanation.score:+.4f}{by} ({bounds}, {one.direction} is better)"
        )
        show_reasons(explanation.reasons)
