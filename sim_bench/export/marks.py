"""What a verdict means as stars and colours in other programs."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args

from sim_bench.errors import UnknownNameError
from sim_bench.export.rows import Verdict

RATINGS = range(-1, 6)
"""Values of xmp:Rating: -1 rejected, 0 unrated, 1 to 5 stars.

Source: ISO 16684-1:2012 (XMP part 1), 8.4, the XMP namespace. It allows fractions; we write none.
"""

_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Mark:
    """What is to be written into a sidecar.

    Attributes:
        rating: xmp:Rating, -1 to 5; None leaves it as it is.
        label: xmp:Label, the name of a colour as the other program has it; None leaves it.
    """

    rating: int | None = None
    label: str | None = None

    def __post_init__(self) -> None:
        if self.rating is not None and self.rating not in RATINGS:
            raise ValueError(f"rating must be a whole number from -1 to 5. Got {self.rating!r}.")
        if self.label is None:
            return
        if not self.label.strip() or self.label != self.label.strip():
            raise ValueError(
                f"label must be a text without spaces around it, or None. Got {self.label!r}."
            )
        if _NOT_IN_XML.search(self.label):
            raise ValueError(f"label has a character that XML does not allow. Got {self.label!r}.")

    def __bool__(self) -> bool:
        """Whether there is anything to write."""
        return self.rating is not None or self.label is not None

    def __str__(self) -> str:
        rating = [] if self.rating is None else [f"rating {self.rating}"]
        return ", ".join([*rating, *([] if self.label is None else [f"label {self.label}"])])


DEFAULT_MARKS: Mapping[Verdict, Mark] = {
    "pick": Mark(4, "Green"),
    "close": Mark(3, "Yellow"),
    "reject": Mark(-1, "Red"),
}
"""Chosen by us: five stars stay free for the person's own favourites, and a photo that is too
close to call is not rejected. The colours are named as in Lightroom's default set of labels.
Verdicts that are not here are left alone."""


def read_mark(text: str) -> Mark:
    """Read a mark as a person types it: "5", "5:Blue", ":Blue", "-1:Red"; "" leaves all alone.

    Raises:
        ValueError: The text is not of this form, or its rating or label is not allowed.
    """
    rating, _, label = text.strip().partition(":")
    try:
        number = int(rating) if rating.strip() else None
    except ValueError as error:
        raise ValueError(
            f"a mark is RATING, RATING:LABEL or :LABEL, as in 4:Green. Got {text!r}."
        ) from error
    return Mark(number, label.strip() or None)


def check_marks(marks: Mapping[Verdict, Mark]) -> None:
    """Refuse marks for something that is no verdict.

    Raises:
        UnknownNameError: One of the keys is no verdict.
    """
    for verdict in marks:
        if verdict not in get_args(Verdict):
            raise UnknownNameError("verdict", verdict, get_args(Verdict))


def better(one: Mark, other: Mark) -> Mark:
    """The one of two marks with the higher rating; the first if they are equal or have none."""
    return other if (other.rating or 0) > (one.rating or 0) else one
