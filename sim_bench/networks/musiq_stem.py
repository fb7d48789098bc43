"""The part of MUSIQ that sees single patches: a ResNet's first layers, then one linear layer.

Source: google-research/musiq, `resnet.py` and `multiscale_transformer.py` (`resnet_emb` with 5
layers: one bottleneck unit). Weights of convolutions are standardised (mean 0, deviation 1, each
output channel by itself) when the network is built.
Deviation: none.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim_bench.encoders.openvino_runtime import opset13 as ops
from sim_bench.encoders.openvino_runtime import ov
from sim_bench.networks import layers as nn
from sim_bench.networks.musiq_patches import PATCH

Take = Callable[..., NDArray[np.float32]]

_SIDE = PATCH // 4  # of what is left of a patch
_WIDER = 4  # times as many channels come out of the bottleneck
_EPS_ROOT, _EPS_UNIT = 1e-6, 1e-4
_EPS_WEIGHTS = 1e-5  # added to the deviation


def stem_graph(
    take: Take, *, channels: int, groups: int, width: int, ddof: int
) -> Callable[[int], Any]:
    """Take the stem's arrays and give what builds its graph.

    Args:
        take: Gives an array by name and shape.
        channels: Of the first convolution.
        groups: Of each group norm.
        width: Of a token.
        ddof: 0 for the deviation of a population, 1 for that of a sample.

    Returns:
        From a batch to an `ov.Model`: patches (batch, 32, 32, 3) in [-1, 1] to (batch, width).

    Raises:
        WeightsError: An array is missing, of another shape, or not finite.
    """
    unit = "block1/unit1"

    def kernel(name: str, size: int, into: int, out: int) -> NDArray[np.float32]:
        return standardised(take(f"{name}/kernel", size, size, into, out), ddof)

    def norm(name: str, over: int) -> tuple[NDArray[np.float32], ...]:
        return tuple(
            take(f"{name}/{part}", 1, 1, 1, over).reshape(-1) for part in ("scale", "bias")
        )

    out = _WIDER * channels
    root, root_norm = kernel("conv_root", 7, 3, channels), norm("gn_root", channels)
    kernels = [
        kernel(f"{unit}/conv1", 1, channels, channels),
        kernel(f"{unit}/conv2", 3, channels, channels),
        kernel(f"{unit}/conv3", 1, channels, out),
    ]
    norms = [norm(f"{unit}/gn{k}", over) for k, over in ((1, channels), (2, channels), (3, out))]
    beside, beside_norm = (
        kernel(f"{unit}/conv_proj", 1, channels, out),
        norm(f"{unit}/gn_proj", out),
    )
    embedding = take("embedding/kernel", _SIDE**2 * out, width)
    # Published for pixels before channels; activations here have channels first.
    embedding = embedding.reshape(_SIDE**2, out, width).swapaxes(0, 1).reshape(-1, width)
    bias = take("embedding/bias", width)

    def normed(x: Any, of: tuple[NDArray[np.float32], ...], eps: float) -> Any:
        scale, shift = map(nn.constant, of)
        return ops.group_normalization(x, scale, shift, groups, eps)

    def build(batch: int) -> Any:
        patches = ops.parameter([batch, PATCH, PATCH, 3], ov.Type.f32, name="patches")
        x = ops.transpose(patches, nn.constant([0, 3, 1, 2], np.int64))
        x = nn.convolution(x, root, stride=2, pad=((2, 2), (3, 3)))
        x = nn.relu(normed(x, root_norm, _EPS_ROOT))
        x = ops.max_pool(x, [2, 2], [1, 1], [0, 0], [1, 1], [3, 3], "floor").output(0)
        y = nn.relu(normed(nn.convolution(x, kernels[0]), norms[0], _EPS_UNIT))
        y = nn.relu(normed(nn.convolution(y, kernels[1], pad=1), norms[1], _EPS_UNIT))
        y = normed(nn.convolution(y, kernels[2]), norms[2], _EPS_UNIT)
        x = nn.relu(normed(nn.convolution(x, beside), beside_norm, _EPS_UNIT) + y)
        x = ops.reshape(x, nn.constant([batch, -1], np.int64), False)
        x = ops.matmul(x, nn.constant(embedding), False, False) + nn.constant(bias)
        return ov.Model([x], [patches], "MUSIQ's stem")

    return build


def standardised(kernel: NDArray[np.float32], ddof: int) -> NDArray[np.float32]:
    """Bring each output channel of a kernel (h, w, in, out) to mean 0 and deviation 1.

    Args:
        kernel: As published.
        ddof: 0 for the deviation of a population, 1 for that of a sample.

    Returns:
        Shape (out, in, h, w).
    """
    wide = kernel.astype(np.float64)
    wide -= wide.mean(axis=(0, 1, 2))
    wide /= wide.std(axis=(0, 1, 2), ddof=ddof) + _EPS_WEIGHTS
    return np.ascontiguousarray(wide.transpose(3, 2, 0, 1), dtype=np.float32)
