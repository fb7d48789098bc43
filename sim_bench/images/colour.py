"""Colour: device values become sRGB by the file's own ICC profile.

Relative colorimetric intent with black point compensation (ISO 18619, the usual choice of photo
editors): colours inside sRGB stay exact, the neutral axis is scaled so that black stays black.
"""

import io

import numpy as np
from PIL import Image, ImageCms

# RGB values on a coarse lattice, to learn cheaply whether a profile does anything at all.
_LATTICE = np.stack(np.meshgrid(*[np.arange(0, 256, 51, dtype=np.uint8)] * 3), axis=-1)
_LATTICE_ROWS = np.ascontiguousarray(_LATTICE.reshape(1, -1, 3))


def to_srgb(base: Image.Image, profile: bytes | None) -> tuple[Image.Image, tuple[str, ...]]:
    """Convert 8-bit grey, RGB or CMYK to sRGB.

    A profile that moves no colour of a coarse lattice by more than one level (the many variants of
    sRGB itself) is left out, which saves a tenth of a second on a large photo.

    Args:
        base: Mode L, RGB or CMYK; RGB pixels are overwritten.
        profile: The bytes of the embedded ICC profile, if there is one.

    Returns:
        The picture in mode RGB and what a reader should know about the way there.
    """
    notes: tuple[str, ...] = ()
    if profile:
        try:
            return _by_profile(base, profile), ()
        except (ImageCms.PyCMSError, ImportError, OSError, ValueError) as error:
            notes = (f"the embedded ICC profile was not used: {_words(error)}",)
    if base.mode == "CMYK":
        # Pillow computes (1 - C)(1 - K), and so on; inks are not so pure.
        notes += ("CMYK without a usable profile: colours are approximate",)
    return (base if base.mode == "RGB" else base.convert("RGB")), notes


def from_gamma(rgb: Image.Image, gamma: float) -> Image.Image:
    """Undo a PNG's own transfer curve (gAMA): v to v ** (1 / (2.2 gamma)), as libpng does.

    Args:
        rgb: Mode RGB, encoded as light ** gamma.
        gamma: From 0.1 to 10; anything else is no curve of a photo and leaves the pixels alone.
    """
    if not 0.1 <= gamma <= 10:
        return rgb
    curve = 255.0 * (np.arange(256) / 255.0) ** (1 / (2.2 * gamma))
    return rgb.point(list(np.rint(curve).astype(int)) * 3)


def _by_profile(base: Image.Image, profile: bytes) -> Image.Image:
    source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    space = source.profile.xcolor_space.strip()
    wanted = {"L": "GRAY", "RGB": "RGB", "CMYK": "CMYK"}[base.mode]
    if base.mode == "L" and space == "RGB":
        base, wanted = base.convert("RGB"), "RGB"
    if space != wanted:
        raise ValueError(f"it is for {space} pixels, these are {wanted}")
    # Profiles and transforms are made anew for each picture and so never shared between threads.
    transform = ImageCms.buildTransform(
        source,
        ImageCms.createProfile("sRGB"),
        base.mode,
        "RGB",
        ImageCms.Intent.RELATIVE_COLORIMETRIC,
        ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )
    if base.mode != "RGB":
        return transform.apply(base)
    # In place: a second copy of a large photo costs a quarter of the conversion.
    return base if _changes_nothing(transform) else transform.apply_in_place(base)


def _changes_nothing(transform: ImageCms.ImageCmsTransform) -> bool:
    moved = np.asarray(transform.apply(Image.fromarray(_LATTICE_ROWS))).astype(np.int16)
    return int(np.abs(moved - _LATTICE_ROWS).max()) <= 1


def _words(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
