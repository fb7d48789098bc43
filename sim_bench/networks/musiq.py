"""MUSIQ: a photo at three sizes to a score, or to probabilities of scores.

Source: Ke et al., ICCV 2021 (arXiv 2108.05997); google-research/musiq, `run_predict_image.py` and
`model/`, with the defaults of flax 0.3.3, which it requires: norms with an epsilon of 1e-6 where
none is given, and GELU by the hyperbolic tangent.
Deviation: none in the official variant but those of `musiq_patches`. The variant "pyiqa" is what
pyiqa 0.1.16 computes with the same weights: bicubic sizes, GELU by the error function, and kernels
standardised by the deviation of a sample instead of a population.
"""

from dataclasses import dataclass
from itertools import chain
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from sim_bench.networks.musiq_patches import GRID, LONGER_SIDES, scales
from sim_bench.networks.musiq_stem import stem_graph
from sim_bench.networks.musiq_transformer import transformer_graph
from sim_bench.networks.network import Network
from sim_bench.weights.tensors import Tensors

Variant = Literal["official", "pyiqa"]
VARIANTS: tuple[Variant, ...] = get_args(Variant)

_BELOW = "opt/target/"  # what else is in a published file is the optimiser's
_BATCH = 8
"""Patches of the stem at once; constant, so that a patch gets the same bits anywhere."""


@dataclass(frozen=True, slots=True)
class MusiqSize:
    """How large the network is; the defaults are those of the published ones.

    Attributes:
        outputs: Of the head: 1, or 10 for probabilities of the scores 1 to 10.
        channels: Of the stem's first convolution.
        groups: Of the stem's group norms.
        width: Of the transformer.
        mlp: Of its hidden layers.
        heads: Of its attention.
        layers: How many there are.
    """

    outputs: int = 1
    channels: int = 64
    groups: int = 32
    width: int = 384
    mlp: int = 1152
    heads: int = 6
    layers: int = 14


class Musiq:
    """The network.

    Args:
        tensors: Named as in the published files: "opt/target/...".
        size: How large it is.
        variant: "official" or "pyiqa", see the module.

    Raises:
        WeightsError: The arrays are not this network's.
    """

    def __init__(self, tensors: Tensors, size: MusiqSize, variant: Variant = "official") -> None:
        arrays = tensors.under(_BELOW)
        take = arrays.take
        official = variant == "official"
        width = size.width
        self._width, self._variant = width, variant
        self._places = take("Transformer/posembed_input/pos_embedding", 1, GRID**2, width)[0]
        sizes = len(LONGER_SIDES) + 1
        self._sizes = take("Transformer/scaleembed_input/scale_embedding", 1, sizes, width)[0]
        stem = stem_graph(
            take,
            channels=size.channels,
            groups=size.groups,
            width=width,
            ddof=0 if official else 1,
        )
        transformer = transformer_graph(
            take,
            outputs=size.outputs,
            width=width,
            mlp=size.mlp,
            heads=size.heads,
            layers=size.layers,
            gelu="tanh" if official else "erf",
        )
        arrays.finish()
        self._stem = Network(stem, source=tensors.source, batch=_BATCH)
        self._transformer = Network(transformer, source=tensors.source)

    def __call__(self, rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Look at one photo (H, W, 3); safe to call from several threads.

        Returns:
            What the head says, shape (outputs,): one score, or probabilities.

        Raises:
            WeightsError: The network gives a value that is not finite.
        """
        seen = scales(rgb, "gaussian" if self._variant == "official" else "bicubic")
        places = [scale.places() for scale in seen]
        sizes = np.repeat([scale.index for scale in seen], [len(each) for each in places])
        patches = chain.from_iterable(scale.patches() for scale in seen)
        tokens = self._stem.run(patches, len(sizes), self._width)
        tokens += self._places[np.concatenate(places)]
        tokens += self._sizes[sizes]
        return np.asarray(self._transformer.one(tokens[None])[0])
