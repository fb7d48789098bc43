"""The part of MUSIQ that sees all patches of a photo: a transformer and a head.

Source: google-research/musiq, `multiscale_transformer_utils.py`: normalisation before each part,
a token that stands for the whole put first, and the head on what becomes of it.
Deviation: none.
"""

from collections.abc import Callable
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from sim_bench.encoders.openvino_runtime import opset13 as ops
from sim_bench.encoders.openvino_runtime import ov
from sim_bench.networks import layers as nn

Take = Callable[..., NDArray[np.float32]]
Gelu = Literal["tanh", "erf"]

_EPS = 1e-6


def transformer_graph(
    take: Take, *, outputs: int, width: int, mlp: int, heads: int, layers: int, gelu: Gelu
) -> Callable[[int], Any]:
    """Take the transformer's arrays and give what builds its graph.

    Args:
        take: Gives an array by name and shape.
        outputs: Of the head; of more than one the softmax is taken.
        width: Of a token.
        mlp: Of the hidden layers.
        heads: Of the attention.
        layers: How many there are.
        gelu: "tanh" or "erf".

    Returns:
        From a batch to an `ov.Model`: tokens (batch, n, width) with their embeddings, for any n,
        to (batch, outputs).

    Raises:
        WeightsError: An array is missing, of another shape, or not finite.
    """
    whole = take("Transformer/cls", 1, 1, width)
    blocks = [
        _Block(take, f"Transformer/encoderblock_{k}", width, mlp, heads, gelu)
        for k in range(layers)
    ]
    norm = _norm(take, "Transformer/encoder_norm", width)
    head = _dense(take, "head", width, outputs)

    def build(batch: int) -> Any:
        tokens = ops.parameter([batch, -1, width], ov.Type.f32, name="tokens")
        x = ops.concat([nn.constant(np.repeat(whole, batch, axis=0)), tokens], 1)
        for block in blocks:
            x = block(x)
        x = ops.gather(x, nn.constant(0, np.int64), nn.constant(1, np.int64))
        x = nn.linear(nn.layer_norm(x, *norm, _EPS), *head)
        return ov.Model([nn.softmax(x) if outputs > 1 else x], [tokens], "MUSIQ's transformer")

    return build


class _Block:
    """Attention, then two linear layers, each added to what goes in."""

    def __init__(self, take: Take, name: str, width: int, mlp: int, heads: int, gelu: Gelu) -> None:
        self._heads, self._depth, self._gelu = heads, width // heads, gelu
        self._norms = [_norm(take, f"{name}/LayerNorm_{k}", width) for k in (0, 2)]
        attention = f"{name}/MultiHeadDotProductAttention_1"
        self._inward = [self._split(take, f"{attention}/{part}") for part in _PARTS]
        kernel = take(f"{attention}/out/kernel", heads, self._depth, width)
        bias = take(f"{attention}/out/bias", width)
        self._outward = np.ascontiguousarray(kernel.reshape(width, width).T), bias
        self._widen = _dense(take, f"{name}/MlpBlock_3/Dense_0", width, mlp)
        self._narrow = _dense(take, f"{name}/MlpBlock_3/Dense_1", mlp, width)

    def _split(self, take: Take, name: str) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        heads, depth = self._heads, self._depth
        kernel = take(f"{name}/kernel", heads * depth, heads, depth)
        bias = take(f"{name}/bias", heads, depth)
        return np.ascontiguousarray(kernel.reshape(heads * depth, -1).T), bias.reshape(-1)

    def __call__(self, x: Any) -> Any:
        """Of tokens (batch, n, width)."""
        y = nn.layer_norm(x, *self._norms[0], _EPS)
        query, key, value = (self._apart(nn.linear(y, *both)) for both in self._inward)
        # As one node, of which the CPU plugin never holds all n x n products at once.
        mixed = ops.scaled_dot_product_attention(query, key, value)
        x = x + nn.linear(self._joined(mixed), *self._outward)
        y = ops.gelu(nn.linear(nn.layer_norm(x, *self._norms[1], _EPS), *self._widen), self._gelu)
        return x + nn.linear(y, *self._narrow)

    def _apart(self, x: Any) -> Any:
        shape = nn.constant([0, 0, self._heads, self._depth], np.int64)
        return ops.transpose(ops.reshape(x, shape, True), nn.constant(_SWAP, np.int64))

    def _joined(self, x: Any) -> Any:
        shape = nn.constant([0, 0, self._heads * self._depth], np.int64)
        return ops.reshape(ops.transpose(x, nn.constant(_SWAP, np.int64)), shape, True)


_PARTS = ("query", "key", "value")
_SWAP = (0, 2, 1, 3)  # heads before tokens, and back


def _norm(take: Take, name: str, width: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    return take(f"{name}/scale", width), take(f"{name}/bias", width)


def _dense(
    take: Take, name: str, into: int, out: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    kernel = take(f"{name}/kernel", into, out)
    return np.ascontiguousarray(kernel.T), take(f"{name}/bias", out)
