"""One reader per format: bytes to a loaded Pillow picture, with what only the file knows.

Only the formats of `formats.SUFFIXES` are tried, each by its own reader and never through
`Image.open`: Pillow's other plugins (some start external programs) are out of reach, and the limit
on pixels is ours alone, checked between reading the header and decoding.
"""

import io
from collections.abc import Callable
from typing import NamedTuple

from PIL import (
    AvifImagePlugin,
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    ImageFile,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from sim_bench.images.formats import Format, identify
from sim_bench.images.heif import open_heif
from sim_bench.images.limits import Limits, RefusalError
from sim_bench.images.metadata import orientation
from sim_bench.images.png import check_chunks
from sim_bench.images.raw import open_preview
from sim_bench.images.scaling import shrink

_READERS: dict[Format, Callable[[io.BytesIO], ImageFile.ImageFile]] = {
    "JPEG": JpegImagePlugin.JpegImageFile,  # of a multi-picture file (MPO) the first picture
    "PNG": PngImagePlugin.PngImageFile,
    "TIFF": TiffImagePlugin.TiffImageFile,
    "WEBP": WebPImagePlugin.WebPImageFile,
    "BMP": BmpImagePlugin.BmpImageFile,
    "GIF": GifImagePlugin.GifImageFile,
    "AVIF": AvifImagePlugin.AvifImageFile,
}
_PNG_DEPTHS = {"L;2": 2, "L;4": 4, "RGB;16B": 16}  # by Pillow's name of the stored layout
_WHITE = 65535
# TIFF 6.0 and the DNG specification 1.7.
_BITS, _PHOTOMETRIC, _SUBFILE, _DNG_VERSION = 258, 262, 254, 50706
_WHITE_IS_ZERO, _REDUCED = 0, 1


class Loaded(NamedTuple):
    """A decoded picture as the file stores it.

    Attributes:
        image: Pixels in any mode, not yet upright; metadata in `info`.
        turn: The EXIF orientation still to be applied, 1 to 8.
        format: As decoded.
        depth: Bits per sample of a PNG.
        white: Full white of 16-bit grey; negative if the scale runs from white at 0.
        notes: What a reader should know.
        size: Width and height as stored, if it was decoded at a smaller size.
    """

    image: Image.Image
    turn: int
    format: Format
    depth: int = 8
    white: int = _WHITE
    notes: tuple[str, ...] = ()
    size: tuple[int, int] | None = None


def load(kind: Format, data: bytes, limits: Limits, at_least: int | None = None) -> Loaded:
    """Decode the first picture of a file.

    Args:
        kind: What `identify` says.
        data: The whole file.
        limits: What it may cost.
        at_least: Shortest side in pixels that is needed of a JPEG; None: all of it.

    Raises:
        RefusalError: for a reason found here; a reader may raise anything else on damaged bytes.
        MissingDependencyError: if an extra is not installed.
    """
    if kind == "HEIC":
        image, notes = open_heif(data, limits)
        return Loaded(image, 1, "HEIC", notes=notes)
    if kind == "RAW":
        try:
            return _load_raw(data, limits, at_least)
        except RefusalError:
            if identify(data) != "TIFF" or _is_camera_file(_READERS["TIFF"](io.BytesIO(data))):
                raise
            kind = "TIFF"  # an ordinary TIFF under a camera's suffix
    if kind == "PNG":
        check_chunks(data)
    picture = _READERS[kind](io.BytesIO(data))
    if isinstance(picture, TiffImagePlugin.TiffImageFile) and _is_camera_file(picture):
        return _load_raw(data, limits, at_least)
    limits.check_size(*picture.size)
    depth = _png_depth(picture) if kind == "PNG" else 8
    size = shrink(picture, at_least)
    picture.load()
    turn, notes = orientation(picture)
    white = _tiff_white(picture) if isinstance(picture, TiffImagePlugin.TiffImageFile) else _WHITE
    return Loaded(picture, turn, kind, depth, white, notes, size)


def _load_raw(data: bytes, limits: Limits, at_least: int | None) -> Loaded:
    preview = open_preview(data)
    limits.check_size(*preview.size)
    size = shrink(preview.image, at_least)
    preview.image.load()
    own, notes = orientation(preview.image)
    turn, notes = preview.orientation(own), preview.notes() + notes
    return Loaded(preview.image, turn, "RAW", notes=notes, size=size)


def _is_camera_file(picture: ImageFile.ImageFile) -> bool:
    """Whether the first page is a thumbnail or a DNG's: then the photo lies elsewhere."""
    if not isinstance(picture, TiffImagePlugin.TiffImageFile):
        return False
    tags = picture.tag_v2
    return _DNG_VERSION in tags or bool(int(tags.get(_SUBFILE, 0)) & _REDUCED)


def _png_depth(picture: ImageFile.ImageFile) -> int:
    args = picture.tile[0].args if picture.tile else None
    return _PNG_DEPTHS.get(str(args[0] if isinstance(args, tuple) else args), 8)


def _tiff_white(picture: TiffImagePlugin.TiffImageFile) -> int:
    tags = picture.tag_v2
    bits = int(tags.get(_BITS, (16,))[0])
    top: int = 2**bits - 1 if 8 < bits <= 16 else _WHITE
    return -top if tags.get(_PHOTOMETRIC) == _WHITE_IS_ZERO else top
