"""LIVE in the Wild: 1,162 photos of mobile cameras, with more than 350,000 opinions."""

from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from sim_bench.datasets.base import Dataset, DatasetInfo, LabelFile
from sim_bench.datasets.judgements import Opinions
from sim_bench.datasets.label_cells import LabelCells, opinions_table
from sim_bench.errors import DatasetError

_TRAINING = 7
_REASON = "one of the seven training images"


class LIVEChallenge(Dataset):
    """Reader of the three MATLAB files below `Data`.

    The first seven photos, t1 to t7, are those that every rater was trained on beforehand. They are
    left out, as in published results.
    """

    info: ClassVar[DatasetInfo] = DatasetInfo(
        name="live_challenge",
        title="LIVE In the Wild Image Quality Challenge",
        shape="opinion",
        paper="Ghadiyaram and Bovik: Massive Online Crowdsourced Study of Subjective and "
        "Objective Picture Quality, IEEE TIP 25, 2016",
        licence="free to use, copy, modify and distribute with its copyright notice and a "
        "citation (The University of Texas at Austin, 2015)",
        source="https://live.ece.utexas.edu/research/ChallengeDB/index.html",
        scale=(0.0, 100.0),
        labels=(
            LabelFile(("Data/AllImages_release.mat",)),
            LabelFile(("Data/AllMOS_release.mat",)),
            LabelFile(("Data/AllStdDev_release.mat",)),
        ),
        photo_folders=("Images",),
        notes=("The first seven of the 1,169 photos are training images and left out.",),
    )

    def read(self) -> Opinions:
        """Read all photos but the training images.

        Raises:
            DataMissingError: One of the files is missing.
            DatasetError: One of them is not in its format, they differ in length, or their first
                seven photos are not the training images.
        """
        path = self.label_file()
        names = [_name(cell, path) for cell in _vector(path, "AllImages_release")]
        rows = range(1, len(names) + 1)
        columns = {"image": names}
        for number, column in [(1, "AllMOS_release"), (2, "AllStdDev_release")]:
            values = _vector(self.label_file(number), column)
            if len(values) != len(names):
                raise DatasetError(
                    f"{self.label_file(number)} has {len(values)} values for the {len(names)} "
                    f"photos of {path}"
                )
            columns[column] = [str(value) for value in values]
        cells = LabelCells(path.parent, rows, columns)
        images = cells.names("image")
        training = [row for row, name in enumerate(images) if name.lower().startswith("t")]
        if training != list(range(_TRAINING)):
            raise DatasetError(
                f"{path}: the first seven photos must be the training images, t1 to t7. The first "
                f"eight are {', '.join(images[: _TRAINING + 1])}"
            )
        frame = opinions_table(
            images[_TRAINING:],
            cells.numbers("AllMOS_release", 0, 100)[_TRAINING:],
            spread=cells.numbers("AllStdDev_release", 0, 100)[_TRAINING:],
        )
        left_out = {f"trainingImages/{name}": _REASON for name in images[:_TRAINING]}
        return Opinions(frame, self.photos, left_out=left_out)


def _vector(path: Path, name: str) -> NDArray[Any]:
    """Read the row or column called `name`, shape (photos,)."""
    from scipy.io import loadmat

    try:
        value = loadmat(path).get(name)
    except Exception as error:  # a reader of MATLAB files raises anything at all on damaged ones
        raise DatasetError(f"{path} cannot be read as a MATLAB file: {error}") from error
    if value is None:
        raise DatasetError(f"{path} has no variable {name}")
    array = np.asarray(value)
    if array.ndim != 2 or min(array.shape) != 1:
        raise DatasetError(f"{path}: {name} must be one row or column. Its shape is {array.shape}")
    return array.ravel()


def _name(cell: object, path: Path) -> str:
    """Take the text out of a MATLAB cell, which holds it in an array of one."""
    texts = np.ravel(np.asarray(cell))
    if len(texts) != 1 or not isinstance(texts[0], str):
        raise DatasetError(f"{path}: AllImages_release must hold names. Got {cell!r}")
    return str(texts[0]).strip()
