"""The photos and what is known of each, prepared once as features of the frozen lower tower."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, fields
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image, ImageOps

from sim_bench.images.degrade import DEFECTS, degrade
from training.embedded.damage import Recipe, apply, draw, reference

if TYPE_CHECKING:
    from training.embedded.frozen import Run

SIZE = 240  # pixels a side at inference: 256 costs an eighth of the rate for 0.01 of SRCC
FULL = 256  # in training, which most of the photos at hand have
VIEW = 224  # pixels a side of the crops that training sees
CACHE_VERSION = 6
GOOD = 0.70  # only photos at least this good are damaged: a bad one may gain by it
VIEWS = 4  # crops of every photo with a human score
# Groups of one photo, undamaged and twice damaged in one way. A tilt shows in what is depicted, so
# it takes many photos to learn.
GROUPS = {"tilt": 1200, "overexposure": 700, "jpeg": 700}
OTHERS = 450  # groups of each other kind
MILD = 0.5  # the first of a group's two strengths is below, the second above
RESAMPLED = 3  # of so many groups one has its undamaged photo resampled as the damaged ones are
NATIVE_KINDS = 5  # kinds that each photo at native size is damaged in, at that size

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
    strength: float  # 0 mild to 1 strong
    recipe: str  # the kind and way of the group's damage, "native" for damage at native size
    seed: int  # of the damage, shared by the group
    view: int  # decides the crop and whether it is mirrored, shared by the group


@dataclass(frozen=True)
class Cache:
    """What the frozen tower says of each image, with one table row and measures for each."""

    fine: NDArray[np.float16]  # (n, 112, VIEW / 16, VIEW / 16)
    coarse: NDArray[np.float16]  # (n, 192, VIEW / 32, VIEW / 32)
    statistics: NDArray[np.float32]  # (n, WIDTH)
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
    """Severity in the unit of the defect; `scale` is the photo's side over FULL."""
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
    """Decide every image of the cache: views of all training photos, then damaged groups."""
    random = np.random.default_rng(seed)
    train = labels(folder, "train")

    def token() -> int:
        return int(random.integers(2**31))

    rows = [
        Row(r["file"], r["subset"], r["series_id"], r["mos"], -1, "", 0.0, "", 0, token())
        for r in train.to_dict("records")
        for _ in range(VIEWS)
    ]
    group = 0

    def add(source: tuple[str, str, float], kind: str, way: str) -> None:
        nonlocal group
        seed, view = token(), token()
        strengths = (MILD * random.random(), MILD + (1 - MILD) * random.random())
        for name, strength in (("", 0.0), (kind, strengths[0]), (kind, strengths[1])):
            file, subset, mos = source
            rows.append(Row(file, subset, "", mos, group, name, strength, way, seed, view))
        group += 1

    good = train[(train["size"] != "native") & (train["mos"] >= GOOD)]
    for kind in RANGES:
        count = GROUPS.get(kind, OTHERS)
        chosen = good.sample(count, replace=count > len(good), random_state=token())
        for row in chosen.to_dict("records"):
            recipe = draw(kind, random)
            add((row["file"], row["subset"], row["mos"]), kind, recipe.way)
    large = [("clean_photos/" + p.name, "clean", 0.82) for p in _photos(folder / "clean_photos")]
    native = train[(train["size"] == "native") & (train["mos"] >= GOOD - 0.05)]
    large += [(r["file"], r["subset"], r["mos"]) for r in native.to_dict("records")]
    for source in large:
        for kind in random.choice(list(RANGES), NATIVE_KINDS, replace=False):
            add(source, str(kind), "native")
    return rows


def make(folder: Path, row: Row, kind: str) -> NDArray[np.uint8]:
    """Make one image of the cache, (VIEW, VIEW, 3).

    Args:
        folder: the data folder.
        row: what to make.
        kind: the damage of the row's group, "" for none. In some groups the undamaged photo is
            resampled as the damaged ones are: damage must not be told by softness alone.
    """
    rgb = read(folder / row.file)
    if row.kind and row.recipe == "native":
        scale = min(rgb.shape[:2]) / FULL
        rgb = degrade(rgb, row.kind, severity(row.kind, row.strength, scale), seed=row.seed)
    rgb = fit(rgb, FULL)
    if row.recipe not in ("", "native"):
        recipe = Recipe(kind, row.recipe, row.seed)
        if row.kind:
            rgb = apply(recipe, rgb, row.strength)
        elif row.seed % RESAMPLED == 0:
            rgb = reference(recipe, rgb, np.random.default_rng(row.seed))
    random = np.random.default_rng(row.view)
    top, left = random.integers(0, FULL - VIEW + 1, 2)
    view = rgb[top : top + VIEW, left : left + VIEW]
    return np.ascontiguousarray(view[:, ::-1] if random.random() < 0.5 else view)


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


def prepare(folder: Path, cache: Path, seed: int, run: Run, workers: int = 2) -> Cache:
    """Build the cache with the frozen tower `run`, or open it where it is complete."""
    table_path = cache / "table.csv"
    rows = plan(folder, seed)
    stamp = f"version {CACHE_VERSION}, seed {seed}, {len(rows)} images\n"
    done = cache / "complete.txt"
    if not (done.is_file() and done.read_text() == stamp):
        cache.mkdir(parents=True, exist_ok=True)
        done.unlink(missing_ok=True)
        kept: list[NDArray[np.float16] | NDArray[np.float32]] = []
        place = 0
        with (
            table_path.open("w", newline="", encoding="utf-8") as file,
            ProcessPoolExecutor(workers) as pool,
        ):
            writer = csv.writer(file)
            writer.writerow([f.name for f in fields(Row)] + list(MEASURES))
            made = pool.map(_work, _jobs(folder, rows), chunksize=16)
            while views := list(islice(made, 256)):
                end = place + len(views)
                found = run(np.stack(views))
                if not kept:
                    kept = [_store(cache, i, len(rows), part) for i, part in enumerate(found)]
                for array, part in zip(kept, found, strict=True):
                    array[place:end] = part
                pairs = zip(rows[place:end], views, strict=True)
                writer.writerows([*asdict(row).values(), *measure(view)] for row, view in pairs)
                place = end
        done.write_text(stamp)
    table = pd.read_csv(
        table_path, dtype={"series": str, "kind": str, "recipe": str}, keep_default_na=False
    )
    fine, coarse, statistics = (np.load(cache / f"{i}.npy", mmap_mode="r") for i in range(3))
    return Cache(fine, coarse, np.array(statistics), table)


def _store(
    cache: Path, number: int, rows: int, part: NDArray[np.float32]
) -> NDArray[np.float16] | NDArray[np.float32]:
    kind = np.float16 if part.ndim > 2 else np.float32  # the maps are large
    shape = (rows, *part.shape[1:])
    return np.lib.format.open_memmap(cache / f"{number}.npy", "w+", kind, shape)


def _jobs(folder: Path, rows: list[Row]) -> Iterator[tuple[Path, Row, str]]:
    kinds = {row.group: row.kind for row in rows if row.kind}
    return ((folder, row, kinds.get(row.group, "")) for row in rows)


def _work(job: tuple[Path, Row, str]) -> NDArray[np.uint8]:
    return make(*job)


def _photos(folder: Path) -> list[Path]:
    return sorted(p for p in folder.iterdir() if p.suffix.lower() in {".jpg", ".jpeg", ".png"})
