"""Any folder of photos as a benchmark with a known answer: the photos and damage done to them."""

import json
import logging
from collections.abc import Mapping, Sequence
from hashlib import sha256
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from sim_bench.datasets.base import Dataset, DatasetInfo
from sim_bench.datasets.judgements import PAIR_COLUMNS, Judgements, Opinions, Pairs
from sim_bench.errors import DataMissingError, DatasetError, ImageError

if TYPE_CHECKING:
    from sim_bench.datasets.damage import Damage

_NOTHING = "the damage changes nothing"

log = logging.getLogger(__name__)

_TELL = 50
"""Photos after which the log hears how far it is."""


class Synthetic(Dataset):
    """Photos against damaged versions of themselves.

    The known answer is that a photo is better than its damaged version, and a milder damage better
    than a stronger one of the same kind. Different kinds are not compared with each other: nobody
    knows which is worse. Versions that are equal byte for byte are left out.

    The versions are written as JPEG files (quality 95, 4:4:4) when the labels are read, and used
    again as long as the photo and the parameters are the same. The undamaged photo is saved in the
    same way, so that only the damage differs.

    Args:
        root: Folder of photos, the better the photos the better the benchmark.
        split: There are none.
        defects: Kinds of damage, keys of `sim_bench.images.degrade.DEFECTS`; all of them (or those
            of `severities`) when None.
        severities: "mild" and "strong" as the kinds define them, or numbers by kind.
        mode: "pairs" gives preferences. "bursts" gives one series per photo, of the photo and one
            version per kind with its greatest severity: the photo is the best (1), the others are
            equal (0).
        seed: Decides noise, directions, and which photo of a pair is called the left one.
        side: Longer side in pixels to which larger photos are reduced before they are damaged, so
            that a severity in pixels means the same for all; None keeps their size.
        output: Folder for the versions; in the user's cache, beside the store, when None.

    Raises:
        ValueError: An unknown kind, a severity out of its range or given twice, a side below 16,
            or an output folder inside the root.
    """

    info: ClassVar[DatasetInfo] = DatasetInfo(
        name="synthetic",
        title="Known damage",
        shape="pairwise",
        paper="none: your own photos, and the damage of sim_bench.images.degrade",
        licence="that of your photos",
        source="any folder of good photos",
        notes=(
            "A mild damage may improve a photo that was not good: a dark one exposed longer.",
            "No person was asked: it tells what a method notices, not what people prefer.",
        ),
    )

    def __init__(
        self,
        root: Path,
        split: str | None = None,
        *,
        defects: Sequence[str] | None = None,
        severities: Sequence[str] | Mapping[str, Sequence[float]] = ("mild", "strong"),
        mode: Literal["pairs", "bursts"] = "pairs",
        seed: int = 0,
        side: int | None = 1024,
        output: Path | None = None,
    ) -> None:
        from sim_bench.datasets.damage import damages_of

        super().__init__(root, split)
        if mode not in ("pairs", "bursts"):
            raise ValueError(f"mode must be 'pairs' or 'bursts'. Got {mode!r}.")
        if side is not None and side < 16:
            raise ValueError(f"side must be 16 or more, or None. Got {side!r}.")
        if output is not None and Path(output).resolve().is_relative_to(self.root.resolve()):
            raise ValueError(
                f"output must not lie inside the folder of photos {self.root}, or damaged photos "
                f"would be damaged again. Got {str(output)!r}."
            )
        self.defects = None if defects is None else tuple(defects)
        self.severities = severities
        self.mode = mode
        self.seed = seed
        self.side = side
        self.output = None if output is None else Path(output)
        self._damages = damages_of(defects, severities)

    @property
    def photos(self) -> Path:
        """The folder of versions: one folder per photo in it."""
        if self.output is not None:
            return self.output
        from sim_bench.store.place import default_path

        root = self.root.resolve()
        damages = [(one.kind, one.severity) for one in self._each()]
        given = json.dumps([str(root), damages, self.seed, self.side])
        digest = sha256(given.encode()).hexdigest()[:12]
        return default_path().parent / "synthetic" / f"{root.name}-{digest}"

    def read(self) -> Judgements:
        """Write what is not there yet, and give the known answers.

        Photos that cannot be read are left out with the reason.

        Raises:
            DataMissingError: There is no such folder.
            DiscoveryError: The folder holds no photo.
            DatasetError: The versions cannot be written.
        """
        from sim_bench.datasets.damaged import write_versions
        from sim_bench.images.discover import discover

        if not self.root.is_dir():
            raise DataMissingError(f"{self.root} is not a folder; give one of good photos")
        made: dict[str, Mapping[str, str]] = {}
        left_out: dict[str, str] = {}
        paths = discover([self.root]).paths
        for number, path in enumerate(paths):
            if number and number % _TELL == 0:
                log.info("versions of %d of %d photos are there", number, len(paths))
            photo = path.relative_to(self.root).as_posix()
            try:
                made[photo] = write_versions(
                    path, self.photos / photo, self._each(), seed=self.seed, side=self.side
                )
            except ImageError as error:
                left_out[photo] = error.reason
            except OSError as error:
                raise DatasetError(
                    f"{self.photos} cannot be written: {error}; give another folder as `output`"
                ) from error
        return (
            self._bursts(made, left_out) if self.mode == "bursts" else self._pairs(made, left_out)
        )

    def _each(self) -> "list[Damage]":
        chosen = slice(-1, None) if self.mode == "bursts" else slice(None)
        return [damage for degrees in self._damages.values() for damage in degrees[chosen]]

    def _pairs(self, made: Mapping[str, Mapping[str, str]], left_out: dict[str, str]) -> Pairs:
        import pandas as pd

        from sim_bench.datasets.damaged import UNDAMAGED

        rows = []
        for photo, files in made.items():
            for kind, degrees in self._damages.items():
                versions = [("undamaged", UNDAMAGED), *((one.label, one.file) for one in degrees)]
                for (milder, better), (stronger, worse) in combinations(versions, 2):
                    pair = f"{photo}:{kind}:{milder}>{stronger}"
                    if files[better] == files[worse]:
                        left_out[pair] = _NOTHING
                        continue
                    ids = f"{photo}/{better}", f"{photo}/{worse}"
                    wins = self._better_is_left(pair)
                    left, right = ids if wins else ids[::-1]
                    degree = f"{milder} over {stronger}"
                    rows.append((pair, left, right, float(wins), 1.0, photo, kind, degree))
        table = pd.DataFrame(rows, columns=[*PAIR_COLUMNS, "defect", "severity"])
        return Pairs(table, self.photos, False, ("defect", "severity"), left_out)

    def _better_is_left(self, pair: str) -> bool:
        """Toss a coin that always falls alike, so that no side is the better one as a rule."""
        coin = json.dumps([self.seed, pair])  # ASCII, whatever the name of the photo
        return bool(sha256(coin.encode()).digest()[0] & 1)

    def _bursts(self, made: Mapping[str, Mapping[str, str]], left_out: dict[str, str]) -> Opinions:
        from sim_bench.datasets.damaged import UNDAMAGED
        from sim_bench.datasets.label_cells import opinions_table

        rows = []
        for photo, files in made.items():
            rows.append((f"{photo}/{UNDAMAGED}", 1.0, photo, "none"))
            for damage in self._each():
                image = f"{photo}/{damage.file}"
                if files[damage.file] == files[UNDAMAGED]:
                    left_out[image] = _NOTHING
                else:
                    rows.append((image, 0.0, photo, damage.kind))
        images, means, groups, kinds = zip(*rows, strict=True) if rows else ((),) * 4
        table = opinions_table(
            images, np.array(means, dtype=np.float64), group=groups, attributes={"defect": kinds}
        )
        return Opinions(table, self.photos, True, ("defect",), left_out)
