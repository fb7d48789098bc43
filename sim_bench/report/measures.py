"""The one measure that ranks the methods of a table, and how its numbers are written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite

from sim_bench.benchmark.results import DatasetResult, Figure, Task

TASKS: tuple[Task, ...] = ("opinion", "pairs", "series")
DASH = "–"
MOST_NAMED = 6
"""Names in a sentence, beyond which it says how many more."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure as readers meet it.

    Attributes:
        key: Its name in `results.json`.
        title: Its name in headings and captions.
        short: Its name above a column.
        percent: Whether it is a share, written as a percentage.
        smaller_is_better: Whether the best method has the smallest value.
        unit: Behind the number; empty for shares and correlations.
    """

    key: str
    title: str
    short: str
    percent: bool = False
    smaller_is_better: bool = False
    unit: str = ""

    def number(self, value: float | None) -> str:
        """Write a value: a share with one decimal of a percent, others with three decimals."""
        if value is None or not isfinite(value):
            return DASH
        return f"{100 * value:z.1f}%" if self.percent else f"{value:z.3f}"

    def interval(self, figure: Figure) -> str:
        """Write an interval in brackets; a dash where there is none."""
        low, high = known(figure.low), known(figure.high)
        if low is None or high is None:
            return DASH
        if self.percent:
            return f"[{100 * low:z.1f}, {100 * high:z.1f}]"
        return f"[{low:z.3f}, {high:z.3f}]"

    def difference(self, value: float | None) -> str:
        """Write a difference with its sign; of shares, in percentage points."""
        if value is None or not isfinite(value):
            return DASH
        text = f"{100 * value:+z.1f}" if self.percent else f"{value:+z.3f}"
        return text if float(text) else text.removeprefix("+")

    @property
    def difference_unit(self) -> str:
        """What a difference is in: "points" for shares; else the unit, or nothing."""
        return "points" if self.percent else self.unit

    @property
    def behind_difference(self) -> str:
        """The same to stand behind a number: " points", " (unit)", or nothing."""
        if self.percent:
            return " points"
        return f" ({self.unit})" if self.unit else ""

    @property
    def heading(self) -> str:
        """The title with a capital, as sentences begin."""
        return self.title[:1].upper() + self.title[1:]


MEASURES: Mapping[str, Measure] = {
    "srcc": Measure("srcc", "rank correlation (SRCC)", "SRCC"),
    "accuracy": Measure("accuracy", "accuracy on pairs", "accuracy", percent=True),
    "top1": Measure("top1", "top-1", "top-1", percent=True),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """One method's place in a table.

    Attributes:
        method: Its name.
        figure: The ranking measure.
        n: Items with a score.
        unscored: Items without.
        ties: Tied pairs; None outside the pairs table.
        chance: What the measure would be if the method knew nothing.
        p_chance: Of the test against that, corrected by Holm.
        trained_on_it: What it was trained on of this data; empty for nothing known.
    """

    method: str
    figure: Figure
    n: int
    unscored: int
    ties: int | None
    chance: float
    p_chance: float | None
    trained_on_it: str


def known(value: float | None) -> float | None:
    """Return a value, or None for one that is missing or not finite."""
    return value if value is not None and isfinite(value) else None


def measure_named(key: str, data: DatasetResult) -> Measure:
    """Look a measure up; regret takes its unit from the data set."""
    if key == "regret":
        return Measure(
            "regret", "mean regret", "regret", smaller_is_better=True, unit=data.regret_unit
        )
    return MEASURES[key]


def main_measure(data: DatasetResult, task: Task) -> Measure:
    """The measure that ranks a table: SRCC, accuracy, or regret (top-1 where none is defined).

    Series are ranked by regret because the tests between methods are of regret.
    """
    if task == "opinion":
        return MEASURES["srcc"]
    if task == "pairs":
        return MEASURES["accuracy"]
    regret = any(known(row.regret.value) is not None for row in data.series)
    return measure_named("regret", data) if regret else MEASURES["top1"]


def standings(data: DatasetResult, task: Task) -> list[Standing]:
    """Rank the methods of a table, the best first and those without a figure last.

    Equal values keep the order of the configuration.
    """
    measure = main_measure(data, task)
    rows = _rows(data, task, measure)

    def place(row: Standing) -> tuple[bool, float]:
        value = known(row.figure.value)
        if value is None:
            return True, 0.0
        return False, value if measure.smaller_is_better else -value

    return sorted(rows, key=place)


def _rows(data: DatasetResult, task: Task, measure: Measure) -> Sequence[Standing]:
    seen = data.contamination
    if task == "opinion":
        return [
            Standing(o.method, o.srcc, o.n, o.unscored, None, 0.0, o.p_chance, _of(seen, o.method))
            for o in data.opinion
        ]
    if task == "pairs":
        return [
            Standing(
                p.method, p.accuracy, p.n, p.unscored, p.ties, 0.5, p.p_chance, _of(seen, p.method)
            )
            for p in data.pairs
        ]
    regret = measure.key == "regret"
    return [
        Standing(
            s.method,
            s.regret if regret else s.top1,
            s.n,
            s.unscored,
            None,
            s.regret_random if regret else s.top1_random,
            s.p_chance,
            _of(seen, s.method),
        )
        for s in data.series
    ]


def _of(contamination: Mapping[str, str], method: str) -> str:
    return contamination.get(method, "")


def p_text(p: float | None) -> str:
    """Write a probability: "< 0.001", three decimals, or a dash."""
    if p is None or not isfinite(p):
        return DASH
    return "< 0.001" if p < 0.001 else f"{p:.3f}"


def listed(names: Sequence[str], most: int = MOST_NAMED) -> str:
    """Join names with commas and "and"; beyond `most`, say how many more."""
    if len(names) > most:
        return f"{', '.join(names[: most - 1])} and {len(names) - most + 1} more"
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"
