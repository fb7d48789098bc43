"""PhotoTriage's review files: who preferred what, and why, under photo numbers of their own.

The index trap: review files number the photos of a series from 0, in an order that is not the
order of the files. Joined by number, votes agree with the published preferences for about half of
the pairs, which is what chance gives. `agreement_by_number` measures that; no function here joins
so. The repair is in `phototriage_match`, and `python -m sim_bench.datasets.phototriage_votes ROOT`
prints the figures of docs/phototriage.md.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim_bench.datasets.judgements import Pairs
from sim_bench.datasets.phototriage import FLAT_FILE, REVIEW_FOLDERS
from sim_bench.datasets.text_table import read_text_table
from sim_bench.errors import DataMissingError, DatasetError

_NUMBERS = ("series_id", "compareID1", "compareID2", "LEFT", "RIGHT")
_REASON = "label_"

Directed = tuple[int, int]
"""Review numbers of two photos, the preferred one first."""


@dataclass(frozen=True)
class Votes:
    """Votes by series, under the numbers of the review files, which name no file.

    Attributes:
        wins: By series: how often people preferred one photo (first number) to another (second).
        reasons: By series: how often people gave which reason about two photos, the smaller
            number first.
        labels: The reasons, where they are a fixed set; empty where people wrote texts.
    """

    wins: Mapping[int, Mapping[Directed, int]]
    reasons: Mapping[int, Mapping[Directed, Mapping[str, int]]]
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Agreement:
    """How many listed pairs have the same winner by votes and by published preference.

    Attributes:
        agree: The same.
        disagree: The other one.
        undecided: As many votes for either, or a preference of exactly one half.
        without: Nobody voted under these numbers.
    """

    agree: int
    disagree: int
    undecided: int
    without: int

    @property
    def rate(self) -> float:
        """Share of the decided pairs that agree; NaN without any."""
        decided = self.agree + self.disagree
        return self.agree / decided if decided else float("nan")


def read_votes(root: Path) -> Votes:
    """Read the votes: from `review_votes.csv` in the root, or else from the review files.

    Raises:
        DataMissingError: There is neither.
        DatasetError: One is not in its format; names file and place.
    """
    if (root / FLAT_FILE).is_file():
        return _from_table(root / FLAT_FILE)
    for folder in REVIEW_FOLDERS:
        if paths := sorted((root / folder).glob("*.json")):
            return _from_reviews(paths)
    raise DataMissingError(f"{root}: no votes; {FLAT_FILE} or {REVIEW_FOLDERS[0]}/*.json is needed")


def agreement_by_number(votes: Votes, pairs: Pairs, *, unanimous: bool = False) -> Agreement:
    """Measure the trap: take review number n for photo n + 1, as one should not.

    Args:
        votes: Votes.
        pairs: Published preferences of `PhotoTriage`.
        unanimous: Only pairs whose votes, at least two, all went to one photo.
    """
    counted: Counter[str] = Counter()
    for pair, wins, out_of in pairs.table[["pair", "wins", "votes"]].itertuples(index=False):
        series, first, second = numbers_of(pair)
        of_series = votes.wins.get(series, {})
        for_first = of_series.get((first - 1, second - 1), 0)
        for_second = of_series.get((second - 1, first - 1), 0)
        if unanimous and (min(for_first, for_second) > 0 or for_first + for_second < 2):
            continue
        counted[_compared(for_first, for_second, 2 * wins - out_of)] += 1
    return Agreement(**{name: counted[name] for name in Agreement.__slots__})


def numbers_of(pair: str) -> tuple[int, int, int]:
    """Return series and photo numbers (from 1) of a pair id of `PhotoTriage`."""
    series, first, second = map(int, pair.split("_"))
    return series, first, second


def _compared(for_first: int, for_second: int, lead: float) -> str:
    if for_first + for_second == 0:
        return "without"
    product = (for_first - for_second) * lead
    return "undecided" if product == 0 else "agree" if product > 0 else "disagree"


def _from_table(path: Path) -> Votes:
    table = read_text_table(path, _NUMBERS)
    labels = [name for name in table.columns if name.startswith(_REASON)]
    names = tuple(name.removeprefix(_REASON) for name in labels)
    given = _Given()
    columns = zip(*(table[name] for name in (*_NUMBERS, *labels)), strict=True)
    for line, cells in zip(table.index, columns, strict=True):
        place = f"{path}, line {line}"
        try:
            values = [int(cell) for cell in cells]
        except ValueError as error:
            raise DatasetError(
                f"{place}: {', '.join(_NUMBERS)} and {_REASON}* hold whole numbers. Got {cells}."
            ) from error
        series, first, second, left, right = values[:5]
        reasons = dict(zip(names, values[5:], strict=True))
        given.add(series, (first, second), left, right, reasons, place)
    return Votes(given.wins, given.reasons, names)


def _from_reviews(paths: list[Path]) -> Votes:
    given = _Given()
    for path in paths:
        for number, review in enumerate(_reviews(path), start=1):
            place = f"{path}, review {number}"
            try:
                series, choice = int(path.stem), review["userChoice"]
                photos = int(review["compareID1"]), int(review["compareID2"])
                reasons = [str(text).strip() for text in review.get("reason") or ()]
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                raise DatasetError(
                    f"{place}: compareID1, compareID2, userChoice and reason are expected, in a "
                    f"file named by its series. Got {review!r}."
                ) from error
            if choice not in ("LEFT", "RIGHT"):
                raise DatasetError(f"{place}: userChoice must be LEFT or RIGHT. Got {choice!r}.")
            left = int(choice == "LEFT")
            texts = Counter(text for text in reasons if text)
            given.add(series, photos, left, 1 - left, texts, place)
    return Votes(given.wins, given.reasons)


def _reviews(path: Path) -> Iterator[Any]:
    try:
        whole = json.loads(path.read_text(encoding="utf-8-sig"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise DatasetError(f"{path}: not a JSON file: {error}") from error
    if not isinstance(whole, dict) or not isinstance(whole.get("reviews"), list):
        raise DatasetError(f"{path}: an object with a list `reviews` is expected")
    yield from whole["reviews"]


class _Given:
    """Adds votes up."""

    def __init__(self) -> None:
        self.wins: dict[int, Counter[Directed]] = {}
        self.reasons: dict[int, dict[Directed, Counter[str]]] = {}

    def add(
        self,
        series: int,
        photos: Directed,
        left: int,
        right: int,
        reasons: Mapping[str, int],
        place: str,
    ) -> None:
        if photos[0] == photos[1] or min(*photos, left, right, *reasons.values()) < 0:
            raise DatasetError(
                f"{place}: two different photos, numbered from 0, and no negative count are "
                f"expected. Got photos {photos}, {left} and {right} votes."
            )
        counts = self.wins.setdefault(series, Counter())
        counts[photos] += left
        counts[photos[::-1]] += right
        pair = min(photos), max(photos)
        self.reasons.setdefault(series, {}).setdefault(pair, Counter()).update(reasons)


if __name__ == "__main__":
    from sim_bench.datasets.phototriage_figures import figures

    if len(sys.argv) != 2:
        sys.exit("usage: python -m sim_bench.datasets.phototriage_votes FOLDER")
    sys.stdout.write(figures(Path(sys.argv[1])))
