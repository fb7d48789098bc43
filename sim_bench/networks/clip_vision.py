"""The picture tower of OpenAI's CLIP models that are vision transformers.

Source: Radford et al., ICML 2021 (arXiv 2103.00020); openai/CLIP, `model.py`, `VisionTransformer`:
patches through a convolution without bias, a class token before them, learned places, a layer norm,
the blocks; the class token, normalised and projected, is the picture.
Deviation: none. The arrays are named as in a state dict of openai/CLIP or open_clip, "visual....".
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim_bench.encoders.openvino_runtime import opset13 as ops
from sim_bench.encoders.openvino_runtime import ov
from sim_bench.networks import layers as nn
from sim_bench.networks.clip_block import EPS, Block
from sim_bench.weights.tensors import Tensors

MEAN = (0.48145466, 0.4578275, 0.40821073)
"""Of pixels from 0 to 1, per channel, as all of OpenAI's CLIP models were trained."""

STD = (0.26862954, 0.26130258, 0.27577711)
"""Of pixels from 0 to 1, per channel."""


@dataclass(frozen=True, slots=True)
class VisionSize:
    """How large a tower is; the defaults are those of ViT-B/32.

    Attributes:
        resolution: Height and width of the picture.
        patch: Height and width of a patch; `resolution` is a multiple of it.
        width: Of a token.
        layers: Number of blocks.
        heads: Of their attention.
        dim: Length of a vector.
    """

    resolution: int = 224
    patch: int = 32
    width: int = 768
    layers: int = 12
    heads: int = 12
    dim: int = 512

    @property
    def tokens(self) -> int:
        """The class token and one per patch."""
        return (self.resolution // self.patch) ** 2 + 1


def vision_graph(tensors: Tensors, size: VisionSize) -> Callable[[int], Any]:
    """Take the picture tower's arrays and give what builds its graph.

    Args:
        tensors: Of the whole model or of the picture tower.
        size: Of the tower.

    Returns:
        From a batch to an `ov.Model`: 8-bit sRGB (batch, resolution, resolution, 3) to vectors
        (batch, dim) of unit length. Mean and deviation are applied in the graph.

    Raises:
        WeightsError: An array is missing, of another shape, or not finite.
    """
    width = size.width

    def take(name: str, *shape: int) -> nn.Array:
        return tensors.take(f"visual.{name}", *shape)

    kernel = take("conv1.weight", width, 3, size.patch, size.patch)
    places = take("positional_embedding", size.tokens, width)
    first = (take("class_embedding", width) + places[0]).reshape(1, 1, width)
    before = take("ln_pre.weight", width), take("ln_pre.bias", width)
    blocks = [
        Block(tensors, f"visual.transformer.resblocks.{i}.", width) for i in range(size.layers)
    ]
    after = take("ln_post.weight", width), take("ln_post.bias", width)
    projection = take("proj", width, size.dim)
    mean, std = [255.0 * m for m in MEAN], [255.0 * s for s in STD]

    def build(batch: int) -> Any:
        photo = nn.photo_input(size.resolution, size.resolution, batch)
        x = nn.convolution(nn.normalised(photo, mean, std), kernel, stride=size.patch)
        x = ops.reshape(x, nn.constant([batch, width, size.tokens - 1], np.int64), False)
        x = ops.transpose(x, nn.constant([0, 2, 1], np.int64)) + nn.constant(places[1:])
        x = ops.concat([nn.constant(np.repeat(first, batch, axis=0)), x], 1)
        x = nn.layer_norm(x, *before, EPS)
        for block in blocks:
            x = block(x, size.heads)
        x = ops.gather(x, nn.constant(0, np.int64), nn.constant(1, np.int64))
        x = ops.matmul(nn.layer_norm(x, *after, EPS), nn.constant(projection), False, False)
        return ov.Model([_unit(x)], [photo], "clip vision")

    return build


def _unit(x: Any) -> Any:
    """Rows of unit length; a row of zeros becomes NaN, which `Network` refuses."""
    squares = ops.reduce_sum(x * x, nn.constant([1], np.int64), True)
    return x / ops.sqrt(squares)
