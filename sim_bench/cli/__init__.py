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
    except SystemExit as stop:
        if stop.code == INTERRUPTED:
            sys.stdout.flush()
            sys.stderr.flush()
            # At once: a thread inside a decoder or a model cannot be stopped, and an ordinary exit
            # waits for it. What is done is in the output and in the store by now.
            os._exit(INTERRUPTED)
        raise
    sys.exit(0)
