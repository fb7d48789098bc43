"""LIQE's two towers: a photo becomes the mean of its crops' vectors, a text a unit vector.

Source: Zhang et al., CVPR 2023 (arXiv 2303.14968); zwx8981/LIQE, `demo.py`: OpenAI's ViT-B/32, both
towers tuned. There the logits are averaged over the crops; they are linear in the crops' unit
vectors, so the mean of these says the same of every text.
Deviation: 32-bit floats throughout, where `demo.py` on a graphics card computes in 16 bits; see
`liqe_crops` on the crops. Both layouts of checkpoints are read: the authors' plain state dict of
openai/CLIP, and pyiqa's, whose names begin with "clip_model.".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sim_bench.errors import WeightsError
from sim_bench.networks.clip_text import TEXT_ARRAYS, ClipTexts
from sim_bench.networks.clip_vision import VisionSize, vision_graph
from sim_bench.networks.encoder import NetworkEncoder
from sim_bench.networks.liqe_crops import PREPROCESSES, SIDE, Preprocess, crops_of
from sim_bench.networks.network import Network
from sim_bench.weights.kept import Kept
from sim_bench.weights.tensors import Tensors

_SIZES = ("input_resolution", "context_length", "vocab_size")  # of OpenAI's own files
_SCALE = "logit_scale"
_PYIQA = "clip_model."
_BATCH = 5  # crops at once, a third of a photo's; faster than one, and no slower than 15
_LARGEST_SCALE = 5.0  # CLIP holds it at ln 100 = 4.605 in training


@dataclass(frozen=True, slots=True)
class TextSize:
    """How large the text tower is; the defaults are those of ViT-B/32.

    Attributes:
        width: Of a token.
        layers: Number of blocks.
        heads: Of their attention.
    """

    width: int = 512
    layers: int = 12
    heads: int = 8


class LIQEEncoder(NetworkEncoder):
    """Photos to the mean of their crops' unit vectors; texts to unit vectors.

    Args:
        kept: The weights of both towers.
        tokenizer: CLIP's `tokenizer.json`.
        preprocess: "demo", the authors' own, or "native", pyiqa's; see `liqe_crops`.
        vision: Of the picture tower.
        text: Of the text tower.

    Raises:
        ValueError: Unknown preprocessing.
    """

    version = 1
    input_size = (SIDE, SIDE)

    def __init__(
        self,
        kept: Kept,
        tokenizer: Kept,
        preprocess: Preprocess = "demo",
        *,
        vision: VisionSize | None = None,
        text: TextSize | None = None,
    ) -> None:
        if preprocess not in PREPROCESSES:
            known = ", ".join(PREPROCESSES)
            raise ValueError(f"preprocess must be one of {known}. Got {preprocess!r} instead.")
        super().__init__(kept)
        self.tokenizer = tokenizer
        self.preprocess = preprocess
        self.vision = vision or VisionSize()
        self.text = text or TextSize()
        self.dim = self.vision.dim

    @property
    def name(self) -> str:
        """Of the weights and the preprocessing, which changes the vectors as much."""
        return f"{self.kept.name}/{self.preprocess}"

    def load(self) -> None:
        """Read the weights now, so that what is wrong with them is said before the first photo.

        Raises:
            WeightsError: The weights do not fit.
        """
        _ = self._vision, self.logit_scale

    @property
    def fingerprint(self) -> str:
        """As in `ImageEncoder`."""
        return f"{super().fingerprint}-{self.preprocess}"

    @property
    def text_fingerprint(self) -> str:
        """Names everything that the vector of a given text depends on."""
        return f"{super().fingerprint}-text-{self.tokenizer.sha256[:16]}"

    def prepare(self, rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Cut one photo (H, W, 3) to crops (k, 224, 224, 3); crops are returned as they are."""
        return rgb if rgb.ndim == 4 else crops_of(rgb, self.preprocess)

    def encode_images(self, images: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """Encode photos (H, W, 3) of any size, or their crops (k, 224, 224, 3).

        Returns:
            Float32 of shape (n, dim), the means of unit vectors, so not longer than 1.

        Raises:
            WeightsError: The weights do not fit, or the network gives a value that is not finite.
        """
        prepared = [self.prepare(image) for image in images]
        counts = [len(crops) for crops in prepared]
        vectors = self._vision.run(
            (crop for crops in prepared for crop in crops), sum(counts), self.dim
        )
        parts = np.split(vectors.astype(np.float64), np.cumsum(counts)[:-1]) if counts else []
        means = np.array([part.mean(axis=0) for part in parts], dtype=np.float32)
        return means.reshape(len(images), self.dim)

    def encode_texts(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Encode texts to unit rows (n, dim); as in `Encoder`.

        Raises:
            WeightsError: The weights or the tokenizer do not fit.
        """
        return self._texts.encode(texts)

    @cached_property
    def logit_scale(self) -> float:
        """What a cosine is multiplied with before the softmax.

        Raises:
            WeightsError: The weights do not fit.
        """
        tensors = self._tensors()
        scale = float(tensors.take(_SCALE))
        if scale > _LARGEST_SCALE:
            raise WeightsError(
                f"{tensors.source} scales logits by exp({scale:g}), and CLIP by 100 at most. It is "
                "damaged; remove it and fetch it again."
            )
        return float(np.exp(scale))

    @cached_property
    def _vision(self) -> Network:
        tensors = self._tensors()
        build = vision_graph(tensors, self.vision)
        tensors.finish((*TEXT_ARRAYS, *_SIZES, _SCALE))
        return Network(build, source=tensors.source, batch=_BATCH)

    @cached_property
    def _texts(self) -> ClipTexts:
        tensors, size = self._tensors(), self.text
        texts = ClipTexts(
            tensors,
            self.tokenizer.path,
            width=size.width,
            layers=size.layers,
            heads=size.heads,
            dim=self.dim,
        )
        tensors.finish(("visual.", *_SIZES, _SCALE))
        return texts

    def _tensors(self) -> Tensors:
        tensors = self.kept.tensors()
        return tensors.under(_PYIQA) if _PYIQA + _SCALE in tensors else tensors
