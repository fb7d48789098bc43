"""Camera RAW: the preview that the camera embedded, through rawpy, the extra [raw].

The preview is what the photographer saw on the camera, and is decoded in a fraction of the time a
development of the sensor data would take.
"""

import io
from typing import NamedTuple

from PIL import Image, JpegImagePlugin

from sim_bench.errors import MissingDependencyError
from sim_bench.images.limits import RefusalError

# LibRaw's `flip` (0, 3, 5, 6) in the words of EXIF.
_FLIP_TO_EXIF = {3: 3, 5: 8, 6: 6}
_SMALL_SHARE = 0.5  # a preview below this share of the sensor's long side is worth a note


class Preview(NamedTuple):
    """The embedded preview.

    Attributes:
        image: As stored, not yet turned; a JPEG is not yet decoded.
        size: Width and height of the preview as stored, whatever it is decoded to.
        turn: The EXIF orientation that the RAW file gives for the sensor.
        sensor: Width and height of the sensor's pixels, not turned.
    """

    image: Image.Image
    size: tuple[int, int]
    turn: int
    sensor: tuple[int, int]

    def orientation(self, own: int) -> int:
        """Choose between the preview's own EXIF orientation and the RAW file's.

        Some cameras turn the preview before they store it, and LibRaw gives a preview without EXIF
        the RAW file's orientation all the same. A quarter turn that is still to be done shows in
        the shape: the preview then lies like the sensor.

        Args:
            own: The preview's; 1 where it has none.
        """
        value = own if own != 1 else self.turn
        lies_like_sensor = (self.size[0] >= self.size[1]) == (self.sensor[0] >= self.sensor[1])
        return value if value < 5 or lies_like_sensor else 1

    def notes(self) -> tuple[str, ...]:
        """Say so if the preview is much smaller than the photo."""
        if max(self.size) >= _SMALL_SHARE * max(self.sensor):
            return ()
        preview, photo = ("{}x{}".format(*size) for size in (self.size, self.sensor))
        return (f"only a {preview} preview of the {photo} photo is embedded",)


def open_preview(data: bytes) -> Preview:
    """Take the largest embedded preview out of a RAW file.

    Raises:
        RefusalError: if the file has none that can be used.
        MissingDependencyError: without rawpy.
    """
    try:
        import rawpy
    except ImportError as error:
        raise MissingDependencyError("Reading camera RAW", "raw") from error
    try:
        with rawpy.imread(io.BytesIO(data)) as raw:
            sizes = raw.sizes
            thumb = raw.extract_thumb()
    except rawpy.LibRawFileUnsupportedError as error:
        raise RefusalError("LibRaw does not know this camera file, or it is damaged") from error
    except (rawpy.LibRawNoThumbnailError, rawpy.LibRawUnsupportedThumbnailError) as error:
        raise RefusalError("the RAW file has no embedded preview that can be read") from error
    image: Image.Image
    if thumb.format == rawpy.ThumbFormat.JPEG:
        image = JpegImagePlugin.JpegImageFile(io.BytesIO(thumb.data))
    else:
        image = Image.fromarray(thumb.data)
    turn = _FLIP_TO_EXIF.get(sizes.flip, 1)
    return Preview(image, image.size, turn, (sizes.raw_width, sizes.raw_height))
