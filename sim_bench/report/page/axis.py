"""An axis of a small chart: which values it spans, and where on it a value lies."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import ceil, floor, isfinite, log10

PLOT_WIDTH = 200.0
_MARGIN = 14.0  # keeps dots and tick labels inside
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_ROOM = 0.06  # of the span, on either side


@dataclass(frozen=True, slots=True)
class Mark:
    """A line across a chart at a value that matters, such as chance.

    Attributes:
        at: The value.
        label: What it is.
        kind: "chance" or "ceiling"; decides how it is drawn.
    """

    at: float
    label: str
    kind: str


@dataclass(frozen=True, slots=True)
class Axis:
    """A linear scale from `low` to `high` over a length in CSS pixels.

    Attributes:
        low: Least value.
        high: Largest value.
        ticks: Values to label, with their labels.
        marks: Lines at values that matter.
        length: From end to end, margins included.
    """

    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]
    marks: tuple[Mark, ...] = ()
    length: float = PLOT_WIDTH

    def at(self, value: float) -> float:
        """Place a value, in pixels from the start; what lies beyond an end is put at that end."""
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return round(_MARGIN + share * (self.length - 2 * _MARGIN), 1)


def axis_around(
    values: Iterable[float | None],
    label: Callable[[float], str],
    *,
    marks: Sequence[Mark] = (),
    length: float = PLOT_WIDTH,
    most_ticks: int = 4,
) -> Axis:
    """Make an axis that holds all values and marks, with round numbers for ticks.

    Args:
        values: What must fit; missing and non-finite ones are passed over.
        label: Writes a tick.
        marks: Lines at values that matter; they must fit too.
        length: In CSS pixels.
        most_ticks: How many ticks there may be.
    """
    inside = [v for v in values if v is not None and isfinite(v)] + [m.at for m in marks]
    low, high = (min(inside), max(inside)) if inside else (0.0, 1.0)
    span = high - low or max(abs(high), 1.0) * 0.1
    low, high = low - _ROOM * span, high + _ROOM * span
    ticks = tuple((tick, label(tick)) for tick in _round_numbers(low, high, most_ticks))
    return Axis(low, high, ticks, tuple(marks), length)


def _round_numbers(low: float, high: float, most: int) -> list[float]:
    size = 10.0 ** floor(log10((high - low) / most))
    for step in (size * factor for factor in _STEPS):
        first, last = ceil(low / step), floor(high / step)
        if last - first + 1 <= most:
            return [round(k * step, 12) + 0.0 for k in range(first, last + 1)]
    return []


def log_ticks(low: float, high: float) -> list[float]:
    """Powers of ten between two positive values, with 2 and 5 between them on a short span."""
    powers = range(floor(log10(low)), ceil(log10(high)) + 1)
    factors = (1,) if log10(high / low) > 2.5 else (1, 2, 5)
    every = [factor * 10.0**power for power in powers for factor in factors]
    return [tick for tick in every if low <= tick <= high]
