"""Test whether CLIP prompts can assess photos: `python test_clip_aesthetic.py [--help]`.

The experiment of `sim-bench experiment`, under the name that the experiment note gave it.
"""

import typer

from sim_bench.cli.console import one_line_errors
from sim_bench.cli.experiment import experiment

if __name__ == "__main__":
    with one_line_errors():
        typer.run(experiment)
