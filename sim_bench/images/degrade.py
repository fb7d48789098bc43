"""Known defects with a severity in physical or standard units.

Blur, exposure and photon noise act on linear light, where the camera meets them; the transfer
curve is IEC 61966-2-1 (sRGB). Everything else acts on the encoded 8-bit values, as an editor does.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, cos, floor, isfinite, pi, radians, sin

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]
Real = NDArray[np.float64]
Damage = Callable[[Pixels, float, np.random.Generator], Pixels]

# Linear sRGB to XYZ and the D65 white point (IEC 61966-2-1).
_TO_XYZ = np.array(
    [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]], dtype=np.float64
)
_WHITE = _TO_XYZ.sum(axis=1)
_LUMA = np.array([0.299, 0.587, 0.114])  # ITU-R BT.601
_SUBSAMPLES = 9  # points per pixel and axis when a disc is turned into a kernel; chosen by us


@dataclass(frozen=True)
class Defect:
    """One kind of damage.

    Attributes:
        apply: the function that does it: (rgb, severity, generator) to rgb.
        unit: the unit of the severity.
        meaning: what the severity is, in words; also what the seed decides.
        low: least severity allowed.
        high: greatest severity allowed.
        mild: an example that a careful viewer notices.
        strong: an example that everyone notices. Below `mild` where a smaller number is worse.
    """

    apply: Damage
    unit: str
    meaning: str
    low: float
    high: float
    mild: float
    strong: float


def degrade(rgb: Pixels, kind: str, severity: float, *, seed: int = 0) -> Pixels:
    """Damage one sRGB photo in a known way.

    Args:
        rgb: sRGB pixels of shape (H, W, 3); left unchanged.
        kind: a key of `DEFECTS`.
        severity: how much, in the unit `DEFECTS[kind].unit`.
        seed: decides noise, direction and side; equal seeds give equal pixels.

    Returns:
        A new array of the same shape, except for `tilt` and `bad_crop`, which return fewer pixels.

    Raises:
        ValueError: unknown kind, severity out of range, or not (H, W, 3) uint8.
    """
    if kind not in DEFECTS:
        raise ValueError(f"No defect {kind!r}. Known: {', '.join(DEFECTS)}.")
    defect = DEFECTS[kind]
    if not (isfinite(severity) and defect.low <= severity <= defect.high):
        raise ValueError(
            f"Severity of {kind!r} must lie in [{defect.low:g}, {defect.high:g}] {defect.unit}. "
            f"Got {severity!r}."
        )
    if rgb.dtype != np.uint8 or rgb.ndim != 3 or rgb.shape[2] != 3 or rgb.size == 0:
        raise ValueError(f"rgb must be uint8 of shape (H, W, 3). Got {rgb.dtype} {rgb.shape}.")
    return defect.apply(rgb, float(severity), np.random.default_rng(seed))


def to_linear(encoded: Real) -> Real:
    """Decode sRGB values in [0, 1] to linear light in [0, 1]."""
    low = encoded / 12.92
    return np.where(encoded <= 0.04045, low, ((encoded + 0.055) / 1.055) ** 2.4)


def to_encoded(linear: Real) -> Real:
    """Encode linear light as sRGB; values outside [0, 1] are clipped first, as a sensor does."""
    inside = np.clip(linear, 0.0, 1.0)
    return np.where(inside <= 0.0031308, inside * 12.92, 1.055 * inside ** (1 / 2.4) - 0.055)


def disc_kernel(radius: float) -> Real:
    """Uniform disc of `radius` px with anti-aliased rim; odd square array that sums to 1."""
    half = max(0, ceil(radius - 0.5))
    side = 2 * half + 1
    points = (np.arange(side * _SUBSAMPLES) + 0.5) / _SUBSAMPLES - side / 2
    inside = points[:, None] ** 2 + points[None, :] ** 2 <= max(radius, 0.5) ** 2
    cover = inside.reshape(side, _SUBSAMPLES, side, _SUBSAMPLES).sum(axis=(1, 3)).astype(np.float64)
    return np.asarray(cover / cover.sum())


def line_kernel(length: float, angle: float) -> Real:
    """Straight line of `length` px at `angle` radians; odd square array that sums to 1.

    A length of 1 px or less is a single pixel: the camera moved within one photosite.
    """
    reach = max(0.0, (length - 1) / 2)
    half = ceil(reach)
    side = 2 * half + 1
    steps = np.linspace(-reach, reach, max(1, 16 * half + 1)) if reach else np.zeros(1)
    x, y = steps * cos(angle) + half, steps * sin(angle) + half
    kernel = np.zeros((side + 1, side + 1))  # one spare row and column for the bilinear spread
    left, top = np.floor(x).astype(int), np.floor(y).astype(int)
    right_share, low_share = x - left, y - top
    np.add.at(kernel, (top, left), (1 - right_share) * (1 - low_share))
    np.add.at(kernel, (top, left + 1), right_share * (1 - low_share))
    np.add.at(kernel, (top + 1, left), (1 - right_share) * low_share)
    np.add.at(kernel, (top + 1, left + 1), right_share * low_share)
    return np.asarray(kernel[:side, :side] / kernel[:side, :side].sum())


def inscribed_rectangle(width: float, height: float, degrees: float) -> tuple[float, float]:
    """Width and height of the largest upright rectangle inside a rotated width x height one."""
    s, c = abs(sin(radians(degrees))), abs(cos(radians(degrees)))
    long, short = max(width, height), min(width, height)
    if short <= 2 * s * c * long or abs(s - c) < 1e-12:  # touches the long sides only
        half = short / 2
        return (half / s, half / c) if width >= height else (half / c, half / s)
    span = c * c - s * s
    return (width * c - height * s) / span, (height * c - width * s) / span


def _scene_light(rgb: Pixels) -> Real:
    return to_linear(np.arange(256) / 255.0)[rgb]


def _to_pixels(encoded: Real) -> Pixels:
    return np.rint(np.clip(encoded, 0.0, 1.0) * 255.0).astype(np.uint8)


def _convolve(rgb: Pixels, kernel: Real) -> Pixels:
    """Blur linear light with an odd square kernel; the border is mirrored."""
    half = kernel.shape[0] // 2
    if half == 0:
        return rgb.copy()
    light = np.pad(_scene_light(rgb), ((half, half), (half, half), (0, 0)), mode="symmetric")
    size = light.shape[:2]
    spread = np.zeros(size)
    spread[: kernel.shape[0], : kernel.shape[1]] = kernel
    product = np.fft.rfft2(light, axes=(0, 1)) * np.fft.rfft2(spread)[..., None]
    blurred = np.fft.irfft2(product, s=size, axes=(0, 1))
    return _to_pixels(to_encoded(blurred[2 * half :, 2 * half :]))


def _defocus(rgb: Pixels, radius: float, _: np.random.Generator) -> Pixels:
    return _convolve(rgb, disc_kernel(radius))


def _motion_blur(rgb: Pixels, length: float, random: np.random.Generator) -> Pixels:
    return _convolve(rgb, line_kernel(length, random.uniform(0.0, pi)))


def _gaussian_noise(rgb: Pixels, sigma: float, random: np.random.Generator) -> Pixels:
    return _to_pixels((rgb + random.normal(0.0, 1.0, rgb.shape) * sigma) / 255.0)


def _shot_noise(rgb: Pixels, photons: float, random: np.random.Generator) -> Pixels:
    return _to_pixels(to_encoded(random.poisson(_scene_light(rgb) * photons) / photons))


def _jpeg(rgb: Pixels, quality: float, _: np.random.Generator) -> Pixels:
    file = io.BytesIO()
    Image.fromarray(rgb).save(file, "JPEG", quality=round(quality), subsampling="4:2:0")
    with Image.open(file) as image:
        return np.array(image.convert("RGB"), dtype=np.uint8)


def _underexposure(rgb: Pixels, stops: float, _: np.random.Generator) -> Pixels:
    return _to_pixels(to_encoded(_scene_light(rgb) * 2.0**-stops))


def _overexposure(rgb: Pixels, stops: float, _: np.random.Generator) -> Pixels:
    return _to_pixels(to_encoded(_scene_light(rgb) * 2.0**stops))


def _low_contrast(rgb: Pixels, factor: float, _: np.random.Generator) -> Pixels:
    values = rgb.astype(np.float64)
    centre = float((values @ _LUMA).mean())
    return _to_pixels((centre + factor * (values - centre)) / 255.0)


def _colour_cast(rgb: Pixels, shift: float, random: np.random.Generator) -> Pixels:
    """Move every pixel by `shift` in the CIELAB a*b* plane; the lightness L* stays."""
    if shift == 0:
        return rgb.copy()
    hue = random.uniform(0.0, 2 * pi)
    delta = 6 / 29
    ratio = _scene_light(rgb) @ _TO_XYZ.T / _WHITE
    f = np.where(ratio > delta**3, np.cbrt(ratio), ratio / (3 * delta**2) + 4 / 29)
    f[..., 0] += shift * cos(hue) / 500.0  # a* = 500 (fx - fy)
    f[..., 2] -= shift * sin(hue) / 200.0  # b* = 200 (fy - fz)
    back = np.where(f > delta, f**3, 3 * delta**2 * (f - 4 / 29)) * _WHITE
    return _to_pixels(to_encoded(back @ np.linalg.inv(_TO_XYZ).T))


def _tilt(rgb: Pixels, degrees: float, random: np.random.Generator) -> Pixels:
    turn = degrees if random.integers(2) else -degrees
    if degrees == 0:
        return rgb.copy()
    height, width = rgb.shape[:2]
    inner_width, inner_height = inscribed_rectangle(width, height, degrees)
    # One pixel less on each side, so that no output pixel reads beyond the photo's edge.
    new_width, new_height = max(1, floor(inner_width) - 2), max(1, floor(inner_height) - 2)
    turned = Image.fromarray(rgb).rotate(turn, resample=Image.Resampling.BICUBIC, expand=False)
    left, top = (width - new_width) // 2, (height - new_height) // 2
    return np.array(turned, dtype=np.uint8)[top : top + new_height, left : left + new_width]


def _bad_crop(rgb: Pixels, fraction: float, random: np.random.Generator) -> Pixels:
    sides = [(-1, 0), (1, 0), (0, -1), (0, 1), (-1, -1), (-1, 1), (1, -1), (1, 1)]
    across, down = sides[random.integers(len(sides))]
    height, width = rgb.shape[:2]
    rows = _kept(height, down, fraction)
    columns = _kept(width, across, fraction)
    return rgb[rows, columns].copy()


def _kept(length: int, side: int, fraction: float) -> slice:
    """What remains of an axis when `fraction` goes at its start (-1), its end (1) or nowhere."""
    cut = min(length - 1, round(length * fraction))
    return slice(cut if side < 0 else 0, length - cut if side > 0 else length)


DEFECTS: dict[str, Defect] = {
    "defocus": Defect(
        _defocus, "px", "radius of the blur disc, in linear light", 0, 64, mild=1.5, strong=6
    ),
    "motion_blur": Defect(
        _motion_blur, "px", "length of a straight camera shake; seed: its angle", 0, 128, 5, 21
    ),
    "gaussian_noise": Defect(
        _gaussian_noise, "8-bit levels", "standard deviation, per encoded channel", 0, 128, 8, 35
    ),
    "shot_noise": Defect(
        _shot_noise, "photons", "photon count at white; FEWER is noisier", 1, 1e9, 500, 30
    ),
    "jpeg": Defect(
        _jpeg, "quality", "JPEG quality, rounded, 4:2:0; LOWER is worse", 1, 95, mild=30, strong=6
    ),
    "underexposure": Defect(
        _underexposure, "stops", "linear light divided by 2 to this power", 0, 10, 1, 3
    ),
    "overexposure": Defect(
        _overexposure, "stops", "linear light times 2 to this power, then clipped", 0, 10, 1, 2.5
    ),
    "low_contrast": Defect(
        _low_contrast, "factor", "spread about the mean luma; LOWER is flatter", 0, 1, 0.6, 0.25
    ),
    "colour_cast": Defect(
        _colour_cast, "CIELAB units", "shift in the a*b* plane, L* kept; seed: hue", 0, 100, 12, 40
    ),
    "tilt": Defect(
        _tilt, "degrees", "rotation, cropped to no corners; seed: direction", 0, 45, 4, 15
    ),
    "bad_crop": Defect(
        _bad_crop, "fraction", "cut off one side or corner; seed: which", 0, 0.9, 0.2, 0.5
    ),
}
