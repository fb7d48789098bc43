"""Pixel modes: whatever a file stores becomes 8-bit grey, RGB or CMYK, with its alpha beside it.

Deviation: Pillow hands out 16-bit RGB as the high byte of each sample, v // 256; it differs from
v / 257 by less than one level and on average by none. 16-bit grey is scaled exactly.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from sim_bench.images.limits import RefusalError


class Plain(NamedTuple):
    """A picture in 8 bits.

    Attributes:
        base: Mode L, RGB or CMYK.
        alpha: Opacity, mode L; None where everything is opaque.
        notes: How values were read where the file leaves it open.
    """

    base: Image.Image
    alpha: Image.Image | None
    notes: tuple[str, ...] = ()


def simplify(image: Image.Image, *, depth: int = 8, white: int = 65535) -> Plain:
    """Bring a loaded picture to 8 bits.

    Args:
        image: Any mode that Pillow gives for a format read here.
        depth: Bits per sample in the file, the unit of a PNG's transparent colour.
        white: The value of full white in an integer mode of more than 8 bits; negative where the
            scale runs the other way, from white at 0.

    Raises:
        RefusalError: for values without a meaning, such as a float picture with NaN.
    """
    mode = image.mode
    if mode in ("L", "RGB", "1"):
        return _keyed(image.convert("L") if mode == "1" else image, depth)
    if mode.startswith("I;16"):
        return _deep_grey(image, white)
    if mode in ("I", "F"):
        return _open_scale(image)
    if mode == "P" and not image.has_transparency_data:
        return Plain(image.convert("RGB"), None)
    if mode in ("P", "PA", "RGBA", "RGBa", "LA", "La"):
        full = "LA" if mode in ("LA", "La") else "RGBA"
        image = image if mode == full else image.convert(full)
        return Plain(image.convert(full[:-1]), image.getchannel("A"))
    if mode in ("RGBX", "YCbCr", "HSV", "LAB"):
        return Plain(image.convert("RGB"), None)
    if mode == "CMYK":
        return Plain(image, None)
    raise RefusalError(f"pixels of mode {mode} are not supported")


def over_grey(rgb: Image.Image, alpha: Image.Image) -> Image.Image:
    """Lay RGB pixels over the mid-grey 128 of sRGB, weighted in encoded values as browsers do.

    Raises:
        RefusalError: if nothing at all is visible.
    """
    low, high = alpha.getextrema()
    if low == 255:
        return rgb
    if high == 0:
        raise RefusalError("entirely transparent: there is nothing to judge")
    return Image.composite(rgb, Image.new("RGB", rgb.size, (128, 128, 128)), alpha)


def _keyed(image: Image.Image, depth: int) -> Plain:
    """Turn a PNG's one transparent grey or colour into an alpha plane."""
    key = image.info.get("transparency")
    if key is None or isinstance(key, bytes):
        return Plain(image, None)
    pixels = np.asarray(image)
    scaled = np.asarray(key)
    if depth == 16:
        scaled = scaled >> 8
    elif image.mode == "L":
        scaled = scaled * 255 // (2**depth - 1)
    same = pixels == scaled
    clear = same.all(axis=-1) if same.ndim == 3 else same
    plain = image.copy()
    plain.info.pop("transparency", None)
    return Plain(plain, _alpha(clear))


def _alpha(clear: NDArray[np.bool_]) -> Image.Image:
    return Image.fromarray(np.where(clear, 0, 255).astype(np.uint8))


def _deep_grey(image: Image.Image, white: int) -> Plain:
    values = np.asarray(image).astype(np.uint32)
    key = image.info.get("transparency")
    clear = values == key if isinstance(key, int) else None
    top = abs(white)
    values = np.minimum(values, top)
    if white < 0:
        values = top - values
    grey = ((values * 255 + top // 2) // top).astype(np.uint8)
    return Plain(Image.fromarray(grey), None if clear is None else _alpha(clear))


def _open_scale(image: Image.Image) -> Plain:
    """Grey in 32 bits, whose white no standard fixes: the smallest usual scale that holds it."""
    values = np.asarray(image).astype(np.float64)
    if not np.isfinite(values).all():
        raise RefusalError("float pixels that are not finite have no brightness")
    scales = (1.0, 255.0, 65535.0) if image.mode == "F" else (255.0, 65535.0, 2.0**31 - 1)
    peak = float(values.max())
    white = next((scale for scale in scales if peak <= scale), None)
    if white is None or float(values.min()) < 0.0:
        raise RefusalError(
            f"32-bit pixels from {values.min():g} to {peak:g} fit no known scale, which starts "
            f"at 0 and ends at {', '.join(f'{scale:.0f}' for scale in scales)}"
        )
    grey = np.rint(values * (255.0 / white)).astype(np.uint8)
    note = f"32-bit grey: 0 taken as black and {white:.0f} as white"
    return Plain(Image.fromarray(grey), None, (note,))
