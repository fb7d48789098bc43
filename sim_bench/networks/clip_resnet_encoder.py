"""CLIP's RN50 as CLIP-IQA uses it: photos at their own size, no positional embedding.

Source: Wang et al., AAAI 2023 (arXiv 2207.12396); IceClear/CLIP-IQA, `CLIPIQAFixed` and
`configs/clipiqa/clipiqa_attribute_test.py`.
Deviations: 32-bit floats throughout, as in piq and pyiqa, where the official code keeps its weights
in 16 bits. Very small and very large photos: see `own_size`.
"""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from weakref import WeakValueDictionary

import numpy as np
from numpy.typing import NDArray

from sim_bench.networks.clip_resnet import counters, resnet_graph
from sim_bench.networks.clip_text import TEXT_ARRAYS, ClipTexts, unit
from sim_bench.networks.encoder import NetworkEncoder
from sim_bench.networks.network import Network
from sim_bench.networks.own_size import MOST_PIXELS, OwnSize
from sim_bench.weights.kept import Kept

_UNUSED = ("logit_scale", "input_resolution", "context_length", "vocab_size")


class ReducedPhotoWarning(UserWarning):
    """A photo was too large to be looked at in all its pixels."""


@dataclass(frozen=True, slots=True)
class ClipSize:
    """How large both towers are; the defaults are RN50's. Heads are of 64 numbers each.

    Attributes:
        blocks: Of the image tower, in each of its four stages.
        width: Of the image tower: channels after its stem.
        text_width: Of a token.
        text_layers: Blocks of the text tower.
        dim: Length of a vector.
    """

    blocks: tuple[int, ...] = (3, 4, 6, 3)
    width: int = 64
    text_width: int = 512
    text_layers: int = 12
    dim: int = 1024


class ClipResNetEncoder(NetworkEncoder):
    """Photos of any size, and texts, to unit vectors of one space.

    Args:
        kept: The weights of both towers, named as in open_clip's state dict.
        tokenizer: CLIP's `tokenizer.json`.
        short_side: Resize each photo by bicubic so that its short side has so many pixels, as
            published figures on SPAQ did with 512; None: look at photos at their own size. A photo
            that would then have more than `most_pixels` is left as it is.
        most_pixels: Reduce larger photos by bicubic to this, with a `ReducedPhotoWarning`; None:
            never.
        size: Of the towers.

    Raises:
        ValueError: `short_side` or `most_pixels` is too small for the network.
    """

    version = 1
    input_size = None

    def __init__(
        self,
        kept: Kept,
        tokenizer: Kept,
        *,
        short_side: int | None = None,
        most_pixels: int | None = MOST_PIXELS,
        size: ClipSize | None = None,
    ) -> None:
        super().__init__(kept)
        self.tokenizer = tokenizer
        self.own_size = OwnSize(short_side, most_pixels)
        self.size = size or ClipSize()
        self.dim = self.size.dim
        self._lock = Lock()
        self._warned = False

    @property
    def name(self) -> str:
        """Of the weights, and what is done otherwise than in CLIP."""
        short, most = self.own_size.short_side, self.own_size.most_pixels
        side = "own size" if short is None else f"short side {short}"
        if most != MOST_PIXELS:
            side += ", no limit of pixels" if most is None else f", at most {most} pixels"
        return f"{self.kept.name}, no positional embedding, {side}"

    @property
    def fingerprint(self) -> str:
        """As in `ImageEncoder`."""
        own = self.own_size
        return f"{super().fingerprint}-short{own.short_side}-most{own.most_pixels}"

    @property
    def text_fingerprint(self) -> str:
        """Names everything that the vector of a given text depends on."""
        return f"{super().fingerprint}-text-{self.tokenizer.sha256[:16]}"

    def load(self) -> None:
        """Read the image tower's weights now, so that what is wrong with them is said at once.

        Raises:
            WeightsError: They do not fit.
        """
        _ = self._visual

    def prepare(self, rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Bring one photo (H, W, 3) to the size that is looked at; mostly, leave it as it is."""
        if rgb.ndim == 3 and self.own_size.is_too_large(*rgb.shape[:2]):
            self._say_reduced(*rgb.shape[:2])
        return self.own_size.apply(rgb)

    def encode_images(self, images: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """Encode photos, each uint8 (H, W, 3), one after the other; safe to call from threads.

        Returns:
            Float32 of shape (n, dim), each row of unit length.

        Raises:
            WeightsError: The weights do not fit, or give a value that is not finite.
        """
        with self._lock:
            network = self._visual
        rows = [network.one(self.prepare(rgb)[None])[0] for rgb in images]
        return unit(np.array(rows, dtype=np.float32).reshape(-1, self.dim), str(self.kept.path))

    def encode_texts(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Encode texts to unit rows (n, dim); as in `Encoder`.

        The text tower is in memory only meanwhile: texts are few, and their vectors are kept.

        Raises:
            WeightsError: The weights or the tokenizer do not fit.
        """
        tensors, size = self.kept.tensors(), self.size
        tower = ClipTexts(
            tensors,
            self.tokenizer.path,
            width=size.text_width,
            layers=size.text_layers,
            heads=size.text_width // 64,
            dim=size.dim,
        )
        tensors.finish(("visual.", *_UNUSED))
        return tower.encode(texts)

    def _say_reduced(self, height: int, width: int) -> None:
        if self._warned:
            return
        self._warned = True
        warnings.warn(
            f"A photo of {width}x{height} pixels was reduced to {self.own_size.most_pixels:,} "
            f"pixels for {self.name}, "
            "and so are all others that have more: each million takes 0.3 GB of memory. Set "
            "most_pixels to allow more, or short_side to bring all photos to one size.",
            ReducedPhotoWarning,
            stacklevel=4,
        )

    @cached_property
    def _visual(self) -> Network:
        tensors, size = self.kept.tensors(), self.size
        build = resnet_graph(tensors, blocks=size.blocks, width=size.width, dim=size.dim)
        tensors.finish((*TEXT_ARRAYS, *_UNUSED, *counters(size.blocks)))
        return Network(build, source=tensors.source)


_OPENED: "WeakValueDictionary[object, ClipResNetEncoder]" = WeakValueDictionary()
_OPENING = Lock()


def open_clip_resnet(
    short_side: int | None = None, most_pixels: int | None = MOST_PIXELS
) -> ClipResNetEncoder:
    """Open the published RN50, fetching its weights where need be.

    While an equal one is in use, that is given, so that several methods load its weights once.

    Args:
        short_side: As for the class.
        most_pixels: As for the class.

    Raises:
        WeightsUnavailableError: The weights are neither here nor to be had.
        WeightsError: What is here is not what it must be.
    """
    from sim_bench.weights.cabinet import find_weights

    kept, tokenizer = find_weights("clip-rn50-openai"), find_weights("clip-tokenizer")
    key = kept.sha256, tokenizer.sha256, short_side, most_pixels
    with _OPENING:
        found = _OPENED.get(key)
        if found is None:
            found = _OPENED[key] = ClipResNetEncoder(
                kept, tokenizer, short_side=short_side, most_pixels=most_pixels
            )
    return found
