"""How large or small a file may be before it is refused unread."""

from dataclasses import dataclass


class RefusalError(Exception):
    """Inside this package: why a file gives no pixels, before its path is known."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may cost; all three chosen by us (`docs/images.md`).

    Attributes:
        pixels: Most pixels, width times height, read from the header before anything is decoded.
            200 million passes the largest phone sensors and stitched panoramas; decoding at the
            limit takes about 1.4 GB.
        file_bytes: Most bytes of a file.
        min_side: Shortest side in pixels of a photo that can be judged at all.
    """

    pixels: int = 200_000_000
    file_bytes: int = 512 * 1024**2
    min_side: int = 8

    def __post_init__(self) -> None:
        for name in ("pixels", "file_bytes", "min_side"):
            value = getattr(self, name)
            if value < 1:
                raise ValueError(f"Limits.{name} must be 1 or more. Got {value!r}.")

    def check_size(self, width: int, height: int) -> None:
        """Refuse a picture of this size, if it is over or under the limits.

        Raises:
            RefusalError: with the size found and the size allowed.
        """
        if width * height > self.pixels:
            raise RefusalError(
                f"{width}x{height} is {width * height / 1e6:,.0f} megapixels, over the limit of "
                f"{self.pixels / 1e6:,.0f}"
            )
        if min(width, height) < self.min_side:
            raise RefusalError(
                f"{width}x{height} pixels are too few to judge: the shorter side must have "
                f"{self.min_side} or more"
            )


DEFAULT_LIMITS = Limits()
