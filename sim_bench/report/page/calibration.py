"""Whether a win probability means what it says: one small calibration curve per method."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, sqrt

from sim_bench.benchmark.results import DatasetResult, PairRow
from sim_bench.report.measures import DASH, known, standings
from sim_bench.report.page.axis import Axis

SIDE = 176.0
_LARGEST = 5.0  # radius of the point with most pairs, in CSS pixels


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """One bin of a curve, in pixels; its area stands for the number of pairs."""

    x: float
    y: float
    radius: float
    title: str


@dataclass(frozen=True, slots=True)
class Curve:
    """One method's calibration.

    Attributes:
        method: Its name.
        flag: What it was trained on of this data; empty for nothing known.
        points: From the least to the greatest forecast.
        ticks: Positions from the left and labels; from the bottom likewise.
        diagonal: Ends of the line of perfect calibration.
        caption: Its figures.
        label: The curve in words.
        side: Of the drawing, in pixels.
    """

    method: str
    flag: str
    points: Sequence[CurvePoint]
    ticks: Sequence[tuple[float, str]]
    diagonal: tuple[float, float]
    caption: str
    label: str
    side: float = SIDE


def calibration_curves(data: DatasetResult) -> list[Curve]:
    """One curve per method of the pairs table, the best first, all on the same axes."""
    order = [row.method for row in standings(data, "pairs")]
    rows = sorted(data.pairs, key=lambda row: order.index(row.method))
    values = [v for row in rows for one in row.reliability for v in (one.predicted, one.observed)]
    if not values:
        return []
    low = max(0.0, floor(10 * min(values)) / 10)
    high = max(low + 0.1, min(1.0, ceil(10 * max(values)) / 10))
    axis = Axis(low, high, tuple((v, f"{100 * v:.0f}%") for v in (low, high)), (), SIDE)
    most = max(one.n for row in rows for one in row.reliability)
    return [_curve(row, axis, most, data.contamination.get(row.method, "")) for row in rows]


def _curve(row: PairRow, axis: Axis, most: int, flag: str) -> Curve:
    points = [
        CurvePoint(
            axis.at(one.predicted),
            round(SIDE - axis.at(one.observed), 1),
            round(max(1.5, _LARGEST * sqrt(one.n / max(most, 1))), 1),
            f"foretold {100 * one.predicted:.1f}%, observed {100 * one.observed:.1f}%, "
            f"n = {one.n:,}",
        )
        for one in sorted(row.reliability, key=lambda one: one.predicted)
    ]
    error, loss = known(row.calibration_error), known(row.log_loss.value)
    floor_ = known(row.log_loss_floor)
    parts = [
        f"calibration error {100 * error:.1f} points" if error is not None else "",
        f"log-loss {loss:.3f}" if loss is not None else f"log-loss {DASH} ({row.log_loss.reason})",
        f"at best {floor_:.3f}" if floor_ is not None else "",
        f"n = {row.n:,}",
    ]
    caption = ", ".join(part for part in parts if part)
    return Curve(
        row.method,
        flag,
        points,
        [(axis.at(at), label) for at, label in axis.ticks],
        (axis.at(axis.low), axis.at(axis.high)),
        caption,
        f"Calibration of {row.method}: {caption}",
    )
