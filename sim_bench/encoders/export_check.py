"""Does an exported bundle answer as the model it was made from?"""

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim_bench.encoders.bundle import Bundle
from sim_bench.encoders.golden import TEXTS, picture
from sim_bench.encoders.open_clip import OpenClipEncoder
from sim_bench.encoders.openvino import OpenVINOEncoder
from sim_bench.encoders.tokenizer import BundleTokenizer, LongPromptWarning
from sim_bench.errors import BundleError

# The smallest allowed in f32. Seen: 1 - cosine below 1e-7. The wrong activation function moves a
# ViT-B-32 with random weights by 1e-5 only, so that 0.9999 would not notice it.
COSINE = 0.999999

_TEXTS = (
    *TEXTS,
    "excellent framing",
    "A PHOTO WITH LEADING LINES, isn't it?",
    "夕日 — Ελλάδα ΟΔΟΣ – naïveté 👩‍👩‍👧‍👧 &lt;b&gt; &eacute;",
    "don't  \t stop___now...!!! 3.14159 <|endoftext|>",
    "a very long prompt about light, colour and composition, " * 12,
)
_SIZES = ((301, 437), (224, 224), (225, 224), (37, 512), (512, 37), (1, 9), (640, 427), (31, 31))


@dataclass(frozen=True, slots=True)
class Parity:
    """How close a bundle is to its model, the worst of everything that was tried.

    Attributes:
        image: Smallest cosine between image vectors.
        text: Smallest cosine between text vectors.
        pixels: Largest difference after resize and crop, in grey levels.
        token_rows: Texts whose token ids differ.
    """

    image: float
    text: float
    pixels: int
    token_rows: int

    @property
    def passed(self) -> bool:
        """Whether the bundle may be used in the place of the model."""
        close = self.image >= COSINE and self.text >= COSINE
        return close and self.pixels <= 1 and self.token_rows == 0

    def __str__(self) -> str:
        return (
            f"image 1 - cosine {1 - self.image:.1e}, text {1 - self.text:.1e}, "
            f"pixels within {self.pixels}/255, {self.token_rows} texts tokenised differently"
        )


def measure(reference: OpenClipEncoder, bundle: Bundle) -> Parity:
    """Compare a bundle, read by OpenVINO in f32, with the model it was exported from.

    Raises:
        BundleError: The bundle cannot be used, or its vectors are of another length.
    """
    encoder = OpenVINOEncoder(bundle, precision="f32")
    if encoder.dim != reference.dim:
        raise BundleError(f"{bundle.folder}: {encoder.dim} numbers a vector, not {reference.dim}.")
    photos = [photo(*size) for size in _SIZES]
    prepared = [(encoder.prepare(each), reference.prepare(each)) for each in photos]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LongPromptWarning)  # one is too long on purpose
        theirs = reference.model.tokenizer(list(_TEXTS)).numpy()
        ours = BundleTokenizer(bundle)(_TEXTS)
        text = _cosine(encoder.encode_texts(_TEXTS), reference.encode_texts(_TEXTS))
    return Parity(
        image=_cosine(encoder.encode_images(photos), reference.encode_images(photos)),
        text=text,
        pixels=max(int(np.abs(a.astype(int) - b.astype(int)).max()) for a, b in prepared),
        token_rows=int((ours != theirs).any(axis=1).sum()),
    )


def photo(height: int, width: int) -> NDArray[np.uint8]:
    """A picture of any size that no two filters resize alike: the golden one, tiled and noisy."""
    base = picture()
    tiles = (-(-height // base.shape[0]), -(-width // base.shape[1]), 1)
    noise = np.random.default_rng(height * 10_007 + width).integers(-20, 21, (height, width, 3))
    mixed = np.tile(base, tiles)[:height, :width].astype(np.int64) + noise
    return mixed.clip(0, 255).astype(np.uint8)


def _cosine(a: NDArray[np.float32], b: NDArray[np.float32]) -> float:
    """Smallest over the rows; NaN counts as -1."""
    x, y = a.astype(np.float64), b.astype(np.float64)
    norms = np.linalg.norm(x, axis=1) * np.linalg.norm(y, axis=1)
    return float(np.nan_to_num((x * y).sum(axis=1) / norms, nan=-1.0).min())
