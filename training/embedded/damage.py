"""Damage for training, in many implementations of each kind.

Whoever damages a photo elsewhere does it in their own way: another kernel, another light, another
border. A model that saw one way learns that way. Here every kind has several, with parameters of
their own, on images of about 256 px and fast enough to be made for every batch.

A `Recipe` fixes the way and its parameters; `apply` adds the strength, from 0 (a careful eye sees
it at 256 px) to 1 (plain). All ranges are chosen by us. `judge.py` measures with other functions.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, cos, hypot, pi, radians, sin, sqrt

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter
from scipy import fft

from training.embedded.concepts import DAMAGED_AXIS

Pixels = NDArray[np.uint8]
Real = NDArray[np.float32]
Way = Callable[[Pixels, float, np.random.Generator], Pixels]

BICUBIC, BILINEAR = Image.Resampling.BICUBIC, Image.Resampling.BILINEAR
LUMA = np.array([0.299, 0.587, 0.114], dtype=np.float32)
_STEPS = 4096  # linear light is looked up in this many steps: finer than 8 bits even in the shadows
_RAMP = np.arange(256) / 255.0


def _decode(encoded: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)


def _encode(linear: NDArray[np.float64]) -> NDArray[np.float64]:
    inside = np.clip(linear, 0.0, 1.0)
    return np.where(inside <= 0.0031308, inside * 12.92, 1.055 * inside ** (1 / 2.4) - 0.055)


_LIGHT: Real = _decode(_RAMP).astype(np.float32)
_LEVEL: Pixels = np.rint(255 * _encode(np.arange(_STEPS) / (_STEPS - 1))).astype(np.uint8)


@dataclass(frozen=True)
class Recipe:
    """One way to damage: which, and the seed of everything that is free in it."""

    kind: str
    way: str
    seed: int


def draw(kind: str, random: np.random.Generator) -> Recipe:
    """Choose a way and its parameters for one kind, a key of `DAMAGED_AXIS`."""
    if kind not in WAYS:
        raise ValueError(f"No damage {kind!r}. Known: {', '.join(WAYS)}.")
    ways = _TABLE[kind]
    return Recipe(kind, _name(ways[random.integers(len(ways))]), int(random.integers(2**32)))


def apply(recipe: Recipe, rgb: Pixels, strength: float) -> Pixels:
    """Damage (H, W, 3) sRGB pixels; the shape stays.

    More strength of one recipe is more of the same: the same noise, path or side.
    """
    if not 0.0 <= strength <= 1.0:
        raise ValueError(f"strength must lie in [0, 1]. Got {strength!r}.")
    return WAYS[recipe.kind][recipe.way](rgb, strength, _generator(recipe.seed))


def damage(rgb: Pixels, kind: str, strength: float, random: np.random.Generator) -> Pixels:
    """Damage once, in a way drawn from `random`."""
    return apply(draw(kind, random), rgb, strength)


def reference(recipe: Recipe, rgb: Pixels, random: np.random.Generator) -> Pixels:
    """Undamaged, yet resampled as the recipe does it; a copy where the recipe does not resample.

    Tilt and a bad crop interpolate. Beside a photo that was not, they could be told by softness
    alone. Either a hair's turn or enlargement, or softness as of the recipe at some strength. The
    caller uses it for half of the groups.
    """
    if recipe.kind not in {"tilt", "bad_crop"}:
        return rgb.copy()
    resample = BICUBIC if random.random() < 0.5 else BILINEAR
    height, width = rgb.shape[:2]
    if random.random() < 0.5:
        degrees = random.uniform(-0.5, 0.5) if recipe.kind == "tilt" else 0.0
        scale = inner_scale(width, height, degrees) * random.uniform(0.985, 0.999)
        return _turned(rgb, degrees, scale, resample)
    share = random.uniform(0.65, 0.95)
    small = (max(1, round(width * share)), max(1, round(height * share)))
    image = Image.fromarray(rgb).resize(small, BICUBIC)
    return np.array(image.resize((width, height), resample))


# --- what the ways share ---------------------------------------------------------------------


def _generator(seed: int) -> np.random.Generator:
    return np.random.Generator(np.random.SFC64(seed))


def _between(mild: float, strong: float, strength: float, random: np.random.Generator) -> float:
    """Geometric, with ends that vary a little from recipe to recipe."""
    jitter = 1.15 ** random.uniform(-1.0, 1.0)
    return float(mild * (strong / mild) ** strength * jitter)


def _to_pixels(levels: Real) -> Pixels:
    np.clip(levels, 0, 255, out=levels)
    levels += 0.5
    return levels.astype(np.uint8)


def _from_light(light: Real) -> Pixels:
    light *= _STEPS - 1
    np.clip(light, 0, _STEPS - 1, out=light)
    light += 0.5
    return np.take(_LEVEL, light.astype(np.intp))


def _curve(rgb: Pixels, *curves: NDArray[np.float64]) -> Pixels:
    """Look every level up in one curve, or in one for each channel; curves in [0, 1]."""
    tables = [np.rint(255 * np.clip(c, 0, 1)).astype(np.uint8).tolist() for c in curves]
    table = tables[0] * 3 if len(tables) == 1 else [v for t in tables for v in t]
    return np.array(Image.fromarray(rgb).point(table))


def _normal(shape: tuple[int, ...], random: np.random.Generator) -> Real:
    return random.standard_normal(shape, dtype=np.float32)


def _convolve(rgb: Pixels, kernel: Real, *, linear: bool) -> Pixels:
    """Blur with an odd square kernel; the border is mirrored."""
    half = kernel.shape[0] // 2
    if half == 0:
        return rgb.copy()
    height, width = rgb.shape[:2]
    wide = np.pad(rgb, ((half, half), (half, half), (0, 0)), mode="symmetric").transpose(2, 0, 1)
    values = np.take(_LIGHT, wide) if linear else wide.astype(np.float32)
    size = [fft.next_fast_len(n, real=True) for n in values.shape[1:]]
    product = fft.rfft2(values, size)
    product *= fft.rfft2(kernel, size)
    blurred = fft.irfft2(product, size)[:, 2 * half : 2 * half + height, 2 * half :]
    planes = np.ascontiguousarray(blurred[..., :width].transpose(1, 2, 0))
    return _from_light(planes) if linear else _to_pixels(planes)


def _finish(rgb: Pixels, random: np.random.Generator) -> Pixels:
    """What follows the lens: nothing, a trace of noise, or a camera's JPEG."""
    chance, sigma, quality = random.random(), random.uniform(0.5, 2.0), random.integers(75, 95)
    if chance < 0.2:
        return _to_pixels(rgb + sigma * _normal(rgb.shape, random))
    return _compressed(rgb, int(quality), 2) if chance < 0.4 else rgb


def _compressed(rgb: Pixels, quality: int, subsampling: int, form: str = "JPEG") -> Pixels:
    file = io.BytesIO()
    image = Image.fromarray(rgb)
    if form == "JPEG":
        image.save(file, form, quality=quality, subsampling=subsampling)
    else:
        image.save(file, form, quality=quality, method=0)
    with Image.open(file) as back:
        return np.array(back.convert("RGB"))


def inner_scale(width: int, height: int, degrees: float) -> float:
    """Side of the largest upright frame of the same shape within the turned photo, over its own."""
    s, c = sin(radians(abs(degrees))), cos(radians(degrees))
    return min(width / (width * c + height * s), height / (width * s + height * c))


def _turned(
    rgb: Pixels, degrees: float, scale: float, resample: Image.Resampling, fill: int = 0
) -> Pixels:
    """Turn clockwise about the centre and enlarge by 1 / `scale`; the frame stays."""
    height, width = rgb.shape[:2]
    c, s = scale * cos(radians(degrees)), scale * sin(radians(degrees))
    x, y = width / 2, height / 2
    back = (c, s, x - c * x - s * y, -s, c, y + s * x - c * y)
    image = Image.fromarray(rgb)
    return np.array(
        image.transform(image.size, Image.Transform.AFFINE, back, resample, fillcolor=(fill,) * 3)
    )


# --- blur --------------------------------------------------------------------------------------


def aperture(radius: float, blades: int = 0, turn: float = 0.0) -> Real:
    """Disc, or a regular polygon of as many blades, with a soft rim; sums to 1."""
    half, fine = max(1, ceil(radius - 0.5)), 7
    axis = (np.arange((2 * half + 1) * fine) + 0.5) / fine - half - 0.5
    y, x = axis[:, None], axis[None, :]
    distance = np.hypot(x, y)
    if blades:
        sector = 2 * pi / blades
        angle = (np.arctan2(y, x) + turn) % sector - sector / 2
        distance = distance * np.cos(angle) / cos(sector / 2) ** 0.5  # about the disc's area
    cover = (distance <= radius).reshape(2 * half + 1, fine, 2 * half + 1, fine).sum(axis=(1, 3))
    return np.array(cover / cover.sum(), dtype=np.float32)


def _disc(rgb: Pixels, strength: float, random: np.random.Generator) -> Pixels:
    linear, radius = random.random() < 0.6, _between(0.9, 5.0, strength, random)
    return _finish(_convolve(rgb, aperture(radius), linear=linear), random)


def _polygon(rgb: Pixels, strength: float, random: np.random.Generator) -> Pixels:
    linear, radius = random.random() < 0.6, _between(1.0, 5.5, strength, random)
    kernel = aperture(radius, int(random.integers(5, 9)), random.uniform(0, 2 * pi))
    return _finish(_convolve(rgb, kernel, linear=linear), random)


def _gaussian(rgb: Pixels, strength: float, random: np.random.Generator) -> Pixels:
    sigma = _between(0.55, 3.2, strength, random)
    if random.random() < 0.5:
        blurred = np.array(Image.fromarray(rgb).filter(ImageFilter.GaussianBlur(sigma)))
        return _finish(blurred, random)
    steps = np.arange(-ceil(3 * sigma), ceil(3 * sigma) + 1)
    bell = np.exp(-0.5 * (steps / sigma) ** 2)
    kernel = np.outer(bell, bell) / bell.sum() ** 2
    return _finish(_convolve(rgb, kernel.astype(np.float32), linear=True), random)


def _box(rgb: Pixels, strength: float, random: np.random.Generator) -> Pixels:
    radius = _between(0.7, 4.0, strength, random)
    return _finish(np.array(Image.fromarray(rgb).filter(ImageFilter.BoxBlur(radius))), random)


def _uneven(rgb: Pixels, strength: float, random: np.random.Generator) -> Pixels:
    """A focal plane that lies askew: half as much blur on one side."""
    angle, linear = random.uniform(0, 2 * pi), random.random() < 0.6
    radius = _between(1.3, 6.0, strength, random)
    near = _convolve(rgb, aperture(radius / 2), linear=linear).astype(np.float32)
    far = _convolve(rgb, aperture(radius), linear=linear).astype(np.float32)
    y, x = (np.linspace(-1, 1, n, dtype=np.float32) for n in rgb.shape[:2])
    share = np.clip(0.5 + 0.5 * (cos(angle) * x[None, :] + sin(angle) * y[:, None]), 0, 1)
    mixed = near + share[..., None] * (far - near)
    return _finish(_to_pixels(mixed.astype(np.float32)), random)


def path(shape: NDArray[np.float64], length: float) -> Real:
    """Kernel of a camera path: its points (n, 2), scaled until its extent is `length` px."""
    centred = shape - (shape.max(axis=0) + shape.min(axis=0)) / 2
    extent = max(1e-9, 2 * float(np.hypot(*centred.T).max()))
    points = centred * (max(0.0, length - 1) / extent)
    half = max(1, ceil(float(np.abs(points).max())))
    side = 2 * half + 2  # one spare row and column for the bilinear spread
    whole = np.floor(points).astype(np.intp)
    right, low = (points - whole).T
    place = (whole[:, 1] + half) * side + whole[:, 0] + half
    kernel = np.zeros(side * side)
    for step, weight in (
        (0, (1 - right) * (1 - low)),
        (1, right * (1 - low)),
        (side, (1 - right) * low),
        (side + 1, right * low),
    ):
        kernel += np.bincount(place + step, weight, side * side)[: side * side]
    return np.array(kernel.reshape(side, side)[:-1, :-1] / kernel.sum(), dtype=np.float32)


def _straight(rgb: Pixels, strength: float, random: np.random.Generator) -> Pixels:
    linear, length = random.random() < 0.6, _between(3.0, 18.0, strength, random)
    angle, t = random.uniform(0, pi), np.linspace(0, 1, 120)
    kernel = path(np.stack([t * cos(angle), t * sin(angle)], axis=1), length)
    return _finish(_convolve(rgb, kernel, linear=linear), random)


def _arc(rgb: Pixels, strength: float, random: np.random.Generator) -> Pixels:
    linear, length = random.random() < 0.6, _between(3.5, 18.0, strength, random)
    start, bend = random.uniform(0, 2 * pi), random.uniform(0.6, 3.0)
    t = start + bend * np.linspace(0, 1, 120)
    kernel = path(np.stack([np.cos(t), np.sin(t)], axis=1), length)
    return _finish(_convolve(rgb, kernel, linear=linear), random)


def _shake(rgb: Pixels, strength: float, random: np.random.Generator) -> Pixels:
    """A hand that wanders: speed and direction change, and it may linger."""
    linear, length = random.random() < 0.6, _between(4.0, 20.0, strength, random)
    inertia = random.uniform(0.8, 0.98)
    velocity = random.normal(0, 1, (160, 2))
    for i in range(1, len(velocity)):
        velocity[i] = inertia * velocity[i - 1] + sqrt(1 - inertia**2) * velocity[i]
    kernel = path(velocity.cumsum(axis=0) * random.uniform(0.3, 1.0, 2), length)
    return _finish(_convolve(rgb, kernel, linear=linear), random)


def _twist(rgb: Pixels, strength: float, random: np.random.Generator) -> Pixels:
    """The camera turns about a point of the frame: the mean of eight turned photos."""
    total = _between(1.2, 6.0, strength, random) * random.choice([-1.0, 1.0])
    margin = 24
    shift = random.integers(-margin, margin + 1, 2)
    sides = ((margin + shift[0], margin - shift[0]), (margin + shift[1], margin - shift[1]))
    wide = np.pad(rgb, (*sides, (0, 0)), mode="symmetric")
    image = Image.fromarray(wide).rotate(-total * 7 / 16, BILINEAR)
    for share in (8, 4, 2):  # each step doubles the number of turns that are averaged
        image = Image.blend(image, image.rotate(total / share, BILINEAR), 0.5)
    (top, _), (left, _) = sides
    turned = np.array(image)[top : top + rgb.shape[0], left : left + rgb.shape[1]]
    return _finish(np.ascontiguousarray(turned), random)


# --- noise ---------------------------------------------------------------------------------------


def _white(rgb: Pixels, strength: float, random: np.random.Generator) -> Pixels:
    sigma = _between(5.0, 42.0, strength, random)
    noise = _normal(rgb.shape, random)
    noise *= sigma
    noise += rgb
    return _to_pixels(noise)


def _mono(rgb: Pixels, strength: float, random: np.random.Generator) -> Pixels:
    sigma = _between(5.5, 40.0, strength, random)
    return _to_pixels(rgb + sigma * _normal((*rgb.shape[:2], 1), random))


def _blotchy(rgb: Pixels, strength: float, random: np.random.Generator) -> Pixels:
    """Noise that neighbours share, as after demosaicing or a reduction."""
    sigma, share = _between(5.0, 34.0, strength, random), np.float32(random.uniform(0.25, 1.0))
    height, width = rgb.shape[:2]
    fine = _normal((height + 2, width + 2, 3), random)
    rows = fine[1:-1] + share * (fine[:-2] + fine[2:])
    noise = rows[:, 1:-1] + share * (rows[:, :-2] + rows[:, 2:])
    noise *= np.float32(sigma / (1 + 2 * share**2))
    noise += rgb
    return _to_pixels(noise)


def _chroma(rgb: Pixels, strength: float, random: np.random.Generator) -> Pixels:
    """Weak in luma, strong and coarse in colour."""
    sigma, cell = _between(5.0, 30.0, strength, random), random.uniform(1.0, 4.0)
    balance = random.uniform(0.2, 0.7)
    height, width = rgb.shape[:2]
    small = (max(2, round(height / cell)), max(2, round(width / cell)))
    noise = np.empty(rgb.shape, dtype=np.float32)
    for i in range(3):
        plane = Image.fromarray(_normal(small, random))
        noise[..., i] = np.array(plane.resize((width, height), BILINEAR))
    noise -= (noise @ LUMA)[..., None]  # colour alone
    noise *= np.float32(sigma * 1.6)
    noise += np.float32(sigma * balance) * _normal((height, width, 1), random)
    noise += rgb
    return _to_pixels(noise)


def _smeared(rgb: Pixels, strength: float, random: np.random.Generator) -> Pixels:
    """Noise that a camera tried to remove, at some cost in detail."""
    sigma, radius = _between(12.0, 70.0, strength, random), random.uniform(0.4, 0.8)
    noisy = _to_pixels(rgb + np.float32(sigma) * _normal(rgb.shape, random))
    smooth = Image.fromarray(noisy).filter(ImageFilter.GaussianBlur(radius))
    return np.array(Image.blend(Image.fromarray(noisy), smooth, random.uniform(0.6, 1.0)))


def _in_light(rgb: Pixels, strength: float, random: np.random.Generator) -> Pixels:
    """Read noise: normal in linear light, so the shadows suffer."""
    sigma = _between(0.006, 0.09, strength, random)
    noise = _normal(rgb.shape, random)
    noise *= sigma
    noise += np.take(_LIGHT, rgb)
    return _from_light(noise)


def _specks(rgb: Pixels, strength: float, random: np.random.Generator) -> Pixels:
    """Single pixels dead or hot."""
    share, grey = _between(0.004, 0.07, strength, random), random.random() < 0.5
    shape = (*rgb.shape[:2], 1) if grey else rgb.shape
    chance = np.broadcast_to(random.random(shape, dtype=np.float32), rgb.shape)
    seen = np.where(chance < share / 2, np.uint8(0), rgb)
    return np.where(chance > 1 - share / 2, np.uint8(255), seen)


def _photons(rgb: Pixels, strength: float, random: np.random.Generator) -> Pixels:
    """Poisson in linear light, by its normal approximation in the square root (Anscombe)."""
    photons = _between(800.0, 1000.0, 0.0, random) * float(18.0 / 800.0) ** strength
    read, noise = random.uniform(0.0, 1.5), _normal(rgb.shape, random)
    root = np.sqrt(_LIGHT * photons + 0.375 + read)
    noise *= 0.5
    noise += np.take(root.astype(np.float32), rgb)
    np.maximum(noise, 0, out=noise)
    noise *= noise
    noise -= 0.375 + read
    noise /= photons
    return _from_light(noise)


def _counted(rgb: Pixels, strength: float, random: np.random.Generator) -> Pixels:
    """Poisson on the encoded values, as scripts often do it."""
    peak = _between(700.0, 1000.0, 0.0, random) * float(14.0 / 700.0) ** strength
    noise = _normal(rgb.shape if random.random() < 0.7 else (*rgb.shape[:2], 1), random)
    root = np.sqrt(_RAMP * peak + 0.375)
    values = np.take(root.astype(np.float32), rgb) + 0.5 * noise
    np.maximum(values, 0, out=values)
    values *= values
    values -= 0.375
    values *= np.float32(255 / peak)
    return _to_pixels(values)


def _dependent(rgb: Pixels, strength: float, random: np.random.Generator) -> Pixels:
    """Standard deviation that grows with the level to some power, or falls, as after a push."""
    sigma, power = _between(7.0, 50.0, strength, random), random.uniform(-0.5, 1.0)
    spread = sigma * (0.15 + 0.85 * _RAMP) ** power
    spread *= sigma / max(1e-6, float(spread.mean()))
    noise = _normal(rgb.shape, random)
    noise *= np.take(spread.astype(np.float32), rgb)
    noise += rgb
    return _to_pixels(noise)


# --- compression ---------------------------------------------------------------------------------


def _quality(mild: float, strong: float, strength: float, random: np.random.Generator) -> int:
    return max(1, round(_between(mild, strong, strength, random)))


def _jpeg_420(rgb: Pixels, strength: float, random: np.random.Generator) -> Pixels:
    return _compressed(rgb, _quality(31, 4, strength, random), 2)


def _jpeg_444(rgb: Pixels, strength: float, random: np.random.Generator) -> Pixels:
    return _compressed(rgb, _quality(30, 4, strength, random), 0)


def _jpeg_twice(rgb: Pixels, strength: float, random: np.random.Generator) -> Pixels:
    """Compressed again after the grid of blocks has moved."""
    quality = _quality(34, 5, strength, random)
    down, across = (int(n) for n in random.integers(1, 8, 2))
    second = min(95, round(quality * random.uniform(1.0, 2.5)))
    moved = np.roll(_compressed(rgb, quality, 2), (down, across), (0, 1))
    return np.roll(_compressed(moved, second, 2), (-down, -across), (0, 1))


def _jpeg_larger(rgb: Pixels, strength: float, random: np.random.Generator) -> Pixels:
    """Compressed when the photo was larger: blocks of less than 8 px."""
    scale, quality = random.uniform(1.3, 2.0), _quality(20, 2.5, strength, random)
    height, width = rgb.shape[:2]
    large = Image.fromarray(rgb).resize((round(width * scale), round(height * scale)), BICUBIC)
    blocks = Image.fromarray(_compressed(np.array(large), quality, 2))
    return np.array(blocks.resize((width, height), BICUBIC))


def _webp(rgb: Pixels, strength: float, random: np.random.Generator) -> Pixels:
    return _compressed(rgb, _quality(20, 1, strength, random) - 1, 0, "WEBP")


# --- exposure ------------------------------------------------------------------------------------


def _darker(rgb: Pixels, strength: float, random: np.random.Generator) -> Pixels:
    stops = _between(0.7, 3.5, strength, random)
    return _curve(rgb, _encode(_decode(_RAMP) * 2.0**-stops))


def _scaled_down(rgb: Pixels, strength: float, random: np.random.Generator) -> Pixels:
    return _curve(rgb, _RAMP * 2.0 ** -_between(0.35, 2.1, strength, random))


def _darker_gamma(rgb: Pixels, strength: float, random: np.random.Generator) -> Pixels:
    return _curve(rgb, _RAMP ** (1 + _between(0.3, 2.4, strength, random)))


def _lowered(rgb: Pixels, strength: float, random: np.random.Generator) -> Pixels:
    """The same subtracted everywhere."""
    return _curve(rgb, _RAMP - _between(0.1, 0.45, strength, random))


def _darker_noisy(rgb: Pixels, strength: float, random: np.random.Generator) -> Pixels:
    """Too little light on a sensor with noise and few levels of its own."""
    stops, bits = _between(0.7, 3.5, strength, random), random.uniform(5.5, 8.0)
    levels, sigma = 2.0**bits - 1, random.uniform(0.5, 2.5)
    dark = _encode(_decode(_RAMP) * 2.0**-stops)
    coarse = _curve(rgb, np.rint(dark * levels) / levels)
    return _to_pixels(coarse + np.float32(sigma) * _normal(rgb.shape, random))


def _brighter(rgb: Pixels, strength: float, random: np.random.Generator) -> Pixels:
    return _curve(rgb, _encode(_decode(_RAMP) * 2.0 ** _between(0.6, 2.5, strength, random)))


def _scaled_up(rgb: Pixels, strength: float, random: np.random.Generator) -> Pixels:
    return _curve(rgb, _RAMP * 2.0 ** _between(0.25, 1.9, strength, random))


def _brighter_gamma(rgb: Pixels, strength: float, random: np.random.Generator) -> Pixels:
    return _curve(rgb, _RAMP ** (1 / (1 + _between(0.3, 2.2, strength, random))))


def _raised(rgb: Pixels, strength: float, random: np.random.Generator) -> Pixels:
    """The same added everywhere."""
    return _curve(rgb, _RAMP + _between(0.1, 0.45, strength, random))


def _shoulder(rgb: Pixels, strength: float, random: np.random.Generator) -> Pixels:
    """Film: highlights are pressed together before they burn out."""
    gain, head = _between(0.75, 6.5, strength, random), random.uniform(1.0, 1.1)
    light = _decode(_RAMP)
    return _curve(rgb, head * _encode((1 - np.exp(-gain * light)) / (1 - np.exp(-gain))))


# --- contrast, colour ----------------------------------------------------------------------------


def _toward(level: float, factor: float) -> NDArray[np.float64]:
    return level + factor * (_RAMP - level)


def _flat_mean(rgb: Pixels, strength: float, random: np.random.Generator) -> Pixels:
    mean = float(rgb.mean(axis=(0, 1)) @ LUMA) / 255
    return _curve(rgb, _toward(mean, min(0.85, _between(0.72, 0.2, strength, random))))


def _flat_grey(rgb: Pixels, strength: float, random: np.random.Generator) -> Pixels:
    return _curve(rgb, _toward(0.5, min(0.85, _between(0.72, 0.2, strength, random))))


def _veil(rgb: Pixels, strength: float, random: np.random.Generator) -> Pixels:
    """Stray light, in linear light, that lifts the blacks."""
    colour = random.uniform(0.35, 0.8) * (1 + random.uniform(-0.06, 0.06, 3))
    share = _between(0.03, 0.55, strength, random)
    light = _decode(_RAMP)
    return _curve(rgb, *(_encode((1 - share) * light + share * float(c)) for c in colour))


def _faded(rgb: Pixels, strength: float, random: np.random.Generator) -> Pixels:
    """Blacks lifted and whites lowered, each by its own share."""
    lost = 1 - min(0.88, _between(0.78, 0.24, strength, random))
    low = random.uniform(0.2, 0.9)
    return _curve(rgb, low * lost + (1 - lost) * _RAMP)


def _pressed(rgb: Pixels, strength: float, random: np.random.Generator) -> Pixels:
    """The inverse of an S-curve: flat in the middle, over a range that shrinks."""
    power, room = 1 + _between(0.25, 1.2, strength, random), 0.95 - 0.6 * strength
    span = 2 * _RAMP - 1
    return _curve(rgb, 0.5 + 0.5 * room * np.sign(span) * np.abs(span) ** power)


def _hue(random: np.random.Generator) -> NDArray[np.float64]:
    """A direction of colour: channel shifts that leave luma alone, the largest being 1."""
    angle = random.uniform(0, 2 * pi)
    shift = np.cos(angle + np.array([0, 2, 4]) * pi / 3)
    shift -= float(shift @ LUMA)
    return np.array(shift / np.abs(shift).max())


def _gains(rgb: Pixels, strength: float, random: np.random.Generator) -> Pixels:
    """Wrong white balance: a factor for each channel, in linear light or as encoded."""
    linear, hue, amount = random.random() < 0.5, _hue(random), random.uniform(0, 1)
    if random.random() < 0.6:  # along warm and cold, with a little tint
        hue = np.array([1.0, 0.35 * (2 * amount - 1), -1.0]) * random.choice([-1.0, 1.0])
    size = _between(0.16, 0.9, strength, random) * (1.0 if linear else 0.55)
    if linear:
        return _curve(rgb, *(_encode(_decode(_RAMP) * 2.0 ** (size * h)) for h in hue))
    return _curve(rgb, *(_RAMP * 2.0 ** (size * h) for h in hue))


def _shifted(rgb: Pixels, strength: float, random: np.random.Generator) -> Pixels:
    size = _between(0.05, 0.28, strength, random)
    return _curve(rgb, *(_RAMP + size * h for h in _hue(random)))


def _tinted(rgb: Pixels, strength: float, random: np.random.Generator) -> Pixels:
    """Mixed with one colour, as bright as the photo."""
    mean = float(rgb.mean()) / 255
    share = min(0.6, _between(0.09, 0.42, strength, random))
    colours = mean + 0.6 * _hue(random)
    return _curve(rgb, *(_toward(float(c), 1 - share) for c in colours))


def _bent(rgb: Pixels, strength: float, random: np.random.Generator) -> Pixels:
    """A gamma for each channel: middle tones take colour, black and white keep theirs."""
    size = _between(0.14, 0.75, strength, random)
    return _curve(rgb, *(_RAMP ** (2.0 ** (-size * h)) for h in _hue(random)))


# --- geometry ------------------------------------------------------------------------------------


def _angle(strength: float, random: np.random.Generator) -> tuple[float, Image.Resampling]:
    degrees = _between(random.uniform(1.8, 3.0), random.uniform(10.0, 17.5), strength, random)
    side = 1 if random.random() < 0.5 else -1
    return side * degrees, BICUBIC if random.random() < 0.5 else BILINEAR


def _tilt_cropped(rgb: Pixels, strength: float, random: np.random.Generator) -> Pixels:
    degrees, resample = _angle(strength, random)
    height, width = rgb.shape[:2]
    # Two pixels less, so that interpolation reads nothing from beyond the edge.
    scale = inner_scale(width, height, degrees) * (1 - 4 / min(width, height))
    return _turned(rgb, degrees, scale, resample)


def _tilt_filled(rgb: Pixels, strength: float, random: np.random.Generator) -> Pixels:
    """The corners stay empty: black, white or some grey."""
    degrees, resample = _angle(strength, random)
    grey = int(random.integers(256))
    fill = (0, 255, grey)[int(random.choice(3, p=[0.6, 0.2, 0.2]))]
    return _turned(rgb, degrees, 1.0, resample, fill)


def _tilt_continued(rgb: Pixels, strength: float, random: np.random.Generator) -> Pixels:
    """The corners are mirrored or smeared out from the edge."""
    degrees, resample = _angle(strength, random)
    height, width = rgb.shape[:2]
    room = 2 + ceil(hypot(height, width) / 2 * sin(radians(abs(degrees))))
    sides = ((room, room), (room, room), (0, 0))
    wide = np.pad(rgb, sides, mode="edge" if random.random() < 0.5 else "symmetric")
    turned = _turned(wide, degrees, 1.0, resample)
    return np.ascontiguousarray(turned[room : room + height, room : room + width])


def _tilt_partly(rgb: Pixels, strength: float, random: np.random.Generator) -> Pixels:
    """Cropped a little, so that small corners remain."""
    degrees, resample = _angle(strength, random)
    share, height, width = random.uniform(0.3, 0.8), *rgb.shape[:2]
    scale = 1 + share * (inner_scale(width, height, degrees) - 1)
    return _turned(rgb, degrees, scale, resample)


def window(rgb: Pixels, area: float, x: float, y: float, resample: Image.Resampling) -> Pixels:
    """Keep `area` of the photo and enlarge it; x, y in [0, 1] say where, 0.5 being the middle."""
    height, width = rgb.shape[:2]
    w, h = width * sqrt(area), height * sqrt(area)
    left, top = (width - w) * x, (height - h) * y
    image = Image.fromarray(rgb)
    return np.array(image.resize((width, height), resample, (left, top, left + w, top + h)))


def _area(strength: float, random: np.random.Generator) -> tuple[float, Image.Resampling]:
    lost = _between(0.17, 0.53, strength, random)
    return 1 - min(0.6, lost), BICUBIC if random.random() < 0.5 else BILINEAR


def _crop_corner(rgb: Pixels, strength: float, random: np.random.Generator) -> Pixels:
    area, resample = _area(strength, random)
    x, y = (float(n) for n in random.integers(0, 2, 2))
    return window(rgb, area, x, y, resample)


def _crop_side(rgb: Pixels, strength: float, random: np.random.Generator) -> Pixels:
    area, resample = _area(strength, random)
    edge, along = float(random.integers(2)), random.uniform(0.3, 0.7)
    x, y = (edge, along) if random.random() < 0.5 else (along, edge)
    return window(rgb, area, x, y, resample)


def _crop_stray(rgb: Pixels, strength: float, random: np.random.Generator) -> Pixels:
    """Anywhere off the middle."""
    area, resample = _area(strength, random)
    angle, away = random.uniform(0, 2 * pi), random.uniform(0.6, 1.0)
    reach = 0.5 * away / max(abs(cos(angle)), abs(sin(angle)))
    return window(rgb, area, 0.5 + reach * cos(angle), 0.5 + reach * sin(angle), resample)


def _name(way: Way) -> str:
    return way.__name__.removeprefix("_")


_TABLE: dict[str, tuple[Way, ...]] = {  # named twice, drawn twice as often
    "defocus": (_disc, _polygon, _gaussian, _gaussian, _box, _uneven),
    "motion_blur": (_straight, _straight, _arc, _shake, _twist),
    "gaussian_noise": (_white, _white, _mono, _blotchy, _chroma, _smeared, _in_light, _specks),
    "shot_noise": (_photons, _counted, _dependent),
    "jpeg": (_jpeg_420, _jpeg_420, _jpeg_444, _jpeg_twice, _jpeg_larger, _webp),
    "underexposure": (_darker, _darker, _scaled_down, _darker_gamma, _lowered, _darker_noisy),
    "overexposure": (_brighter, _brighter, _scaled_up, _brighter_gamma, _raised, _shoulder),
    "low_contrast": (_flat_mean, _flat_grey, _veil, _faded, _pressed),
    "colour_cast": (_gains, _gains, _shifted, _tinted, _bent),
    "tilt": (_tilt_cropped, _tilt_filled, _tilt_continued, _tilt_partly),
    "bad_crop": (_crop_corner, _crop_side, _crop_stray),
}
WAYS: dict[str, dict[str, Way]] = {
    kind: {_name(way): way for way in _TABLE[kind]} for kind in DAMAGED_AXIS
}
