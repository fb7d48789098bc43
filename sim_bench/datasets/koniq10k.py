"""KonIQ-10k: 10,073 photos from the wild, about 120 ratings each."""

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from sim_bench.datasets.base import Dataset, DatasetInfo, LabelFile
from sim_bench.datasets.judgements import Opinions
from sim_bench.datasets.label_cells import LabelCells, opinions_table, read_cells
from sim_bench.errors import DataMissingError, DatasetError

_SETS = "koniq10k_distributions_sets.csv"
_SCORES = "koniq10k_scores_and_distributions.csv"
_COUNTS = ("c1", "c2", "c3", "c4", "c5")


class KonIQ10k(Dataset):
    """Reader of either of the two official label files, always on the scale of 1 to 100.

    That is the column `MOS` of the file with the sets, and the column `MOS_zscore` of the file
    with the scores, whose column `MOS` is on the scale of 1 to 5. Which file it is is told by its
    columns, and values that contradict their scale are an error. The published standard deviation
    belongs to the scale of 1 to 5, and there is no formula from that to the other (the ratings were
    first standardised by rater), so the spread is unknown.
    """

    info: ClassVar[DatasetInfo] = DatasetInfo(
        name="koniq10k",
        title="KonIQ-10k",
        shape="opinion",
        paper="Hosu, Lin, Sziranyi and Saupe: KonIQ-10k: An Ecologically Valid Database for Deep "
        "Learning of Blind Image Quality Assessment, IEEE TIP 29, 2020",
        licence="not stated here: see the source; its photos are from YFCC100M, each under the "
        "Creative Commons licence of its photographer",
        source="https://database.mmsp-kn.de/koniq-10k-database.html",
        splits=("training", "validation", "test"),
        scale=(1.0, 100.0),
        labels=(LabelFile((_SETS, f"metadata/{_SETS}", _SCORES)),),
        photo_folders=("1024x768", "512x384"),
        shares_photos_with=("yfcc100m",),
        notes=(
            f"MOS is 1 to 100 in {_SETS} but 1 to 5 in {_SCORES}; 1 to 100 is read from either.",
            "Only the file with the sets has the official splits.",
            "Published results are often on the reduced photos of 512x384.",
        ),
    )

    def read(self) -> Opinions:
        """Read one split, or all photos.

        Raises:
            DataMissingError: There is neither file, or a split is asked for without the sets.
            DatasetError: The file is not in its format, or its values are not on its scale.
        """
        path = self.label_file()
        table = read_cells(path, ("image_name", *_COUNTS, "c_total", "MOS", "SD"))
        images = table.names("image_name")
        with_sets = "set" in table.cells
        if not with_sets and "MOS_zscore" not in table.cells:
            raise DatasetError(
                f"{path} has neither the column set (as {_SETS}) nor MOS_zscore (as {_SCORES}), so "
                "the scale of its MOS cannot be told"
            )
        if self.split is not None and not with_sets:
            raise DataMissingError(
                f"{path} does not say which photos are in the split {self.split!r}: put {_SETS} "
                f"into {self.root}; {self.info.source}"
            )
        if not with_sets:
            table.numbers("MOS", 1, 5)
        mean = _of_100(table, "MOS" if with_sets else "MOS_zscore")
        n = table.numbers("c_total", 1, whole=True)
        frame = opinions_table(images, mean, n=n)
        if self.split is not None:
            frame = frame[np.array(self._sets(table)) == self.split].reset_index(drop=True)
        return Opinions(frame, self.photos)

    def _sets(self, table: LabelCells) -> list[str]:
        for line, name in zip(table.lines, table.cells["set"], strict=True):
            if name not in self.info.splits:
                allowed = ", ".join(self.info.splits)
                raise DatasetError(f"{table.path}, line {line}: set is {name!r}, not {allowed}")
        return list(table.cells["set"])


def _of_100(table: LabelCells, column: str) -> NDArray[np.float64]:
    """Return a column on the scale of 1 to 100; one that never exceeds 5 is not on it."""
    mean = table.numbers(column, 1, 100)
    if mean.max() <= 5:
        raise DatasetError(
            f"{table.path}: {column} is 1 to 100 in this file, but never exceeds {mean.max():g} "
            "here, as if it were on the scale of 1 to 5; get the file as it was published"
        )
    return mean
