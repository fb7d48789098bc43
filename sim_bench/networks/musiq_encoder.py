"""MUSIQ as an encoder: photos, each at its own size, to what the network's head says of them."""

from collections.abc import Sequence
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from sim_bench.networks.encoder import NetworkEncoder
from sim_bench.networks.musiq import VARIANTS, Musiq, MusiqSize, Variant
from sim_bench.weights.kept import Kept


class MUSIQEncoder(NetworkEncoder):
    """Photos to one score, or to the probabilities of the ratings 1 to 10.

    A photo is looked at in full, by itself and in the thread that asks.

    Args:
        kept: The weights, in the layout of the published files.
        variant: "official", or "pyiqa" for what pyiqa makes of the same weights; see `musiq`.
        size: Of the network; by default the published one with a single score.

    Raises:
        ValueError: Unknown variant.
    """

    version = 1
    input_size = None

    def __init__(
        self, kept: Kept, variant: Variant = "official", *, size: MusiqSize | None = None
    ) -> None:
        if variant not in VARIANTS:
            known = ", ".join(VARIANTS)
            raise ValueError(f"variant must be one of {known}. Got {variant!r} instead.")
        super().__init__(kept)
        self.variant = variant
        self.size = size or MusiqSize()
        self.dim = self.size.outputs
        self._network: Musiq | None = None
        self._lock = Lock()

    @property
    def name(self) -> str:
        """Of the weights, and of the variant where it is not the official one."""
        return self.kept.name if self.variant == "official" else f"{self.kept.name}/{self.variant}"

    @property
    def fingerprint(self) -> str:
        """As in `ImageEncoder`."""
        return f"{super().fingerprint}-{self.variant}"

    def load(self) -> Musiq:
        """Read and check the weights, unless that is done.

        Raises:
            WeightsError: They are of another network, or damaged.
        """
        with self._lock:
            if self._network is None:
                self._network = Musiq(self.kept.tensors(), self.size, self.variant)
            return self._network

    def prepare(self, rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The photo itself, since every pixel of it is looked at."""
        return rgb

    def encode_images(self, images: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """Encode photos, each uint8 (H, W, 3); safe to call from several threads.

        Returns:
            Float32 of shape (n, 1), scores, or (n, 10), probabilities.

        Raises:
            WeightsError: The weights do not fit, or the network gives a value that is not finite.
        """
        network = self.load()
        rows = [network(image) for image in images]
        return np.array(rows, dtype=np.float32).reshape(len(images), self.dim)
