"""Views of a scene: what a camera sees that moves a little, is focused elsewhere, or pans.

Every size of a movement or a noise is chosen by us: what a steady hand does.
"""

from collections.abc import Sequence
from math import cos, radians, sin

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]

_SHARE = 0.88  # of the source that a frame shows; the rest is room to move
_SHIFT, _TURN, _ZOOM = 0.02, 0.7, 0.01  # furthest: share of the shorter side, degrees, share
_NOISE = 1.5  # standard deviation, 8-bit levels
_FADE = 0.1  # share of the height over which scenes side by side melt into each other


def walk(source: Pixels, size: int, random: np.random.Generator) -> list[Pixels]:
    """Views whose place, angle and zoom each wander a little from frame to frame."""
    height, width = source.shape[:2]
    steps = random.normal(0.0, 1.0, (size, 4)).cumsum(axis=0) / 3
    x, y, turn, zoom = np.clip(steps, -1.0, 1.0).T
    shift = _SHIFT * min(width, height)
    return [
        view(
            source,
            (width / 2 + shift * x[at], height / 2 + shift * y[at]),
            turn=_TURN * turn[at],
            zoom=1.0 + _ZOOM * zoom[at],
        )
        for at in range(size)
    ]


def view(
    source: Pixels,
    centre: tuple[float, float] | None = None,
    size: tuple[int, int] | None = None,
    turn: float = 0.0,
    zoom: float = 1.0,
) -> Pixels:
    """Look at a part of a scene: 4 to 3, or 3 to 4 where it is upright, unless a size is given.

    Args:
        source: The scene.
        centre: Of the part, x and y in px; None: of the scene.
        size: Width and height in px.
        turn: In degrees.
        zoom: Above 1 shows less.
    """
    from PIL import Image

    height, width = source.shape[:2]
    if size is None:
        wide, tall = (4, 3) if width >= height else (3, 4)
        unit = _SHARE * min(width / wide, height / tall)
        size = round(unit * wide), round(unit * tall)
    x, y = centre or (width / 2, height / 2)
    c, s = cos(radians(turn)) / zoom, sin(radians(turn)) / zoom
    left = x - c * size[0] / 2 + s * size[1] / 2
    top = y - s * size[0] / 2 - c * size[1] / 2
    moved = Image.fromarray(source).transform(
        size, Image.Transform.AFFINE, (c, -s, left, s, c, top), Image.Resampling.BICUBIC
    )
    return np.asarray(moved)


def mix(levels: Pixels, amount: NDArray[np.float64]) -> Pixels:
    """Pick between blurred versions pixel by pixel: 1.5 is half of level 1, half of level 2."""
    lower = np.minimum(amount.astype(np.intp), len(levels) - 2)
    share = (amount - lower)[..., None]
    rows, columns = np.ogrid[: amount.shape[0], : amount.shape[1]]
    mixed = (1 - share) * levels[lower, rows, columns] + share * levels[lower + 1, rows, columns]
    return np.asarray(np.rint(mixed), dtype=np.uint8)


def side_by_side(sources: Sequence[Pixels]) -> Pixels:
    """Join scenes into a wide one, all in the light of the first, each melting into the next."""
    height = min(source.shape[0] for source in sources)
    fade = round(_FADE * height)
    ramp = np.linspace(0.0, 1.0, fade)[None, :, None]
    scene = resized(sources[0], height / sources[0].shape[0])
    for source in sources[1:]:
        after = _in_the_light_of(sources[0], resized(source, height / source.shape[0]))
        melted = (1 - ramp) * scene[:, -fade:] + ramp * after[:, :fade]
        scene = np.hstack([scene[:, :-fade], np.rint(melted).astype(np.uint8), after[:, fade:]])
    return scene


def _in_the_light_of(first: Pixels, rgb: Pixels) -> Pixels:
    """Give each channel the mean and the spread that it has in another scene."""
    axes = (0, 1)
    spread = first.std(axis=axes) / np.maximum(rgb.std(axis=axes), 1.0)
    lit = (rgb - rgb.mean(axis=axes)) * spread + first.mean(axis=axes)
    return np.asarray(np.clip(np.rint(lit), 0, 255), dtype=np.uint8)


def resized(rgb: Pixels, share: float) -> Pixels:
    """Reduce or enlarge both sides by a factor."""
    from PIL import Image

    if share == 1:
        return rgb
    size = round(rgb.shape[1] * share), round(rgb.shape[0] * share)
    return np.asarray(Image.fromarray(rgb).resize(size, Image.Resampling.LANCZOS))


def noisy(rgb: Pixels, random: np.random.Generator) -> Pixels:
    """Add the sensor's own noise, different in each frame."""
    noise = random.standard_normal(rgb.shape, dtype=np.float32) * _NOISE
    return np.clip(np.rint(rgb + noise), 0, 255).astype(np.uint8)
