"""TID2013: 25 photos, each distorted in 24 ways and 5 degrees."""

import re
from typing import ClassVar

from sim_bench.datasets.base import Dataset, DatasetInfo, LabelFile
from sim_bench.datasets.judgements import Opinions
from sim_bench.datasets.label_cells import LabelCells, opinions_table, read_cells
from sim_bench.errors import DatasetError

DISTORTIONS = (
    *("additive Gaussian noise", "additive noise in color components"),
    *("spatially correlated noise", "masked noise", "high frequency noise", "impulse noise"),
    *("quantization noise", "Gaussian blur", "image denoising", "JPEG compression"),
    *("JPEG2000 compression", "JPEG transmission errors", "JPEG2000 transmission errors"),
    *("non eccentricity pattern noise", "local block-wise distortions"),
    *("mean shift", "contrast change", "change of color saturation"),
    *("multiplicative Gaussian noise", "comfort noise", "lossy compression of noisy images"),
    *("image color quantization with dither", "chromatic aberrations"),
    "sparse sampling and reconstruction",
)
"""The distortions 1 to 24, as Ponomarenko et al. (2015) number them; some names shortened."""

_NAME = re.compile(r"(i\d{2})_(\d{2})_([1-5])\.\w+", re.IGNORECASE)


class TID2013(Dataset):
    """Reader of `mos_with_names.txt`; a larger mean is a better photo.

    The list and the folder differ in the case of names (I25.BMP, i25.bmp), so photos are matched
    whatever their case; the id is the name of the file that is there, or else as listed.

    The spread is unknown: the numbers of `mos_std.txt` are errors of the mean opinions (its authors
    give their mean square as 0.018), not deviations of single ones, and the number of opinions is
    not published for each photo.
    """

    info: ClassVar[DatasetInfo] = DatasetInfo(
        name="tid2013",
        title="TID2013",
        shape="opinion",
        paper="Ponomarenko et al.: Image database TID2013: Peculiarities, results and "
        "perspectives, Signal Processing: Image Communication 30, 2015",
        licence="not stated here: see the source",
        source="https://www.ponomarenko.info/tid2013.htm",
        scale=(0.0, 9.0),
        labels=(LabelFile(("mos_with_names.txt",)),),
        photo_folders=("distorted_images",),
        shares_photos_with=("tid2008", "kodak", "live"),  # LIVE's scenes are mostly Kodak's too
        notes=(
            "Names differ in case between the list and the folder.",
            "120 photos show one scene: split by reference photo, never by photo.",
            "mos_std.txt is the error of a mean, not the spread of opinions, and is not read.",
            "Observers saw the undistorted photo beside it; contrast change can raise a score.",
        ),
    )

    def read(self) -> Opinions:
        """Read all photos; `defect` and `severity` (1 to 5) are attributes.

        Raises:
            DataMissingError: There is no `mos_with_names.txt`.
            DatasetError: It is not in its format; names the line.
        """
        path = self.label_file()
        cells = read_cells(path, ("MOS", "name"), separator=" ", header=False)
        folded = LabelCells(path, cells.lines, {"name": [n.lower() for n in cells.cells["name"]]})
        folded.names("name")
        parts = [_parts(cells, row) for row in range(len(cells.lines))]
        frame = opinions_table(
            self._as_on_disk(cells.names("name")),
            cells.numbers("MOS", 0, 9),
            group=[reference for reference, _, _ in parts],
            attributes={
                "defect": [defect for _, defect, _ in parts],
                "severity": [severity for _, _, severity in parts],
            },
        )
        return Opinions(frame, self.photos, attributes=("defect", "severity"))

    def _as_on_disk(self, listed: list[str]) -> list[str]:
        """Give each listed name as its file is called; as listed where there is none."""
        there: dict[str, list[str]] = {}
        if self.photos.is_dir():
            for path in self.photos.iterdir():
                there.setdefault(path.name.lower(), []).append(path.name)
        found = []
        for name in listed:
            files = there.get(name.lower(), [name])
            if len(files) > 1:
                raise DatasetError(
                    f"{self.photos}: {' and '.join(sorted(files))} are both there for {name}; "
                    "keep one of them"
                )
            found.append(files[0])
        return found


def _parts(cells: LabelCells, row: int) -> tuple[str, str, str]:
    """Take the reference photo, the distortion and its degree from a name: I25_24_5.bmp."""
    name = cells.cells["name"][row]
    parts = _NAME.fullmatch(name)
    number = int(parts[2]) if parts else 0
    if parts is None or not 1 <= number <= len(DISTORTIONS):
        raise DatasetError(
            f"{cells.path}, line {cells.lines[row]}: {name!r} is not the name of a distorted "
            "photo, such as I25_24_5.bmp: photo, distortion 01 to 24, degree 1 to 5"
        )
    return parts[1].lower(), DISTORTIONS[number - 1], parts[3]
