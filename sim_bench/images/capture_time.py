"""The moment a photo was taken: EXIF's date, sub-seconds and offset as one number."""

import re
from calendar import timegm
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from sim_bench.images.capture_tags import Tag, Value

# The standard's separators are colons and a space; scanners and editors also write the others.
_DATE = re.compile(r"(\d{4})[:/.-](\d\d?)[:/.-](\d\d?)[ T]+(\d\d?):(\d\d):(\d\d)", re.ASCII)
_OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)", re.ASCII)
_FURTHEST = 14 * 3600  # seconds: UTC+14, the furthest of any time zone
_FINEST = 3  # digits of a sub-second that count: cameras do not keep time better than this
# EXIF 2.32, 4.6.5: each date with the sub-seconds and the offset that belong to it.
_SOURCES = (
    (Tag.DATE_TIME_ORIGINAL, Tag.SUBSEC_ORIGINAL, Tag.OFFSET_ORIGINAL),
    (Tag.DATE_TIME_DIGITIZED, Tag.SUBSEC_DIGITIZED, Tag.OFFSET_DIGITIZED),
    (Tag.DATE_TIME, Tag.SUBSEC, Tag.OFFSET),
)


class Moment(NamedTuple):
    """A point in time.

    Attributes:
        seconds: Since 1970, in UTC where the offset is known, else by the local clock.
        resolution: How fine the clock's record is, in seconds.
    """

    seconds: float
    resolution: float


def read_moment(tags: Mapping[Tag, Value]) -> Moment | None:
    """Take the first date that means something: original, digitised, then last changed.

    Dates without meaning ("0000:00:00 00:00:00", month 13, blanks) count as missing; so do
    sub-seconds that are no digits and offsets that no time zone has.
    """
    for date, subsec, offset in _SOURCES:
        whole = _whole_seconds(str(tags.get(date, "")))
        if whole is not None:
            part, resolution = _part(tags.get(subsec))
            return Moment(whole + part - _offset(tags.get(offset)), resolution)
    return None


def _whole_seconds(text: str) -> int | None:
    found = _DATE.fullmatch(text.strip())
    if found is None:
        return None
    year, month, day, hour, minute, second = map(int, found.groups())
    try:
        return timegm(datetime(year, month, day, hour, minute, second).timetuple())
    except ValueError:
        return None


def _part(text: Value | None) -> tuple[float, float]:
    """A sub-second is the digits after the point: "07" is 0.07 s; and its resolution."""
    digits = text if isinstance(text, str) and text.isascii() and text.isdigit() else ""
    return (float(f"0.{digits}"), 10.0 ** -min(len(digits), _FINEST)) if digits else (0.0, 1.0)


def _offset(text: Value | None) -> int:
    found = _OFFSET.fullmatch(text.strip()) if isinstance(text, str) else None
    if found is None:
        return 0
    sign, hours, minutes = found.groups()
    seconds = 3600 * int(hours) + 60 * int(minutes)
    if seconds > _FURTHEST or int(minutes) >= 60:
        return 0
    return seconds if sign == "+" else -seconds
