"""What the metadata say about the pixels: which way is up, and which colour space is meant."""

from PIL import ExifTags, Image

_UPRIGHT: dict[int, Image.Transpose] = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
QUARTER_TURNS = frozenset({5, 6, 7, 8})
"""Orientations that exchange width and height."""

_SRGB_GAMMA = (0.43, 0.48)  # about 1 / 2.2 = 0.4545
_UNCALIBRATED = 0xFFFF  # EXIF ColorSpace: not sRGB


def orientation(image: Image.Image) -> tuple[int, tuple[str, ...]]:
    """Read the EXIF orientation of a loaded picture; 1 where there is none that means anything.

    To be asked after loading: Pillow turns TIFF pictures by itself then, and takes the tag away.

    Returns:
        A value from 1 to 8, and a note if the metadata could not be read.
    """
    try:
        value = image.getexif().get(ExifTags.Base.Orientation, 1)
    except Exception as error:  # noqa: BLE001 - a parser of damaged bytes may raise anything
        return 1, (f"EXIF could not be read, taken as upright: {error!r}",)
    return (int(value) if value in _UPRIGHT else 1), ()


def upright(image: Image.Image, value: int) -> Image.Image:
    """Turn or mirror the pixels as an EXIF orientation says (EXIF 2.32, tag 274)."""
    return image.transpose(_UPRIGHT[value]) if value in _UPRIGHT else image


def untagged_colour(image: Image.Image) -> tuple[str, ...]:
    """Notes on colour that the metadata describe without an ICC profile, and that is not applied.

    Covers Adobe RGB by EXIF (DCF option file, InteropIndex R03).
    """
    if image.info.get("icc_profile"):
        return ()
    notes: tuple[str, ...] = ()
    try:
        exif = image.getexif()
        space = exif.get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.ColorSpace)
        if space == _UNCALIBRATED:
            index = exif.get_ifd(ExifTags.IFD.Interop).get(ExifTags.Interop.InteropIndex)
            if str(index).startswith("R03"):
                notes += ("Adobe RGB by EXIF, without a profile: taken as sRGB",)
    except Exception as error:  # noqa: BLE001 - as above
        notes += (f"EXIF colour space could not be read: {error!r}",)
    return notes


def png_gamma(image: Image.Image) -> float | None:
    """Read the gAMA value of a PNG that no profile or sRGB chunk overrules, if it is not sRGB's."""
    gamma = image.info.get("gamma")
    if not gamma or "icc_profile" in image.info or "srgb" in image.info:
        return None
    return None if _SRGB_GAMMA[0] < gamma < _SRGB_GAMMA[1] else float(gamma)
