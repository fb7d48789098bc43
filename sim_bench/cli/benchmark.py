"""`sim-bench benchmark CONFIG.yaml`, also `python run_quality_benchmark.py CONFIG.yaml`."""

import logging
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, TextIO

import typer

from sim_bench.cli import options
from sim_bench.cli.console import SOME_UNSCORED, heading, track

OutputDir = Annotated[
    Path | None,
    typer.Option("--output", help="Folder for the results, instead of the configured one."),
]
Resume = Annotated[
    bool,
    typer.Option("--resume", help="Go on where an earlier run into the same folder stopped."),
]


def benchmark(
    config: Annotated[Path, typer.Argument(metavar="CONFIG.yaml", help="What to run.")],
    output: OutputDir = None,
    resume: Resume = False,
    permissive_only: options.PermissiveOnly = False,
    store: options.StorePath = None,
    no_store: options.NoStore = False,
) -> None:
    """Benchmark methods against what people chose; report those that cannot run.

    Exit status: 0 every method scored every photo, 3 finished with some failed or unscored,
    2 wrong usage, 1 failed.
    """
    from sim_bench.benchmark.config import load_config
    from sim_bench.benchmark.run import run_benchmark
    from sim_bench.benchmark.scoring import forget_journal
    from sim_bench.report.benchmark_text import summary_lines
    from sim_bench.report.run_folder import write_run

    settings = load_config(config, output=output, permissive_only=permissive_only)
    folder = settings.output.dir
    _make(folder)
    with _log(folder / "benchmark.log", fresh=not resume):
        with options.opened_store(store, off=no_store) as kept:
            try:
                run = run_benchmark(settings, store=kept, resume=resume, watch=track)
            except KeyboardInterrupt:
                typer.echo(
                    "interrupted: the same command with --resume goes on from here", err=True
                )
                raise
        title = ", ".join(dataset.name for dataset in settings.datasets)
        files = write_run(run, title=title)
    forget_journal(folder)
    heading(f"QUALITY BENCHMARK: {title}")
    for one in run.datasets.values():
        if one.material.note:
            typer.echo(f"NOTE   {one.material.note}")
    typer.echo(summary_lines(run.results))
    typer.echo(f"\nWritten to {folder}: {', '.join(file.name for file in files)}, benchmark.log")
    if not run.complete:
        raise typer.Exit(SOME_UNSCORED)


def _make(folder: Path) -> None:
    """Make the folder of results, and make sure of being able to write into it.

    Raises:
        ConfigError: It cannot be made or written into.
    """
    from sim_bench.errors import ConfigError

    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "benchmark.log").open("a", encoding="utf-8").close()
    except OSError as error:
        raise ConfigError(
            f"{folder}: results cannot be written there ({error.strerror}); "
            "name another folder by --output, or by output.dir in the configuration"
        ) from error


@contextmanager
def _log(path: Path, *, fresh: bool) -> Iterator[None]:
    """Write what the package logs and warns of into a file; show it on a terminal as well."""
    package = logging.getLogger("sim_bench")
    handler = logging.FileHandler(path, mode="w" if fresh else "a", encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    before = package.level
    package.setLevel(logging.INFO)
    package.propagate = False
    package.addHandler(handler)
    shown = logging.StreamHandler(sys.stderr)
    if sys.stderr.isatty():
        shown.setFormatter(logging.Formatter("%(message)s"))
        # What this module logs itself is for the file: the terminal sees it in other words.
        shown.addFilter(lambda record: record.name != package.name)
        package.addHandler(shown)
    try:
        package.info("begun")
        with _warnings_also_logged(package):
            yield
        package.info("finished")
    except BaseException as error:
        package.error("stopped: %s: %s", type(error).__name__, error)
        raise
    finally:
        package.setLevel(before)
        package.propagate = True
        package.removeHandler(handler)
        package.removeHandler(shown)
        handler.close()


@contextmanager
def _warnings_also_logged(logger: logging.Logger) -> Iterator[None]:
    with warnings.catch_warnings():
        show = warnings.showwarning

        def log_and_show(
            message: Warning | str,
            category: type[Warning],
            filename: str,
            lineno: int,
            file: TextIO | None = None,
            line: str | None = None,
        ) -> None:
            logger.warning("%s: %s", category.__name__, message)
            show(message, category, filename, lineno, file, line)

        warnings.showwarning = log_and_show
        yield
