"""What verdicts and kinds of groups are called on the page, and how numbers are written there."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import floor, isfinite, log10

from sim_bench.images.capture import Capture
from sim_bench.selection.group import Kind

MINUS = "\u2212"
_SLOW = 0.3  # seconds; from here on cameras themselves show 0.3 s rather than 1/3 s
_WHOLE_F = 10.0  # f-numbers are written with one decimal below


@dataclass(frozen=True, slots=True)
class Word:
    """What a verdict is called.

    Attributes:
        mark: On a photo.
        one: In a count of one.
        many: In a count of several.
        meaning: A sentence for the reader.
    """

    mark: str
    one: str
    many: str
    meaning: str


VERDICTS: dict[str, Word] = {
    "pick": Word("Pick", "pick", "picks", "the best of its group"),
    "close": Word(
        "Close",
        "too close to call",
        "too close to call",
        "the scores do not tell it from the best of its group, which is close then too",
    ),
    "reject": Word("Reject", "reject", "rejects", "another photo of its group is better"),
    "protected": Word(
        "Protected",
        "protected",
        "protected",
        "a part of one picture (bracket, focus stack, panorama): never offered for culling",
    ),
    "single": Word("Single", "single", "singles", "alone: there is nothing to compare it with"),
    "unscored": Word("Not scored", "not scored", "not scored", "without a score, for the reason"),
}
"""By verdict, in the order of totals."""


@dataclass(frozen=True, slots=True)
class KindWord:
    """What a kind of group is called.

    Attributes:
        heading: Over a group.
        one: In a count of one.
        many: In a count of several.
    """

    heading: str
    one: str
    many: str


KINDS: dict[Kind, KindWord] = {
    "burst": KindWord("Burst", "burst", "bursts"),
    "duplicates": KindWord("Duplicates", "set of duplicates", "sets of duplicates"),
    "bracket": KindWord("Exposure bracket", "exposure bracket", "exposure brackets"),
    "focus_stack": KindWord("Focus stack", "focus stack", "focus stacks"),
    "panorama": KindWord("Panorama", "panorama", "panoramas"),
    "single": KindWord("Single photo", "single photo", "single photos"),
}
"""By kind, in the order of totals."""


def chance_text(chance: float | None) -> str:
    """Write a probability in per cent; one that is not quite 0 or 1 is not written as 0 or 100."""
    if chance is None:
        return ""
    text = f"{100 * chance:.0f}%"
    if text == "0%" and chance > 0.0:
        return "<1%"
    return ">99%" if text == "100%" and chance < 1.0 else text


def digits_for(scale: float) -> int:
    """How many decimals show a value of this size with three figures."""
    if not isfinite(scale) or scale <= 0.0:
        return 3
    return max(0, min(9, 2 - floor(log10(scale))))


def signed(value: float, digits: int) -> str:
    """Write a number with its sign, a true minus; what rounds to nothing is 0 without a sign."""
    text = f"{value:+.{digits}f}"
    return text[1:] if float(text) == 0.0 else text.replace("-", MINUS)


def plain(value: float | None, digits: int = 4) -> str:
    """Write a score; a dash where there is none."""
    if value is None or not isfinite(value):
        return "–"
    return f"{value:.{digits}f}".replace("-", MINUS)


def camera_facts(capture: Capture, begin: float | None) -> str:
    """Write how a photo was taken, as far as is known: "+0.25 s · 1/500 s · f/4 · ISO 400".

    A number and its unit stay on one line.

    Args:
        capture: Of the photo.
        begin: When the first photo of its group was taken; None for a photo alone.
    """
    parts: list[str | None] = [_since(capture, begin)]
    exposure = capture.exposure_time
    if exposure and exposure > 0:
        parts.append(f"{exposure:g} s" if exposure >= _SLOW else f"1/{1 / exposure:.0f} s")
    if capture.aperture:
        decimals = 1 if capture.aperture < _WHOLE_F else 0
        parts.append(f"f/{round(capture.aperture, decimals):g}")
    parts.append(f"ISO {capture.iso:.0f}" if capture.iso else None)
    parts.append(f"{capture.focal_length:.0f} mm" if capture.focal_length else None)
    parts.append(f"{signed(capture.bias, 1)} EV" if capture.bias else None)
    return " · ".join(part.replace(" ", "\u00a0") for part in parts if part)


def _since(capture: Capture, begin: float | None) -> str | None:
    if capture.taken is None or begin is None:
        return None
    digits = digits_for(capture.resolution) - 2 if capture.resolution else 0
    return f"{capture.taken - begin:+.{max(0, digits)}f} s"


def earliest(captures: Iterable[Capture | None]) -> float | None:
    """When the first of some photos was taken; None if that is known of none."""
    known = [one.taken for one in captures if one is not None and one.taken is not None]
    return min(known, default=None)
