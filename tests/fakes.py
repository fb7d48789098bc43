"""Stand-ins for what is slow or heavy in the real thing."""

import hashlib
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SIDE = 16


class FakeEncoder:
    """An `Encoder` of a few lines of numpy: a fixed random projection of a 16 x 16 photo.

    Similar photos get similar vectors. A text gets the vector that was given for it, else one
    drawn from a generator seeded by the text. The same on every machine.

    Args:
        dim: Length of a vector.
        texts: Vectors of some texts, of any length but zero.
        name: As in the protocol.

    Attributes:
        images_encoded: How many photos have been encoded so far.
        texts_encoded: How many texts have been encoded so far.
    """

    def __init__(
        self,
        dim: int = 8,
        texts: Mapping[str, Sequence[float]] | None = None,
        name: str = "fake",
    ) -> None:
        self.name = name
        self.dim = dim
        self.input_size = (SIDE, SIDE)
        self.fingerprint = f"fake-{dim}"
        self.text_fingerprint = f"fake-text-{dim}"
        self.licence = "MIT"
        self.trained_on: tuple[str, ...] | None = ()
        self.images_encoded = 0
        self.texts_encoded = 0
        self._texts = dict(texts or {})
        # The last row answers a constant 1, so that a flat grey photo has a direction too.
        self._projection = np.random.default_rng(0).standard_normal((SIDE * SIDE * 3 + 1, dim))

    def prepare(self, rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Squash to 16 x 16."""
        if rgb.shape[:2] == (SIDE, SIDE):
            return rgb
        image = Image.fromarray(rgb).resize((SIDE, SIDE), Image.Resampling.BILINEAR)
        return np.array(image, dtype=np.uint8)

    def encode_images(self, images: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """Project each photo on its own, so that neighbours cannot matter."""
        self.images_encoded += len(images)
        rows = [self._project(self.prepare(image)) for image in images]
        return np.array(rows, dtype=np.float32).reshape(len(images), self.dim)

    def encode_texts(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Look each text up, or draw its vector."""
        self.texts_encoded += len(texts)
        rows = [_unit(self._text(text)) for text in texts]
        return np.array(rows, dtype=np.float32).reshape(len(texts), self.dim)

    def _project(self, prepared: NDArray[np.uint8]) -> NDArray[np.float64]:
        pixels = prepared.reshape(-1).astype(np.float64) / 255.0 - 0.5
        return _unit(np.append(pixels, 1.0) @ self._projection)

    def _text(self, text: str) -> NDArray[np.float64]:
        if text in self._texts:
            return np.asarray(self._texts[text], dtype=np.float64)
        seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
        return np.random.default_rng(seed).standard_normal(self.dim)


def _unit(vector: NDArray[np.float64]) -> NDArray[np.float64]:
    return vector / np.linalg.norm(vector)
