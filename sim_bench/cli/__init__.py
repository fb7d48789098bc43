"""The command line: one file per command, each of which parses and calls the API."""

import sys


def main() -> None:
    """Run `sim-bench`; a foreseen failure is one line on stderr and exit status 1."""
    from sim_bench.cli.app import app
    from sim_bench.cli.console import one_line_errors

    with one_line_errors():
        app(prog_name="sim-bench")
    sys.exit(0)
