"""Damage made anew for every batch: tilt, a bad crop and compression, of any good photo.

These three need many photos to be learnt, since they show in what is depicted or hardly at all.
A photo is damaged at the cache's size and then reduced, as larger photos are at inference; so
damage and reduction stand to each other as they will.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim_bench.images.degrade import degrade
from training.embedded.concepts import DAMAGED_AXIS, NAMES
from training.embedded.data import GOOD, fit, severity
from training.embedded.targets import Targets

KINDS = ("tilt", "bad_crop", "jpeg")
PHOTOS = 6  # a batch, each undamaged and damaged twice in one way


@dataclass(frozen=True)
class Fresh:
    """Images with labels, and which beats which, by position."""

    pixels: NDArray[np.uint8]  # (n, side, side, 3)
    values: NDArray[np.float32]
    known: NDArray[np.float32]
    kinds: list[str]
    better: NDArray[np.intp]
    worse: NDArray[np.intp]


def eligible(table: pd.DataFrame) -> NDArray[np.intp]:
    """Rows of the cache that may be damaged: good photos, as they were taken."""
    return np.flatnonzero((table["group"] < 0) & (table["mos"] >= GOOD))


def draw(
    pixels: NDArray[np.uint8],
    aims: Targets,
    rows: NDArray[np.intp],
    side: int,
    random: np.random.Generator,
) -> Fresh:
    """Damage `PHOTOS` photos drawn from `rows`, each at two strengths, and reduce to `side`."""
    images: list[NDArray[np.uint8]] = []
    values, known, kinds = [], [], []
    better: list[int] = []
    worse: list[int] = []
    for row in random.choice(rows, PHOTOS, replace=False):
        photo = np.array(pixels[row])
        if random.random() < 0.5:
            photo = photo[:, ::-1].copy()
        kind = KINDS[random.integers(len(KINDS))]
        axis, drop = DAMAGED_AXIS[kind]
        sure = aims.known[row].copy()
        sure[NAMES.index(axis)] = 1.0
        first = len(images)
        for step, strength in enumerate((0.0, 0.5 * random.random(), 0.5 + 0.5 * random.random())):
            label, seen = aims.values[row].copy(), photo
            if step:
                amount = 0.3 + 0.7 * strength
                label[NAMES.index("quality")] -= drop * amount
                label[NAMES.index("middling")] = 1 - 2 * label[NAMES.index("quality")] ** 2
                label[NAMES.index(axis)] = -amount
                token = int(random.integers(2**31))
                seen = degrade(photo, kind, severity(kind, strength, 1.0), seed=token)
            images.append(fit(seen, side))
            values.append(np.clip(label, -1.25, 1.25))
            known.append(sure)
            kinds.append(kind if step else "")
        better += [first, first, first + 1]
        worse += [first + 1, first + 2, first + 2]
    return Fresh(
        np.stack(images),
        np.stack(values),
        np.stack(known),
        kinds,
        np.array(better),
        np.array(worse),
    )
