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
    file = pi_heif.open_heif(data, convert_hdr_to_8bit=True)
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
