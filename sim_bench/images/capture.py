"""When and how a photo was taken, as far as its EXIF says."""

import re
import stat
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from math import isfinite
from pathlib import Path

from sim_bench.images.capture_block import Found, find_exif
from sim_bench.images.capture_tags import Tag, Value, read_tags
from sim_bench.images.capture_time import read_moment

_DIGITS = re.compile(r"\d+$", re.ASCII)
# Names that phones make of the date and the time of day: their digits are a clock, not a count.
_CLOCK = re.compile(r"(?:19|20)\d{6}[-_]?\d{6,}$", re.ASCII)
_LONGEST_NUMBER = 9  # digits; longer ones are no count of photos; chosen by us
_ISO_OVERFLOW = 65535  # EXIF 2.32, 4.6.5: then the sensitivity is in a tag of its own
_INFINITE = 0xFFFFFFFF  # EXIF 2.32, 4.6.5: the numerator of a subject at infinity


@dataclass(frozen=True, slots=True)
class Capture:
    """What a camera noted beside the pixels; None where it did not.

    Attributes:
        taken: Seconds since 1970 by the camera's clock: in UTC where the offset is recorded, else
            the local time read as if it were UTC.
        resolution: Of `taken` in seconds: 1.0 for whole seconds, 0.1, 0.01 or 0.001 with as many
            digits of a sub-second.
        camera: Make, model and serial number; empty where unknown.
        number: Of the photo in its camera's counting, else the digits at the end of its file name.
        exposure_time: In seconds.
        aperture: F-number.
        iso: Sensitivity.
        bias: Exposure compensation in stops.
        focal_length: In millimetres.
        distance: To the subject, in metres.
        bracketing: Whether the camera says that it varied the exposure from photo to photo.
        width: In pixels, as stored.
        height: In pixels, as stored.
    """

    taken: float | None = None
    resolution: float | None = None
    camera: str = ""
    number: int | None = None
    exposure_time: float | None = None
    aperture: float | None = None
    iso: float | None = None
    bias: float | None = None
    focal_length: float | None = None
    distance: float | None = None
    bracketing: bool | None = None
    width: int | None = None
    height: int | None = None


def read_capture(path: Path) -> Capture:
    """Read what a photo's header says about when and how it was taken.

    Nothing is decoded, and no more is read than the parts in which EXIF may stand: of JPEG, PNG,
    WebP, HEIC, AVIF, TIFF and those camera RAW files that are TIFF, Canon CR3 or Fuji RAF inside.
    Safe to call from several threads at once.

    Args:
        path: A file of any name and contents.

    Returns:
        What could be read. A file that is missing, unreadable, damaged or without EXIF is no error
        here: it gives no more than the number in its name.
    """
    tags: dict[Tag, Value] = {}
    found = Found()
    # What was read before the damage counts. ValueError: a zero byte in the name, or a place before
    # the file's beginning; OverflowError: one beyond what a file can have.
    with suppress(OSError, EOFError, ValueError, OverflowError):
        if stat.S_ISREG(path.stat().st_mode):  # reading a pipe or a device may never end
            with path.open("rb") as file:
                found = find_exif(file, path.stat().st_size)
                for block in found.blocks:
                    tags.update(read_tags(file, block))
    return _capture(tags, found.size, _number_in(path.stem))


def _capture(
    tags: Mapping[Tag, Value], size: tuple[int, int] | None, name_number: int | None
) -> Capture:
    moment = read_moment(tags)
    number = tags.get(Tag.IMAGE_NUMBER)
    mode = tags.get(Tag.EXPOSURE_MODE)
    width, height = size if size and min(size) > 0 else _size(tags)
    return Capture(
        taken=moment.seconds if moment else None,
        resolution=moment.resolution if moment else None,
        camera=_camera(tags),
        number=number if isinstance(number, int) and number > 0 else name_number,
        exposure_time=_positive(tags.get(Tag.EXPOSURE_TIME)),
        aperture=_positive(tags.get(Tag.F_NUMBER)),
        iso=_iso(tags),
        bias=_real(tags.get(Tag.BIAS)),
        focal_length=_positive(tags.get(Tag.FOCAL_LENGTH)),
        distance=_distance(tags.get(Tag.DISTANCE)),
        bracketing=mode == 2 if mode in (0, 1, 2) else None,
        width=width,
        height=height,
    )


def _number_in(stem: str) -> int | None:
    found = _DIGITS.search(stem)
    if found is None or len(found.group()) > _LONGEST_NUMBER or _CLOCK.search(stem):
        return None
    return int(found.group())


def _camera(tags: Mapping[Tag, Value]) -> str:
    serial = tags.get(Tag.BODY_SERIAL) or tags.get(Tag.DNG_SERIAL)
    parts = (tags.get(Tag.MAKE), tags.get(Tag.MODEL), serial)
    return " ".join(str(part) for part in parts if part)


def _iso(tags: Mapping[Tag, Value]) -> float | None:
    iso = _positive(tags.get(Tag.ISO))
    if iso != _ISO_OVERFLOW:
        return iso
    larger = (_positive(tags.get(t)) for t in (Tag.RECOMMENDED_INDEX, Tag.OUTPUT_SENSITIVITY))
    return next((value for value in larger if value is not None), iso)


def _distance(value: Value | None) -> float | None:
    """0 stands for unknown; at infinity there is no number of metres either."""
    metres = _positive(value)
    return None if metres is None or metres >= _INFINITE else metres


def _size(tags: Mapping[Tag, Value]) -> tuple[int | None, int | None]:
    """EXIF's own, else the first picture's of a TIFF unless that is a reduced one."""
    reduced = tags.get(Tag.SUBFILE, 0) in (1, 3)
    for across, down in ((Tag.EXIF_WIDTH, Tag.EXIF_HEIGHT), (Tag.WIDTH, Tag.HEIGHT)):
        width, height = tags.get(across), tags.get(down)
        if isinstance(width, int) and isinstance(height, int) and width > 0 and height > 0:
            return (None, None) if across == Tag.WIDTH and reduced else (width, height)
    return None, None


def _real(value: Value | None) -> float | None:
    return float(value) if isinstance(value, int | float) and isfinite(value) else None


def _positive(value: Value | None) -> float | None:
    number = _real(value)
    return number if number is not None and number > 0 else None
