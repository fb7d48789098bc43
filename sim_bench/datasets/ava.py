"""AVA: about 255,000 photos of an online contest, each with a histogram of votes of 1 to 10."""

from pathlib import Path
from typing import ClassVar

import numpy as np

from sim_bench.datasets.base import Dataset, DatasetInfo, LabelFile
from sim_bench.datasets.judgements import Opinions
from sim_bench.datasets.label_cells import opinions_table, read_cells
from sim_bench.errors import DatasetError

_COUNTS = tuple(f"c{vote}" for vote in range(1, 11))
_COLUMNS = ("idx", "image_id", *_COUNTS, "tag1", "tag2", "challenge")
_VOTES = np.arange(1.0, 11.0)


class AVA(Dataset):
    """Reader of `AVA.txt`.

    The mean is that of the histogram, and the spread its standard deviation (divided by the number
    of votes, not by one less). The split "test" is the official list of generic test photos,
    "train" every other labelled photo. Photos that are missing or broken, as some are known to
    be, stay in the table: a run reports them as unscored.
    """

    info: ClassVar[DatasetInfo] = DatasetInfo(
        name="ava",
        title="AVA",
        shape="opinion",
        paper="Murray, Marchesotti and Perronnin: AVA: A Large-Scale Database for Aesthetic "
        "Visual Analysis, CVPR 2012",
        licence="its photos belong to their photographers and dpchallenge.com; its authors ask "
        "not to redistribute photos or data",
        source="https://github.com/imfing/ava_downloader",
        splits=("train", "test"),
        scale=(1.0, 10.0),
        labels=(
            LabelFile(("AVA.txt",)),
            LabelFile(("aesthetics_image_lists/generic_test.jpgl",), needed=False),
        ),
        photo_folders=("images", "image"),
        shares_photos_with=("eva",),
        notes=(
            "Some photos are missing or broken in every copy: check counts them.",
            "Votes are about a contest's theme as well as about the photo.",
            "Models of aesthetics are mostly trained on it: mind its training split.",
        ),
    )

    def read(self) -> Opinions:
        """Read one split, or all photos.

        Returns:
            The photos with votes; those without any are left out, and so are those that the test
            list names but `AVA.txt` does not.

        Raises:
            DataMissingError: There is no `AVA.txt`, or for a split no list of test photos.
            DatasetError: One of them is not in its format; names the line.
        """
        path = self.label_file()
        table = read_cells(path, _COLUMNS, separator=" ", header=False)
        images = [f"{name}.jpg" for name in table.names("image_id")]
        counts = np.column_stack([table.numbers(name, 0, whole=True) for name in _COUNTS])
        chosen = np.ones(len(images), dtype=bool)
        left_out: dict[str, str] = {}
        if self.split is not None:
            test = _listed(self.label_file(1))
            chosen = np.array([image in test for image in images]) == (self.split == "test")
            if self.split == "test":
                unknown = test - set(images)
                left_out = dict.fromkeys(sorted(unknown), "in the test list, not in AVA.txt")
        n = counts.sum(axis=1)
        voted = n > 0
        for row in np.flatnonzero(chosen & ~voted):
            left_out[images[row]] = "no votes"
        kept = np.flatnonzero(chosen & voted)
        share = counts[kept] / n[kept, None]
        mean = share @ _VOTES
        spread = np.sqrt((share * (_VOTES - mean[:, None]) ** 2).sum(axis=1))
        frame = opinions_table([images[row] for row in kept], mean, spread=spread, n=n[kept])
        return Opinions(frame, self.photos, left_out=left_out)


def _listed(path: Path) -> set[str]:
    """Read a list of photos, one number a line."""
    names = read_cells(path, ("image_id",), separator=" ", header=False).names("image_id")
    if odd := [name for name in names if not name.isdecimal()]:
        raise DatasetError(f"{path}: {odd[0]!r} is no number of a photo; one a line is expected")
    return {f"{name}.jpg" for name in names}
