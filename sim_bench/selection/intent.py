"""What all photos of a group have in common may be meant: night, low key, high key, panning.

Photos are compared within their group, so what they share counts neither for nor against one.
Where they share it in different degrees, a difference in just that is no fault: of two night shots
the darker one is not the worse one for being darker.

Chosen by us: the bounds below. They are measured on the pixels, not on what a model says of them.
What this cannot do: tell a night scene from a burst that was underexposed throughout, a fence or
the sea from a pan (about one good photo in twenty is as streaked as one), and a blurred subject
from a blurred background. The figures are in docs/choosing.md.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from sim_bench.images.decode import read_picture
from sim_bench.quality_assessment.luma import luma
from sim_bench.selection.choosing_words import Topic

Intent = Literal["dark", "bright", "panned"]

ALLOWED: Mapping[Intent, Topic] = MappingProxyType(
    {"dark": "darkness", "bright": "brightness", "panned": "motion"}
)
"""By intent: what photos of such a group are not blamed for."""

DARK = 48.0
"""Median luma at or below which a photo is dark: what three stops less light make of a photo of
the usual 132."""

BRIGHT = 210.0
"""Median luma at or above which it is bright: what one and a half stops more make of it."""

STREAKED = 0.5
"""Streakedness from which a photo may be panned: that of the most streaked 5% of good photos."""

ALIGNED = 20.0
"""Degrees within which the streaks of all photos of a panned group run; shaking hands differ."""

SIDE = 128
"""Pixels of the short side at which photos are looked at."""

BLOWN = 250
"""Luma from which a pixel counts as blown."""


@dataclass(frozen=True, slots=True)
class Tone:
    """How dark and how streaked a photo is.

    Attributes:
        median: Of luma, 0 to 255.
        blown: Share of pixels next to white, 0 to 1.
        streaked: How much its edges run in one direction, 0 to 1: the coherence of the structure
            tensor of the whole photo (Bigun and Granlund, ICCV 1987).
        direction: Of its streaks in degrees, -90 to 90, 0 being horizontal.
    """

    median: float
    blown: float
    streaked: float
    direction: float


def tone_of(rgb: NDArray[np.uint8]) -> Tone:
    """Measure one photo (H, W, 3)."""
    image = Image.fromarray(luma(rgb))
    scale = SIDE / min(image.size)
    if scale < 1:
        size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
        image = image.resize(size, Image.Resampling.BOX)
    plane = np.asarray(image, dtype=np.float64)
    padded = np.pad(plane, 1, mode="edge")
    across = padded[1:-1, 2:] - padded[1:-1, :-2]
    down = padded[2:, 1:-1] - padded[:-2, 1:-1]
    a, b, c = (float(np.mean(x)) for x in (across**2, down**2, across * down))
    streaked = float(np.hypot(a - b, 2 * c) / (a + b)) if a + b > 0 else 0.0
    gradient = 0.5 * np.degrees(np.arctan2(2 * c, a - b))  # across the streaks
    direction = float((gradient + 180.0) % 180.0 - 90.0)
    return Tone(float(np.median(plane)), float(np.mean(plane >= BLOWN)), streaked, direction)


@lru_cache(maxsize=4096)
def tone(path: Path) -> Tone:
    """Measure one file; JPEGs are reduced while decoded.

    Raises:
        ImageError: It gives no pixels.
    """
    return tone_of(read_picture(path, at_least=SIDE).rgb)


def shared_intents(tones: Sequence[Tone]) -> frozenset[Intent]:
    """Say what all photos of a group share that may be meant; nothing of fewer than two."""
    if len(tones) < 2:
        return frozenset()
    found: set[Intent] = set()
    if all(one.median <= DARK for one in tones):
        found.add("dark")
    if all(one.median >= BRIGHT for one in tones):
        found.add("bright")
    if all(one.streaked >= STREAKED for one in tones) and _aligned(tones):
        found.add("panned")
    return frozenset(found)


def intents_of(paths: Sequence[Path], measure: Callable[[Path], Tone] = tone) -> frozenset[Intent]:
    """Say what all photos of a group of files have in common that may be meant.

    Raises:
        ImageError: A file gives no pixels.
    """
    return shared_intents([measure(path) for path in paths])


def allowed(topics: Collection[Topic], intents: Collection[Intent]) -> frozenset[Topic]:
    """Say which of the topics on which two photos differ are no fault of either.

    Contrast comes and goes with light, so where a difference in light is none, neither is one in
    contrast beside it.

    Args:
        topics: What the photos differ in.
        intents: What their whole group may have been meant to be.
    """
    found = {ALLOWED[one] for one in intents} & set(topics)
    if "contrast" in topics and found & {"darkness", "brightness"}:
        found.add("contrast")
    return frozenset(found)


def _aligned(tones: Sequence[Tone]) -> bool:
    """Whether all streaks run within `ALIGNED` degrees of the first photo's, either way round."""
    turned = [(one.direction - tones[0].direction + 90.0) % 180.0 - 90.0 for one in tones]
    return max(turned) - min(turned) <= ALIGNED
