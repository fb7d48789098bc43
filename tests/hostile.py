"""A folder as it is found in the wild: good photos beside odd and broken files."""

import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tests.images.handmade import bomb_png, png

ORIENTATION = 0x0112


@dataclass(frozen=True)
class HostileFolder:
    """What lies in the folder.

    Attributes:
        folder: Where.
        good: Ordinary photos, all different.
        odd: Unusual files that are photos all the same.
        turned: Those of `odd` that show one and the same photo, by EXIF orientation 1 to 8.
        broken: Files that no photo comes out of, each with words that its reason must hold.
    """

    folder: Path
    good: tuple[Path, ...]
    odd: tuple[Path, ...]
    turned: tuple[Path, ...]
    broken: dict[Path, str]


def photo(seed: int, width: int = 96, height: int = 72) -> NDArray[np.uint8]:
    """A soft random scene with some grain, sRGB of shape (height, width, 3)."""
    random = np.random.default_rng(seed)
    coarse = Image.fromarray(random.integers(0, 256, (5, 6, 3), dtype=np.uint8))
    soft = np.asarray(coarse.resize((width, height), Image.Resampling.BICUBIC)).astype(np.float64)
    grain = random.normal(0.0, 6.0, (height, width, 1))
    return np.clip(soft + grain, 0, 255).astype(np.uint8)


def turned_away(upright: NDArray[np.uint8], orientation: int) -> NDArray[np.uint8]:
    """What a camera stores so that the EXIF orientation brings `upright` back."""
    return {
        1: upright,
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: upright.transpose(1, 0, 2),
        6: np.rot90(upright, 1),
        7: upright[::-1, ::-1].transpose(1, 0, 2),
        8: np.rot90(upright, -1),
    }[orientation]


def encoded(pixels: NDArray[np.uint8], kind: str = "JPEG", **options: object) -> bytes:
    """The bytes of a picture in a format that Pillow writes."""
    file = io.BytesIO()
    image = Image.fromarray(np.ascontiguousarray(pixels))
    image.save(file, kind, **({"quality": 92} if kind == "JPEG" else {}), **options)
    return file.getvalue()


def write_hostile_folder(folder: Path, good: int = 200) -> HostileFolder:
    """Write `good` ordinary photos and 30 odd or broken files into an existing folder."""
    ordinary = []
    for number in range(good):
        ordinary.append(folder / f"IMG_{number + 1}.jpg")
        ordinary[-1].write_bytes(encoded(photo(number)))
    odd, turned = _write_odd(folder)
    return HostileFolder(folder, tuple(ordinary), odd, turned, _write_broken(folder))


def _write_odd(folder: Path) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
    scene = photo(1000)
    files: dict[str, bytes] = {}
    for value in range(1, 9):
        exif = Image.Exif()
        exif[ORIENTATION] = value
        # Lossless, so that all eight hold the very same pixels.
        files[f"turned {value}.png"] = encoded(turned_away(scene, value), "PNG", exif=exif)
    turned = tuple(folder / name for name in files)
    cmyk, gif = io.BytesIO(), io.BytesIO()
    Image.fromarray(scene).convert("CMYK").save(cmyk, "JPEG")
    frames = [Image.fromarray(photo(number)).convert("P") for number in (1001, 1002, 1003)]
    frames[0].save(gif, "GIF", save_all=True, append_images=frames[1:], duration=100)
    indexed = Image.fromarray(scene).quantize(64)
    palette = io.BytesIO()
    indexed.save(palette, "PNG", transparency=bytes(range(0, 256, 4)))
    files |= {
        "CMYK.jpg": cmyk.getvalue(),
        "animated.gif": gif.getvalue(),
        "palette with alpha.png": palette.getvalue(),
        "broken profile.jpg": encoded(scene, icc_profile=b"this is no profile" * 20),
        "PNG by content.jpg": encoded(scene, "PNG"),
        "grey 16 bit.png": png(scene[..., 0].astype(np.uint16) * 257),
        "RGB 16 bit.png": png(scene.astype(np.uint16) * 257),
    }
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return tuple(folder / name for name in files), turned


def _write_broken(folder: Path) -> dict[Path, str]:
    whole = encoded(photo(2000))
    damaged = bytearray(encoded(photo(2001), "PNG"))
    damaged[len(damaged) // 2] ^= 0xFF
    files = {
        f"truncated {tenth}0 percent.jpg": (whole[: len(whole) * tenth // 10], "JPEG")
        for tenth in range(1, 10)
    }
    files |= {
        "no bytes.jpg": (b"", "empty"),
        "text.jpg": (b"This is only text.\n" * 30, "text"),
        "page.jpg": (b"<!DOCTYPE html><html><body>404</body></html>", "HTML"),
        "one pixel.png": (encoded(photo(0)[:1, :1], "PNG"), "too few"),
        "bomb.png": (bomb_png(20_000, 20_000), "400 megapixels"),
        "damaged.png": (bytes(damaged), "check sum"),
    }
    for name, (data, _) in files.items():
        (folder / name).write_bytes(data)
    return {folder / name: words for name, (_, words) in files.items()}
