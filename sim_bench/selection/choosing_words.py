"""What the reasons of methods are called when two photos of one moment are compared."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Topic = Literal["focus", "motion", "darkness", "brightness", "contrast", "noise", "colour", "other"]
"""What a reason is about: "darkness" is what underexposure and night have in common, "brightness"
what overexposure and high key have."""


@dataclass(frozen=True, slots=True)
class Words:
    """How a reason is told.

    Attributes:
        better: Of the better photo, "..., more than" or "less than" the other being understood.
        worse: Of the other one.
        topic: What it is about.
    """

    better: str
    worse: str
    topic: Topic


_FOCUS = Words("sharper focus", "softer focus", "focus")
_EDGES = Words("crisper edges", "softer edges", "focus")
_DETAIL = Words("more fine detail or grain", "less fine detail", "focus")
_STEADY = Words("less motion blur", "more motion blur", "motion")
_LIGHTER = Words("lighter", "darker", "darkness")
_HIGHLIGHTS = Words("more detail in the highlights", "more blown highlights", "brightness")
_NOISE = Words("less noise", "more noise", "noise")
_CONTRAST = Words("richer contrast", "flatter contrast", "contrast")
_COLOUR = Words("more colour", "paler colours", "colour")
_TONES = Words("more of the tonal range", "less of the tonal range", "contrast")

WORDS: Mapping[str, Words] = MappingProxyType(
    {
        "a photo in sharp focus / a photo that is out of focus": _FOCUS,
        "a steady photo / a photo with camera shake": _STEADY,
        "a well exposed photo / an underexposed photo": _LIGHTER,
        "a photo with detail in the highlights / a photo with blown highlights": _HIGHLIGHTS,
        "a clean photo / a grainy photo": _NOISE,
        "a photo with rich contrast / a washed out photo": _CONTRAST,
        "Bright photo. / Dark photo.": _LIGHTER,
        "Sharp photo. / Blurry photo.": _FOCUS,
        "Clean photo. / Noisy photo.": _NOISE,
        "Colorful photo. / Dull photo.": _COLOUR,
        "High contrast photo. / Low contrast photo.": _CONTRAST,
        "Sharp image / blurry image": _FOCUS,
        "sharp edges / blurry edges": _EDGES,
        "Noise-free image / noisy image": _NOISE,
        "sharpness": _DETAIL,
        "tenengrad": _EDGES,
        "contrast": _CONTRAST,
        "exposure": _TONES,
        "colourfulness": _COLOUR,
        "noise": _NOISE,
    }
)
"""By the name of a reason: of the prompt sets "technical", "clip_iqa" and "clip_iqa_five_pairs",
and of the rule-based measures."""


def words_of(name: str) -> Words:
    """How a reason is told; one without words of its own by its name."""
    return WORDS.get(name) or Words(f"better by {name!r}", f"worse by {name!r}", "other")
