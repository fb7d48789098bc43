"""The texts that LIQE compares a photo with, and what their probabilities say.

Source: Zhang et al., CVPR 2023 (arXiv 2303.14968); zwx8981/LIQE, `demo.py`, for the three lists (to
the letter) and the order of the prompts; pyiqa 0.1.16 for the prompts of the weights that were
tuned on KonIQ-10k alone, where only the quality is asked for.
Deviation: none.
"""

from dataclasses import dataclass
from itertools import product
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

Weights = Literal["liqe-mix", "liqe-koniq"]
WEIGHTS: tuple[Weights, ...] = get_args(Weights)

QUALITIES = ("bad", "poor", "fair", "good", "perfect")
"""From 1 to 5."""

SCENES = (
    "animal",
    "cityscape",
    "human",
    "indoor",
    "landscape",
    "night",
    "plant",
    "still_life",
    "others",
)

DISTORTIONS = (
    "jpeg2000 compression",
    "jpeg compression",
    "noise",
    "blur",
    "color",
    "contrast",
    "overexposure",
    "underexposure",
    "spatial",
    "quantization",
    "other",
)

LEVELS = np.arange(1.0, 6.0)
"""What the qualities count for."""


def prompts_of(weights: Weights) -> tuple[str, ...]:
    """The prompts that weights were tuned with: 495 of "liqe-mix", 5 of "liqe-koniq"."""
    if weights == "liqe-koniq":
        return tuple(f"a photo with {quality} quality" for quality in QUALITIES)
    return tuple(
        f"a photo of a {scene} with {distortion} artifacts, which is of {quality} quality"
        for quality, scene, distortion in product(QUALITIES, SCENES, DISTORTIONS)
    )


@dataclass(frozen=True, slots=True)
class Marginals:
    """Probabilities of what prompts say, each row adding up to 1.

    Attributes:
        qualities: Shape (n, 5), as `QUALITIES`.
        scenes: Shape (n, 9), as `SCENES`; None where the prompts name none.
        distortions: Shape (n, 11), as `DISTORTIONS`; None where the prompts name none.
    """

    qualities: NDArray[np.float64]
    scenes: NDArray[np.float64] | None
    distortions: NDArray[np.float64] | None

    @property
    def scores(self) -> NDArray[np.float64]:
        """The expected quality, shape (n,), from 1 to 5."""
        expected = (self.qualities * LEVELS).sum(axis=1)
        return np.asarray(np.clip(expected, 1.0, 5.0))  # rounding may leave the range


def marginals(logits: NDArray[np.float64]) -> Marginals:
    """Turn logits of the prompts into probabilities of qualities, scenes and distortions.

    Args:
        logits: Shape (n, 495) or (n, 5), in the order of `prompts_of`.
    """
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    joint = raised / raised.sum(axis=1, keepdims=True)
    if joint.shape[1] == len(QUALITIES):
        return Marginals(joint, None, None)
    joint = joint.reshape(-1, len(QUALITIES), len(SCENES), len(DISTORTIONS))
    return Marginals(joint.sum(axis=(2, 3)), joint.sum(axis=(1, 3)), joint.sum(axis=(1, 2)))
