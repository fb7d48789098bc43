"""Bursts that somebody else damaged: python -m training.embedded.judge --bundle FOLDER --data DATA.

The model will be judged by damage that we do not have. So these functions are written apart from
`sim_bench.images.degrade` and `damage.py`, as someone would write them from one sentence with
Pillow and SciPy: "defocus, shake, noise, two stops under or over, low contrast, tilt, heavy JPEG;
mild to strong". NOTHING HERE MAY BE USED IN TRAINING: no function, no amount, no wording. A recipe
chosen by looking at these figures leans a little to them; a model trained on them says nothing.

Amounts and wordings are chosen by us; those in pixels are for a photo of 512 px.
"""

import argparse
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, cos, radians, sin
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter
from scipy import ndimage, signal
from scipy.stats import kendalltau

from sim_bench.encoders.base import Encoder
from sim_bench.encoders.load import load_encoder
from sim_bench.quality_assessment.clip_aesthetic import CLIPAestheticAssessor
from training.embedded.data import data_folder, labels, read
from training.embedded.evaluate import Figure, interval

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float64]
Run = Callable[[Image.Image, float, np.random.Generator], Image.Image]

LEVELS = ("mild", "moderate", "marked", "strong")
GOOD = 0.75  # human score from which a development photo counts as undamaged
DRAWS = 50  # bursts per photo, where a burst mixes implementations or levels
SEED = 2611

# Eight prompts, one for each kind, in wordings of different length.
WORDINGS: dict[str, dict[str, str]] = {
    "phrase": {
        "defocus": "an out of focus photo",
        "shake": "a photo with camera shake",
        "noise": "a noisy photo",
        "underexposure": "an underexposed photo",
        "overexposure": "an overexposed photo",
        "low contrast": "a photo with low contrast",
        "tilt": "a tilted photo",
        "jpeg": "a photo with JPEG artifacts",
    },
    "word": {
        "defocus": "out of focus",
        "shake": "motion blur",
        "noise": "noise",
        "underexposure": "underexposed",
        "overexposure": "overexposed",
        "low contrast": "low contrast",
        "tilt": "tilted horizon",
        "jpeg": "JPEG compression",
    },
    "sentence": {
        "defocus": "The photo is blurry because the lens was not focused.",
        "shake": "The picture is smeared because the camera moved.",
        "noise": "The image is grainy and full of noise.",
        "underexposure": "The picture is much too dark.",
        "overexposure": "The picture is too bright and the highlights are blown out.",
        "low contrast": "The image looks flat, grey and washed out.",
        "tilt": "The camera was held crooked and the horizon is not level.",
        "jpeg": "The image is blocky from heavy JPEG compression.",
    },
}
KINDS = tuple(WORDINGS["phrase"])


@dataclass(frozen=True)
class Maker:
    """One implementation of one kind, with an amount for each of `LEVELS`."""

    kind: str
    name: str
    run: Run
    amounts: tuple[float, float, float, float]


@dataclass(frozen=True)
class Scores:
    """Scores of photos as they are (photos,) and damaged (photos, makers, levels)."""

    sound: Floats
    damaged: Floats


# --- the damage ----------------------------------------------------------------------------------


def gaussian_blur(image: Image.Image, radius: float, _: np.random.Generator) -> Image.Image:
    return image.filter(ImageFilter.GaussianBlur(radius * min(image.size) / 512))


def disk_blur(image: Image.Image, radius: float, _: np.random.Generator) -> Image.Image:
    r = max(1, round(radius * min(image.size) / 512))
    grid = np.arange(-r, r + 1)
    disk = (grid[:, None] ** 2 + grid[None, :] ** 2 <= r * r).astype(float)
    return filter2d(image, disk / disk.sum())


def drawn_motion(image: Image.Image, length: float, rng: np.random.Generator) -> Image.Image:
    """A kernel made by drawing a line across a small canvas."""
    length = max(3.0, length * min(image.size) / 512)
    angle, half = rng.uniform(0, 180), ceil(length / 2)
    dx, dy = length / 2 * cos(radians(angle)), length / 2 * sin(radians(angle))
    canvas = Image.new("L", (2 * half + 1, 2 * half + 1))
    ImageDraw.Draw(canvas).line((half - dx, half - dy, half + dx, half + dy), fill=255)
    kernel = np.asarray(canvas, dtype=float)
    return filter2d(image, kernel / kernel.sum())


def panned(image: Image.Image, length: float, rng: np.random.Generator) -> Image.Image:
    """A running mean along the rows or the columns."""
    size = max(2, round(length * min(image.size) / 512))
    pixels = np.asarray(image, dtype=float)
    return to_image(ndimage.uniform_filter1d(pixels, size, axis=int(rng.integers(2))))


def normal_noise(image: Image.Image, sigma: float, rng: np.random.Generator) -> Image.Image:
    scaled = np.asarray(image) / 255
    return to_image(255 * (scaled + rng.normal(0, sigma / 255, scaled.shape)))


def poisson_noise(image: Image.Image, peak: float, rng: np.random.Generator) -> Image.Image:
    return to_image(255 * rng.poisson(np.asarray(image) / 255 * peak) / peak)


def stops(image: Image.Image, ev: float, _: np.random.Generator) -> Image.Image:
    """Exposure in light, with the usual gamma of 2.2; negative is darker."""
    return image.point([round(min(255, 255 * ((v / 255) ** 2.2 * 2**ev) ** (1 / 2.2)))
                        for v in range(256)] * 3)  # fmt: skip


def brightness(image: Image.Image, ev: float, _: np.random.Generator) -> Image.Image:
    """Pixel values times 2**ev, without regard to gamma."""
    return ImageEnhance.Brightness(image).enhance(2**ev)


def contrast(image: Image.Image, factor: float, _: np.random.Generator) -> Image.Image:
    return ImageEnhance.Contrast(image).enhance(factor)


def haze(image: Image.Image, share: float, _: np.random.Generator) -> Image.Image:
    return Image.blend(image, Image.new("RGB", image.size, (190, 190, 190)), share)


def rotate_black(image: Image.Image, angle: float, rng: np.random.Generator) -> Image.Image:
    return image.rotate(angle * rng.choice([-1, 1]), Image.Resampling.BICUBIC, expand=False)


def rotate_crop(image: Image.Image, angle: float, rng: np.random.Generator) -> Image.Image:
    """Rotated, then cropped about the centre until no corner is left; smaller than it was."""
    turned = rotate_black(image, angle, rng)
    w, h = image.size
    s, c = sin(radians(angle)), cos(radians(angle))
    share = min(w / (w * c + h * s), h / (w * s + h * c))
    dx, dy = ceil(w * (1 - share) / 2) + 1, ceil(h * (1 - share) / 2) + 1
    return turned.crop((dx, dy, w - dx, h - dy))


def rotate_nearest(image: Image.Image, angle: float, rng: np.random.Generator) -> Image.Image:
    signed = angle * rng.choice([-1, 1])
    return to_image(
        ndimage.rotate(np.asarray(image), signed, reshape=False, order=1, mode="nearest")
    )


def jpeg(image: Image.Image, quality: float, _: np.random.Generator) -> Image.Image:
    buffer = io.BytesIO()
    image.save(buffer, format="JPEG", quality=int(quality))
    return Image.open(buffer).convert("RGB")


def small_jpeg(image: Image.Image, quality: float, rng: np.random.Generator) -> Image.Image:
    """Reduced to 320 px, as for a page or a message, then compressed."""
    share = 320 / min(image.size)
    size = (round(image.width * share), round(image.height * share))
    return jpeg(image.resize(size, Image.Resampling.LANCZOS), quality, rng)


def filter2d(image: Image.Image, kernel: Floats) -> Image.Image:
    """Filter encoded pixels with an odd square kernel; the border is reflected."""
    half = kernel.shape[0] // 2
    padded = np.pad(np.asarray(image, float), ((half, half), (half, half), (0, 0)), "reflect")
    return to_image(signal.fftconvolve(padded, kernel[..., None], mode="valid", axes=(0, 1)))


def to_image(pixels: NDArray[np.generic]) -> Image.Image:
    return Image.fromarray(np.clip(np.round(pixels.astype(float)), 0, 255).astype(np.uint8))


MAKERS = (
    Maker("defocus", "PIL Gaussian", gaussian_blur, (1.5, 2.5, 4.0, 6.0)),
    Maker("defocus", "disk", disk_blur, (2, 4, 6, 9)),
    Maker("shake", "drawn line", drawn_motion, (7, 13, 21, 31)),
    Maker("shake", "running mean", panned, (6, 11, 17, 27)),
    Maker("noise", "normal", normal_noise, (8, 15, 25, 40)),
    Maker("noise", "Poisson", poisson_noise, (200, 80, 30, 12)),
    Maker("underexposure", "light", stops, (-0.7, -1.3, -2.0, -3.0)),
    Maker("underexposure", "values", brightness, (-0.5, -1.0, -1.5, -2.0)),
    Maker("overexposure", "light", stops, (0.7, 1.3, 2.0, 2.7)),
    Maker("overexposure", "values", brightness, (0.4, 0.8, 1.3, 2.0)),
    Maker("low contrast", "PIL Contrast", contrast, (0.7, 0.5, 0.35, 0.2)),
    Maker("low contrast", "haze", haze, (0.25, 0.45, 0.6, 0.75)),
    Maker("tilt", "black corners", rotate_black, (2, 4, 7, 12)),
    Maker("tilt", "cropped", rotate_crop, (2, 4, 7, 12)),
    Maker("tilt", "edge repeated", rotate_nearest, (2, 4, 7, 12)),
    Maker("jpeg", "full size", jpeg, (40, 25, 15, 8)),
    Maker("jpeg", "small", small_jpeg, (40, 25, 12, 5)),
)
KIND_OF = np.array([KINDS.index(maker.kind) for maker in MAKERS])
MAKERS_OF = [[i for i, maker in enumerate(MAKERS) if maker.kind == kind] for kind in KINDS]


def versions(rgb: Pixels, seed: int) -> list[Pixels]:
    """The photo, then every maker's levels; one maker keeps its angle from level to level."""
    image = Image.fromarray(rgb)
    made = [rgb]
    for i, maker in enumerate(MAKERS):
        for amount in maker.amounts:
            damaged = maker.run(image, amount, np.random.default_rng([seed, i]))
            made.append(np.array(damaged, dtype=np.uint8))
    return made


# --- the figures ---------------------------------------------------------------------------------


def encode(
    encoders: Sequence[Encoder], folder: Path, files: Sequence[str]
) -> list[NDArray[np.float32]]:
    """Vectors of every version of every photo, by encoder: (photos, 1 + makers * levels, dim)."""
    found: list[list[NDArray[np.float32]]] = [[] for _ in encoders]
    for i, file in enumerate(files):
        made = versions(read(folder / file), SEED + i)
        for vectors, encoder in zip(found, encoders, strict=True):
            vectors.append(encoder.encode_images(made))
    return [np.stack(vectors) for vectors in found]


def split(values: Floats) -> Scores:
    """Scores (photos, 1 + makers * levels) by maker and level."""
    return Scores(values[:, 0], values[:, 1:].reshape(len(values), len(MAKERS), len(LEVELS)))


def wins(scores: Scores) -> NDArray[np.bool_]:
    """Whether the undamaged photo is strictly above, (photos, makers, levels)."""
    return np.asarray(scores.damaged < scores.sound[:, None, None])


def taus(scores: Scores, *, sound: bool = True) -> Floats:
    """Kendall's tau of score against level, (photos, makers); the undamaged photo is level 0.

    All scores alike give 0.
    """
    levels = np.arange(len(LEVELS) + sound)
    found = np.zeros(scores.damaged.shape[:2])
    for photo, maker in np.ndindex(*found.shape):
        values = scores.damaged[photo, maker]
        if sound:
            values = np.concatenate([scores.sound[photo : photo + 1], values])
        if np.ptp(values) > 0:
            found[photo, maker] = kendalltau(levels, values).statistic
    return found


def bursts(won: NDArray[np.bool_], level: int | None, *, draws: int = DRAWS) -> Floats:
    """Share of bursts with the undamaged photo first, by photo.

    A burst is a photo and its eight kinds of damage, each by a maker drawn anew.

    Args:
        won: from `wins`.
        level: of all eight; None draws one for each.
        draws: bursts per photo.
    """
    random = np.random.default_rng(SEED)
    first = np.zeros(len(won))
    for photo in range(len(won)):
        for _ in range(draws):
            makers = [random.choice(of) for of in MAKERS_OF]
            drawn = random.integers(len(LEVELS), size=len(KINDS))
            levels = drawn if level is None else np.full(len(KINDS), level)
            first[photo] += won[photo, makers, levels].all()
    return first / draws


def rises(vectors: NDArray[np.float32], prompts: NDArray[np.float32]) -> Floats:
    """How much each prompt's similarity rose by each damage: (photos, makers, levels, prompts)."""
    similarity = vectors.astype(np.float64) @ prompts.astype(np.float64).T
    rise = similarity[:, 1:] - similarity[:, :1]
    return rise.reshape(len(rise), len(MAKERS), len(LEVELS), len(prompts))


def named(rise: Floats) -> NDArray[np.bool_]:
    """Whether the right prompt of eight rose most and alone, (photos, makers, levels)."""
    right = np.take_along_axis(rise, KIND_OF[None, :, None, None], axis=-1)
    return np.asarray((rise >= right).sum(axis=-1) == 1)


def by_kind(values: NDArray[np.generic]) -> Floats:
    """Mean over (photos, makers, ...), so that every kind counts the same however many makers."""
    each = values.astype(np.float64).mean(axis=tuple(i for i in range(values.ndim) if i != 1))
    return np.array([each[of].mean() for of in MAKERS_OF])


def by_photo(values: Floats) -> Figure:
    """Mean over photos with its interval."""
    return interval(lambda i: float(values[i].mean()), list(range(len(values))))


def table(scores: Scores, rise: dict[str, Floats]) -> pd.DataFrame:
    """One row a maker: wins by level and over all, tau, and how often it is named rightly."""
    won, tau, alone = wins(scores), taus(scores), taus(scores, sound=False)
    rows = []
    for i, maker in enumerate(MAKERS):
        instead = np.bincount(rise["phrase"][:, i].argmax(axis=-1).ravel(), minlength=len(KINDS))
        instead[KIND_OF[i]] = -1
        rows.append(
            {
                "kind": maker.kind,
                "made by": maker.name,
                **{level: won[:, i, k].mean() for k, level in enumerate(LEVELS)},
                "all": won[:, i].all(axis=1).mean(),
                "tau": tau[:, i].mean(),
                "tau damaged": alone[:, i].mean(),
                **{w: named(r)[:, i].mean() for w, r in rise.items()},
                "else": KINDS[instead.argmax()] if instead.max() > 0 else "",
            }
        )
    return pd.DataFrame(rows)


def report(name: str, encoder: Encoder, vectors: NDArray[np.float32]) -> str:
    """Everything as text."""
    flat = vectors.reshape(-1, vectors.shape[-1])
    pair = [("Good photo.", "Bad photo.")]
    assessors = {
        "default prompts": CLIPAestheticAssessor(encoder=encoder),
        "Good photo. / Bad photo.": CLIPAestheticAssessor(
            encoder=encoder,
            aggregation_method="contrastive_only",
            contrastive_pairs=pair,
            positive_attributes=(),
            negative_attributes=(),
        ),
    }
    scores = {
        k: split(a.score_vectors(flat).reshape(vectors.shape[:2])) for k, a in assessors.items()
    }
    rise = {
        k: rises(vectors, encoder.encode_texts([words[kind] for kind in KINDS]))
        for k, words in WORDINGS.items()
    }
    found = table(scores["default prompts"], rise)
    lines = [
        f"{name}: {len(vectors)} photos",
        "mild to strong: share of damaged photos below the undamaged one; all: below it at every",
        "level; tau: of score against level, with the undamaged photo as level 0 and without;",
        "phrase, word, sentence: share whose right prompt rose most; else: what rose instead",
        found.to_string(index=False, float_format="{:.2f}".format),
    ]
    for k, part in scores.items():
        won = wins(part)
        lines.append(f"undamaged first, {k}")
        for i, level in enumerate(LEVELS):
            lines.append(f"  of 9, eight kinds, {level:11} {by_photo(bursts(won, i))}")
        lines.append(f"  of 9, eight kinds, {'any level':11} {by_photo(bursts(won, None))}")
        every = np.asarray(won.all(axis=2))[..., None]
        lines.append(f"  of 33, eight kinds, all levels {by_photo(bursts(every, 0))}")
        single = np.mean([every[:, of, 0].mean(axis=1) for of in MAKERS_OF], axis=0)
        lines.append(f"  of 5, one kind, all levels     {by_photo(single)}")
        tau = by_kind(taus(part))
        lines.append(
            "  tau by kind: " + ", ".join(f"{n} {t:.2f}" for n, t in zip(KINDS, tau, strict=True))
        )
    lines.append("right one of eight prompts rises most, kinds alike; by level")
    for k, r in rise.items():
        right = named(r)
        levels = " ".join(f"{by_kind(right[..., i]).mean():.2f}" for i in range(len(LEVELS)))
        lines.append(f"  {k:10} {by_kind(right).mean():.3f}  {levels}")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m training.embedded.judge",
        description="How a bundle fares with photos that were damaged by other hands.",
    )
    parser.add_argument("--bundle", type=Path, nargs="+", required=True, help="one or several")
    parser.add_argument("--data", type=Path, help="default: SIM_BENCH_DATA")
    parser.add_argument("--photos", type=int, default=60)
    options = parser.parse_args(arguments)
    folder = data_folder(options.data)
    dev = labels(folder, "dev")
    good = dev[(dev["size"] == "native") & (dev["mos"] >= GOOD)]
    files = good.sample(min(options.photos, len(good)), random_state=SEED)["file"].tolist()
    encoders = [load_encoder(str(b), device="cpu", precision="f32") for b in options.bundle]
    found = encode(encoders, folder, files)
    for bundle, encoder, vectors in zip(options.bundle, encoders, found, strict=True):
        print(report(bundle.name, encoder, vectors))


if __name__ == "__main__":
    main()
