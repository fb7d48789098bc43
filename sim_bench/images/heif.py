"""HEIC and HEIF through pi-heif, the extra [heic]."""

from PIL import Image

from sim_bench.errors import MissingDependencyError
from sim_bench.images.limits import Limits, RefusalError

# ISO/IEC 23091-2 (CICP) code points that are not close to sRGB.
_WIDE_PRIMARIES = {9: "BT.2020", 11: "DCI-P3", 12: "Display P3"}
_HDR_CURVES = {16: "PQ", 18: "HLG"}


def open_heif(data: bytes, limits: Limits) -> tuple[Image.Image, tuple[str, ...]]:
    """Decode the primary picture of a HEIC file.

    libheif applies the container's own rotation and mirroring. The EXIF orientation, which repeats
    it, must not be applied again (ISO/IEC 23008-12, 6.5.10).

    Returns:
        The upright picture, its ICC profile in `info`, and notes.
    """
    try:
        import pi_heif
    except ImportError as error:
        raise MissingDependencyError("Reading HEIC", "heic") from error
    file = pi_heif.open_heif(without_metadata(data), convert_hdr_to_8bit=True)
    if not len(file):
        raise RefusalError("a HEIF container without a picture")
    limits.check_size(*file.size)
    image: Image.Image = file.to_pillow()
    notes: tuple[str, ...] = ()
    meant = image.info.get("nclx_profile") or {}
    if not image.info.get("icc_profile"):
        for names, key in (
            (_WIDE_PRIMARIES, "color_primaries"),
            (_HDR_CURVES, "transfer_characteristics"),
        ):
            if name := names.get(int(meant.get(key, 0))):
                notes += (f"{name} without an ICC profile: taken as sRGB",)
    return image, notes


def without_metadata(data: bytes) -> bytes:
    """Cut the references that tie EXIF and XMP to the pictures; no pixel depends on them.

    pi-heif 1.4.0 reads metadata without being asked, and a damaged type of such an item (bytes
    that are no UTF-8) takes the whole process down. So the references (`cdsc`, ISO/IEC 23008-12,
    6.2) get a name that no reader knows.
    """
    start, end = _find_box(data, b"meta", 0, len(data))
    start, end = _find_box(data, b"iref", start + 4, end)  # 4: version and flags of `meta`
    if start >= end:
        return data
    return data[:start] + data[start:end].replace(b"cdsc", b"none") + data[end:]


def _find_box(data: bytes, name: bytes, at: int, end: int) -> tuple[int, int]:
    """Begin and end of a box's contents (ISO/IEC 14496-12, 4.2); (0, 0) if it is missing."""
    while at + 8 <= end:
        size, head = int.from_bytes(data[at : at + 4], "big"), 8
        if size == 1:
            size, head = int.from_bytes(data[at + 8 : at + 16], "big"), 16
        elif size == 0:
            size = end - at
        if size < head:
            break
        if data[at + 4 : at + 8] == name:
            return at + head, min(at + size, end)
        at += size
    return 0, 0
