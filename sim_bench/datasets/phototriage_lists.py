"""The lines of PhotoTriage's pair lists, checked one by one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim_bench.errors import DatasetError

_COLUMNS = "SERIES PHOTO1 PHOTO2 PREF RANK1 RANK2"


@dataclass(frozen=True, slots=True)
class Line:
    """A pair.

    Attributes:
        series: Number of its series.
        first: Number of its first photo, from 1.
        second: Number of its second photo, from 1.
        preference: Probability that the first is preferred; None in a list without labels.
    """

    series: int
    first: int
    second: int
    preference: float | None

    @property
    def pair(self) -> str:
        """Its pair id."""
        return f"{self.series}_{self.first}_{self.second}"


def read_lists(lists: Sequence[Path], test: Path | None) -> Iterator[Line]:
    """Yield the lines of labelled lists, then of a list without labels.

    Raises:
        DatasetError: A line is broken, or a pair is listed twice, even the other way round.
    """
    seen: dict[tuple[int, frozenset[int]], str] = {}
    for path in [*lists, *([test] if test else [])]:
        for number, text in enumerate(_text(path).splitlines(), start=1):
            if not text.strip():
                continue
            place = f"{path}, line {number}"
            line = _parsed(text, place, labelled=path is not test)
            key = (line.series, frozenset((line.first, line.second)))
            if key in seen:
                raise DatasetError(f"{place}: pair {line.pair} is listed already: {seen[key]}")
            seen[key] = place
            yield line


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise DatasetError(f"{path}: not a text file: {error}") from error


def _parsed(text: str, place: str, *, labelled: bool) -> Line:
    kinds: list[type[int] | type[float]] = (
        [int, int, int, float, int, int] if labelled else [int, int, int]
    )
    cells = text.split()
    if len(cells) != len(kinds):
        expected = " ".join(_COLUMNS.split()[: len(kinds)])
        raise DatasetError(f"{place}: expected {expected}. Got {text!r}.")
    try:
        numbers: list[Any] = [kind(cell) for kind, cell in zip(kinds, cells, strict=True)]
    except ValueError as error:
        raise DatasetError(
            f"{place}: expected whole numbers, and a number for PREF. Got {text!r}."
        ) from error
    preference = numbers.pop(3) if labelled else None
    series, first, second = numbers[:3]
    if min(numbers) < 1:
        raise DatasetError(f"{place}: series, photos and ranks count from 1. Got {text!r}.")
    if first == second:
        raise DatasetError(f"{place}: a photo is compared with itself. Got {text!r}.")
    if preference is not None and not 0.0 <= preference <= 1.0:
        raise DatasetError(f"{place}: PREF must lie between 0 and 1. Got {cells[3]}.")
    return Line(series, first, second, preference)
