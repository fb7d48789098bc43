"""What the networks of the cabinet have in common as encoders of photos."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from sim_bench.weights.kept import Kept


class NetworkEncoder(ABC):
    """An `ImageEncoder` over one weight file of the cabinet.

    Args:
        kept: The weights; the network is built when it is first used.

    Attributes:
        kept: The weights.
        version: Of preprocessing and graph; raised when the same photo would give another vector.
        dim: Length of a vector.
        input_size: As in `ImageEncoder`.
    """

    version: ClassVar[int]
    dim: int
    input_size: tuple[int, int] | None

    def __init__(self, kept: Kept) -> None:
        self.kept = kept

    @property
    def name(self) -> str:
        """Of the weights."""
        return self.kept.name

    @property
    def licence(self) -> str:
        """Of the weights."""
        return self.kept.licence

    @property
    def trained_on(self) -> tuple[str, ...] | None:
        """Of the weights."""
        return self.kept.trained_on

    @property
    def fingerprint(self) -> str:
        """Names the weights, the class and its version, the runtime and the precision."""
        kind = type(self).__name__
        return f"{self.kept.sha256[:16]}-{kind}{self.version}-openvino-f32"

    @abstractmethod
    def prepare(self, rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """As in `ImageEncoder`."""

    @abstractmethod
    def encode_images(self, images: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """As in `ImageEncoder`."""
