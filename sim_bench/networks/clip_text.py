"""The text tower of OpenAI's CLIP models.

Source: Radford et al., ICML 2021 (arXiv 2103.00020); openai/CLIP, `model.py`: a transformer with
causal attention, normalisation before each part and QuickGELU; the state at the first end token,
normalised and projected, is the text.
Deviation: none. The arrays are named as in a state dict of openai/CLIP or open_clip.
"""

from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim_bench.encoders.openvino_runtime import opset13 as ops
from sim_bench.encoders.openvino_runtime import ov
from sim_bench.errors import WeightsError
from sim_bench.networks import layers as nn
from sim_bench.networks.clip_block import EPS, Block
from sim_bench.networks.clip_tokenizer import ClipTokenizer
from sim_bench.networks.network import Network
from sim_bench.weights.tensors import Tensors

TEXT_ARRAYS = (
    "transformer.",
    "token_embedding.",
    "ln_final.",
    "positional_embedding",
    "text_projection",
)
"""The tower's arrays in a file of both towers, as `Tensors.finish` takes them."""


def text_graph(
    tensors: Tensors,
    *,
    width: int,
    layers: int,
    heads: int,
    dim: int,
    context: int = 77,
    vocabulary: int = 49408,
) -> Callable[[int], Any]:
    """Take the text tower's arrays and give what builds its graph.

    Args:
        tensors: Of the whole model or of the text tower.
        width: Of the transformer.
        layers: Blocks of the transformer.
        heads: Of its attention.
        dim: Length of a vector.
        context: Tokens of a text.
        vocabulary: Number of tokens.

    Returns:
        From a batch to an `ov.Model`: int32 ids (batch, context) to vectors (batch, dim) that are
        not of unit length. The end token must be the largest id of a text.

    Raises:
        WeightsError: An array is missing, of another shape, or not finite.
    """
    take = tensors.take
    embedding = take("token_embedding.weight", vocabulary, width)
    places = take("positional_embedding", context, width)
    blocks = [Block(tensors, f"transformer.resblocks.{i}.", width) for i in range(layers)]
    scale, shift = take("ln_final.weight", width), take("ln_final.bias", width)
    projection = take("text_projection", width, dim)
    causal = np.triu(np.full((context, context), -np.inf, dtype=np.float32), 1)

    def build(batch: int) -> Any:
        ids = ops.parameter([batch, context], ov.Type.i32, name="ids")
        rows = nn.constant(0, np.int64)
        x = ops.gather(nn.constant(embedding), ids, rows) + nn.constant(places)
        for block in blocks:
            x = block(x, heads, causal)
        x = ops.gather(x, _first_end(ids, context), nn.constant(1, np.int64), batch_dims=1)
        x = nn.layer_norm(ops.squeeze(x, nn.constant([1], np.int64)), scale, shift, EPS)
        x = ops.matmul(x, nn.constant(projection), False, False)
        return ov.Model([x], [ids], "clip text")

    return build


def _first_end(ids: Any, context: int) -> Any:
    """Place of the first of the largest ids, shape (batch, 1)."""
    axis = nn.constant([1], np.int64)
    is_end = ops.equal(ids, ops.reduce_max(ids, axis, True))
    places = nn.constant(np.arange(context)[None], np.int64)
    elsewhere = nn.constant([[context]], np.int64)
    return ops.reduce_min(ops.select(is_end, places, elsewhere), axis, True)


class ClipTexts:
    """Texts to unit vectors.

    Args:
        tensors: As for `text_graph`.
        tokenizer: `tokenizer.json` of CLIP.
        width: As for `text_graph`; the defaults are ViT-B/32's.
        layers: As for `text_graph`.
        heads: As for `text_graph`.
        dim: As for `text_graph`.
        context: As for `text_graph`.
        vocabulary: As for `text_graph`.

    Raises:
        WeightsError: An array is missing, of another shape, or not finite.
    """

    def __init__(
        self,
        tensors: Tensors,
        tokenizer: Path,
        *,
        width: int = 512,
        layers: int = 12,
        heads: int = 8,
        dim: int = 512,
        context: int = 77,
        vocabulary: int = 49408,
    ) -> None:
        self.dim = dim
        self._path, self._context, self._vocabulary = tokenizer, context, vocabulary
        build = text_graph(
            tensors,
            width=width,
            layers=layers,
            heads=heads,
            dim=dim,
            context=context,
            vocabulary=vocabulary,
        )
        self._source = tensors.source
        self._network = Network(build, source=tensors.source)

    @cached_property
    def tokenizer(self) -> ClipTokenizer:
        """Read when first used."""
        return ClipTokenizer(self._path, self._context)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Encode texts; one that is too long is cut, with a `LongPromptWarning`.

        Returns:
            Float32 of shape (n, dim), each row of unit length.

        Raises:
            WeightsError: The tokenizer is not this network's, or a vector has no length.
        """
        if isinstance(texts, str):
            raise ValueError("encode takes a list of texts. Got one string instead.")
        if not len(texts):
            return np.empty((0, self.dim), dtype=np.float32)
        ids = self.tokenizer(texts)
        if ids.max() >= self._vocabulary:
            raise WeightsError(
                f"{self._path} has token {ids.max()}, and the network {self._vocabulary} tokens: "
                "they do not belong together."
            )
        return unit(self._network.run(ids, len(texts), self.dim), self._source)


def unit(vectors: NDArray[np.float32], source: str) -> NDArray[np.float32]:
    """Bring each row (n, dim) to unit length.

    Args:
        vectors: Of any length but zero.
        source: The weights, for the message.

    Raises:
        WeightsError: A row is all zeros, so it has no direction.
    """
    lengths = np.linalg.norm(vectors.astype(np.float64), axis=1, keepdims=True)
    if not (lengths > 0).all():
        raise WeightsError(f"{source} gives a vector of length 0, which has no direction.")
    return np.asarray(vectors / lengths, dtype=np.float32)
