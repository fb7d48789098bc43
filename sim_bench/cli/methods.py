"""`sim-bench methods`: what can judge a photo here, and what it takes."""

import math
from textwrap import indent
from typing import TYPE_CHECKING

import typer

from sim_bench.cli.console import show

if TYPE_CHECKING:
    from sim_bench.quality_assessment.base import QualityAssessor


_NOTHING = "Nothing is missing; `sim-bench models doctor` reads weights through."


def methods() -> None:
    """List every method: direction, range, and its weights: licence, training, here or not."""
    import pandas as pd

    from sim_bench.registry import METHODS, method_class

    rows, notes = [], []
    for name, target in METHODS.items():
        method = method_class(name)()
        missing = method.missing()
        rows.append(
            {
                "method": name,
                "class": target.partition(":")[2],
                "better": method.direction,
                "range": _shown(method.score_range),
                "licence": ", ".join(dict.fromkeys(method.licences())),
                "weights": _weights(method, missing),
            }
        )
        if method.kind == "learned":
            trained_on = method.trained_on
            what = "not on record" if trained_on is None else "; ".join(trained_on) or "nothing"
            said = indent(f"Trained on: {what}.\n{missing or _NOTHING}", "  ")
            notes.append(f"{name}\n{said}")
    show(pd.DataFrame(rows))
    for note in notes:
        typer.echo(f"\n{note}")


def _shown(score_range: tuple[float, float]) -> str:
    low, high = score_range
    if math.isinf(low) and math.isinf(high):
        return "no bounds"
    return f"{low:g} to {high:g}"


def _weights(method: "QualityAssessor", missing: str | None) -> str:
    if method.kind == "rule-based":
        return "none needed"
    return "missing" if missing else "ready"
