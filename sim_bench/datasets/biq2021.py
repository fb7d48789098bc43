"""BIQ2021: 12,000 photos as they come, scored in a laboratory."""

import re
from typing import TYPE_CHECKING, ClassVar

from sim_bench.datasets.base import Dataset, DatasetInfo, LabelFile
from sim_bench.datasets.judgements import Opinions
from sim_bench.datasets.text_table import image_ids, numbers, read_text_table
from sim_bench.errors import DatasetError

if TYPE_CHECKING:
    import pandas as pd

_IMAGE, _MEAN = "Image Name", "MOS"
_SUBSET = re.compile(r"(ss\d\d) ")


class BIQ2021(Dataset):
    """Reader of `Train (Images and MOS).csv` and `Test (Images and MOS).csv`.

    Some of its photos show one scene several times, but the official files do not say which:
    every photo is a group of its own, and an interval that takes all photos as independent is a
    little too narrow.
    """

    info: ClassVar[DatasetInfo] = DatasetInfo(
        name="biq2021",
        title="BIQ2021",
        shape="opinion",
        paper="Ahmed and Asif, BIQ2021: A Large-Scale Blind Image Quality Assessment Database, "
        "Journal of Electronic Imaging 31(5) 053010, 2022",
        licence="not stated, and most photos are from Unsplash: never redistribute them",
        source="https://github.com/nisarahmedrana/BIQ2021",
        splits=("train", "test"),
        scale=(0.0, 1.0),
        labels=(
            LabelFile(("Train (Images and MOS).csv",)),
            LabelFile(("Test (Images and MOS).csv",)),
        ),
        photo_folders=("Images", "images", "Photos", ""),
        notes=(
            "291 of the 12,000 files carry an EXIF orientation other than 1: decode them upright.",
            "The header of the train file has two blank columns at its end.",
            "Some photos show one scene; the official files do not say which.",
            "Its three subsets (ss01 to ss03, as file names begin) differ much in their mean "
            "opinion: look at them one by one too.",
        ),
    )

    def read(self) -> Opinions:
        """Read the mean opinions, 0 to 1; how many people gave them is not in the files.

        Returns:
            All photos of the split, with the attribute `subset` (ss01 to ss03; "other" for a
            photo that is not named so).

        Raises:
            DataMissingError: A label file is missing.
            DatasetError: It is not in its format, a score lies outside 0 to 1, or a photo is
                listed twice; names file and line.
        """
        import pandas as pd

        splits = self.info.splits if self.split is None else (self.split,)
        seen: dict[str, str] = {}
        tables = [self._read_split(self.info.splits.index(split), seen) for split in splits]
        table = pd.concat(tables, ignore_index=True)
        return Opinions(table, self.photos, attributes=("subset",))

    def _read_split(self, number: int, seen: dict[str, str]) -> "pd.DataFrame":
        import pandas as pd

        path = self.label_file(number)
        rows = read_text_table(path, [_IMAGE, _MEAN])
        images, means = image_ids(rows, _IMAGE, path), numbers(rows, _MEAN, path)
        for line, image, mean in zip(rows.index, images, means, strict=True):
            place = f"{path}, line {line}"
            if image in seen:
                raise DatasetError(f"{place}: {image} is listed already: {seen[image]}")
            if not 0.0 <= mean <= 1.0:
                given = rows.loc[line, _MEAN]
                raise DatasetError(f"{place}: MOS must lie between 0 and 1. Got {given!r}.")
            seen[image] = place
        return pd.DataFrame(
            {
                "image": images,
                "mean": means,
                "spread": float("nan"),
                "n": pd.array([pd.NA] * len(rows), dtype="Int64"),
                "group": images,
                "subset": [m[1] if (m := _SUBSET.match(image)) else "other" for image in images],
            }
        )
