"""Pictures of photos for one page: all of one size, each within its share of the page's bytes."""

from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from math import ceil, sqrt
from pathlib import Path
from typing import TYPE_CHECKING

from sim_bench.errors import ImageError
from sim_bench.images.stream import in_order
from sim_bench.report.page.thumbnails import Thumbnail

if TYPE_CHECKING:
    from PIL import Image

PAGE_BYTES = 14_500_000
"""What a page of up to 500 photos may hold: issue 7 allows 15 MB."""
LEAST_SHARE = 8_000
"""Bytes of a picture on a page of very many photos, which then grows beyond `PAGE_BYTES`."""
MOST_PIXELS = 1_600_000
"""Of a picture on a page of few photos: what fills most windows."""
QUALITIES = (75, 60, 45, 30)
"""Of WebP, tried in this order until a picture fits its share."""
METHOD = 2
"""Of WebP: 4 % more bytes than the default 4 at half its time (125 photos, 464 px, quality 75)."""
_BYTES_PER_PIXEL = 0.14
"""At which 3 in 4 of 60 clean photos at 464 px fit with the first quality, all with the last."""
_SMALLER = 0.85
_LONGEST_SIDE = 4000  # a strip a few pixels high has few pixels too, but must fit into a WebP
_LEAST = 1000  # bytes in which a picture of a few pixels fits for certain
_BASE64 = 4 / 3


@dataclass(frozen=True, slots=True)
class Room:
    """What one picture may take.

    Attributes:
        size: In bytes, before it is written as text.
        pixels: Width times height.
    """

    size: int
    pixels: int

    def __post_init__(self) -> None:
        if self.size < _LEAST or self.pixels < 1:
            raise ValueError(
                f"a picture needs {_LEAST} bytes and 1 pixel or more. "
                f"Got {self.size} bytes and {self.pixels} pixels."
            )


def room_for(photos: int, text_bytes: int, page_bytes: int = PAGE_BYTES) -> Room:
    """Divide what a page has left among its pictures.

    Args:
        photos: How many there are.
        text_bytes: What the rest of the page takes.
        page_bytes: What the page may take in all.
    """
    share = (page_bytes - text_bytes) / max(1, photos) / _BASE64
    size = max(LEAST_SHARE, int(share))
    return Room(size, min(MOST_PIXELS, int(size / _BYTES_PER_PIXEL)))


def pictures(
    photos: Sequence[tuple[str, Path]], room: Room, *, workers: int | None = None
) -> Iterator[Thumbnail]:
    """Make the pictures in threads and hand them on in order, a few at a time in memory.

    Args:
        photos: Id and file of each.
        room: What each may take.
        workers: Number of threads; the number of CPU cores when None.
    """
    return in_order([partial(picture, name, path, room) for name, path in photos], workers=workers)


def picture(name: str, path: Path, room: Room) -> Thumbnail:
    """Make one picture: upright sRGB, WebP, no metadata, never enlarged.

    Args:
        name: Its id.
        path: Its file; one that gives no pixels gives a reason instead.
        room: What it may take.
    """
    from PIL import Image

    from sim_bench.images.decode import read_picture

    try:
        # A photo of any shape has a shorter side of this or less once it has so many pixels.
        found = read_picture(path, at_least=ceil(sqrt(room.pixels)))
    except ImageError as error:
        return Thumbnail(name, reason=error.reason)
    full = Image.fromarray(found.rgb)
    scale = sqrt(room.pixels / (full.width * full.height))
    scale = min(1.0, scale, _LONGEST_SIDE / max(full.size))
    data = None
    while data is None:
        size = (max(1, round(full.width * scale)), max(1, round(full.height * scale)))
        small = full.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
        data = _encoded(small, room.size)
        scale *= _SMALLER
    text = b64encode(data).decode("ascii")
    return Thumbnail(name, f"data:image/webp;base64,{text}", *size)


def _encoded(small: "Image.Image", most: int) -> bytes | None:
    """Write a picture at the best quality that fits; None if none does."""
    for quality in QUALITIES:
        stream = BytesIO()
        small.save(stream, "WEBP", quality=quality, method=METHOD)
        if stream.tell() <= most:
            return stream.getvalue()
    return None
