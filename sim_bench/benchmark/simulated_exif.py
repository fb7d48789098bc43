"""Cameras of a simulated card: their clocks, their counters and the EXIF they write."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from math import floor

import numpy as np

from sim_bench.benchmark.simulated_frames import Frame
from sim_bench.benchmark.simulated_plan import Fault
from sim_bench.images.capture_tags import Tag

_RESETS = ("1980-01-01", "2000-01-01")  # where clocks begin anew without a battery
_STAMP = "%Y:%m:%d %H:%M:%S"
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Body:
    """A camera.

    Attributes:
        make: As EXIF has it.
        model: As EXIF has it.
        serial: As EXIF has it.
        name: Of its files, with a place for the number.
        first: Number of its first photo.
        digits: Of the sub-seconds it records; 0: whole seconds only.
        offset: Time zone that it records; None: none.
        wrong: How far its clock is off.
        pause: Median seconds between two groups; of the second camera, which takes fewer groups,
            so much longer that both work all day. Chosen by us.
    """

    make: str
    model: str
    serial: str
    name: str
    first: int
    digits: int
    offset: str | None
    wrong: timedelta
    pause: float


BODIES = (
    Body("SONY", "ILCE-7M4", "4481516", "DSC{:05}.JPG", 1234, 3, "+02:00", timedelta(), 90.0),
    Body(
        *("Canon", "Canon EOS R6", "032021001234", "IMG_{:04}.JPG", 456, 0, None),
        wrong=timedelta(hours=-5, minutes=-12),
        pause=170.0,
    ),
)


@dataclass(frozen=True, slots=True)
class Settings:
    """What a camera is set to for one group.

    Attributes:
        exposure: Time as metered, in seconds.
        aperture: F-number.
        iso: Sensitivity.
        focal_length: In millimetres.
    """

    exposure: Fraction
    aperture: float
    iso: int
    focal_length: int


def draw_settings(random: np.random.Generator) -> Settings:
    """Draw settings as in daylight."""
    return Settings(
        Fraction(1, int(random.choice((60, 125, 250, 500, 1000)))),
        float(random.choice((2.8, 4.0, 5.6, 8.0))),
        int(random.choice((100, 200, 400, 800))),
        int(random.choice((24, 35, 50, 85, 135))),
    )


def exif_bytes(
    body: Body, when: timedelta, start: datetime, frame: Frame, settings: Settings, fault: Fault
) -> bytes:
    """What the camera writes beside the pixels; nothing if the fault is "missing".

    Args:
        body: The camera.
        when: Since the first photo of the card.
        start: True local time of the first photo of the card.
        frame: The photo.
        settings: Of its group.
        fault: What is wrong with the EXIF of its group.
    """
    from PIL import ExifTags, Image
    from PIL.TiffImagePlugin import IFDRational

    if fault == "missing":
        return b""
    exif = Image.Exif()
    exif[Tag.MAKE], exif[Tag.MODEL] = body.make, body.model
    stops = Fraction(frame.stops).limit_denominator(6)
    exposure = (settings.exposure * Fraction(2.0**frame.stops)).limit_denominator(100_000)
    own = exif.get_ifd(ExifTags.IFD.Exif)
    own.update(_clock_tags(body, _by_the_clock(body, when, start, fault), fault))
    own[Tag.EXPOSURE_TIME] = IFDRational(exposure.numerator, exposure.denominator)
    own[Tag.F_NUMBER] = IFDRational(round(settings.aperture * 10), 10)
    own[Tag.ISO] = settings.iso
    own[Tag.BIAS] = IFDRational(stops.numerator, stops.denominator)
    own[Tag.EXPOSURE_MODE] = frame.mode
    own[Tag.FOCAL_LENGTH] = IFDRational(settings.focal_length, 1)
    own[Tag.BODY_SERIAL] = body.serial
    if frame.distance is not None:
        own[Tag.DISTANCE] = IFDRational(round(frame.distance * 1000), 1000)
    return exif.tobytes()


def _by_the_clock(body: Body, when: timedelta, start: datetime, fault: Fault) -> datetime:
    if fault == "equal":
        return _EPOCH
    if fault == "reset":
        return datetime.fromisoformat(_RESETS[BODIES.index(body)]).replace(tzinfo=UTC) + when
    return start + when + body.wrong


def _clock_tags(body: Body, time: datetime, fault: Fault) -> dict[int, str]:
    tags: dict[int, str] = {Tag.DATE_TIME_ORIGINAL: time.strftime(_STAMP)}
    if body.digits and fault != "equal":
        part = floor(time.microsecond / 10 ** (6 - body.digits))
        tags[Tag.SUBSEC_ORIGINAL] = f"{part:0{body.digits}}"
    if body.offset is not None:
        tags[Tag.OFFSET_ORIGINAL] = body.offset
    return tags
