"""How far a download is, on a terminal; elsewhere nothing."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from sim_bench.weights.fetch import Progress


@contextmanager
def bar(title: str) -> Iterator[Progress | None]:
    """Show a bar on stderr while a file is downloaded; None where stderr is no terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        TextColumn,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )
    from rich.progress import Progress as Bars

    with Bars(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    ) as bars:
        task = bars.add_task(title, total=None)
        yield lambda done, total: bars.update(task, completed=done, total=total)
