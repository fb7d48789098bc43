"""`sim-bench undo`: sidecars as they were before `cull --apply`."""

from pathlib import Path
from typing import Annotated

import typer

from sim_bench.cli.console import SOME_UNSCORED


def undo(
    journal: Annotated[Path, typer.Argument(help="The journal that `cull --apply` named.")],
) -> None:
    """Take back what `cull --xmp --apply` wrote: every sidecar as it was, to the byte.

    A sidecar that somebody has changed since is left alone. Exit status: 0 all taken back, 3 some
    were left.
    """
    from sim_bench.cli.cull_output import show_outcomes
    from sim_bench.export.undo import undo as take_back

    if show_outcomes(f"undo of {journal}", take_back(journal)):
        raise typer.Exit(SOME_UNSCORED)
