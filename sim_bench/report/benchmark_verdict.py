"""The sentence at the top of a table: which method is best, and what that is worth."""

from typing import Literal

from sim_bench.benchmark.results import Comparison, DatasetResult, Task
from sim_bench.report.measures import (
    MOST_NAMED,
    Measure,
    Standing,
    known,
    listed,
    main_measure,
    p_text,
    standings,
)

Outcome = Literal["better", "worse", "open", "untested"]


def outcome(
    data: DatasetResult, task: Task, measure: str, first: str, second: str, *, level: float
) -> Outcome:
    """Say whether one method was shown to be better than another, after Holm's correction.

    Args:
        data: The data set.
        task: Which table.
        measure: Which measure was compared.
        first: One method.
        second: The other.
        level: Of the intervals; the test is at 1 - level.

    Returns:
        "better" or "worse" for `first`; "open" where neither is shown; "untested" where there
        is no such comparison or it is not defined.
    """
    for one in data.comparisons:
        if (one.task, one.measure) != (task, measure):
            continue
        if (one.first, one.second) == (first, second):
            return outcome_of(one, level=level)
        if (one.second, one.first) == (first, second):
            turned: dict[Outcome, Outcome] = {"better": "worse", "worse": "better"}
            found = outcome_of(one, level=level)
            return turned.get(found, found)
    return "untested"


def outcome_of(comparison: Comparison, *, level: float) -> Outcome:
    """Say whether a comparison's first method was shown to be better than its second."""
    difference, p = known(comparison.difference.value), known(comparison.p_holm)
    if difference is None or p is None:
        return "untested"
    if p > alpha(level) or difference == 0:
        return "open"
    return "better" if difference > 0 else "worse"


def against_chance(row: Standing, measure: Measure, *, level: float) -> Outcome:
    """Say whether a method was shown to be better than knowing nothing."""
    value, p = known(row.figure.value), known(row.p_chance)
    if value is None or p is None:
        return "untested"
    above = row.chance - value if measure.smaller_is_better else value - row.chance
    if p > alpha(level) or above == 0:
        return "open"
    return "better" if above > 0 else "worse"


def alpha(level: float) -> float:
    """The error rate that goes with a level: 0.05 with 0.95."""
    return round(1.0 - level, 12)


def verdict_sentence(data: DatasetResult, task: Task, *, level: float) -> str:
    """Say in words which method leads a table and over whom that is shown.

    Args:
        data: The data set.
        task: Which table.
        level: Of the intervals; tests are at 1 - level.
    """
    measure = main_measure(data, task)
    rows = standings(data, task)
    ranked = [row for row in rows if known(row.figure.value) is not None]
    if not rows:
        return "No method was scored here."
    if not ranked:
        why = rows[0].figure.reason or "no reason is on record"
        return f"No method has a figure here: {why}."
    best = [row for row in ranked if row.figure.value == ranked[0].figure.value]
    said = f"{_lead(best, len(rows), measure)}{_clauses(data, task, measure, best, rows, level)}."
    said += _no_interval(best[0]) + _beside_chance(rows, best, measure, level) + _without(rows)
    return said + _trained(data, best, ranked, measure)


def _lead(best: list[Standing], methods: int, measure: Measure) -> str:
    names = listed([row.method for row in best])
    value = measure.number(best[0].figure.value)
    if measure.unit or not measure.percent:
        value = f"{measure.title} {value}"
    interval = measure.interval(best[0].figure)
    unit = f" ({measure.unit})" if measure.unit else ""
    if len(best) > 1:
        return f"Best: {names}, equal at {value}{unit}"
    value += f" {interval}" if interval.startswith("[") else ""
    value += unit
    return f"The only method: {names}, {value}" if methods == 1 else f"Best: {names}, {value}"


def _no_interval(best: Standing) -> str:
    reason = best.figure.reason
    return f" No interval: {reason}." if reason and known(best.figure.low) is None else ""


def _clauses(
    data: DatasetResult,
    task: Task,
    measure: Measure,
    best: list[Standing],
    rows: list[Standing],
    level: float,
) -> str:
    """Who is beaten, who is not, who was not compared: every other method and chance once."""
    sorted_out: dict[Outcome, list[str]] = {"better": [], "open": [], "worse": [], "untested": []}
    leaders = {row.method for row in best}
    for other in rows:
        if other.method in leaders or known(other.figure.value) is None:
            continue
        found = [
            outcome(data, task, measure.key, one.method, other.method, level=level) for one in best
        ]
        sorted_out[_together(found)].append(other.method)
    chance = _together([against_chance(row, measure, level=level) for row in best])
    p = f" (p {_p(best)})" if len(best) == 1 and chance != "untested" else ""

    def named(which: Outcome) -> str:
        if which != chance:
            return listed(sorted_out[which])
        # Chance is never among the "5 more": whether it is beaten is the first thing to know.
        names = sorted_out[which]
        if len(names) > MOST_NAMED:
            return f"{listed(names)}, and chance{p}"
        return listed([*names, f"chance{p}"], MOST_NAMED + 1)

    it = "it is" if len(best) == 1 else "each is"
    parts = [f"better than {named('better')}"] if named("better") else []
    if named("worse"):
        parts.append(f"worse than {named('worse')}")
    if named("open"):
        parts.append(f"{'but ' if parts else ''}not shown to differ from {named('open')}")
    said = f"; after correction {it} {', '.join(parts)}" if parts else ""
    return said + (f"; no test against {named('untested')}" if named("untested") else "")


def _together(found: list[Outcome]) -> Outcome:
    """What holds for several leaders at once."""
    if len(set(found)) == 1:
        return found[0]
    return "open" if "untested" not in found else "untested"


def _p(best: list[Standing]) -> str:
    text = p_text(best[0].p_chance)
    return text if text.startswith("<") else f"= {text}"


def _beside_chance(
    rows: list[Standing], best: list[Standing], measure: Measure, level: float
) -> str:
    """Name the others that are not shown to know anything, and those shown to rank backwards."""
    found = {
        row.method: against_chance(row, measure, level=level) for row in rows if row not in best
    }
    unknowing = [method for method, what in found.items() if what == "open"]
    worse = [method for method, what in found.items() if what == "worse"]
    said = f" Not shown to differ from chance: {listed(unknowing)}." if unknowing else ""
    return said + (f" Shown to be worse than chance: {listed(worse)}." if worse else "")


def _without(rows: list[Standing]) -> str:
    missing = [
        f"{row.method} ({row.figure.reason or 'no reason is on record'})"
        for row in rows
        if known(row.figure.value) is None
    ]
    return f" Without a figure: {listed(missing)}." if missing else ""


def _trained(
    data: DatasetResult, best: list[Standing], ranked: list[Standing], measure: Measure
) -> str:
    seen = [row.method for row in best if row.trained_on_it]
    if not seen:
        return ""
    clean = next((row for row in ranked if not row.trained_on_it), None)
    has, it = ("has", "that figure") if len(seen) == 1 else ("have", "those figures")
    said = f" {listed(seen)} {has} met this data before, so {it} may be too good"
    if clean is None:
        return f"{said}; every other method here has too."
    figure = f"{measure.number(clean.figure.value)} {measure.interval(clean.figure)}"
    return f"{said}; best of those that have not: {clean.method}, {figure}."
