"""What kind of network a visual tower is, by `config.json`: how exactly and how many at once.

Vision transformers lose little in bf16 (1 - cosine of 5e-5 for a ViT-B/32), convolutional networks
more than a thousandth (up to 0.0067 for the embedded model); see docs/encoders.md.
"""

import re
from typing import Literal

from sim_bench.encoders.settings import VisionConfig

# Token rows of a batch: a larger one gains little, measured on 2 cores.
_ROWS = {"bf16": 800, "f32": 400}
_TIMM = re.compile(r"(vit|eva\d*)_")  # and not vitamin_, which is half convolutional


def is_transformer(vision: VisionConfig) -> bool:
    """Whether the visual tower is a plain vision transformer; False where nobody says so."""
    if vision.timm_model_name:
        return _TIMM.match(vision.timm_model_name) is not None
    return isinstance(vision.patch_size, int) and isinstance(vision.layers, int)


def batch_of(
    vision: VisionConfig, height: int, width: int, precision: Literal["f32", "bf16"]
) -> int | None:
    """How many photos go through the tower at once; None where the configuration does not say.

    Args:
        vision: Of `config.json`.
        height: Of the tower's input.
        width: Of the tower's input.
        precision: Of the computation.
    """
    if not is_transformer(vision):
        return None
    patch = vision.patch_size
    if vision.timm_model_name:
        found = re.search(r"patch(\d+)", vision.timm_model_name)
        patch = int(found[1]) if found else None
    if not isinstance(patch, int) or patch < 1:
        return None
    tokens = (height // patch) * (width // patch) + 1
    return max(1, _ROWS[precision] // tokens)
