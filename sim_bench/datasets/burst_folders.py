"""Your own bursts: a folder per burst, and what you chose in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from typing import ClassVar, Literal

from sim_bench.datasets.base import Dataset, DatasetInfo, Finding, LabelFile
from sim_bench.datasets.burst_choices import (
    BEST_FILE,
    BEST_TABLE,
    RATINGS_TABLE,
    read_best,
    read_ratings,
)
from sim_bench.datasets.judgements import PAIR_COLUMNS, Pairs
from sim_bench.errors import DataMissingError
from sim_bench.images.formats import KNOWN_SUFFIXES
from sim_bench.images.walk import walk

By = Literal["best", "stars"]


@dataclass(slots=True)
class _Said:
    rows: list[tuple[str, str, str, float, float, str]] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)

    def compare(self, burst: str, one: str, other: str, *, one_is_better: bool) -> None:
        left, right = sorted((one, other))
        wins = float(one_is_better == (left == one))
        self.rows.append((f"{left}|{right}", left, right, wins, 1.0, burst))


class BurstFolders(Dataset):
    """A folder per burst, with the best photos named or all photos rated.

    A burst is a folder that holds photos itself, and it is called by its path below the root.

    - by="best": in `best.txt` inside the burst, one file name a line, or in `best.csv` in the
      root, with the columns `burst` and `best`. Each best photo is preferred to each other one.
    - by="stars": in `ratings.csv` in the root, with the columns `image` (path below the root) and
      `rating`, or else in XMP (see `star_rating`). Of two photos with different numbers of stars,
      the one with more is preferred.

    Args:
        root: Folder of the bursts.
        split: There are none.
        by: Which of the two.

    Raises:
        ValueError: A split was given, or something else for `by`.
    """

    info: ClassVar[DatasetInfo] = DatasetInfo(
        name="burst_folders",
        title="a folder per burst",
        shape="pairwise",
        paper="none: your own",
        licence="not stated",
        source="a folder per burst, the best photos named in best.txt or best.csv, or rated",
        labels=(
            LabelFile((BEST_TABLE,), needed=False),
            LabelFile((RATINGS_TABLE,), needed=False),
        ),
        notes=("One person's choices: there is no telling how far others would agree.",),
    )

    def __init__(self, root: Path, split: str | None = None, *, by: By = "best") -> None:
        super().__init__(root, split)
        if by not in ("best", "stars"):
            raise ValueError(f"by must be 'best' or 'stars'. Got {by!r}.")
        self.by = by

    def read(self) -> Pairs:
        """Read the choices; the photos must be there, as their folders are the bursts.

        Returns:
            One row per pair; `left` is the first by image id, wherever the better one is. Left
            out are bursts that nothing is said about, by burst; and of rated bursts, pairs with
            equal stars or an unrated photo.

        Raises:
            DataMissingError: There is no photo below the root.
            DatasetError: A file of choices is broken, or names what is not there.
        """
        import pandas as pd

        bursts = self._bursts()
        said = self._by_best(bursts) if self.by == "best" else self._by_stars(bursts)
        return Pairs(
            table=pd.DataFrame(said.rows, columns=list(PAIR_COLUMNS)),
            photos=self.root,
            counted=True,
            left_out=said.left_out,
        )

    def check_labels(self) -> Sequence[Finding]:
        """Say how many bursts there are, and which files of choices."""
        try:
            bursts = self._bursts()
        except DataMissingError as error:
            return [Finding("bursts", "missing", str(error))]
        inside = sum(
            (self.root / photos[0]).with_name(BEST_FILE).is_file() for photos in bursts.values()
        )
        photos = sum(map(len, bursts.values()))
        said = f"{photos} photos in {len(bursts)} folders, {inside} of them with {BEST_FILE}"
        present = [f for f in super().check_labels() if f.state != "missing"]
        return [Finding("bursts", "present", said), *present]

    def _bursts(self) -> dict[str, list[str]]:
        """Return the image ids of each burst, in natural order of names."""
        bursts: dict[str, list[str]] = {}
        for path in walk(self.root).files:
            if path.suffix.lower() in KNOWN_SUFFIXES:
                relative = path.relative_to(self.root)
                name = relative.parent.as_posix()
                burst = self.root.resolve().name if name == "." else name
                bursts.setdefault(burst, []).append(relative.as_posix())
        if not bursts:
            raise DataMissingError(f"{self.root}: no photo there; {self.info.source}")
        return bursts

    def _by_best(self, bursts: Mapping[str, Sequence[str]]) -> _Said:
        named = read_best(self.root, bursts)
        said = _Said()
        for burst, photos in bursts.items():
            best = named.get(burst, [])
            others = [photo for photo in photos if photo not in best]
            if not best:
                said.left_out[burst] = f"no best photo is named in {BEST_FILE} or {BEST_TABLE}"
            elif not others:
                said.left_out[burst] = "all of its photos are named as best"
            for one in best:
                for other in others:
                    said.compare(burst, one, other, one_is_better=True)
        return said

    def _by_stars(self, bursts: Mapping[str, Sequence[str]]) -> _Said:
        given = read_ratings(self.root, bursts)
        said = _Said()
        for burst, photos in bursts.items():
            rating = {photo: given.get(photo) for photo in photos}
            if all(value is None for value in rating.values()):
                said.left_out[burst] = "no photo is rated"
                continue
            for one, other in combinations(photos, 2):
                first, second = rating[one], rating[other]
                pair = "|".join(sorted((one, other)))
                if first is None or second is None:
                    said.left_out[pair] = "not both photos are rated"
                elif first == second:
                    said.left_out[pair] = "both photos have as many stars"
                else:
                    said.compare(burst, one, other, one_is_better=first > second)
        return said
