"""The files that one simulated camera writes, one after another."""

import io
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from sim_bench.benchmark.simulated_exif import BODIES, Settings, draw_settings, exif_bytes
from sim_bench.benchmark.simulated_frames import Frame
from sim_bench.benchmark.simulated_plan import PlannedGroup
from sim_bench.benchmark.simulated_views import Pixels

_START = datetime(2024, 6, 15, 9, 30, tzinfo=UTC)  # a Saturday; the card's local time
_QUALITY, _SAVED_AGAIN = 91, 75
# Between groups: every fourth time hardly a pause, 1.5 to 6 s; else a spread of e to either side.
_HARDLY, _SHORT, _SPREAD = 0.25, (1.5, 6.0), 1.0


class Roll:
    """The photos of one camera: its clock and its counter run on from group to group."""

    def __init__(self, folder: Path, camera: int) -> None:
        self._folder = folder
        self._body = BODIES[camera]
        self._number = self._body.first
        self._seconds = 0.0

    def write(
        self, group: PlannedGroup, frames: Sequence[Frame], random: np.random.Generator
    ) -> list[Path]:
        """Write one group, some time after the one before it."""
        pause = random.lognormal(np.log(self._body.pause), _SPREAD)
        self._seconds += random.uniform(*_SHORT) if random.random() < _HARDLY else pause
        settings = draw_settings(random)
        paths: list[Path] = []
        for frame in frames:
            if frame.copy:
                paths.append(self._copy(paths[0], len(paths), frame, random))
                continue
            self._seconds += frame.after
            paths.append(self._folder / self._body.name.format(self._number))
            paths[-1].write_bytes(self._jpeg(frame, settings, group))
            self._number += 1
        return paths

    def _jpeg(self, frame: Frame, settings: Settings, group: PlannedGroup) -> bytes:
        when = timedelta(seconds=self._seconds)
        exif = exif_bytes(self._body, when, _START, frame, settings, group.fault)
        return _encoded(frame.rgb, _QUALITY, exif)

    def _copy(self, first: Path, count: int, frame: Frame, random: np.random.Generator) -> Path:
        """Copies are named as file managers do; of those saved again, half lose their EXIF."""
        from PIL import Image

        path = first.with_name(f"{first.stem} ({count}){first.suffix}")
        data = first.read_bytes()
        if frame.copy == "saved":
            with Image.open(io.BytesIO(data)) as image:
                exif = image.info.get("exif", b"") if random.random() < 0.5 else b""
            data = _encoded(frame.rgb, _SAVED_AGAIN, exif)
        path.write_bytes(data)
        return path


def _encoded(rgb: Pixels, quality: int, exif: bytes) -> bytes:
    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(rgb).save(file, "JPEG", quality=quality, exif=exif)
    return file.getvalue()
