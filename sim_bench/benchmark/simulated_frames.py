"""The frames of simulated groups, one function per kind of group.

Every pace, step and blur is chosen by us, after what cameras of the last years do.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import cos, pi, sin
from typing import Literal

import numpy as np

from sim_bench.benchmark.simulated_views import (
    Pixels,
    mix,
    noisy,
    resized,
    side_by_side,
    view,
    walk,
)
from sim_bench.images.degrade import DEFECTS, degrade

_DAMAGES = (
    *("defocus", "motion_blur", "underexposure", "overexposure"),
    *("gaussian_noise", "shot_noise"),
)
_STEPS = {3: (2 / 3, 1.0, 2.0), 5: (2 / 3, 1.0), 7: (2 / 3, 1.0)}  # stops, by number of frames
_RADII = (0.0, 2.0, 4.0, 8.0)  # px of blur at 512 px, by distance from the plane of focus


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One photo to be written.

    Attributes:
        rgb: Pixels of shape (H, W, 3).
        after: Seconds since the frame before it.
        stops: Exposure compared with the metered one.
        mode: EXIF ExposureMode: 0 automatic, 1 manual, 2 bracket.
        distance: To the subject in metres, where the lens tells.
        best: Whether it is known to be the best of its group.
        copy: "exact": a copy of the group's first file; "saved": the first one saved again.
    """

    rgb: Pixels
    after: float = 0.0
    stops: float = 0.0
    mode: int = 0
    distance: float | None = None
    best: bool = False
    copy: Literal["", "exact", "saved"] = ""


def single(source: Pixels, random: np.random.Generator) -> list[Frame]:
    """One photo alone."""
    return [Frame(noisy(walk(source, 1, random)[0], random))]


def burst(source: Pixels, size: int, damaged: bool, random: np.random.Generator) -> list[Frame]:
    """One scene by a hand that is not quite still, 0.05 to 0.6 s from frame to frame.

    In every seventh burst or so the finger, not the camera, sets the pace: 0.6 to 2 s.

    Args:
        source: The scene.
        size: Frames.
        damaged: Whether all frames but one get a defect each, between its mild and its strong
            example (`sim_bench.images.degrade`).
        random: Decides everything.
    """
    slow = random.random() < 0.15
    pace = float(np.exp(random.uniform(*np.log((0.6, 2.0) if slow else (0.05, 0.55)))))
    best = int(random.integers(size)) if damaged else None
    frames = []
    for at, rgb in enumerate(walk(source, size, random)):
        if damaged and at != best:
            defect = DEFECTS[kind := str(random.choice(_DAMAGES))]
            severity = defect.mild * (defect.strong / defect.mild) ** random.random()
            rgb = degrade(rgb, kind, severity, seed=int(random.integers(2**31)))
        after = pace * random.uniform(0.92, 1.08) if at else 0.0
        frames.append(Frame(noisy(rgb, random), after, best=at == best))
    return frames


def bracket(source: Pixels, size: int, random: np.random.Generator) -> list[Frame]:
    """One scene at exposures in equal steps; four of five are marked as a bracket."""
    step = float(random.choice(_STEPS[size]))
    stops = [step * (at - size // 2) for at in range(size)]
    if random.random() < 0.5:  # the metered exposure first, as many cameras do
        stops.sort(key=lambda value: (abs(value), value))
    mode = 2 if random.random() < 0.8 else 1
    pace = random.uniform(0.1, 0.5)
    frames = []
    for at, (rgb, value) in enumerate(zip(walk(source, size, random), stops, strict=True)):
        exposed = degrade(rgb, "overexposure" if value > 0 else "underexposure", abs(value))
        frames.append(Frame(noisy(exposed, random), pace if at else 0.0, value, mode))
    return frames


def focus_stack(source: Pixels, size: int, random: np.random.Generator) -> list[Frame]:
    """One frame whose plane of focus wanders through a slanted scene; half tell the distance."""
    height, width = source.shape[:2]
    scale = min(height, width) / 512
    levels = np.stack([degrade(source, "defocus", radius * scale) for radius in _RADII])
    angle = random.uniform(0.25, 0.75) * pi  # more or less from bottom to top, like a ground
    y, x = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j]
    depth = x * cos(angle) + y * sin(angle)
    depth = (depth - depth.min()) / np.ptp(depth)
    told = random.random() < 0.5
    nearest, pace = random.uniform(0.2, 1.0), random.uniform(0.3, 2.0)
    frames = []
    for at, focus in enumerate(np.linspace(0.05, 0.95, size)):
        blur = np.minimum(np.abs(depth - focus) * 1.5, 1.0) * (len(_RADII) - 1)
        rgb = view(mix(levels, blur), zoom=1.0 + 0.0015 * at)  # a lens "breathes"
        distance = float(nearest * 4.0**focus) if told else None
        frames.append(Frame(noisy(rgb, random), pace if at else 0.0, 0.0, 1, distance))
    return frames


def panorama(sources: Sequence[Pixels], size: int, random: np.random.Generator) -> list[Frame]:
    """Upright views from one end of a wide scene to the other, 1 to 4 s apart.

    Neighbours overlap by 30 to 50%, more where the scene is too narrow for that.

    Args:
        sources: Scenes that are joined side by side.
        size: Frames.
        random: Decides everything.
    """
    scene = side_by_side(sources)
    height, length = scene.shape[:2]
    tall = round(0.78 * height)
    wide = round(0.75 * tall)
    margin = 0.05 * wide
    step = min(wide * (1.0 - random.uniform(0.3, 0.5)), (length - wide - 2 * margin) / (size - 1))
    left = random.uniform(margin, length - wide - margin - step * (size - 1) + 1e-9)
    views = []
    for at in range(size):
        centre = left + wide / 2 + at * step, height * random.uniform(0.49, 0.51)
        views.append(view(scene, centre, (wide, tall), turn=random.uniform(-0.4, 0.4)))
    if random.random() < 0.5:
        views.reverse()
    pace = random.uniform(1.2, 3.6)
    return [
        Frame(noisy(rgb, random), pace * random.uniform(0.85, 1.1) if at else 0.0, mode=1)
        for at, rgb in enumerate(views)
    ]


def duplicates(source: Pixels, size: int, random: np.random.Generator) -> list[Frame]:
    """One photo and copies of its file: the same bytes, or saved again, half of them smaller."""
    first = single(source, random)[0]
    frames = [first]
    for _ in range(size - 1):
        if random.random() < 0.5:
            frames.append(replace(first, copy="exact"))
        else:
            share = float(random.choice((1.0, 0.75)))
            frames.append(replace(first, rgb=resized(first.rgb, share), copy="saved"))
    return frames
