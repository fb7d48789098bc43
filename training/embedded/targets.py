"""From what is known of an image to a value on every axis, and how surely it is known."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from training.embedded.concepts import DAMAGED_AXIS, NAMES

Array = NDArray[np.float32]


@dataclass(frozen=True)
class Targets:
    """Values and certainties, both (n, axes)."""

    values: Array
    known: Array


def targets(table: pd.DataFrame) -> Targets:
    """Label every image of the cache's table on every axis.

    Quality is half the human score on a line (0.55 is 0, 0.90 is 1) and half its rank among the
    training photos, since most scores crowd between 0.7 and 0.85. Damage takes it down.
    """
    natural = table["group"] < 0
    mos = table["mos"].to_numpy(np.float64)
    ranks = np.sort(mos[natural])
    rank = np.searchsorted(ranks, mos, side="left") / len(ranks)
    rank = (rank + np.searchsorted(ranks, mos, side="right") / len(ranks)) / 2
    quality = 0.5 * (mos - 0.55) / 0.35 + 0.5 * (2 * rank - 1)
    strength = table["strength"].to_numpy()
    kinds = table["kind"].to_numpy()
    values = np.zeros((len(table), len(NAMES)), dtype=np.float32)
    known = np.zeros_like(values)

    def put(name: str, value: NDArray[np.float64], certainty: NDArray[np.float64] | float) -> None:
        values[:, NAMES.index(name)] = value
        known[:, NAMES.index(name)] = certainty

    sound = np.where(natural, np.where(mos > 0.72, 0.25, 0.05), 1.0)
    for axis in {axis for axis, _ in DAMAGED_AXIS.values()}:
        put(axis, np.full(len(table), 0.5), sound)
    for kind, (axis, drop) in DAMAGED_AXIS.items():
        hit = kinds == kind
        amount = 0.3 + 0.7 * strength[hit]
        quality[hit] -= drop * amount
        values[hit, NAMES.index(axis)] = -amount
    quality = np.clip(quality, -1.25, 1.1)
    put("quality", quality, 1.0)
    put("middling", np.clip(1 - 2 * quality**2, -1, 1), 0.5)
    for name, column in (
        ("brightness", "luma"),
        ("contrast", "spread"),
        ("colour", "colourfulness"),
    ):
        measured = table[column].to_numpy(np.float64)
        low, high = np.quantile(measured[natural], [0.05, 0.95])
        put(name, np.clip(2 * (measured - low) / (high - low) - 1, -1.2, 1.2), 1.0)
    # Blur takes contrast and colour with it, tilt and crop say nothing about blur: leave axes
    # that damage touches on the side undecided.
    for kind, others in {
        "defocus": ("steadiness",),
        "motion_blur": ("focus",),
        "jpeg": ("focus", "cleanness"),
        "underexposure": ("cleanness",),
    }.items():
        for other in others:
            known[kinds == kind, NAMES.index(other)] = 0.3
    return Targets(values, known)
