"""The published LAION-Aesthetics heads: affine maps from a CLIP vector to a mean opinion.

v1 is one linear layer. v2 is five of them; its training code has the activations between them
commented out and dropout does nothing in use, so the five are exactly one affine map. It is
folded in 64-bit floats.

Source: LAION-AI/aesthetic-predictor (v1), christophschuhmann/improved-aesthetic-predictor (v2).
"""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from sim_bench.weights.tensors import Tensors

Version = Literal["v1", "v2"]
VERSIONS: tuple[Version, ...] = get_args(Version)

_V2_LAYERS = (0, 2, 4, 6, 7)
_V2_WIDTHS = (1024, 128, 64, 16, 1)


@dataclass(frozen=True, eq=False)
class AffineHead:
    """A score of a unit vector e: weight . e + bias.

    Attributes:
        weight: Shape (dim,).
        bias: The score of a vector at right angles to `weight`.
    """

    weight: NDArray[np.float64]
    bias: float

    def scores(self, vectors: NDArray[np.float32]) -> NDArray[np.float64]:
        """Score vectors of shape (n, dim); shape (n,). A row has the same bits in any company."""
        return np.asarray((vectors * self.weight).sum(axis=1) + self.bias)


def read_head(tensors: Tensors, version: Version, dim: int) -> AffineHead:
    """Read a head from its published arrays.

    Args:
        tensors: v1: "weight" (1, dim) and "bias" (1,); v2: "layers.K.weight" and "layers.K.bias"
            for K = 0, 2, 4, 6, 7 (the numbers between are of dropout).
        version: Which of the two.
        dim: Length of the vectors that it is to score.

    Raises:
        WeightsError: The arrays are those of something else, or not finite.
    """
    if version == "v1":
        layers = [("weight", "bias", 1)]
    else:
        layers = [
            (f"layers.{k}.weight", f"layers.{k}.bias", width)
            for k, width in zip(_V2_LAYERS, _V2_WIDTHS, strict=True)
        ]
    weights, biases, width = [], [], dim
    for weight_name, bias_name, next_width in layers:
        weights.append(tensors.take(weight_name, next_width, width).astype(np.float64))
        biases.append(tensors.take(bias_name, next_width).astype(np.float64))
        width = next_width
    tensors.finish()
    row, bias = np.ones(1), 0.0
    for weight, shift in zip(reversed(weights), reversed(biases), strict=True):
        bias += float(row @ shift)
        row = row @ weight
    return AffineHead(row, bias)
