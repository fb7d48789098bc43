"""One encoder for several methods: what one has just encoded, the next gets back."""

from collections import OrderedDict
from collections.abc import Sequence
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from sim_bench.encoders.base import Encoder


class SharedEncoder:
    """Remembers the vectors of the last photos, so that methods side by side encode once.

    It is an `Encoder` and gives the vectors that the encoder inside gives.

    Args:
        encoder: The encoder to share.
        capacity: How many photos' vectors to remember; at least a batch.
    """

    def __init__(self, encoder: Encoder, capacity: int = 256) -> None:
        self.encoder = encoder
        self.capacity = capacity
        self.name = encoder.name
        self.dim = encoder.dim
        self.fingerprint = encoder.fingerprint
        self._vectors: OrderedDict[bytes, NDArray[np.float32]] = OrderedDict()

    def prepare(self, rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Resize and crop one photo to the encoder's input."""
        return self.encoder.prepare(rgb)

    def encode_images(self, images: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """Encode photos that are not remembered; rows in the order given."""
        keys = [_key(image) for image in images]
        found = {key: self._vectors[key] for key in keys if key in self._vectors}
        new = {key: image for key, image in zip(keys, images, strict=True) if key not in found}
        if new:
            vectors = self.encoder.encode_images(list(new.values()))
            found.update(zip(new, vectors, strict=True))
        self._vectors.update(found)
        while len(self._vectors) > self.capacity:
            self._vectors.popitem(last=False)
        if not keys:
            return np.empty((0, self.dim), np.float32)
        return np.stack([found[key] for key in keys])

    def encode_texts(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Encode texts."""
        return self.encoder.encode_texts(texts)


def _key(image: NDArray[np.uint8]) -> bytes:
    return blake2b(repr(image.shape).encode() + image.tobytes(), digest_size=16).digest()
