"""A simulated memory card: photos whose right grouping, and sometimes whose best one, is known."""

import csv
import io
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim_bench.benchmark.simulated_exif import BODIES, Settings, draw_settings, exif_bytes
from sim_bench.benchmark.simulated_frames import (
    Frame,
    bracket,
    burst,
    duplicates,
    focus_stack,
    panorama,
    single,
)
from sim_bench.benchmark.simulated_plan import PlannedGroup, plan_card
from sim_bench.images.decode import read_picture
from sim_bench.selection.group import Kind

Pixels = NDArray[np.uint8]
Source = Path | Pixels

TRUTH = "truth.csv"
"""File of the known answer, if asked for: columns file, group, kind, best (1 or 0)."""

_START = datetime(2024, 6, 15, 9, 30, tzinfo=UTC)  # a Saturday; the card's local time
_SIDE = 512  # px: shorter side to which larger scenes are reduced
_SMALLEST = 96  # px: below that, nothing moves within a scene
_QUALITY, _SAVED_AGAIN = 91, 75
# Between groups: every fourth time hardly a pause, else a minute and a half at the median.
_HARDLY, _SHORT, _MEDIAN, _SPREAD = 0.25, (1.5, 6.0), 90.0, 1.0


@dataclass(frozen=True, slots=True)
class Card:
    """Where the photos are, and how they belong together.

    Attributes:
        folder: Holds all photos, side by side.
        group_of: Name of the group by photo.
        kind_of: Kind by name of the group.
        best: The best photo by name of the group: of the bursts of which all others are damaged.
    """

    folder: Path
    group_of: Mapping[Path, str]
    kind_of: Mapping[str, Kind]
    best: Mapping[str, Path]


def write_card(
    folder: Path,
    sources: Sequence[Source],
    *,
    seed: int = 0,
    photos: int = 600,
    truth: bool = False,
) -> Card:
    """Make a card of photos as two cameras would have taken them in a day.

    Bursts of 2 to 12 with small movements, in most of which all but one are damaged; exposure
    brackets, panoramas, focus stacks, copies and single photos, some only seconds apart. The first
    camera records milliseconds and a time zone; the second whole seconds, and its clock is off by
    five hours. Up to 5% of the photos have no EXIF, up to 3% wrong dates.

    The same sources and seed give the same files, with the same version of Pillow.

    Args:
        folder: Where to write; made if it is not there.
        sources: Scenes, each as a file or as pixels of shape (H, W, 3). No two groups share one. A
            card of 600 photos takes some 120 of them.
        seed: Decides everything.
        photos: How many to write, exactly; 30 or more.
        truth: Whether to write `TRUTH` beside the photos.

    Raises:
        ValueError: Too few or too small sources, too few photos, or a folder that is not empty.
        ImageError: A source cannot be read.
        OSError: The folder cannot be written.
    """
    plan = plan_card(photos, np.random.default_rng([seed, 0]))
    if (needed := sum(group.sources for group in plan)) > len(sources):
        raise ValueError(
            f"A card of {photos} photos with seed {seed} takes {needed} scenes. Got "
            f"{len(sources)}: give more sources, or ask for fewer photos."
        )
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise ValueError(f"{folder} is not empty. Give a folder that is, or that does not exist.")
    random = np.random.default_rng([seed, 1])
    order = deque(int(at) for at in random.permutation(len(sources)))
    rolls = [_Roll(folder, camera) for camera in range(len(BODIES))]
    group_of: dict[Path, str] = {}
    best: dict[str, Path] = {}
    for group in plan:
        scenes = [_scene(sources[order.popleft()]) for _ in range(group.sources)]
        frames = _frames(group, scenes, random)
        paths = rolls[group.body].write(group, frames, random)
        group_of.update(dict.fromkeys(paths, group.name))
        for path, frame in zip(paths, frames, strict=True):
            if frame.best:
                best[group.name] = path
    card = Card(folder, group_of, {group.name: group.kind for group in plan}, best)
    if truth:
        _write_truth(card)
    return card


class _Roll:
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
        pause = random.lognormal(np.log(_MEDIAN), _SPREAD)
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


def _frames(
    group: PlannedGroup, scenes: Sequence[Pixels], random: np.random.Generator
) -> list[Frame]:
    match group.kind:
        case "single":
            return single(scenes[0], random)
        case "burst":
            return burst(scenes[0], group.size, group.damaged, random)
        case "duplicates":
            return duplicates(scenes[0], group.size, random)
        case "bracket":
            return bracket(scenes[0], group.size, random)
        case "focus_stack":
            return focus_stack(scenes[0], group.size, random)
        case "panorama":
            return panorama(scenes, group.size, random)


def _scene(source: Source) -> Pixels:
    from PIL import Image

    rgb = read_picture(source).rgb if isinstance(source, Path) else source
    height, width = rgb.shape[:2]
    if min(height, width) < _SMALLEST:
        name = source if isinstance(source, Path) else "an array"
        raise ValueError(
            f"A scene needs {_SMALLEST} px on its shorter side. Got {width}x{height} ({name})."
        )
    share = _SIDE / min(height, width)
    if share >= 1:
        return rgb
    size = round(width * share), round(height * share)
    return np.asarray(Image.fromarray(rgb).resize(size, Image.Resampling.LANCZOS))


def _encoded(rgb: Pixels, quality: int, exif: bytes) -> bytes:
    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(rgb).save(file, "JPEG", quality=quality, exif=exif)
    return file.getvalue()


def _write_truth(card: Card) -> None:
    best = set(card.best.values())
    with (card.folder / TRUTH).open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(("file", "group", "kind", "best"))
        for path, group in card.group_of.items():
            rows.writerow((path.name, group, card.kind_of[group], int(path in best)))
