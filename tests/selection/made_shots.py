"""Shots made of drawn scenes, as grouping sees them, and nothing on the disk."""

from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import numpy as np

from sim_bench.images.capture import Capture
from sim_bench.images.degrade import degrade
from sim_bench.selection.look import LookEncoder
from sim_bench.selection.shot import Shot
from tests.quality_assessment.samples import scene

NOON = 1_718_445_600.0  # 2024-06-15 10:00 UTC
ENCODER = LookEncoder()


def shot(name, rgb=None, *, after=None, resolution=0.001, digest=None, **capture):
    """A photo, `after` seconds after noon; without pixels where there is no `rgb`."""
    taken = None if after is None else NOON + after
    made = Capture(
        taken=taken,
        resolution=None if taken is None else resolution,
        **{"camera": "A 1", "width": 640, "height": 480, **capture},
    )
    look = None if rgb is None else ENCODER.encode_images([rgb])[0]
    return Shot(Path(name), made, look, sha256((digest or name).encode()).digest())


def wide(seed=0, height=240, width=960):
    """A scene to look at parts of: many shapes of many sizes, none like another."""
    rng = np.random.default_rng(seed)
    rgb = np.empty((height, width, 3))
    rgb[:] = rng.uniform(60, 160, 3)
    y, x = np.mgrid[:height, :width]
    for _ in range(width // 6):
        cy, cx, r = rng.uniform(0, height), rng.uniform(0, width), rng.uniform(4, 40)
        shape = (np.abs(x - cx) < r) & (np.abs(y - cy) < r * rng.uniform(0.2, 2))
        rgb[shape] = rng.uniform(20, 230, 3)
    return grain(rgb, seed)


def grain(rgb, seed, strength=1.5):
    noise = np.random.default_rng(seed).normal(0, strength, rgb.shape)
    return np.clip(rgb + noise, 0, 255).astype(np.uint8)


def tries(seed, count):
    """A scene as a hand would take it several times."""
    whole = wide(seed, 260, 340)
    return [grain(whole[k : k + 240, 2 * k : 2 * k + 320], 100 * seed + k) for k in range(count)]


def exposed(rgb, stops):
    if stops == 0:
        return rgb
    return degrade(rgb, "overexposure" if stops > 0 else "underexposure", abs(stops))


def burst(seed, count=4, *, after=0.0, pace=0.1, first=1, **capture):
    """Shots of one scene, named by seed and number."""
    return [
        shot(
            f"S{seed}_{first + k:04}.JPG", rgb, after=after + pace * k, number=first + k, **capture
        )
        for k, rgb in enumerate(tries(seed, count))
    ]


def without_time(one, **capture):
    blank = replace(one.capture, taken=None, resolution=None, **capture)
    return replace(one, capture=blank)


def names(groups):
    return [[path.name for path in group.paths] for group in groups]


__all__ = [
    "NOON",
    "burst",
    "exposed",
    "grain",
    "names",
    "scene",
    "shot",
    "tries",
    "wide",
    "without_time",
]
