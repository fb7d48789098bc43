"""How the score behaves on photos that quality models are known to misjudge."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from scipy.stats import rankdata

from sim_bench.encoders.base import Encoder
from sim_bench.images.degrade import degrade
from training.embedded.data import fit, labels, read

Pixels = NDArray[np.uint8]
PHOTOS = 60
DARK, LIGHT = 60, 170  # mean luma of a dark and of a light photo, 8-bit levels


def measure(data: Path, encoder: Encoder, overall: NDArray[np.float32]) -> dict[str, float]:
    """Changes of the score, in standard deviations over the development photos.

    Dark and light photos are stated as the mean gap between the score's rank and the human
    score's rank, both in [0, 1]: below 0 the model is harder on them than people are.
    """
    dev = labels(data, "dev")
    photos = [fit(read(data / f)) for f in dev["file"]]

    def score(images: list[Pixels]) -> NDArray[np.float64]:
        return np.asarray(encoder.encode_images(images) @ overall, dtype=np.float64)

    scores = score(photos)
    spread = float(scores.std())
    n = len(scores)
    gap = rankdata(scores) / n - rankdata(dev["mos"].to_numpy()) / n
    luma = np.array([(p @ np.array([0.299, 0.587, 0.114])).mean() for p in photos])
    good = np.flatnonzero((dev["subset"] == "ss03") & (dev["mos"] >= 0.78))[:PHOTOS]
    native = [read(data / f) for f in dev["file"].iloc[good]]

    def change(altered: list[Pixels]) -> float:
        return float((score(altered) - scores[good]).mean() / spread)

    return {
        f"rank gap of {int((luma < DARK).sum())} dark photos": float(gap[luma < DARK].mean()),
        f"rank gap of {int((luma > LIGHT).sum())} light photos": float(gap[luma > LIGHT].mean()),
        "made monochrome": change([_grey(p) for p in native]),
        "background blurred, centre sharp": change([_bokeh(p) for p in native]),
        "blurred everywhere as much": change([degrade(p, "defocus", 6.0) for p in native]),
        "mirrored": change([p[:, ::-1].copy() for p in native]),
        "reduced to 128 px and back": change([_coarse(p) for p in native]),
        "a page of text, against the median photo": float(
            (score([screenshot()])[0] - np.median(scores)) / spread
        ),
        "a plain grey area, against the median photo": float(
            (score([np.full((256, 256, 3), 128, np.uint8)])[0] - np.median(scores)) / spread
        ),
    }


def screenshot() -> Pixels:
    """A page of black text on white, as a screen shows it."""
    page = Image.new("RGB", (512, 512), "white")
    draw = ImageDraw.Draw(page)
    for line in range(12, 500, 14):
        draw.text((16, line), "The quick brown fox jumps over the lazy dog. " * 2, fill="black")
    return np.array(page, dtype=np.uint8)


def _grey(rgb: Pixels) -> Pixels:
    return np.array(Image.fromarray(rgb).convert("L").convert("RGB"), dtype=np.uint8)


def _coarse(rgb: Pixels) -> Pixels:
    """What is left of a photo in 128 px, at the size it came in."""
    image = Image.fromarray(fit(rgb, 128)).resize(rgb.shape[1::-1], Image.Resampling.BICUBIC)
    return np.array(image, dtype=np.uint8)


def _bokeh(rgb: Pixels) -> Pixels:
    """Blur all but a soft disc in the middle, as a portrait lens does."""
    height, width = rgb.shape[:2]
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    keep = np.clip((0.65 - np.hypot(x, y)) / 0.15, 0.0, 1.0)[..., None]
    mixed = keep * rgb + (1 - keep) * degrade(rgb, "defocus", 6.0)
    return np.asarray(np.rint(mixed), dtype=np.uint8)
