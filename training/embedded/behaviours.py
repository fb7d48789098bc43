"""How the score behaves on photos that quality models are known to misjudge."""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pandas as pd
import yaml
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from pydantic import BaseModel, ConfigDict, Field
from scipy.stats import rankdata

from sim_bench.encoders.base import Encoder
from sim_bench.images.degrade import degrade
from training.embedded.data import fit, labels, read
from training.embedded.evaluate import Figure, interval, srcc

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float64]
Names = Annotated[tuple[Annotated[str, Field(min_length=1)], ...], Field(min_length=1)]

SCENES = Path(__file__).with_name("scenes.yaml")
PHOTOS = 60
DARK, LIGHT = 60, 170  # mean luma of a dark and of a light photo, 8-bit levels
PAGE = 512  # pixels a side of a drawn screen
WORDS = "The quick brown fox jumps over the lazy dog. "


class Scenes(BaseModel):
    """Image file names of development photos by what they show."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    night: Names
    portrait_blurred_background: Names
    macro_blurred_background: Names
    monochrome: Names
    silhouette: Names
    text_or_screen: Names


def scenes(images: pd.Series, path: Path = SCENES) -> dict[str, NDArray[np.intp]]:
    """Positions in `images`, a column of image file names, of the photos of each scene."""
    try:
        named = Scenes.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (yaml.YAMLError, ValueError) as error:
        raise ValueError(f"{path} does not hold scenes: {error}") from error
    place = {name: i for i, name in enumerate(images)}
    found = {}
    for scene, names in named:
        if len(set(names)) < len(names):
            raise ValueError(f"{path}: {scene} holds a photo twice.")
        if unknown := sorted(set(names) - set(place)):
            raise ValueError(f"{path}: {scene} holds {unknown[0]}, which is no development photo.")
        found[scene] = np.array([place[name] for name in names], dtype=np.intp)
    return found


def measure(data: Path, encoder: Encoder, overall: NDArray[np.float32]) -> dict[str, Any]:
    """Rank gaps of scenes, and changes of the score under manipulation and for drawn screens.

    Returns:
        "scenes": per scene what `scene_figures` gives.
        "changes": per manipulation the mean change of good photos, a figure.
        "screens": per drawn image its distance from the median photo.
        Both in standard deviations of the score over the development photos.
    """
    dev = labels(data, "dev")
    photos = [fit(read(data / f)) for f in dev["file"]]

    def score(images: list[Pixels]) -> Floats:
        return np.asarray(encoder.encode_images(images) @ overall, dtype=np.float64)

    scores = score(photos)
    spread = float(scores.std())
    luma = np.array([(p @ np.array([0.299, 0.587, 0.114])).mean() for p in photos])
    kinds = scenes(dev["image"])
    kinds |= {"dark": np.flatnonzero(luma < DARK), "light": np.flatnonzero(luma > LIGHT)}
    good = np.flatnonzero((dev["subset"] == "ss03") & (dev["mos"] >= 0.78))[:PHOTOS]
    native = [read(data / f) for f in dev["file"].iloc[good]]

    def change(alter: Callable[[Pixels], Pixels]) -> dict[str, Any]:
        by = (score([alter(p) for p in native]) - scores[good]) / spread
        return asdict(interval(lambda i: float(by[i].mean()), good.tolist()))

    return {
        "scenes": scene_figures(dev, scores, kinds),
        "changes": {name: change(alter) for name, alter in CHANGES.items()},
        "screens": {
            name: float((score([draw()])[0] - np.median(scores)) / spread)
            for name, draw in SCREENS.items()
        },
    }


def scene_figures(
    dev: pd.DataFrame, scores: Floats, kinds: dict[str, NDArray[np.intp]], *, draws: int = 1000
) -> dict[str, dict[str, Any]]:
    """Per kind of photo: whether the score is harder on it than people are.

    Args:
        dev: the development photos.
        scores: of these.
        kinds: positions of the photos of each kind.
        draws: bootstrap samples.

    Returns:
        "gap": mean of the score's rank less the human score's rank, both in [0, 1] over all
        development photos. "excess": the same less what photos of such human scores get from
        this model on average; a score that errs goes towards the middle, so the best-liked
        photos have a gap below 0 whatever they show. "srcc": agreement within the kind.
    """
    mos = dev["mos"].to_numpy()
    cluster = np.where(dev["series_id"] == "", dev["image"], dev["series_id"])
    n = len(scores)
    human = rankdata(mos) / n
    gap = rankdata(scores) / n - human
    excess = gap - np.polyval(np.polyfit(human, gap, 3), human)
    found = {}
    for kind, rows in kinds.items():

        def figure(
            statistic: Callable[[NDArray[np.intp]], float], rows: NDArray[np.intp] = rows
        ) -> dict[str, Any]:
            own: Figure = interval(
                lambda i: statistic(rows[i]), cluster[rows].tolist(), draws=draws
            )
            return asdict(own)

        found[kind] = {
            "photos": len(rows),
            "gap": figure(lambda i: float(gap[i].mean())),
            "excess": figure(lambda i: float(excess[i].mean())),
            "srcc": figure(lambda i: srcc(scores[i], mos[i])),
        }
    return found


def screenshot() -> Pixels:
    """A page of black text on white, as a screen shows it."""
    page, draw = _page("white")
    for line in range(12, 500, 14):
        draw.text((16, line), WORDS * 2, fill="black")
    return np.array(page, dtype=np.uint8)


def chat() -> Pixels:
    """A conversation in bubbles, left and right in turn."""
    page, draw = _page("#ece5dd")
    draw.rectangle((0, 0, PAGE, 44), fill="#075e54")
    draw.text((60, 16), "Ada", fill="white")
    draw.ellipse((12, 6, 44, 38), fill="#cccccc")
    for row, top in enumerate(range(60, PAGE - 50, 56)):
        left = 150 if row % 2 else 16
        draw.rounded_rectangle(
            (left, top, left + 340, top + 44), 10, fill="#dcf8c6" if row % 2 else "white"
        )
        draw.text((left + 12, top + 6), WORDS, fill="#222222")
        draw.text((left + 12, top + 22), WORDS[: 14 + 3 * row], fill="#222222")
    return np.array(page, dtype=np.uint8)


def web_page() -> Pixels:
    """A bar, a column of links, and boxes with a heading, a plain picture and text."""
    page, draw = _page("#f4f5f7")
    draw.rectangle((0, 0, PAGE, 40), fill="#1f3b73")
    for x in range(16, 400, 90):
        draw.text((x, 14), "Section", fill="white")
    draw.rectangle((0, 40, 110, PAGE), fill="white")
    for y in range(56, PAGE - 20, 22):
        draw.text((14, y), "A link", fill="#2a5bd7")
    for x, y in ((126, 56), (322, 56), (126, 286), (322, 286)):
        draw.rectangle((x, y, x + 176, y + 210), fill="white", outline="#c8ccd4")
        draw.rectangle((x + 10, y + 10, x + 166, y + 90), fill="#9db4c8")
        draw.text((x + 10, y + 98), "A heading", fill="#111111")
        for line in range(6):
            draw.text((x + 10, y + 116 + 13 * line), WORDS[:26], fill="#555555")
    return np.array(page, dtype=np.uint8)


def terminal() -> Pixels:
    """Light text in a few colours on nearly black, lines of unequal length."""
    page, draw = _page("#1e1e1e")
    colours = ("#d4d4d4", "#4ec9b0", "#ce9178", "#d4d4d4", "#569cd6")
    for row, line in enumerate(range(10, 500, 14)):
        draw.text((12, line), "$ " if row % 5 == 0 else "  ", fill="#6a9955")
        length = 18 + 23 * row % 60
        draw.text((28 + 8 * (row % 3), line), (WORDS * 2)[:length], fill=colours[row % 5])
    return np.array(page, dtype=np.uint8)


def plain() -> Pixels:
    """Nothing but middle grey."""
    return np.full((256, 256, 3), 128, dtype=np.uint8)


def _page(colour: str) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    page = Image.new("RGB", (PAGE, PAGE), colour)
    return page, ImageDraw.Draw(page)


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


CHANGES: dict[str, Callable[[Pixels], Pixels]] = {
    "made monochrome": _grey,
    "background blurred, centre sharp": _bokeh,
    "blurred everywhere as much": lambda rgb: degrade(rgb, "defocus", 6.0),
    "mirrored": lambda rgb: rgb[:, ::-1].copy(),
    "reduced to 128 px and back": _coarse,
}
SCREENS: dict[str, Callable[[], Pixels]] = {
    "a page of text": screenshot,
    "a chat": chat,
    "a web page": web_page,
    "a dark terminal": terminal,
    "a plain grey area": plain,
}
