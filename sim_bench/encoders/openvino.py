"""A bundle on the CPU through OpenVINO.

Measured here against the other runtimes in `docs/encoders.md`.
"""

from collections.abc import Sequence
from functools import cached_property
from threading import Lock
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sim_bench.encoders.base import Precision
from sim_bench.encoders.bundle import TEXTUAL, VISUAL, Bundle
from sim_bench.encoders.openvino_tower import BATCH, Tower, supports_bf16
from sim_bench.encoders.preprocess import VERSION
from sim_bench.encoders.tokenizer import BundleTokenizer
from sim_bench.errors import DeviceError


class OpenVINOEncoder:
    """An encoder over an opened bundle. Each tower is loaded when it is first used.

    Args:
        bundle: The model.
        precision: "auto" is f32: whether bf16, about twice as fast, changes any ranking is not
            measured yet. "bf16" needs a CPU that has it.

    Attributes:
        bundle: The model.
        name: The bundle's.
        dim: Length of a vector.
        fingerprint: Of what image vectors depend on.
        text_fingerprint: Of what text vectors depend on.
        precision: "f32" or "bf16", as it is computed.

    Raises:
        DeviceError: bf16 was asked for and the CPU lacks it.
    """

    def __init__(self, bundle: Bundle, precision: Precision = "auto") -> None:
        if precision not in ("auto", "f32", "bf16"):
            raise ValueError(f"precision must be auto, f32 or bf16. Got {precision!r} instead.")
        if precision == "bf16" and not supports_bf16():
            raise DeviceError("This CPU does not compute in bf16. Use precision f32 or auto.")
        self.bundle = bundle
        self.name = bundle.name
        self.dim = bundle.dim
        self.precision: Literal["f32", "bf16"] = "bf16" if precision == "bf16" else "f32"
        how = f"openvino-{self.precision}-p{VERSION}"
        self.fingerprint = f"{bundle.fingerprint}-{how}"
        self.text_fingerprint = f"{bundle.text_fingerprint}-{how}"
        self._lock = Lock()  # a tower's requests are not shared between threads

    def prepare(self, rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Resize and crop one photo (H, W, 3) to the tower's input."""
        return self.bundle.preprocessing.apply(rgb)

    def encode_images(self, images: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """Encode photos, each uint8 (H, W, 3), prepared or not, to unit rows (n, dim)."""
        if not len(images):
            return np.empty((0, self.dim), dtype=np.float32)
        with self._lock:
            return self._visual.run(map(self.prepare, images), len(images))

    def encode_texts(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Encode texts to unit rows (n, dim); one that is too long is cut, with a warning."""
        if isinstance(texts, str):
            raise ValueError("encode_texts takes a list of texts. Got one string instead.")
        if not len(texts):
            return np.empty((0, self.dim), dtype=np.float32)
        with self._lock:
            return self._textual.run(self._tokenizer(texts), len(texts))

    @cached_property
    def _tokenizer(self) -> BundleTokenizer:
        return BundleTokenizer(self.bundle)

    @cached_property
    def _visual(self) -> Tower:
        preprocessing = self.bundle.preprocessing
        return Tower(
            self.bundle.path(VISUAL),
            dim=self.dim,
            row_shape=(preprocessing.height, preprocessing.width, 3),
            precision=self.precision,
            few=BATCH - 1,
            normalise=preprocessing,
        )

    @cached_property
    def _textual(self) -> Tower:
        return Tower(
            self.bundle.path(TEXTUAL),
            dim=self.dim,
            row_shape=(self.bundle.config.text_cfg.context_length,),
            precision=self.precision,
            few=4 * BATCH,
        )
