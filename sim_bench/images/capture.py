"""When and how a photo was taken, as far as its EXIF says."""

from dataclasses import dataclass


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
