"""Twenty pictures made from formulas, on which networks are compared with other implementations.

They stand in for photos: structure of all scales, edges, texture, colour, noise, and what damages
photos. A recorded comparison holds for the same pixels only: record `digest` with the scores, so
that another generator or another Fourier transform is told apart from a wrong network.
"""

import hashlib

import numpy as np
from numpy.typing import NDArray

SIZES: tuple[tuple[int, int], ...] = (
    (64, 64),
    (97, 131),
    (131, 97),
    (128, 224),
    (224, 224),
    (225, 223),
    (256, 192),
    (192, 256),
    (240, 320),
    (320, 240),
    (300, 300),
    (256, 384),
    (384, 256),
    (230, 460),
    (337, 449),
    (480, 270),
    (384, 512),
    (427, 640),
    (300, 900),
    (700, 233),
)
"""Height and width of each picture."""


def photos() -> list[NDArray[np.uint8]]:
    """Make the pictures, each uint8 (H, W, 3), in the order of `SIZES`."""
    return [photo(height, width, seed) for seed, (height, width) in enumerate(SIZES)]


def digest() -> str:
    """SHA-256 over the pixels of all pictures, in hexadecimal."""
    return hashlib.sha256(b"".join(rgb.tobytes() for rgb in photos())).hexdigest()


def photo(height: int, width: int, seed: int) -> NDArray[np.uint8]:
    """A landscape of clouds with a gradient, discs, stripes and noise, each as `seed` has it."""
    random = np.random.default_rng(1000 + seed)
    y, x = np.mgrid[0:height, 0:width] / max(height, width)
    rgb = _clouds(random, height, width) * random.uniform(0.05, 0.25)
    rgb += random.uniform(0.15, 0.7, 3) + (y[..., None] - 0.3) * random.normal(0, 0.5, 3)
    for _ in range(random.integers(1, 7)):
        cy, cx, radius = random.uniform(0, 1), random.uniform(0, 1), random.uniform(0.03, 0.3)
        rgb[np.hypot(y - cy, x - cx) < radius] = random.uniform(0, 1, 3)
    turn, waves = random.uniform(0, np.pi), random.uniform(4, 60)
    stripes = np.sin(2 * np.pi * waves * (x * np.cos(turn) + y * np.sin(turn)))
    where = (x > random.uniform(0.2, 0.9)) & (y < random.uniform(0.2, 0.9))
    rgb[where] += random.uniform(0.0, 0.4) * stripes[where][:, None]
    rgb += random.normal(0, random.choice([0.0, 0.01, 0.1]), rgb.shape)
    grey = rgb.mean(axis=2, keepdims=True)
    rgb = grey + random.choice([0.0, 0.6, 1.0, 1.6]) * (rgb - grey)
    rgb = (rgb - 0.5) * random.choice([0.4, 1.0, 1.5]) + 0.5 + random.normal(0, 0.12)
    return np.rint(np.clip(rgb, 0, 1) * 255).astype(np.uint8)


def _clouds(random: np.random.Generator, height: int, width: int) -> NDArray[np.float64]:
    """Coloured noise of mean 0 and deviation 1 (H, W, 3), as steep as photos are or steeper."""
    frequency = np.hypot(np.fft.fftfreq(height)[:, None], np.fft.fftfreq(width)[None])
    frequency[0, 0] = np.inf
    steepness = random.uniform(0.8, 2.0)
    noise = random.normal(size=(3, height, width))
    noise += noise.mean(axis=0)  # channels of a photo go together
    waves = np.fft.ifft2(np.fft.fft2(noise) / frequency**steepness).real
    waves = (waves - waves.mean()) / waves.std()
    return waves.transpose(1, 2, 0)
