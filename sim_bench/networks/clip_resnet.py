"""The image tower of OpenAI's CLIP RN50, without positional embedding, for photos of any size.

Source: Radford et al., ICML 2021 (arXiv 2103.00020); openai/CLIP, `model.py`, `ModifiedResNet`: a
stem of three convolutions, average pools where a ResNet strides, attention in place of the last
pool. CLIP-IQA (Wang et al., AAAI 2023, arXiv 2207.12396) takes the positional embedding out of
that attention, so that any size will do.
Deviation: none. Of the attention only the mean token's answer is computed; the others are unused.
Batch norms are folded into the convolutions before them, which changes no more than rounding.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim_bench.encoders.openvino_runtime import opset13 as ops
from sim_bench.encoders.openvino_runtime import ov
from sim_bench.networks import layers as nn
from sim_bench.networks.clip_vision import MEAN, STD
from sim_bench.weights.tensors import Tensors

EPS = 1e-5
"""Of every batch norm: PyTorch's default."""
GRID = 7
"""Places along a side for which the positional embedding, unused here, was made: 224 / 32."""


def resnet_graph(
    tensors: Tensors,
    *,
    blocks: tuple[int, ...] = (3, 4, 6, 3),
    width: int = 64,
    dim: int = 1024,
) -> Callable[[int], Any]:
    """Take the image tower's arrays and give what builds its graph.

    Args:
        tensors: Of the whole model.
        blocks: In each of the four stages; RN50's by default.
        width: Channels after the stem.
        dim: Length of a vector.

    Returns:
        From a batch to an `ov.Model`: 8-bit photos (batch, H, W, 3), each side at
        least `own_size.LEAST_SIDE`, to vectors (batch, dim) that are not of unit length.

    Raises:
        WeightsError: An array is missing, of another shape, or not finite.
    """
    taken = _Taken(tensors)
    half = width // 2
    stem = [
        taken.convolution("conv1", "bn1", half, 3, 3),
        taken.convolution("conv2", "bn2", half, half, 3),
        taken.convolution("conv3", "bn3", width, half, 3),
    ]
    stages = [
        _Bottleneck(taken, f"layer{stage + 1}.{block}.", width, stage, block)
        for stage, number in enumerate(blocks)
        for block in range(number)
    ]
    pool = _AttentionPool(taken, 32 * width, dim)

    def build(batch: int) -> Any:
        photo = nn.photo_input(-1, -1, batch)
        x = nn.normalised(photo, [255 * m for m in MEAN], [255 * s for s in STD])
        for k, one in enumerate(stem):
            x = nn.relu(nn.convolution(x, *one, stride=1 if k else 2, pad=1))
        x = nn.average_pool(x, 2, 2)
        for block in stages:
            x = block(x)
        return ov.Model([pool(x)], [photo], "clip resnet")

    return build


def counters(blocks: tuple[int, ...]) -> list[str]:
    """Names of the batch norms' counters of training steps, which are in the file for nothing."""
    norms = ["bn1", "bn2", "bn3"]
    for stage, number in enumerate(blocks, start=1):
        norms += [f"layer{stage}.{block}.bn{k}" for block in range(number) for k in (1, 2, 3)]
        norms.append(f"layer{stage}.0.downsample.1")
    return [f"visual.{norm}.num_batches_tracked" for norm in norms]


class _Taken:
    """The arrays of the tower, by their names in it."""

    def __init__(self, tensors: Tensors) -> None:
        self._tensors = tensors

    def __call__(self, name: str, *shape: int) -> NDArray[np.float32]:
        return self._tensors.take(f"visual.{name}", *shape)

    def convolution(
        self, name: str, norm: str, out: int, into: int, size: int
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Weight and bias of a convolution with the batch norm after it."""
        weight = self(f"{name}.weight", out, into, size, size)
        scale, shift = self(f"{norm}.weight", out), self(f"{norm}.bias", out)
        mean, variance = self(f"{norm}.running_mean", out), self(f"{norm}.running_var", out)
        return nn.folded(weight, scale, shift, mean, variance, EPS)


class _Bottleneck:
    """Three convolutions, added to what goes in; the first of a later stage halves the picture."""

    def __init__(self, taken: _Taken, prefix: str, width: int, stage: int, block: int) -> None:
        planes = width * 2**stage
        into = 4 * planes if block else width if stage == 0 else 2 * planes
        self.halves = stage > 0 and block == 0
        self.first = taken.convolution(f"{prefix}conv1", f"{prefix}bn1", planes, into, 1)
        self.second = taken.convolution(f"{prefix}conv2", f"{prefix}bn2", planes, planes, 3)
        self.third = taken.convolution(f"{prefix}conv3", f"{prefix}bn3", 4 * planes, planes, 1)
        self.aside = (
            None
            if block
            else taken.convolution(
                f"{prefix}downsample.0", f"{prefix}downsample.1", 4 * planes, into, 1
            )
        )

    def __call__(self, x: Any) -> Any:
        """Of activations (batch, channels, H, W)."""
        y = nn.relu(nn.convolution(x, *self.first))
        y = nn.relu(nn.convolution(y, *self.second, pad=1))
        if self.halves:
            x, y = nn.average_pool(x, 2, 2), nn.average_pool(y, 2, 2)
        if self.aside:
            x = nn.convolution(x, *self.aside)
        return nn.relu(x + nn.convolution(y, *self.third))


class _AttentionPool:
    """The mean of all places asks all places and itself; the answer is the vector."""

    def __init__(self, taken: _Taken, width: int, dim: int) -> None:
        self.width = width
        self.query, self.key, self.value = (
            (taken(f"attnpool.{name}.weight", width, width), taken(f"attnpool.{name}.bias", width))
            for name in ("q_proj", "k_proj", "v_proj")
        )
        self.outward = (
            taken("attnpool.c_proj.weight", dim, width),
            taken("attnpool.c_proj.bias", dim),
        )
        taken("attnpool.positional_embedding", GRID * GRID + 1, width)

    def __call__(self, x: Any) -> Any:
        """Of activations (batch, width, H, W)."""
        places = ops.reshape(x, nn.constant([0, self.width, -1], np.int64), True)
        places = ops.transpose(places, nn.constant([0, 2, 1], np.int64))
        mean = ops.reduce_mean(places, nn.constant([1], np.int64), True)
        tokens = ops.concat([mean, places], 1)
        heads = self.width // 64
        query, key, value = (
            nn.linear(of, *by)
            for of, by in ((mean, self.query), (tokens, self.key), (tokens, self.value))
        )
        y = nn.linear(nn.attend(query, key, value, heads), *self.outward)
        return ops.squeeze(y, nn.constant([1], np.int64))
