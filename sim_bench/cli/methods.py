"""`sim-bench methods`: what can judge a photo here, and what it takes."""

import typer

from sim_bench.cli.console import show


def methods() -> None:
    """List every method: direction, range, licence, and whether it can run now."""
    import pandas as pd

    from sim_bench.registry import METHODS, method_class

    rows, lacking = [], {}
    for name, target in METHODS.items():
        method = method_class(name)()
        low, high = method.score_range
        if missing := method.missing():
            lacking[name] = missing
        rows.append(
            {
                "method": name,
                "class": target.partition(":")[2],
                "kind": method.kind,
                "better": method.direction,
                "range": f"{low:g} to {high:g}",
                "licence": method.licence,
                "runs now": "no" if missing else "yes",
            }
        )
    show(pd.DataFrame(rows))
    for name, missing in lacking.items():
        typer.echo(f"\n{name}: {missing}")
