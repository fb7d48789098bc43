"""`sim-bench report`: a contact sheet of a card, with verdicts and reasons, as one page."""

from pathlib import Path
from typing import Annotated

import typer

from sim_bench.cli import options
from sim_bench.cli.cull import cull


def report(
    inputs: Annotated[
        list[str], typer.Argument(metavar="FOLDER|PHOTOS", help="The photos of a card.")
    ],
    method: options.Methods = None,
    model: options.Model = None,
    device: options.DeviceOption = None,
    precision: options.PrecisionOption = None,
    permissive_only: options.PermissiveOnly = False,
    output: Annotated[Path, typer.Option(help="FILE.html.")] = Path("report.html"),
    store: options.StorePath = None,
    no_store: options.NoStore = False,
) -> None:
    """Write one page with all photos by group, picks marked, with reasons: `cull --page`.

    What an earlier `cull` of the same photos has computed is not computed again.
    """
    cull(
        inputs,
        method=method,
        model=model,
        device=device,
        precision=precision,
        permissive_only=permissive_only,
        page=output,
        store=store,
        no_store=no_store,
    )
