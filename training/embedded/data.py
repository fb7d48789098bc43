"""The photos and what is known of each, prepared once as arrays at the working size."""

import csv
import os
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image, ImageOps

from sim_bench.images.degrade import DEFECTS, degrade

SIZE = 256  # pixels a side in the cache and at inference
CACHE_VERSION = 1
GOOD = 0.70  # only photos at least this good are damaged: a bad one may gain by it
SOURCES = 2600  # how many good photos of the training split are damaged
VARIANTS = 3  # damaged versions of each of these
MATCHED = {"tilt", "bad_crop"}  # damage that enlarges what is left, and so costs resolution

# Range of severities at 256 px, mild to strong. Chosen by us: from barely visible to plain.
RANGES: dict[str, tuple[float, float]] = {
    "defocus": (0.8, 5.0),
    "motion_blur": (3.0, 18.0),
    "gaussian_noise": (5.0, 40.0),
    "shot_noise": (900.0, 20.0),
    "jpeg": (30.0, 4.0),
    "underexposure": (0.7, 3.5),
    "overexposure": (0.6, 2.5),
    "low_contrast": (0.7, 0.2),
    "colour_cast": (10.0, 45.0),
    "tilt": (3.0, 20.0),
    "bad_crop": (0.15, 0.5),
}


@dataclass(frozen=True)
class Row:
    """One image of the cache: where it comes from and what was done to it."""

    file: str  # below the data folder
    subset: str  # ss01, ss03 or clean
    series: str
    mos: float
    group: int  # images of one group are one photo, undamaged and damaged; -1: none
    kind: str  # a key of DEFECTS, "" for none
    strength: float  # 0 none, 1 the strong end of RANGES
    seed: int


@dataclass(frozen=True)
class Cache:
    """Prepared images (n, SIZE, SIZE, 3) uint8, with one table row and measures for each."""

    pixels: NDArray[np.uint8]
    table: pd.DataFrame


def data_folder(given: Path | None = None) -> Path:
    """Find the data: the folder given, else SIM_BENCH_DATA, else where one stands."""
    folder = given or Path(os.environ.get("SIM_BENCH_DATA", "."))
    if not (folder / "biq2021" / "labels.csv").is_file():
        raise FileNotFoundError(
            f"No biq2021/labels.csv in {folder}. Pass --data or set SIM_BENCH_DATA."
        )
    return folder


def labels(folder: Path, split: str) -> pd.DataFrame:
    """Human scores of one split, "train" or "dev"."""
    table = pd.read_csv(folder / "biq2021" / "labels.csv", dtype={"series_id": str})
    table = table[table["split"] == split].reset_index(drop=True)
    return table.assign(
        file="biq2021/photos/" + table["image"], series_id=table["series_id"].fillna("")
    )


def read(path: Path) -> NDArray[np.uint8]:
    """Decode one photo upright as sRGB (H, W, 3)."""
    with Image.open(path) as image:
        return np.array(ImageOps.exif_transpose(image).convert("RGB"), dtype=np.uint8)


def fit(rgb: NDArray[np.uint8], size: int = SIZE) -> NDArray[np.uint8]:
    """Shortest side to `size`, antialiased bicubic, then the centre: the bundle's preprocessing."""
    height, width = rgb.shape[:2]
    scale = size / min(height, width)
    new = (round(width * scale), round(height * scale))
    image = Image.fromarray(rgb)
    if new != image.size:
        image = image.resize(new, Image.Resampling.BICUBIC)
    left, top = (image.width - size) // 2, (image.height - size) // 2
    return np.array(image.crop((left, top, left + size, top + size)), dtype=np.uint8)


def severity(kind: str, strength: float, scale: float) -> float:
    """Severity in the unit of the defect; `scale` is the photo's side over SIZE."""
    mild, strong = RANGES[kind]
    value = mild * (strong / mild) ** strength
    if kind in {"defocus", "motion_blur"}:
        value *= scale
    if kind == "gaussian_noise":
        value *= scale**0.8  # reduction averages noise away
    if kind == "shot_noise":
        value /= scale**1.6
    return float(np.clip(value, DEFECTS[kind].low, DEFECTS[kind].high))


def plan(folder: Path, seed: int) -> list[Row]:
    """Decide every image of the cache: all training photos, then groups of damaged ones."""
    random = np.random.default_rng(seed)
    train = labels(folder, "train")
    rows = [
        Row(r["file"], r["subset"], r["series_id"], r["mos"], -1, "", 0.0, 0)
        for r in train.to_dict("records")
    ]
    kinds = list(RANGES)
    group = 0

    def add(file: str, subset: str, mos: float, chosen: list[str], strengths: list[float]) -> None:
        nonlocal group
        rows.append(Row(file, subset, "", mos, group, "", 0.0, 0))
        for kind, strength in zip(chosen, strengths, strict=True):
            token = int(random.integers(2**31))
            rows.append(Row(file, subset, "", mos, group, kind, strength, token))
        group += 1

    large = [("clean_photos/" + p.name, "clean", 0.82) for p in _photos(folder / "clean_photos")]
    native = train[(train["size"] == "native") & (train["mos"] >= GOOD - 0.05)]
    large += [(r["file"], r["subset"], r["mos"]) for r in native.to_dict("records")]
    for file, subset, mos in large:
        for kind in kinds:
            strengths = (np.arange(3) + random.random(3)) / 3
            add(file, subset, mos, [kind] * 3, strengths.tolist())
    good = train[(train["size"] != "native") & (train["mos"] >= GOOD)]
    for row in good.sample(min(SOURCES, len(good)), random_state=seed).to_dict("records"):
        source = (row["file"], row["subset"], row["mos"])
        if random.random() < 0.3:
            kind = str(random.choice(sorted(MATCHED)))
            strengths = (np.arange(VARIANTS) + random.random(VARIANTS)) / VARIANTS
            add(*source, [kind] * VARIANTS, strengths.tolist())
        else:
            others = [k for k in kinds if k not in MATCHED]
            chosen = [str(k) for k in random.choice(others, VARIANTS, replace=False)]
            add(*source, chosen, random.random(VARIANTS).tolist())
    return rows


def make(folder: Path, row: Row, reference: str) -> NDArray[np.uint8]:
    """Make one image of the cache.

    Args:
        folder: the data folder.
        row: what to make.
        reference: the kind that the row's group shows, for its undamaged photo: damage that costs
            resolution must not be told by softness where the source is as small as the input.
    """
    rgb = read(folder / row.file)
    scale = min(rgb.shape[:2]) / SIZE
    if row.kind == "jpeg" and scale == 1 and row.seed % 2:  # blocks as small as in larger photos
        twice = Image.fromarray(rgb).resize((2 * SIZE, 2 * SIZE), Image.Resampling.BICUBIC)
        rgb, scale = np.array(twice, dtype=np.uint8), 2.0
    if row.kind:
        rgb = degrade(rgb, row.kind, severity(row.kind, row.strength, scale), seed=row.seed)
    elif reference in MATCHED and scale == 1:
        side = round(SIZE * (0.8 if reference == "tilt" else 0.7))
        rgb = fit(rgb, side)
    return fit(rgb)


def measure(rgb: NDArray[np.uint8]) -> tuple[float, float, float, float, float, float]:
    """Brightness, contrast, colourfulness, detail, and shares of black and of white pixels.

    Mean and standard deviation of luma, Hasler and Suesstrunk's M3, and the logarithm of the
    variance of the Laplacian, on 8-bit values.
    """
    r, g, b = (rgb[..., i].astype(np.float32) for i in range(3))
    luma = 0.299 * r + 0.587 * g + 0.114 * b
    rg, yb = r - g, (r + g) / 2 - b
    colour = float(np.hypot(rg.std(), yb.std()) + 0.3 * np.hypot(rg.mean(), yb.mean()))
    inner = luma[1:-1, 1:-1] * 4
    around = luma[:-2, 1:-1] + luma[2:, 1:-1] + luma[1:-1, :-2] + luma[1:-1, 2:]
    detail = float(np.log1p((around - inner).var()))
    black, white = float((luma < 8).mean()), float((luma > 247).mean())
    return float(luma.mean()), float(luma.std()), colour, detail, black, white


MEASURES = ("luma", "spread", "colourfulness", "detail", "black", "white")


def prepare(folder: Path, cache: Path, seed: int, workers: int = 2) -> Cache:
    """Build the cache, or open it where it is complete."""
    table_path, pixels_path = cache / "table.csv", cache / "pixels.npy"
    rows = plan(folder, seed)
    stamp = f"version {CACHE_VERSION}, seed {seed}, {len(rows)} images\n"
    done = cache / "complete.txt"
    if not (done.is_file() and done.read_text() == stamp):
        cache.mkdir(parents=True, exist_ok=True)
        done.unlink(missing_ok=True)
        shape = (len(rows), SIZE, SIZE, 3)
        pixels = np.lib.format.open_memmap(pixels_path, "w+", np.uint8, shape)
        with table_path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow([f.name for f in fields(Row)] + list(MEASURES))
            with ProcessPoolExecutor(workers) as pool:
                made = pool.map(_work, _jobs(folder, rows), chunksize=32)
                for i, (row, rgb) in enumerate(zip(rows, made, strict=True)):
                    pixels[i] = rgb
                    writer.writerow([*asdict(row).values(), *measure(rgb)])
        pixels.flush()
        done.write_text(stamp)
    table = pd.read_csv(table_path, dtype={"series": str, "kind": str}, keep_default_na=False)
    return Cache(np.load(pixels_path, mmap_mode="r"), table)


def _jobs(folder: Path, rows: list[Row]) -> list[tuple[Path, Row, str]]:
    first = {row.group: row.kind for row in reversed(rows) if row.kind}
    return [(folder, row, first.get(row.group, "") if row.group >= 0 else "") for row in rows]


def _work(job: tuple[Path, Row, str]) -> NDArray[np.uint8]:
    return make(*job)


def _photos(folder: Path) -> list[Path]:
    return sorted(p for p in folder.iterdir() if p.suffix.lower() in {".jpg", ".jpeg", ".png"})
