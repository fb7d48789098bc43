"""What `sim-bench cull` shows and writes."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    import pandas as pd

    from sim_bench.export.outcome import Outcome
    from sim_bench.selection.cull import Culling
    from sim_bench.selection.group import Group

_STYLES = {"pick": "green", "reject": "red", "close": "yellow"}

Row = dict[str, Any]


def show_groups(result: "Culling") -> None:
    """Print the groups of more than one photo, with a verdict and a reason per photo."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("group", "photo", "verdict", "wins", "reason"):
        table.add_column(column, overflow="fold", justify="right" if column == "wins" else "left")
    for group, rows in _by_group(result):
        if len(rows) < 2:
            continue
        said = Text(f"{group.kind.replace('_', ' ')}: {group.reason}", style="dim")
        table.add_row(group.name, said)
        for row in rows:
            wins = "" if row["win_probability"] is None else f"{row['win_probability']:.0%}"
            verdict = Text(row["verdict"], style=_STYLES.get(row["verdict"], ""))
            photo, reason = Text(Path(row["path"]).name), Text(row["reason"])
            table.add_row("", photo, verdict, wins, reason)
    Console().print(table)


def show_totals(result: "Culling") -> None:
    """Print how many groups and verdicts of each kind there are; they add up to the photos.

    Photos without a score are named on stderr, with the reason.
    """
    kinds = Counter(group.kind.replace("_", " ") for group in result.groups)
    verdicts = Counter(result.table["verdict"])
    typer.echo(f"{len(result.table)} photos in {len(result.groups)} groups: {_counted(kinds)}")
    typer.echo(f"verdicts: {_counted(verdicts)}")
    unscored = result.table[result.table["verdict"] == "unscored"]
    for path, reason in zip(unscored["path"], unscored["reason"], strict=True):
        typer.echo(f"  {path}: {reason}", err=True)


def write_table(table: "pd.DataFrame", path: Path) -> None:
    """Write one row per photo; a number that is not there is an empty cell, or null."""
    from sim_bench.report.table_file import TableFile

    columns = [str(name) for name in table]
    rows = rows_of(table)
    if path.suffix == ".json":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        return
    words = ("path", "group", "verdict", "reason")
    numeric = [name for name in columns if name not in words]
    with TableFile(path, columns, numeric=numeric) as file:
        for row in rows:
            file.write(row)


def show_outcomes(what: str, outcomes: "Iterable[Outcome]") -> int:
    """Say what became of files, naming those that failed; return how many did."""
    counts: Counter[str] = Counter()
    for outcome in outcomes:
        counts[outcome.status] += 1
        if outcome.status == "failed":
            typer.echo(f"  {outcome.path}: {outcome.reason}", err=True)
    typer.echo(f"{what}: {_counted(counts)}")
    return counts["failed"]


def rows_of(table: "pd.DataFrame") -> list[Row]:
    """Rows of a table as mappings, with None for what is missing."""
    plain = table.astype(object).where(table.notna(), None)
    return [{str(key): value for key, value in row.items()} for row in plain.to_dict("records")]


def _by_group(result: "Culling") -> "Iterator[tuple[Group, list[Row]]]":
    by_name: dict[str, list[Row]] = {}
    for row in rows_of(result.table):
        by_name.setdefault(row["group"], []).append(row)
    for group in result.groups:
        yield group, by_name[group.name]


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{number} {name}" for name, number in counts.items()) or "none"
