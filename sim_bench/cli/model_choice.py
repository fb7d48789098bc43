"""Loading the model that a command asked for, and saying which one it got."""

from typing import TYPE_CHECKING

import typer

from sim_bench.cli.console import banner

if TYPE_CHECKING:
    from sim_bench.encoders.base import Device, Encoder, Precision


def load_shown(
    model: str, pretrained: str | None, device: "Device" = "auto", precision: "Precision" = "auto"
) -> "Encoder":
    """Load a model and name it; a banner says so when "auto" fell back to the embedded one."""
    from sim_bench.encoders.load import load_encoder
    from sim_bench.encoders.resolve import resolve

    if model == "auto":
        resolved = resolve("auto", pretrained)
        if resolved.note:
            banner(resolved.note)
        model, pretrained = resolved.name, resolved.pretrained
    encoder = load_encoder(model, pretrained, device=device, precision=precision)
    typer.echo(f"Model: {encoder.name}")
    return encoder
