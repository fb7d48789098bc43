"""The seed note's default prompts as one direction: the overall score is a projection on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

    Encode = Callable[[Sequence[str]], Tensor]

PAIRS = (
    ("a well-composed photograph", "a poorly composed photograph"),
    ("excellent framing", "poor framing"),
)
POSITIVE = (
    "professional photography",
    "aesthetically pleasing",
    "a photo with leading lines",
    "a photo with symmetry",
    "rule of thirds composition",
)
NEGATIVE = (
    "amateur snapshot",
    "badly lit",
    "a cluttered composition",
    "a flat composition",
)
CLIP_IQA = (
    ("Good photo.", "Bad photo."),
    ("Sharp photo.", "Blurry photo."),
    ("Clean photo.", "Noisy photo."),
    ("Bright photo.", "Dark photo."),
    ("Colorful photo.", "Dull photo."),
    ("High contrast photo.", "Low contrast photo."),
)
# One pair for each defect, the sound photo first.
DEFECT_PAIRS: dict[str, tuple[str, str]] = {
    "defocus": ("a photo in focus", "an out of focus photo"),
    "motion_blur": ("a steady shot", "a photo with camera shake"),
    "gaussian_noise": ("a clean photo", "a noisy, grainy photo"),
    "jpeg": ("an uncompressed photo", "a photo with compression artifacts"),
    "underexposure": ("a photo with open shadows", "an underexposed photo"),
    "overexposure": ("a photo with preserved highlights", "an overexposed photo"),
    "low_contrast": ("a high contrast photo", "a low contrast photo"),
    "colour_cast": ("a photo with natural colors", "a photo with a color cast"),
    "tilt": ("a photo with a level horizon", "a photo with a tilted horizon"),
    "bad_crop": ("a well cropped photo", "a photo with the subject cut off"),
}


def weighted(encode: Encode) -> Tensor:
    """Direction (dim,) whose product with an image's vector is the `weighted` overall score."""
    first, second = encode([p[0] for p in PAIRS]), encode([p[1] for p in PAIRS])
    pairs = ((first - second) / 2).mean(dim=0)
    return 0.5 * pairs + 0.3 * encode(POSITIVE).mean(dim=0) - 0.2 * encode(NEGATIVE).mean(dim=0)


def contrast(encode: Encode, positive: str, negative: str) -> Tensor:
    """Direction (dim,) of one pair's contribution, half the difference of similarities."""
    ends = encode([positive, negative])
    return (ends[0] - ends[1]) / 2


def weight_of(encode: Encode) -> dict[str, Tensor]:
    """Directions that training ranks by: the overall score and the plainest pair."""
    return {"weighted": weighted(encode), "good": contrast(encode, *CLIP_IQA[0])}
