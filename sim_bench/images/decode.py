"""A file becomes one upright sRGB picture, or an error that says why not."""

import stat
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from sim_bench.errors import ImageError, MissingDependencyError
from sim_bench.images.colour import from_gamma, to_srgb
from sim_bench.images.formats import SUFFIXES, Format, describe_stranger, identify
from sim_bench.images.limits import DEFAULT_LIMITS, Limits, RefusalError
from sim_bench.images.metadata import QUARTER_TURNS, png_gamma, untagged_colour, upright
from sim_bench.images.modes import over_grey, simplify
from sim_bench.images.picture import Picture
from sim_bench.images.pillow_warnings import collected
from sim_bench.images.readers import load

DECODE_VERSION = 1
"""Raised whenever the same bytes would give other pixels than before."""

_STRIP = 1 << 16  # bytes, as many as Pillow hands out at once


def read_picture(
    path: Path, *, limits: Limits = DEFAULT_LIMITS, at_least: int | None = None
) -> Picture:
    """Read one photo into upright sRGB pixels.

    Safe to call from several threads at once.

    Args:
        path: A file of any name; its contents decide how it is read.
        limits: What a file may cost.
        at_least: Shortest side in pixels that is needed: a larger JPEG may then be decoded at a
            smaller size (`scaling.shrink`). None gives every pixel.

    Raises:
        ImageError: for anything wrong with the file, with the reason in one line.
    """
    return decode(read_bytes(path, limits=limits), path, limits=limits, at_least=at_least)


def read_bytes(path: Path, *, limits: Limits = DEFAULT_LIMITS) -> bytes:
    """Read a file once, for hashing and decoding alike.

    Raises:
        ImageError: if there is no ordinary, readable, non-empty file within the limits.
    """
    try:
        info = path.stat()
        if stat.S_ISDIR(info.st_mode):
            raise ImageError(path, "is a folder")
        if not stat.S_ISREG(info.st_mode):  # reading a pipe or a device may never end
            raise ImageError(path, "is not an ordinary file")
        if info.st_size > limits.file_bytes:
            found, allowed = info.st_size / 1e6, limits.file_bytes / 1e6
            raise ImageError(path, f"has {found:,.1f} MB, over the limit of {allowed:,.1f}")
        data = path.read_bytes()
    except FileNotFoundError as error:
        reason = "is a broken link" if path.is_symlink() else "does not exist"
        raise ImageError(path, reason) from error
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the name
        raise ImageError(path, f"cannot be read: {_words(error)}") from error
    if not data:
        raise ImageError(path, "is empty (0 bytes)")
    return data


def decode(
    data: bytes, path: Path, *, limits: Limits = DEFAULT_LIMITS, at_least: int | None = None
) -> Picture:
    """Decode the bytes of a photo.

    Args:
        data: The whole file.
        path: Where it came from: named in errors and in the picture; its suffix tells camera RAW
            from other TIFF files.
        limits: What a file may cost.
        at_least: As for `read_picture`.

    Raises:
        ImageError: if no complete picture comes out.
    """
    if at_least is not None and at_least < 1:
        raise ValueError(f"at_least must be 1 or more, or None. Got {at_least!r}.")
    kind = identify(data, path.suffix)
    if kind is None:
        raise ImageError(path, _not_an_image(data, path.suffix))
    try:
        with collected() as warned:
            picture = _decode(kind, data, path, limits, at_least)
    except (RefusalError, MissingDependencyError) as error:
        raise ImageError(path, str(error)) from error
    except Exception as error:  # decoders raise anything at all on hostile bytes
        details = "; ".join((_words(error), *warned))
        raise ImageError(path, f"{kind} cannot be decoded: {details}") from error
    return replace(picture, notes=(*picture.notes, *warned)) if warned else picture


def _decode(kind: Format, data: bytes, path: Path, limits: Limits, at_least: int | None) -> Picture:
    loaded = load(kind, data, limits, at_least)
    image = loaded.image
    notes = loaded.notes + untagged_colour(image)
    plain = simplify(image, depth=loaded.depth, white=loaded.white)
    # A profile of CIELAB pixels is spent: Pillow has brought them to sRGB by definition.
    profile = image.info.get("icc_profile") if image.mode != "LAB" else None
    rgb, colour_notes = to_srgb(plain.base, profile)
    notes += plain.notes + colour_notes
    if (gamma := png_gamma(image)) is not None:
        rgb = from_gamma(rgb, gamma)
    if plain.alpha is not None:
        opaque, rgb = rgb, over_grey(rgb, plain.alpha)
        if rgb is not opaque:
            notes += ("transparent parts laid over mid-grey (sRGB 128)",)
    pixels = _to_array(upright(rgb, loaded.turn))
    pixels.flags.writeable = False
    size = loaded.size
    if size is not None and loaded.turn in QUARTER_TURNS:
        size = size[1], size[0]
    return Picture(path, pixels, loaded.format, notes, size)


def _to_array(image: Image.Image) -> NDArray[np.uint8]:
    """Copy an RGB picture into an array, a few rows at a time.

    Equal to `np.asarray(image)` and 2.6 times faster for 12 megapixels, because what passes between
    Pillow's four bytes per pixel and numpy's three stays in the processor's cache, and no second
    copy of it all is made.
    """
    width, height = image.size
    pixels = np.empty((height, width, 3), dtype=np.uint8)
    rows = max(1, _STRIP // (3 * width))
    for top in range(0, height, rows):
        below = min(height, top + rows)
        strip = image.crop((0, top, width, below)).tobytes()
        pixels[top:below] = np.frombuffer(strip, dtype=np.uint8).reshape(-1, width, 3)
    return pixels


def _not_an_image(data: bytes, suffix: str) -> str:
    said = next((kind for kind, suffixes in SUFFIXES.items() if suffix.lower() in suffixes), None)
    return f"is {describe_stranger(data)}" + (f", though its name says {said}" if said else "")


def _words(error: BaseException) -> str:
    """Put an exception into one line; a bare number or key means nothing without its type."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    text = " ".join(str(error).split())
    return text if " " in text else f"{type(error).__name__} {text}".strip()
