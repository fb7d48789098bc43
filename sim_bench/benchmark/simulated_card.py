"""A simulated memory card: photos whose right grouping, and sometimes whose best one, is known."""

import csv
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sim_bench.benchmark.simulated_exif import BODIES
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
from sim_bench.benchmark.simulated_roll import Roll
from sim_bench.benchmark.simulated_views import Pixels, resized
from sim_bench.images.decode import read_picture
from sim_bench.selection.group import Kind

Source = Path | Pixels

TRUTH = "truth.csv"
"""File of the known answer, if asked for: columns file, group, kind, best (1 or 0)."""

_SIDE = 512  # px: shorter side to which larger scenes are reduced
_SMALLEST = 96  # px: below that, nothing moves within a scene
_TALLEST = 2  # times as tall as wide


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
    rolls = [Roll(folder, camera) for camera in range(len(BODIES))]
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
    rgb = read_picture(source).rgb if isinstance(source, Path) else source
    height, width = rgb.shape[:2]
    if min(height, width) < _SMALLEST:
        name = source if isinstance(source, Path) else "an array"
        raise ValueError(
            f"A scene needs {_SMALLEST} px on its shorter side. Got {width}x{height} ({name})."
        )
    tall = _TALLEST * width  # of a taller one the upper part, so that panoramas have some width
    return resized(rgb[:tall], min(1.0, _SIDE / min(height, width)))


def _write_truth(card: Card) -> None:
    best = set(card.best.values())
    with (card.folder / TRUTH).open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(("file", "group", "kind", "best"))
        for path, group in card.group_of.items():
            rows.writerow((path.name, group, card.kind_of[group], int(path in best)))
