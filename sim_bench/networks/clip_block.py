"""One block of OpenAI's CLIP transformers, of texts and of pictures alike.

Source: openai/CLIP, `model.py`, `ResidualAttentionBlock`: layer norm before each part, attention in
several heads, then two linear layers with QuickGELU between them.
Deviation: none. The arrays are named as in a state dict of openai/CLIP or open_clip.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim_bench.networks import layers as nn
from sim_bench.weights.tensors import Tensors

EPS = 1e-5
"""Of every layer norm: PyTorch's default."""


class Block:
    """Attention, then two linear layers, each added to what goes in.

    Args:
        tensors: The arrays.
        prefix: Of their names, e.g. "visual.transformer.resblocks.0.".
        width: Of a token.

    Raises:
        WeightsError: An array is missing, of another shape, or not finite.
    """

    def __init__(self, tensors: Tensors, prefix: str, width: int) -> None:
        def pair(name: str, *shape: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
            weight = tensors.take(f"{prefix}{name}.weight", *shape)
            return weight, tensors.take(f"{prefix}{name}.bias", shape[0])

        self._first, self._second = pair("ln_1", width), pair("ln_2", width)
        weights = tensors.take(f"{prefix}attn.in_proj_weight", 3 * width, width)
        biases = tensors.take(f"{prefix}attn.in_proj_bias", 3 * width)
        self._inward = list(zip(np.split(weights, 3), np.split(biases, 3), strict=True))
        self._outward = pair("attn.out_proj", width, width)
        self._widen = pair("mlp.c_fc", 4 * width, width)
        self._narrow = pair("mlp.c_proj", width, 4 * width)

    def __call__(self, x: Any, heads: int, mask: NDArray[np.float32] | None = None) -> Any:
        """Of tokens (batch, n, width), with a mask (n, n) that is added to the products."""
        y = nn.layer_norm(x, *self._first, EPS)
        query, key, value = (nn.linear(y, *both) for both in self._inward)
        x = x + nn.linear(nn.attend(query, key, value, heads, mask), *self._outward)
        y = nn.quick_gelu(nn.linear(nn.layer_norm(x, *self._second, EPS), *self._widen))
        return x + nn.linear(y, *self._narrow)
