"""Deterministic random weights of MUSIQ, named and shaped as in the published files.

They are scaled so that the scores of different photos lie far apart compared with the tolerance
of the comparison; drawn small, as for training, every photo would score nearly alike.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Arrays = dict[str, NDArray[np.float32]]
Draw = tuple[str, tuple[int, ...], float, float]  # name, shape, mean, deviation


@dataclass(frozen=True)
class Size:
    """How large a network is, see `MusiqSize`; the defaults are those of the published ones."""

    outputs: int = 1
    channels: int = 64
    width: int = 384
    mlp: int = 1152
    heads: int = 6
    layers: int = 14


@dataclass(frozen=True)
class Case:
    """A network that is recorded, and what is done to it and to the pictures.

    In a quiet one values before a norm are so small, and pictures so faint, that what the norm adds
    to the variance and how kernels are standardised matters.
    """

    size: Size
    seed: int
    quiet: bool = False

    def weights(self) -> Arrays:
        arrays = random_weights(self.size, self.seed)
        for part, factor in QUIET.items() if self.quiet else ():
            arrays[f"opt/target/{part}"] *= np.float32(factor)
        return arrays

    def pictures(self, pictures: Sequence[NDArray[np.uint8]]) -> list[NDArray[np.uint8]]:
        return [rgb // 64 + 120 for rgb in pictures[::3]] if self.quiet else list(pictures)


QUIET = {
    **{f"gn_root/{part}": 0.001 for part in ("scale", "bias")},
    **{
        f"block1/unit1/{norm}/{part}": 0.001
        for norm in ("gn1", "gn2")
        for part in ("scale", "bias")
    },
    **{f"embedding/{part}": 0.003 for part in ("kernel", "bias")},
    "Transformer/posembed_input/pos_embedding": 0.003,
    "Transformer/scaleembed_input/scale_embedding": 0.003,
    "Transformer/cls": 0.003,
}
SMALL = Size(width=48, mlp=96, heads=2, layers=2)
CASES = {
    "full": Case(Size(), 0),
    "full-ava": Case(Size(outputs=10), 1),
    "small": Case(SMALL, 2),
    "small-ava": Case(replace(SMALL, outputs=10), 3),
    "quiet": Case(SMALL, 4, quiet=True),
}


def random_weights(size: Size, seed: int) -> Arrays:
    """Draw every array of a network, in a fixed order."""
    random = np.random.default_rng(seed)
    return {
        f"opt/target/{name}": (mean + deviation * random.standard_normal(shape)).astype(np.float32)
        for name, shape, mean, deviation in _arrays(size)
    }


def digest(arrays: Arrays) -> str:
    """SHA-256 over all arrays, in hexadecimal: tells another generator from a wrong network."""
    return hashlib.sha256(b"".join(array.tobytes() for array in arrays.values())).hexdigest()


def sampled(picture: NDArray[np.floating]) -> list[float]:
    """Twelve of the values of a picture, from the first to the last."""
    places = np.linspace(0, picture.size - 1, 12).astype(int)
    return [float(value) for value in picture.reshape(-1)[places]]


def _arrays(size: Size) -> Iterator[Draw]:
    channels, out, width = size.channels, 4 * size.channels, size.width
    yield from _convolution("conv_root", 7, 3, channels)
    yield from _norm("gn_root", (1, 1, 1, channels))
    unit = "block1/unit1"
    yield from _convolution(f"{unit}/conv_proj", 1, channels, out)
    yield from _norm(f"{unit}/gn_proj", (1, 1, 1, out))
    yield from _convolution(f"{unit}/conv1", 1, channels, channels)
    yield from _norm(f"{unit}/gn1", (1, 1, 1, channels))
    yield from _convolution(f"{unit}/conv2", 3, channels, channels)
    yield from _norm(f"{unit}/gn2", (1, 1, 1, channels))
    yield from _convolution(f"{unit}/conv3", 1, channels, out)
    yield from _norm(f"{unit}/gn3", (1, 1, 1, out))
    yield from _dense("embedding", 64 * out, width)
    top = "Transformer"
    yield f"{top}/posembed_input/pos_embedding", (1, 100, width), 0.0, 0.5
    yield f"{top}/scaleembed_input/scale_embedding", (1, 3, width), 0.0, 0.5
    yield f"{top}/cls", (1, 1, width), 0.0, 1.0
    depth = width // size.heads
    for k in range(size.layers):
        block = f"{top}/encoderblock_{k}"
        yield from _norm(f"{block}/LayerNorm_0", (width,))
        attention = f"{block}/MultiHeadDotProductAttention_1"
        for part in ("query", "key", "value"):
            # Sharp enough that which patch is attended to matters.
            scale = (1.0 if part == "value" else 1.5) * width**-0.5
            yield f"{attention}/{part}/kernel", (width, size.heads, depth), 0.0, scale
            yield f"{attention}/{part}/bias", (size.heads, depth), 0.0, 0.1
        yield f"{attention}/out/kernel", (size.heads, depth, width), 0.0, width**-0.5
        yield f"{attention}/out/bias", (width,), 0.0, 0.1
        yield from _norm(f"{block}/LayerNorm_2", (width,))
        yield from _dense(f"{block}/MlpBlock_3/Dense_0", width, size.mlp)
        yield from _dense(f"{block}/MlpBlock_3/Dense_1", size.mlp, width)
    yield from _norm(f"{top}/encoder_norm", (width,))
    yield from _dense("head", width, size.outputs)


def _convolution(name: str, side: int, into: int, out: int) -> Iterator[Draw]:
    yield f"{name}/kernel", (side, side, into, out), 0.01, (side * side * into) ** -0.5


def _norm(name: str, shape: tuple[int, ...]) -> Iterator[Draw]:
    yield f"{name}/scale", shape, 1.0, 0.2
    yield f"{name}/bias", shape, 0.0, 0.2


def _dense(name: str, into: int, out: int) -> Iterator[Draw]:
    yield f"{name}/kernel", (into, out), 0.0, into**-0.5
    yield f"{name}/bias", (out,), 0.0, 0.1
