"""Layers of neural networks as OpenVINO nodes. Activations are NCHW, tokens (batch, n, width)."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim_bench.encoders.openvino_runtime import opset13 as ops
from sim_bench.encoders.openvino_runtime import ov

Array = NDArray[np.float32]
Node = Any


def constant(value: Any, dtype: Any = np.float32) -> Node:
    """A constant; its memory is shared where it is of this type already, and not read-only."""
    array = np.asarray(value, dtype=dtype, order="C")
    return ops.constant(array, shared_memory=array.flags.writeable)


def photo_input(height: int, width: int, batch: int = 1) -> Node:
    """8-bit photos (batch, height, width, 3); -1 where a size is left open."""
    return ops.parameter([batch, height, width, 3], ov.Type.u8, name="photo")


def normalised(photos: Node, mean: Sequence[float], std: Sequence[float]) -> Node:
    """8-bit photos (n, H, W, 3) to (n, 3, H, W) as (pixel - mean) / std, in 8-bit levels."""
    levels = ops.convert(photos, "f32")
    scaled = (levels - constant(mean)) / constant(std)
    return ops.transpose(scaled, constant([0, 3, 1, 2], np.int64))


def folded(
    weight: Array, scale: Array, shift: Array, mean: Array, variance: Array, eps: float
) -> tuple[Array, Array]:
    """Fold the batch norm after a convolution without bias into its weight (out, ...) and a bias.

    Args:
        weight: Of the convolution, output channels first.
        scale: Gamma of the norm.
        shift: Beta of the norm.
        mean: Running mean.
        variance: Running variance.
        eps: Added to the variance.
    """
    factor = scale.astype(np.float64) / np.sqrt(variance.astype(np.float64) + eps)
    bias = shift - mean * factor
    spread = factor.reshape(-1, *[1] * (weight.ndim - 1))
    return (weight * spread).astype(np.float32), bias.astype(np.float32)


def convolution(
    x: Node,
    weight: Array,
    bias: Array | None = None,
    *,
    stride: int = 1,
    pad: int | tuple[int, int] | tuple[tuple[int, int], tuple[int, int]] = 0,
) -> Node:
    """Convolution with weight (out, in, h, w).

    Args:
        x: (n, in, H, W).
        weight: The kernel.
        bias: Of shape (out,).
        stride: In both directions.
        pad: Of zeros: everywhere alike; or down and across; or ((top, left), (bottom, right)).
    """
    begin, end = _padding(pad)
    y = ops.convolution(x, constant(weight), [stride] * 2, begin, end, [1, 1])
    return y if bias is None else y + constant(bias.reshape(1, -1, 1, 1))


def depthwise(
    x: Node,
    weight: Array,
    bias: Array | None = None,
    *,
    stride: int = 1,
    pad: int | tuple[int, int] | tuple[tuple[int, int], tuple[int, int]] = 0,
) -> Node:
    """One kernel per channel, weight (channels, 1, h, w); otherwise as `convolution`."""
    begin, end = _padding(pad)
    kernel = constant(weight[:, :, None])
    y = ops.group_convolution(x, kernel, [stride] * 2, begin, end, [1, 1])
    return y if bias is None else y + constant(bias.reshape(1, -1, 1, 1))


def max_pool(x: Node, size: int, stride: int, pad: int = 0) -> Node:
    """Largest of size x size values."""
    pooled = ops.max_pool(x, [stride] * 2, [1, 1], [pad] * 2, [pad] * 2, [size] * 2, "floor")
    return pooled.output(0)  # the other one is where they were


def average_pool(
    x: Node, size: int, stride: int, pad: int = 0, *, count_padding: bool = True
) -> Node:
    """Mean of size x size values; whether zeros of the padding count among them."""
    return ops.avg_pool(
        x, [stride] * 2, [pad] * 2, [pad] * 2, [size] * 2, not count_padding, "floor"
    )


def global_average(x: Node) -> Node:
    """Mean over the picture: (n, c, H, W) to (n, c)."""
    return ops.reduce_mean(x, constant([2, 3], np.int64), False)


def linear(x: Node, weight: Array, bias: Array | None = None) -> Node:
    """Weight (out, in) times the last axis, plus bias (out,)."""
    y = ops.matmul(x, constant(weight), False, True)
    return y if bias is None else y + constant(bias)


def relu(x: Node) -> Node:
    """The larger of x and 0."""
    return ops.relu(x)


def relu6(x: Node) -> Node:
    """Hold x within 0 and 6."""
    return ops.clamp(x, 0.0, 6.0)


def quick_gelu(x: Node) -> Node:
    """The product of x and sigmoid(1.702 x): OpenAI's, in all of its CLIP models."""
    return x * ops.sigmoid(x * constant(1.702))


def softmax(x: Node) -> Node:
    """Over the last axis."""
    return ops.softmax(x, -1)


def layer_norm(x: Node, scale: Array, shift: Array, eps: float) -> Node:
    """Normalise the last axis to mean 0 and variance 1, then scale and shift."""
    y = ops.mvn(x, constant([-1], np.int64), True, eps, "inside_sqrt")
    return y * constant(scale) + constant(shift)


def attend(query: Node, key: Node, value: Node, heads: int, mask: Array | None = None) -> Node:
    """Scaled dot-product attention in several heads, without projections.

    Args:
        query: (batch, n, width), projected.
        key: (batch, m, width), projected.
        value: (batch, m, width), projected.
        heads: Into which width is split.
        mask: Added to the products, shape (n, m).
    """
    width = query.get_output_partial_shape(0)[2].get_length()

    def split(x: Node) -> Node:
        shape = constant([0, 0, heads, width // heads], np.int64)
        return ops.transpose(ops.reshape(x, shape, True), constant([0, 2, 1, 3], np.int64))

    scaled = split(query) * constant((width // heads) ** -0.5)
    products = ops.matmul(scaled, split(key), False, True)
    if mask is not None:
        products = products + constant(mask)
    mixed = ops.matmul(ops.softmax(products, -1), split(value), False, False)
    joined = ops.transpose(mixed, constant([0, 2, 1, 3], np.int64))
    return ops.reshape(joined, constant([0, 0, width], np.int64), True)


def _padding(
    pad: int | tuple[int, int] | tuple[tuple[int, int], tuple[int, int]],
) -> tuple[list[int], list[int]]:
    if isinstance(pad, int):
        return [pad, pad], [pad, pad]
    first, second = pad
    if isinstance(first, int) or isinstance(second, int):
        return [first, second], [first, second]  # type: ignore[list-item]
    return list(first), list(second)
