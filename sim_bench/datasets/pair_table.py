"""A table of human preferences: one row per pair, or per vote; columns named by configuration."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from sim_bench.datasets.base import Dataset, DatasetInfo, LabelFile
from sim_bench.datasets.judgements import PAIR_COLUMNS, Pairs
from sim_bench.datasets.linked_pairs import linked
from sim_bench.datasets.text_table import image_ids, numbers, read_text_table
from sim_bench.errors import DatasetError

if TYPE_CHECKING:
    import pandas as pd

TIE = "tie"


@dataclass(slots=True)
class _Pair:
    left: str
    right: str
    first_line: int
    details: tuple[str, ...]
    wins: float = 0.0
    votes: float = 0.0

    @property
    def name(self) -> str:
        return f"{self.left}|{self.right}"


class PairTable(Dataset):
    """A folder of photos with a CSV or Parquet file of pairs.

    What people said is in one of three forms: counts (`wins` and `votes`), a share (`preference`)
    or a choice (`winner`). Rows about one pair, either way round, are added up; shares cannot be.

    Args:
        root: Folder that holds the table, and the photos.
        split: There are none.
        labels: The table, below the root.
        photos: Folder of the photos, below the root; image ids are relative to it.
        left: Column of left photos.
        right: Column of right photos.
        wins: Column saying how many people preferred the left photo.
        votes: Column saying out of how many.
        preference: Column of the share of people who preferred the left photo, 0 to 1.
        winner: Column of choices, one vote a row: "left", "right", an image id, or "tie", which
            is half a vote for either.
        burst: Column of the series; by default, pairs that are linked by common photos are one.
        attributes: Columns by which results may be split, or the only one.

    Raises:
        ValueError: A split was given, none or several of the three forms, or an attribute that is
            called as one of our own columns.
    """

    info: ClassVar[DatasetInfo] = DatasetInfo(
        name="pair_table",
        title="a table of pairs",
        shape="pairwise",
        paper="none: your own",
        licence="not stated",
        source="a CSV or Parquet file with one row per pair or vote; its columns are parameters",
        labels=(LabelFile(("pairs.csv",)),),
    )

    def __init__(
        self,
        root: Path,
        split: str | None = None,
        *,
        labels: str = "pairs.csv",
        photos: str = "",
        left: str = "left",
        right: str = "right",
        wins: str | None = None,
        votes: str | None = None,
        preference: str | None = None,
        winner: str | None = None,
        burst: str | None = None,
        attributes: Sequence[str] | str = (),
    ) -> None:
        super().__init__(root, split)
        forms = [(wins, votes), (preference,), (winner,)]
        if sum(any(form) for form in forms) != 1 or (wins is None) != (votes is None):
            raise ValueError(
                "Give `wins` and `votes`, or `preference`, or `winner`. Got "
                f"wins={wins!r}, votes={votes!r}, preference={preference!r}, winner={winner!r}."
            )
        self.attributes = (attributes,) if isinstance(attributes, str) else tuple(attributes)
        if taken := sorted(set(self.attributes) & set(PAIR_COLUMNS)):
            raise ValueError(
                f"attributes must not be called {', '.join(PAIR_COLUMNS)}. Got {taken}."
            )
        self.labels = labels
        self._photos = photos
        self._left, self._right = left, right
        self._wins, self._votes = wins, votes
        self._preference, self._winner, self._burst = preference, winner, burst

    @property
    def label_files(self) -> tuple[LabelFile, ...]:
        """The table."""
        return (LabelFile((self.labels,)),)

    @property
    def photos(self) -> Path:
        """The folder of photos."""
        return self.root / self._photos

    def read(self) -> Pairs:
        """Read the table; the photos need not be there.

        Returns:
            One row per pair, as its first row has it, with the pair id `LEFT|RIGHT`; `counted` is
            false for shares. Left out are pairs that nobody voted on.

        Raises:
            DataMissingError: There is no such table.
            DatasetError: A column is missing, a cell cannot be what its column should hold, a
                pair has two shares, or its rows differ in burst or attributes.
        """
        import pandas as pd

        path = self.label_file()
        optional = (self._wins, self._votes, self._preference, self._winner, self._burst)
        needed = [self._left, self._right, *(name for name in optional if name), *self.attributes]
        rows = read_text_table(path, needed)
        pairs = list(self._added_up(rows, path).values())
        voted = [pair for pair in pairs if pair.votes > 0]
        if self._burst:
            bursts = [pair.details[0] for pair in voted]
        else:
            bursts = linked([(pair.left, pair.right) for pair in voted])
        skipped = 1 if self._burst else 0
        table = [
            (p.name, p.left, p.right, p.wins, p.votes, burst, *p.details[skipped:])
            for p, burst in zip(voted, bursts, strict=True)
        ]
        return Pairs(
            table=pd.DataFrame(table, columns=[*PAIR_COLUMNS, *self.attributes]),
            photos=self.photos,
            counted=self._preference is None,
            attributes=self.attributes,
            left_out={pair.name: "nobody voted on it" for pair in pairs if pair.votes == 0},
        )

    def _added_up(self, rows: "pd.DataFrame", path: Path) -> Mapping[frozenset[str], _Pair]:
        lefts, rights = image_ids(rows, self._left, path), image_ids(rows, self._right, path)
        detailed = [name for name in (self._burst, *self.attributes) if name]
        details = rows[detailed].itertuples(index=False, name=None)
        given = self._votes_by_row(rows, lefts, rights, path)
        pairs: dict[frozenset[str], _Pair] = {}
        columns = zip(rows.index, lefts, rights, details, given, strict=True)
        for line, left, right, detail, (wins, votes) in columns:
            place = f"{path}, line {line}"
            if left == right:
                raise DatasetError(f"{place}: {left} is compared with itself")
            if self._burst and not detail[0]:
                raise DatasetError(f"{place}: column {self._burst!r} is empty; every pair needs it")
            pair = pairs.setdefault(
                frozenset((left, right)), _Pair(left, right, line, tuple(detail))
            )
            if pair.first_line != line and self._preference:
                raise DatasetError(
                    f"{place}: {left} and {right} have a share in line {pair.first_line} already, "
                    "and shares cannot be added up"
                )
            if pair.details != tuple(detail):
                raise DatasetError(
                    f"{place}: {left} and {right} differ from line {pair.first_line} in one of "
                    f"the columns {detailed}"
                )
            pair.wins += wins if pair.left == left else votes - wins
            pair.votes += votes
        return pairs

    def _votes_by_row(
        self, rows: "pd.DataFrame", lefts: "pd.Series[str]", rights: "pd.Series[str]", path: Path
    ) -> list[tuple[float, float]]:
        if self._winner:
            cells = zip(rows.index, rows[self._winner], lefts, rights, strict=True)
            return [(_chosen(c, a, b, f"{path}, line {i}"), 1.0) for i, c, a, b in cells]
        if self._preference:
            shares = numbers(rows, self._preference, path)
            for line, share in shares.items():
                if not (share != share or 0.0 <= share <= 1.0):  # an empty share is no vote
                    raise DatasetError(
                        f"{path}, line {line}: {self._preference!r} must lie between 0 and 1. "
                        f"Got {share:g}."
                    )
            return [(0.0, 0.0) if share != share else (share, 1.0) for share in shares]
        wins = numbers(rows, str(self._wins), path)
        votes = numbers(rows, str(self._votes), path)
        for line in rows.index[~((wins >= 0) & (wins <= votes))]:
            raise DatasetError(
                f"{path}, line {line}: {self._wins!r} must lie between 0 and {self._votes!r}. "
                f"Got {wins[line]:g} of {votes[line]:g}."
            )
        return list(zip(wins, votes, strict=True))


def _chosen(cell: str, left: str, right: str, place: str) -> float:
    """Return how much of a vote the left photo gets."""
    name = cell.replace("\\", "/").removeprefix("./")
    wins = {TIE: 0.5, "left": 1.0, "right": 0.0} | {left: 1.0, right: 0.0}
    if name not in wins:
        raise DatasetError(
            f"{place}: the winner must be 'left', 'right', '{TIE}', {left!r} or {right!r}. "
            f"Got {cell!r}."
        )
    return wins[name]
