"""The command line: one file per command, each of which parses and calls the API."""

import os
import sys


def main() -> None:
    """Run `sim-bench`; a foreseen failure is one line on stderr and exit status 1."""
    from sim_bench.cli.app import app
    from sim_bench.cli.console import INTERRUPTED, one_line_errors

    try:
        with one_line_errors():
            app(prog_name="sim-bench")
        status = 0
    except SystemExit as stop:
        if stop.code not in (0, INTERRUPTED):
            raise
        status = stop.code
    with one_line_errors():
        sys.stdout.flush()
        sys.stderr.flush()
    # At once: all that was done is in the output and in the store by now. An ordinary exit waits
    # for threads inside a decoder or a model, which nothing can stop, and takes the models apart.
    os._exit(status)
