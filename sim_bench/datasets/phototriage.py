"""PhotoTriage: which of two photos of a series people would keep.

Source: Chang et al., Automatic Triage for a Photo Series, SIGGRAPH 2016. A line of its pair lists
is `SERIES PHOTO1 PHOTO2 PREF RANK1 RANK2`: PREF is the probability that photo 1 is preferred, by
a Bradley-Terry model of the votes; the last two columns are ranks in the series (1 is best). They
are no photo numbers, though a public loader reads them as the numbers of winner and loser.
"""

from collections.abc import Sequence
from pathlib import Path

from sim_bench.datasets.base import Dataset, DatasetInfo, Finding, LabelFile
from sim_bench.datasets.judgements import PAIR_COLUMNS, Pairs
from sim_bench.datasets.phototriage_lists import read_lists
from sim_bench.errors import DatasetError

UNLABELLED = "the test split is published without labels"
LABELLED_SPLITS = ("train", "val")
REVIEW_FOLDERS = (
    "reviews_trainval/reviews_trainval",
    "train_val/reviews_trainval/reviews_trainval",
    "reviews_trainval",
)
"""Where the votes may lie below the root, one JSON file per series."""

FLAT_FILE = "review_votes.csv"
"""The votes in one table, in the root: a row per two photos of a series and side of the screen."""

BY_NUMBER = (
    "PhotoTriage's votes cannot be joined to photos by number: the photo numbers of the review "
    "files are shuffled within each series, so that such a join is right for about half of the "
    "pairs. Use votes='matched' (docs/phototriage.md), or leave it out for the pair lists"
)

_TEST = 2  # its place among the label files, after those of the labelled splits


class PhotoTriage(Dataset):
    """The pair lists of PhotoTriage.

    Image ids are `%06d-%02d.JPG` of series and photo, pair ids `SERIES_PHOTO1_PHOTO2` without
    leading zeros, and a burst is a series.

    Args:
        root: Folder that holds it.
        split: "train", "val" or "test"; None: the two that have labels.
        votes: None: the published preferences. "matched": counted votes and the reason that
            people gave most often, for the series whose review files could be matched to the
            photos (see `phototriage_votes`); the pairs of all others are left out, with a reason.

    Raises:
        ValueError: It has no such split.
        DatasetError: Votes were asked for by number, or in another way that there is not.
    """

    info = DatasetInfo(
        name="phototriage",
        title="PhotoTriage",
        shape="pairwise",
        paper="Chang, Yu, Wang, Ashley and Finkelstein, Automatic Triage for a Photo Series, "
        "ACM Transactions on Graphics 35(4) (SIGGRAPH), 2016",
        licence="research use only",
        source="phototriage.cs.princeton.edu; reported unreachable in 2026, so ask its authors",
        splits=(*LABELLED_SPLITS, "test"),
        labels=(
            LabelFile(
                ("train_val/train_pairlist.txt", "train_pairlist.txt"),
                ("e4efc6bb0e68b422b00be4e20be981d9af12c7d6f4ba2b1881b7b2571dcb8971",),
            ),
            LabelFile(
                ("train_val/val_pairlist.txt", "val_pairlist.txt"),
                ("89bfed8fcf19ac12fcede4306fdcfa62c177c0d1e3661a2b06142881c64dfd33",),
            ),
            LabelFile(("test/test_pairlist.txt", "test_pairlist.txt"), needed=False),
            LabelFile(("train_val/train_val_series.mat", "train_val_series.mat"), needed=False),
        ),
        photo_folders=("train_val/train_val_imgs", "train_val_imgs"),
        notes=(
            "The pair lists number photos from 1, as the file names do.",
            "Columns 5 and 6 of the pair lists are ranks, not the photos that won and lost.",
            "The review files number photos from 0 and in another order: votes and reasons must "
            "not be joined to photos by number.",
            "The test split is published without labels.",
            "Pairs of one series are not independent.",
        ),
    )

    def __init__(self, root: Path, split: str | None = None, *, votes: str | None = None) -> None:
        super().__init__(root, split)
        if votes == "by_number":
            raise DatasetError(BY_NUMBER)
        if votes not in (None, "matched"):
            raise DatasetError(f"votes must be 'matched' or left out. Got {votes!r}.")
        self.votes = votes

    def read(self) -> Pairs:
        """Read the preferences; the photos need not be there.

        Returns:
            `wins` is PREF, `votes` 1 and `counted` false, since only a probability is published;
            the attribute `series_size` says how many photos the series has ("2", "3", "4", "5+").
            With votes="matched", counts, and the attribute `reason` besides. Pairs of the test
            split are left out, as far as its list is there.

        Raises:
            DataMissingError: A pair list is missing, or the votes are.
            DatasetError: A line is broken, a pair is listed twice, or the test split alone was
                asked for.
        """
        if self.split == "test":
            raise DatasetError(
                f"{self.root}: {UNLABELLED}, so nothing can be compared with it; "
                f"choose {' or '.join(LABELLED_SPLITS)}"
            )
        pairs = self._published()
        if self.votes is None:
            return pairs
        from sim_bench.datasets.phototriage_repair import match_votes
        from sim_bench.datasets.phototriage_votes import read_votes

        return match_votes(read_votes(self.root), pairs).pairs

    def _published(self) -> Pairs:
        import pandas as pd

        splits = LABELLED_SPLITS if self.split is None else (self.split,)
        lists = [self.label_file(self.info.splits.index(split)) for split in splits]
        test = self.find(self.info.labels[_TEST]) if self.split is None else None
        lines = list(read_lists(lists, test))
        labelled = [line for line in lines if line.preference is not None]
        photos: dict[int, set[int]] = {}
        for line in labelled:
            photos.setdefault(line.series, set()).update((line.first, line.second))
        rows = [
            (
                line.pair,
                image_id(line.series, line.first),
                image_id(line.series, line.second),
                line.preference,
                1.0,
                str(line.series),
                _size(len(photos[line.series])),
            )
            for line in labelled
        ]
        return Pairs(
            table=pd.DataFrame(rows, columns=[*PAIR_COLUMNS, "series_size"]),
            photos=self.photos,
            counted=False,
            attributes=("series_size",),
            left_out={line.pair: UNLABELLED for line in lines if line.preference is None},
        )

    def check_labels(self) -> Sequence[Finding]:
        """Say of every label file, and of the votes, whether they are there."""
        return [*super().check_labels(), self._reviews()]

    def _reviews(self) -> Finding:
        if (self.root / FLAT_FILE).is_file():
            return Finding(FLAT_FILE, "unverified", "no checksum is known", needed=False)
        for folder in REVIEW_FOLDERS:
            found = sum(1 for _ in (self.root / folder).glob("*.json"))
            if found:
                return Finding(folder, "unverified", f"{found} review files", needed=False)
        return Finding(REVIEW_FOLDERS[0], "missing", "only votes='matched' needs it", needed=False)


def image_id(series: int, photo: int) -> str:
    """Name the file of a photo by the numbers of the pair lists, which count from 1."""
    return f"{series:06d}-{photo:02d}.JPG"


def _size(photos: int) -> str:
    return str(photos) if photos < 5 else "5+"
