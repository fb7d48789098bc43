"""What every command shows the same way: headings, tables, notes, errors, progress."""

import os
import sys
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING, TextIO, TypeVar

import typer

from sim_bench.errors import SimBenchError

if TYPE_CHECKING:
    import pandas as pd

    from sim_bench.quality_assessment.base import Reason

Item = TypeVar("Item")

WIDTH = 80
_TICK = 0.1  # seconds between two updates of the progress bar
INTERRUPTED = 130
SOME_UNSCORED = 3
"""Exit status of a command that finished, but not with a score for everything."""


@contextmanager
def one_line_errors() -> Iterator[None]:
    """Turn foreseen failures into one line on stderr, and warnings into notes there."""
    try:
        with warnings_as_notes():
            yield
    except SimBenchError as error:
        typer.echo(f"error: {error}", err=True)
        sys.exit(1)
    except KeyboardInterrupt:
        typer.echo("interrupted", err=True)
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:  # a disk that is full, a folder that may not be looked into
        if not error.strerror:
            raise
        where = f"{error.filename}: " if error.filename else ""
        typer.echo(f"error: {where}{error.strerror}", err=True)
        sys.exit(1)


@contextmanager
def warnings_as_notes() -> Iterator[None]:
    """Print what the package warns of as notes on stderr; leave out what is for developers."""
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        warnings.showwarning = _note
        yield


def _note(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    if issubclass(category, UserWarning):
        typer.echo(f"note: {message}", err=True)


def heading(title: str) -> None:
    """Print a title over a rule, as the experiment note draws it."""
    typer.echo(f"\n{title}\n{'=' * WIDTH}")


def show(table: "pd.DataFrame", *, index: bool = False, digits: int = 4) -> None:
    """Print a whole table, never cut; a missing number is a dash."""
    typer.echo(table.to_string(index=index, na_rep="-", float_format=lambda x: f"{x:.{digits}f}"))


def show_reasons(reasons: "Iterable[Reason]") -> None:
    """Print reasons, one a line, the signed contribution first."""
    for reason in reasons:
        typer.echo(f"  {reason.contribution:+.4f}  {reason.name}  ({reason.detail})")


def banner(text: str) -> None:
    """Print a line that must not be missed, framed, on stderr."""
    typer.echo(f"{'*' * WIDTH}\n{text}\n{'*' * WIDTH}", err=True)


def track(items: Iterable[Item], total: int) -> Iterator[Item]:
    """Pass items on; on a terminal show how many, how fast, and how long it will take."""
    if not sys.stderr.isatty():
        yield from items
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    with Progress(
        TextColumn("scoring"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    ) as progress:
        task = progress.add_task("", total=total, rate="")
        shown = 0.0
        for done, item in enumerate(items, start=1):
            if (now := monotonic()) - shown >= _TICK:
                shown, speed = now, progress.tasks[0].speed
                rate = f"{speed:.1f} photos/s" if speed else ""
                progress.update(task, completed=done, rate=rate)
            yield item
