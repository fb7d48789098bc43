"""Small upright pictures of photos, as data URIs for a page that needs no other file."""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from sim_bench.errors import ImageError

SHORT_SIDE = 160
LONGEST_SIDE = 320
"""A panorama is shown smaller rather than wider than this, in pixels."""
QUALITY = 80
MOST_PER_PAGE = 400
"""Pictures on one page: about 8 KB each as text, so some 4 MB."""


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """A picture, or why there is none.

    Attributes:
        image: The photo's id.
        uri: The picture as a data URI; empty where there is none.
        width: In pixels; 0 without a picture.
        height: Likewise.
        reason: Why there is no picture; empty where there is one.
    """

    image: str
    uri: str = ""
    width: int = 0
    height: int = 0
    reason: str = ""


class Thumbnails:
    """Makes each thumbnail once, and no more than a page can hold.

    Args:
        paths: Where each data set's photos are, by data set and image id.
        most: How many pictures may be made in all.
    """

    def __init__(self, paths: Mapping[str, Mapping[str, Path]], most: int = MOST_PER_PAGE) -> None:
        self._paths = paths
        self._most = most
        self._made: dict[Path, Thumbnail] = {}

    def of(self, dataset: str, image: str) -> Thumbnail:
        """Return one photo's thumbnail; a photo that cannot be shown gives its reason."""
        path = self._paths.get(dataset, {}).get(image)
        if path is None:
            return Thumbnail(image, reason="no file is known for it")
        if path not in self._made:
            if len(self._made) >= self._most:
                return Thumbnail(image, reason=f"this page shows {self._most} photos at most")
            self._made[path] = make_thumbnail(image, path)
        made = self._made[path]
        return Thumbnail(image, made.uri, made.width, made.height, made.reason)


def make_thumbnail(image: str, path: Path) -> Thumbnail:
    """Read a photo and make it small: upright sRGB, shorter side 160 pixels, JPEG, no metadata.

    Args:
        image: Its id.
        path: Its file.
    """
    from PIL import Image

    from sim_bench.images.decode import read_picture

    try:
        picture = read_picture(path, at_least=SHORT_SIDE)
    except ImageError as error:
        return Thumbnail(image, reason=error.reason)
    small = Image.fromarray(picture.rgb)
    scale = min(SHORT_SIDE / min(small.size), LONGEST_SIDE / max(small.size), 1.0)
    size = (max(1, round(small.width * scale)), max(1, round(small.height * scale)))
    stream = BytesIO()
    small.resize(size, Image.Resampling.LANCZOS).save(stream, "JPEG", quality=QUALITY)
    text = b64encode(stream.getvalue()).decode("ascii")
    return Thumbnail(image, f"data:image/jpeg;base64,{text}", *size)
