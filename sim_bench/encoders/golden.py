"""Golden vectors: what a bundle must answer to one picture and four texts.

They catch what checksums cannot: a runtime, an operating system or a preprocessing library that
computes something else from the same bytes. The picture is made by a formula, so no file is needed.
"""

import platform
from dataclasses import dataclass
from importlib.metadata import version

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from sim_bench.encoders.base import Encoder
from sim_bench.encoders.bundle import GOLDEN, Bundle
from sim_bench.encoders.settings import read_settings
from sim_bench.errors import BundleError

TEXTS = (
    "a well-composed photograph",
    "A poorly composed photograph!",
    "Café  &amp; naïve 🙂",
    "",
)
# Chosen by us: f32 on different runtimes differs by less than 1e-5 (1 - cosine), bf16 by about
# 5e-5; a wrong resize filter or activation function by more than 1e-3.
TOLERANCE = 1e-3
_PACKAGES = ("numpy", "pillow", "tokenizers", "openvino")


class Golden(BaseModel):
    """`golden.json`.

    Attributes:
        made_by: Encoder, runtime and versions that computed the vectors.
        tolerance: Largest allowed 1 - cosine.
        texts: The texts.
        image: Vector of `picture()`.
        text: Vectors of the texts.
    """

    model_config = ConfigDict(frozen=True)

    made_by: dict[str, str]
    tolerance: float
    texts: list[str]
    image: list[float]
    text: list[list[float]]


@dataclass(frozen=True, slots=True)
class GoldenReport:
    """How far an encoder is from the golden vectors, as 1 - cosine.

    Attributes:
        image: Of the picture.
        texts: Largest over the texts.
        tolerance: Largest allowed.
        made_by: Who computed the golden vectors.
    """

    image: float
    texts: float
    tolerance: float
    made_by: dict[str, str]

    @property
    def passed(self) -> bool:
        """Whether both lie within the tolerance."""
        return max(self.image, self.texts) <= self.tolerance


def picture() -> NDArray[np.uint8]:
    """The test picture, uint8 of shape (301, 437, 3).

    Integer arithmetic only, so that it is the same everywhere: slow gradients, stripes of many
    widths and hard edges, of a size that makes every resize mode round.
    """
    y, x = np.mgrid[0:301, 0:437].astype(np.int64)
    red = (x * 255) // 436
    green = (x * x // 97 + y * 3) % 256
    blue = np.where((x // 29 + y // 31) % 2 == 0, (y * 255) // 300, 40)
    return np.stack([red, green, blue], axis=2).astype(np.uint8)


def compute(encoder: Encoder) -> Golden:
    """Compute the golden vectors with an encoder that is trusted."""
    made_by = {"encoder": encoder.name, "fingerprint": encoder.fingerprint}
    made_by |= {"machine": platform.machine(), "python": platform.python_version()}
    made_by |= {package: version(package) for package in _PACKAGES}
    return Golden(
        made_by=made_by,
        tolerance=TOLERANCE,
        texts=list(TEXTS),
        image=_rounded(encoder.encode_images([picture()])[0]),
        text=[_rounded(vector) for vector in encoder.encode_texts(TEXTS)],
    )


def check(encoder: Encoder, bundle: Bundle) -> GoldenReport:
    """Compare an encoder with the golden vectors of its bundle.

    Raises:
        BundleError: The bundle has none, or they are of another length.
    """
    if not bundle.path(GOLDEN).is_file():
        raise BundleError(f"{bundle.folder} has no {GOLDEN}; published bundles have none.")
    golden = read_settings(bundle.path(GOLDEN), Golden)
    if {len(golden.image), *map(len, golden.text)} != {encoder.dim}:
        raise BundleError(f"{bundle.path(GOLDEN)}: vectors are not of length {encoder.dim}.")
    images = encoder.encode_images([picture()])
    texts = encoder.encode_texts(golden.texts)
    return GoldenReport(
        image=_distance(images, [golden.image]),
        texts=_distance(texts, golden.text),
        tolerance=golden.tolerance,
        made_by=golden.made_by,
    )


def _distance(vectors: NDArray[np.float32], golden: list[list[float]]) -> float:
    """Largest 1 - cosine over the rows; 2 where a golden vector is zero or not finite."""
    a, b = vectors.astype(np.float64), np.asarray(golden, dtype=np.float64)
    norms = np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1)
    if not np.isfinite(norms).all() or (norms == 0).any():
        return 2.0
    return float(np.max(1.0 - (a * b).sum(axis=1) / norms))


def _rounded(vector: NDArray[np.float32]) -> list[float]:
    """Seven decimals: about what f32 holds of a number below 1."""
    return [round(float(value), 7) for value in vector]
