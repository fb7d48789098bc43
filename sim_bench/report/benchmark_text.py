"""The end of a run on the console: per data set and task a table and its verdict."""

from collections.abc import Mapping, Sequence
from itertools import combinations
from textwrap import wrap

from sim_bench.benchmark.results import DatasetResult, Results, Task
from sim_bench.report.benchmark_verdict import verdict_sentence
from sim_bench.report.measures import DASH, TASKS, Standing, main_measure, p_text, standings

WIDTH = 100
ITEMS = {"opinion": "photos", "pairs": "pairs", "series": "series"}
HEADINGS = {
    "opinion": "against mean opinions",
    "pairs": "against preferences between two photos",
    "series": "choosing the best of each series",
}
TRAINED = "has met it"
NOTHING_MEASURED = "There is nothing that people said here to set the methods against."
ITEMS_ALIKE = {"srcc": "photos", "pairs": "pairs"}
MOST_REASONS = 5
"""Reasons that are listed, beyond which they are only counted."""


def summary_lines(results: Results) -> str:
    """Summarise a run in plain text, at most 100 columns wide.

    Names too long for their column are cut in the middle; `methods_summary.csv` has them whole.

    Args:
        results: What the benchmark found.
    """
    blocks = [_dataset(data, results.level) for data in results.datasets]
    failed = [method for method in results.methods if method.status == "failed"]
    if failed:
        lines = [f"{len(failed)} of {len(results.methods)} methods failed:"]
        for method in failed:
            lines += _wrapped(f"{method.name}: {method.reason}", indent="  ")
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)


def _dataset(data: DatasetResult, level: float) -> str:
    split = f", split {data.split}" if data.split else ""
    counts = f"{data.photos:,} photos: {data.scored:,} scored by every method that ran"
    counts += f", {data.unscored:,} not"
    lines = [*_wrapped(f"{data.name}: {data.title}{split}"), "=" * WIDTH, counts]
    lines += [line for why in unscored_lines(data) for line in _wrapped(f"not scored: {why}")]
    lines += [line for why in left_out_lines(data) for line in _wrapped(f"left out: {why}")]
    tasks = [task for task in TASKS if standings(data, task)]
    for task in tasks:
        lines += ["", *_task(data, task, level)]
    if not tasks:
        lines += ["", NOTHING_MEASURED, *_alike(data)]
    return "\n".join(lines)


def unscored_lines(data: DatasetResult) -> list[str]:
    """Say why photos have no score: the most frequent reasons, then how many have others."""
    return _reasons(data.unscored_reasons, "named in detailed_results.csv")


def left_out_lines(data: DatasetResult) -> list[str]:
    """Say why rows of the labels name no usable item, likewise."""
    return _reasons(data.left_out, "named in results.json")


def _reasons(reasons: Mapping[str, int], elsewhere: str) -> list[str]:
    ordered = sorted(reasons.items(), key=lambda one: -one[1])
    lines = [f"{number:,} ({reason})" for reason, number in ordered[:MOST_REASONS]]
    if rest := sum(number for _, number in ordered[MOST_REASONS:]):
        lines.append(f"{rest:,} (other reasons, {elsewhere})")
    return lines


def _alike(data: DatasetResult) -> list[str]:
    """How alike every two methods are, where that is all there is to say."""
    lines = []
    for one in data.matrices:
        for i, j in combinations(range(len(one.methods)), 2):
            value = one.values[i][j]
            said = DASH if value is None else f"{value:z.3f}"
            kind = "rank correlation" if one.kind == "srcc" else "pairs decided alike"
            both = f"{one.methods[i]} and {one.methods[j]}"
            lines += _wrapped(f"{both}: {kind} {said}, {one.n[i][j]:,} {ITEMS_ALIKE[one.kind]}")
    return lines


def _task(data: DatasetResult, task: Task, level: float) -> list[str]:
    measure = main_measure(data, task)
    rows = standings(data, task)
    header = ["method", measure.short, f"{100 * level:g}% interval", ITEMS[task], "unscored"]
    header += ["ties"] if task == "pairs" else []
    header += ["p vs chance"]
    cells = [
        [
            row.method,
            measure.number(row.figure.value),
            measure.interval(row.figure),
            f"{row.n:,}",
            f"{row.unscored:,}",
            *([f"{row.ties:,}"] if row.ties is not None else []),
            p_text(row.p_chance),
        ]
        for row in rows
    ]
    unit = f", {measure.title} in {measure.unit}" if measure.unit else ""
    table = _aligned([header, *cells], rows)
    return [f"{HEADINGS[task]}{unit}", *table, *_wrapped(verdict_sentence(data, task, level=level))]


def _aligned(cells: Sequence[Sequence[str]], rows: Sequence[Standing]) -> list[str]:
    """First column to the left, the others to the right, flags behind the last."""
    widths = [max(len(row[k]) for row in cells) for k in range(len(cells[0]))]
    flags = ["", *(TRAINED if row.trained_on_it else "" for row in rows)]
    left = WIDTH - sum(width + 2 for width in widths[1:]) - max(len(flag) + 2 for flag in flags)
    widths[0] = min(widths[0], left)
    lines = []
    for row, flag in zip(cells, flags, strict=True):
        first = _short(row[0], widths[0]).ljust(widths[0])
        others = [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        lines.append("  ".join([first, *others, flag]).rstrip())
    return lines


def _short(name: str, width: int) -> str:
    name = " ".join(name.split())
    if len(name) <= width:
        return name
    kept = width - 1
    return f"{name[: kept - kept // 2]}…{name[-(kept // 2) :]}"


def _wrapped(text: str, indent: str = "") -> list[str]:
    text = " ".join(text.split())
    lines = wrap(
        text,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent + "  ",
        break_on_hyphens=False,  # an address or a path is for copying
        break_long_words=False,
    )
    return lines or [DASH]
