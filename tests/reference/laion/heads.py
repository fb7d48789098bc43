"""Random heads in the published layouts, and vectors of the twenty pictures to score with them."""

import hashlib
from functools import cache

import numpy as np
from numpy.typing import NDArray

from tests.fakes import FakeEncoder
from tests.reference.photos import photos

DIM = 768
LAYERS = {0: (1024, DIM), 2: (128, 1024), 4: (64, 128), 6: (16, 64), 7: (1, 16)}
"""Of v2: number of the layer in its sequence, and the shape of its weight."""


def arrays(version: str) -> dict[str, NDArray[np.float32]]:
    """Draw a head, wide enough in its answers for the pictures to differ by whole points."""
    random = np.random.default_rng(768)
    if version == "v1":
        return {"weight": _normal(random, (1, DIM), 20.0), "bias": _normal(random, (1,), 5.0)}
    return {
        name: array
        for k, shape in LAYERS.items()
        for name, array in (
            (f"layers.{k}.weight", _normal(random, shape, 25.0 if k == 0 else 1.0)),
            (f"layers.{k}.bias", _normal(random, shape[:1], 1.0)),
        )
    }


def checksum(version: str) -> str:
    """SHA-256 over the arrays, in hexadecimal: another generator is told from a wrong head."""
    return hashlib.sha256(b"".join(a.tobytes() for a in arrays(version).values())).hexdigest()


@cache
def vectors() -> NDArray[np.float32]:
    """Unit vectors of the twenty pictures, float32 (20, `DIM`)."""
    return FakeEncoder(DIM).encode_images(photos())


def _normal(
    random: np.random.Generator, shape: tuple[int, ...], spread: float
) -> NDArray[np.float32]:
    """Numbers whose sum over the last axis, times numbers of spread 1, has this spread."""
    scale = spread / (np.sqrt(shape[-1]) if len(shape) > 1 else 1.0)
    return (random.standard_normal(shape) * scale).astype(np.float32)
