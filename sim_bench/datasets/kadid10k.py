"""KADID-10k: 81 photos, each distorted in 25 ways and 5 degrees."""

import re
from typing import ClassVar

from sim_bench.datasets.base import Dataset, DatasetInfo, LabelFile
from sim_bench.datasets.judgements import Opinions
from sim_bench.datasets.label_cells import LabelCells, opinions_table, read_cells
from sim_bench.errors import DatasetError

DISTORTIONS = (
    *("gaussian blur", "lens blur", "motion blur", "color diffusion", "color shift"),
    *("color quantization", "color saturation 1", "color saturation 2", "JPEG2000", "JPEG"),
    *("white noise", "white noise in color component", "impulse noise", "multiplicative noise"),
    *("denoise", "brighten", "darken", "mean shift", "jitter", "non-eccentricity patch"),
    *("pixelate", "quantization", "color block", "high sharpen", "contrast change"),
)
"""The distortions 1 to 25, as Lin et al. (QoMEX 2019) name and number them."""

_NAME = re.compile(r"(I\d{2})_(\d{2})_0([1-5])\.png")


class KADID10k(Dataset):
    """Reader of `dmos.csv`.

    The mean is that of the column `dmos`, 1 to 5, which despite its name is larger for the better
    photo (5: the distortion cannot be seen). The column `var` is taken as the standard deviation
    that it is: 4.57 with .496 and 4.33 with .869, the first rows, are the mean and the standard
    deviation of 30 whole ratings, and of no 30 whole ratings the mean and the variance.
    """

    info: ClassVar[DatasetInfo] = DatasetInfo(
        name="kadid10k",
        title="KADID-10k",
        shape="opinion",
        paper="Lin, Hosu and Saupe: KADID-10k: A Large-scale Artificially Distorted IQA Database, "
        "QoMEX 2019",
        licence="not stated here: see the source",
        source="https://database.mmsp-kn.de/kadid-10k-database.html",
        scale=(1.0, 5.0),
        labels=(LabelFile(("dmos.csv",)),),
        photo_folders=("images",),
        notes=(
            "dmos is larger for the better photo, despite its name.",
            "var is a standard deviation, despite its name.",
            "125 photos show one scene: split by reference photo, never by photo.",
        ),
    )

    def read(self) -> Opinions:
        """Read all photos; `defect` and `severity` (1 to 5) are attributes.

        Raises:
            DataMissingError: There is no `dmos.csv`.
            DatasetError: It is not in its format; names the line.
        """
        path = self.label_file()
        table = read_cells(path, ("dist_img", "ref_img", "dmos", "var"))
        images = table.names("dist_img")
        defects, severities = _defects(table, images)
        frame = opinions_table(
            images,
            table.numbers("dmos", 1, 5),
            spread=table.numbers("var", 0, 2),
            group=table.cells["ref_img"],
            attributes={"defect": defects, "severity": severities},
        )
        return Opinions(frame, self.photos, attributes=("defect", "severity"))


def _defects(table: LabelCells, images: list[str]) -> tuple[list[str], list[str]]:
    """Read the distortion and its degree from the names, I01_04_03.png: 4 and 3 of I01.png."""
    defects, severities = [], []
    for line, image, reference in zip(table.lines, images, table.cells["ref_img"], strict=True):
        parts = _NAME.fullmatch(image)
        number = int(parts[2]) if parts else 0
        if parts is None or not 1 <= number <= len(DISTORTIONS):
            raise DatasetError(
                f"{table.path}, line {line}: {image!r} is not the name of a distorted photo, such "
                "as I01_04_03.png: photo, distortion 01 to 25, degree 01 to 05"
            )
        if reference != f"{parts[1]}.png":
            raise DatasetError(
                f"{table.path}, line {line}: {image} is a version of {parts[1]}.png, "
                f"but ref_img is {reference!r}"
            )
        defects.append(DISTORTIONS[number - 1])
        severities.append(parts[3])
    return defects, severities
