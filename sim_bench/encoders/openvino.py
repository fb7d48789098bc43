"""A bundle on the CPU through OpenVINO.

Measured here against the other runtimes in `docs/encoders.md`.
"""

from collections.abc import Sequence
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from sim_bench.encoders.base import Precision
from sim_bench.encoders.bundle import TEXTUAL, VISUAL, Bundle
from sim_bench.encoders.catalogue import training_data
from sim_bench.encoders.openvino_cpu import supports_bf16
from sim_bench.encoders.preprocess import VERSION
from sim_bench.encoders.tower_kind import batch_of, is_transformer
from sim_bench.errors import DeviceError

if TYPE_CHECKING:  # what answers from a store needs neither; they take long to import
    from sim_bench.encoders.openvino_tower import Tower
    from sim_bench.encoders.tokenizer import BundleTokenizer

GRAPHS = 2  # part of every fingerprint; raise it when towers run in graphs that round otherwise
# Loading the text tower again takes no longer than so many photos; chosen by us.
_PHOTOS_PER_TEXT_TOWER = 256


class OpenVINOEncoder:
    """An encoder over an opened bundle. Each tower is loaded when it is first used.

    A vector is the same bit for bit whatever else is encoded with it. The text tower leaves memory
    when the visual tower is loaded, and when many photos have been encoded since it last ran.

    Args:
        bundle: The model.
        precision: "auto" is bf16 where the CPU has it and the visual tower is a vision
            transformer, else f32 (docs/encoders.md says what either costs). "bf16" needs a CPU
            that has it.

    Attributes:
        bundle: The model.
        name: The bundle's.
        dim: Length of a vector.
        input_size: Height and width of what `prepare` gives.
        precision: "f32" or "bf16", as it is computed.

    Raises:
        DeviceError: bf16 was asked for and the CPU lacks it.
    """

    def __init__(self, bundle: Bundle, precision: Precision = "auto") -> None:
        if precision not in ("auto", "f32", "bf16"):
            raise ValueError(f"precision must be auto, f32 or bf16. Got {precision!r} instead.")
        if precision == "bf16" and not supports_bf16():
            raise DeviceError("This CPU does not compute in bf16. Use precision f32 or auto.")
        if precision == "auto":
            fits = is_transformer(bundle.config.vision_cfg) and supports_bf16()
            precision = "bf16" if fits else "f32"
        self.bundle = bundle
        self.name = bundle.name
        self.dim = bundle.dim
        self.input_size = bundle.preprocessing.height, bundle.preprocessing.width
        self.precision: Literal["f32", "bf16"] = precision
        self._lock = Lock()  # a tower's requests are not shared between threads
        self._photos_since_texts = 0

    @property
    def trained_on(self) -> tuple[str, ...] | None:
        """Data sets that its weights have seen: as the manifest says, else as is known by name."""
        stated = self.bundle.manifest.trained_on if self.bundle.manifest else None
        return training_data(self.name) if stated is None else stated

    @property
    def licence(self) -> str:
        """As the bundle says; "unknown" where it does not."""
        return self.bundle.licence

    @cached_property
    def fingerprint(self) -> str:
        """Names what image vectors depend on: tower, preprocessing, runtime, precision."""
        return f"{self.bundle.fingerprint}-openvino-{self.precision}-g{GRAPHS}-p{VERSION}"

    @cached_property
    def text_fingerprint(self) -> str:
        """Names what text vectors depend on: tower, tokenizer, runtime, precision."""
        return f"{self.bundle.text_fingerprint}-openvino-{self.precision}-g{GRAPHS}"

    def prepare(self, rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Resize and crop one photo (H, W, 3) to the tower's input."""
        return self.bundle.preprocessing.apply(rgb)

    def encode_images(self, images: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """Encode photos, each uint8 (H, W, 3), prepared or not, to unit rows (n, dim)."""
        if not len(images):
            return np.empty((0, self.dim), dtype=np.float32)
        with self._lock:
            self._photos_since_texts += len(images)
            many = self._photos_since_texts > _PHOTOS_PER_TEXT_TOWER
            if many or "_visual" not in vars(self):  # loading is what takes most memory
                vars(self).pop("_textual", None)
            return self._visual.run(map(self.prepare, images), len(images))

    def encode_texts(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Encode texts to unit rows (n, dim); one that is too long is cut, with a warning."""
        if isinstance(texts, str):
            raise ValueError("encode_texts takes a list of texts. Got one string instead.")
        if not len(texts):
            return np.empty((0, self.dim), dtype=np.float32)
        with self._lock:
            self._photos_since_texts = 0
            return self._textual.run(self._tokenizer(texts), len(texts))

    @cached_property
    def _tokenizer(self) -> "BundleTokenizer":
        from sim_bench.encoders.tokenizer import BundleTokenizer

        return BundleTokenizer(self.bundle)

    @cached_property
    def _visual(self) -> "Tower":
        from sim_bench.encoders.openvino_tower import Tower

        vision = self.bundle.config.vision_cfg
        return Tower(
            self.bundle.path(VISUAL),
            dim=self.dim,
            row_shape=(*self.input_size, 3),
            precision=self.precision,
            batch=batch_of(vision, *self.input_size, self.precision),
            normalise=self.bundle.preprocessing,
            identity=self.bundle.fingerprint,
        )

    @cached_property
    def _textual(self) -> "Tower":
        from sim_bench.encoders.openvino_tower import Tower

        return Tower(
            self.bundle.path(TEXTUAL),
            dim=self.dim,
            row_shape=(self.bundle.config.text_cfg.context_length,),
            precision=self.precision,
            batch=1,  # texts are few and are kept; a larger batch is hardly faster for them
        )
