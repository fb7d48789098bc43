"""Run a quality benchmark: `python run_quality_benchmark.py CONFIG.yaml`."""

import typer

from sim_bench.cli.benchmark import benchmark
from sim_bench.cli.console import one_line_errors

if __name__ == "__main__":
    with one_line_errors():
        typer.run(benchmark)
