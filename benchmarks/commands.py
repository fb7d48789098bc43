"""Commands as a user starts them: each a fresh process, timed from start to end."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

SIM_BENCH = ("-m", "sim_bench")


def timed(*arguments: str | Path) -> float:
    """Seconds that `python *arguments` takes.

    Raises:
        SystemExit: It failed; with what it said.
    """
    start = perf_counter()
    done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True)
    seconds = perf_counter() - start
    if done.returncode:
        raise SystemExit(f"{' '.join(map(str, arguments))} failed:\n{done.stderr}")
    return seconds


def score(
    inputs: Sequence[str | Path],
    *,
    model: str,
    store: Path,
    output: Path,
    prompts: Path | None = None,
) -> tuple[str | Path, ...]:
    """Arguments of `python` for `sim-bench score`."""
    more = ("--prompts", prompts) if prompts else ()
    named = ("--model", model, "--store", store, "--output", output)
    return (*SIM_BENCH, "score", *inputs, *named, *more)
