"""SPAQ: 11,125 photos of 66 smartphones, with scores of five attributes."""

from pathlib import Path
from typing import ClassVar

import numpy as np

from sim_bench.datasets.base import Dataset, DatasetInfo, LabelFile
from sim_bench.datasets.judgements import Opinions
from sim_bench.datasets.label_cells import LabelCells, cells_of, opinions_table
from sim_bench.errors import DatasetError, MissingDependencyError

_ATTRIBUTES = {
    "brightness": "Brightness",
    "colourfulness": "Colorfulness",
    "contrast": "Contrast",
    "noisiness": "Noisiness",
    "sharpness": "Sharpness",
}
_COLUMNS = ("Image name", "MOS", *_ATTRIBUTES.values())
_THIRDS = ("low", "middle", "high")


class SPAQ(Dataset):
    """Reader of `MOS and Image attribute scores.xlsx`, its first sheet.

    People's scores of the attributes, 0 to 100, become thirds of the photos: "low" up to the first
    tertile, "high" above the second; equal scores are in the same third.
    """

    info: ClassVar[DatasetInfo] = DatasetInfo(
        name="spaq",
        title="SPAQ",
        shape="opinion",
        paper="Fang, Zhu, Zeng, Ma and Wang: Perceptual Quality Assessment of Smartphone "
        "Photography, CVPR 2020",
        licence="MIT, as its authors answered (github.com/h4nwei/SPAQ, issue 29)",
        source="https://github.com/h4nwei/SPAQ",
        scale=(0.0, 100.0),
        labels=(
            LabelFile(
                (
                    "Annotations/MOS and Image attribute scores.xlsx",
                    "Annotations/MOS_and_Image_attribute_scores.xlsx",
                )
            ),
        ),
        photo_folders=("TestImage",),
        notes=(
            "Its labels are a spreadsheet: the extra [excel] is needed.",
            "There is no official split; published results differ in theirs, and in the size "
            "that photos were reduced to.",
        ),
    )

    def read(self) -> Opinions:
        """Read all photos.

        Raises:
            DataMissingError: There is no spreadsheet.
            DatasetError: It is not in its format; names the row.
            MissingDependencyError: The extra [excel] is not installed.
        """
        cells = _sheet(self.label_file())
        thirds = {
            name: _third(cells.numbers(column, 0, 100)) for name, column in _ATTRIBUTES.items()
        }
        frame = opinions_table(
            cells.names("Image name"), cells.numbers("MOS", 0, 100), attributes=thirds
        )
        return Opinions(frame, self.photos, attributes=tuple(_ATTRIBUTES))


def _sheet(path: Path) -> LabelCells:
    """Read the first sheet of a spreadsheet; rows are counted from 1, as spreadsheets do."""
    try:
        from openpyxl import load_workbook
    except ImportError as error:
        raise MissingDependencyError("reading SPAQ's spreadsheet", "excel") from error
    try:
        book = load_workbook(path, read_only=True, data_only=True)
        try:
            values = list(book.worksheets[0].iter_rows(values_only=True))
        finally:
            book.close()
    except Exception as error:  # a reader of spreadsheets raises anything at all on damaged ones
        raise DatasetError(f"{path} cannot be read as a spreadsheet: {error}") from error
    rows = [
        (line, ["" if cell is None else str(cell) for cell in row])
        for line, row in enumerate(values, start=1)
        if any(cell is not None for cell in row)
    ]
    return cells_of(path, rows, None, _COLUMNS)


def _third(scores: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> list[str]:
    edges = np.quantile(scores, [1 / 3, 2 / 3])
    return [_THIRDS[k] for k in np.searchsorted(edges, scores, side="left")]
