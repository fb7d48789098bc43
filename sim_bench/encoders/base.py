"""What turns pixels and words into comparable vectors."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

Device = Literal["auto", "cpu", "cuda"]
Precision = Literal["auto", "f32", "bf16"]


@dataclass(frozen=True, slots=True)
class Provenance:
    """What is on record of weights.

    Attributes:
        licence: SPDX identifier, or a sentence where there is none; "unknown" without a record.
        trained_on: Data sets that they have seen; None where that is not on record.
    """

    licence: str = "unknown"
    trained_on: tuple[str, ...] | None = None


@runtime_checkable
class ImageEncoder(Protocol):
    """A network that gives each photo a vector, of which methods make their scores.

    The vector of given pixels does not depend on what else is encoded with them, nor on the order:
    it is the same bit for bit with OpenVINO, and within rounding with open_clip.

    Attributes:
        name: Model and weights as a person would write them, e.g. "ViT-B-32/laion2b_s34b_b79k".
        dim: Length of a vector.
        input_size: Height and width of what the network looks at. None: it looks at photos at
            their own size, each by itself; `encode_images` is then safe to call from several
            threads, and is called with one photo where that was opened.
        fingerprint: Names everything that the vector of given pixels depends on: the weights,
            the preprocessing, the runtime and the precision. Equal fingerprints: equal vectors.
            How pixels come from a file is for the one who decodes to add. Asking for it loads
            no tower with OpenVINO.
        trained_on: Data sets that its weights have seen, e.g. "biq2021:train", so that a benchmark
            can tell what it has met before; None where that is not on record.
        licence: SPDX identifier of the weights' licence, or a sentence where there is none;
            "unknown" where none is on record.
    """

    @property
    def name(self) -> str:
        """See the class."""
        ...

    @property
    def dim(self) -> int:
        """See the class."""
        ...

    @property
    def input_size(self) -> tuple[int, int] | None:
        """See the class."""
        ...

    @property
    def fingerprint(self) -> str:
        """See the class."""
        ...

    @property
    def trained_on(self) -> tuple[str, ...] | None:
        """See the class."""
        ...

    @property
    def licence(self) -> str:
        """See the class."""
        ...

    def prepare(self, rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Bring one photo (H, W, 3) to what the network looks at, small enough to wait in a queue.

        Safe to call from several threads. What is prepared already is unchanged.
        """
        ...

    def encode_images(self, images: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """Encode photos, each uint8 (H, W, 3) of any size; each may come prepared.

        Returns:
            Float32 of shape (n, dim), finite, in the order given.
        """
        ...


@runtime_checkable
class Encoder(ImageEncoder, Protocol):
    """A pair of towers that map photos and texts to one space of unit vectors.

    `prepare` gives (*input_size, 3), and every row of `encode_images` is of unit length.

    Attributes:
        text_fingerprint: Names everything that the vector of a given text depends on.
    """

    @property
    def text_fingerprint(self) -> str:
        """See the class."""
        ...

    def encode_texts(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Encode texts.

        A text longer than the model's context is cut, with one warning that quotes it.

        Returns:
            Float32 of shape (n, dim), each row of unit length, in the order given.
        """
        ...
