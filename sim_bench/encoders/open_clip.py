"""Any model of open_clip, on a CPU or a GPU, through PyTorch."""

import hashlib
import json
import warnings
from collections.abc import Sequence
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from sim_bench.encoders.base import Device, Precision
from sim_bench.encoders.catalogue import licence_of, training_data
from sim_bench.encoders.open_clip_device import (
    TowerRunner,
    import_torch,
    pick_device,
    pick_precision,
)
from sim_bench.encoders.open_clip_model import OpenClipModel, load_model
from sim_bench.encoders.preprocess import VERSION, Preprocessing
from sim_bench.encoders.settings import PreprocessConfig, VisionConfig
from sim_bench.encoders.tokenizer import LongPromptWarning
from sim_bench.encoders.tower_kind import is_transformer

_EXTREME = 50  # as in preprocess.py: a photo of longer sides is not resized as a whole


class OpenClipEncoder:
    """An encoder over a model of open_clip.

    Args:
        model: A name of open_clip, e.g. "ViT-B-32", or a model that is loaded already.
        pretrained: A tag of open_clip or a checkpoint file; not read for a loaded model.
        device: "auto" is CUDA where there is one, else the CPU.
        precision: "auto" is bf16, under autocast, for vision transformers on GPUs that compute in
            it, else f32, without TF32.

    Attributes:
        model: The model of open_clip.
        name: Model and weights, e.g. "ViT-B-32/laion2b_s34b_b79k".
        dim: Length of a vector.
        input_size: Height and width of what `prepare` gives.
        device: "cpu", "cuda" or "mps", where it computes.
        precision: "f32" or "bf16", as it is computed.

    Raises:
        MissingDependencyError: The extra [torch] is not installed.
        DeviceError: The device is not there.
        ModelError: There is no such model, or its weights cannot be used.
    """

    def __init__(
        self,
        model: str | OpenClipModel,
        pretrained: str | None = None,
        *,
        device: Device | Literal["mps"] = "auto",
        precision: Precision = "auto",
    ) -> None:
        if precision not in ("auto", "f32", "bf16"):
            raise ValueError(f"precision must be auto, f32 or bf16. Got {precision!r} instead.")
        self.device = pick_device(device)
        self.model = load_model(model, pretrained) if isinstance(model, str) else model
        self.name = self.model.name
        self.dim = int(self.model.config["embed_dim"])
        vision = VisionConfig.model_validate(self.model.config.get("vision_cfg", {}))
        self.precision = pick_precision(precision, self.device, transformer=is_transformer(vision))
        self._network = self.model.network.to(self.device)
        self._runner = TowerRunner(self.name, self.device, self.precision)
        self._preprocessing = Preprocessing.from_config(PreprocessConfig(**self.model.preprocess))
        self.input_size = self._preprocessing.height, self._preprocessing.width
        # open_clip's own transform, but for its last steps: to a tensor, and normalised.
        self._steps = self.model.transform.transforms[:-2]
        self._quoted: set[str] = set()

    @property
    def trained_on(self) -> tuple[str, ...] | None:
        """Data sets that its weights have seen, as is known by name."""
        return training_data(self.name)

    @property
    def licence(self) -> str:
        """As is known by name, else "unknown"."""
        return licence_of(self.name)

    @cached_property
    def fingerprint(self) -> str:
        """Names what image vectors depend on: weights, network, preprocessing, precision."""
        config = {key: value for key, value in self.model.config.items() if key != "text_cfg"}
        return f"{self._digest('visual.', config)}-open_clip-{self.precision}-p{VERSION}"

    @cached_property
    def text_fingerprint(self) -> str:
        """Names what text vectors depend on."""
        return f"{self._digest('', self.model.config)}-open_clip-{self.precision}-p{VERSION}"

    def prepare(self, rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Resize and crop one photo (H, W, 3) as open_clip does, to the tower's input."""
        ours = self._preprocessing
        height, width = rgb.shape[:2]
        extreme = max(height, width) > _EXTREME * min(height, width)
        if extreme or (height, width) == (ours.height, ours.width):
            return ours.apply(rgb)
        image = Image.fromarray(np.ascontiguousarray(rgb))
        for step in self._steps:
            image = step(image)
        return np.array(image, dtype=np.uint8)

    def encode_images(self, images: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """Encode photos, each uint8 (H, W, 3), prepared or not, to unit rows (n, dim)."""
        torch = import_torch()
        mean = torch.tensor(self._preprocessing.mean, device=self.device)[:, None, None]
        std = torch.tensor(self._preprocessing.std, device=self.device)[:, None, None]

        def load(chunk: Sequence[NDArray[np.uint8]]) -> Any:
            return torch.from_numpy(np.stack([self.prepare(image) for image in chunk]))

        def encode(pixels: Any) -> Any:
            pixels = pixels.permute(0, 3, 1, 2).float().div(255)
            return self._network.encode_image((pixels - mean) / std, normalize=True)

        return self._runner.run(images, load, encode, self.dim)

    def encode_texts(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Encode texts to unit rows (n, dim); one that is too long is cut, with a warning."""
        if isinstance(texts, str):
            raise ValueError("encode_texts takes a list of texts. Got one string instead.")
        for text in texts:
            self._warn_if_cut(text)

        def load(chunk: Sequence[str]) -> Any:
            return self.model.tokenizer(list(chunk))

        def encode(ids: Any) -> Any:
            return self._network.encode_text(ids, normalize=True)

        return self._runner.run(texts, load, encode, self.dim)

    def _warn_if_cut(self, text: str) -> None:
        tokenizer = self.model.tokenizer
        if hasattr(tokenizer, "encode"):
            length = len(tokenizer.encode(text)) + 2  # start and end token
        else:
            length = len(tokenizer.tokenizer(tokenizer.clean_fn(text)).input_ids)
        if length <= tokenizer.context_length or text in self._quoted:
            return
        self._quoted.add(text)
        warnings.warn(
            f"A text of {length} tokens was cut to the model's {tokenizer.context_length}: "
            f"{text!r}",
            LongPromptWarning,
            stacklevel=3,
        )

    def _digest(self, prefix: str, config: dict[str, Any]) -> str:
        """Hash the weights whose names begin with a prefix, and what is computed with them."""
        about = {"config": config, "preprocess": self.model.preprocess}
        digest = hashlib.sha256(json.dumps(about, sort_keys=True).encode())
        for name, values in sorted(self._network.state_dict().items()):
            if name.startswith(prefix):
                array = np.ascontiguousarray(values.cpu().numpy())
                digest.update(f"{name} {array.dtype} {array.shape}\n".encode())
                digest.update(array.tobytes())
        return digest.hexdigest()[:16]
