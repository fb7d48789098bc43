"""Grouping by likeness alone, copies, and exposure: what the constants of looks rest on.

    SIM_BENCH_DATA=... python benchmarks/similarity.py [--singles 1000] [--many 20000]

Reads `biq2021`, `ukbench` and `clean_photos` of the folder SIM_BENCH_DATA. Prints, each with pair
F1, precision and recall:

- the threshold, chosen on the training series among single photos of the training half, and what
  it gives on the development series, alone and among single photos of the development half, and
  on UKBench, which had no part in the choice;
- the same for other ways: the perceptual hash alone, the embedded model's vectors alone and
  beside, other linkages, each at its own best threshold of the training half;
- how alike photos of known exposure and damage stay, and which of them are taken for copies;
- the time for many photos, as a multiple of decoding 100 photos of 640x480 in one thread.
"""

import argparse
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from photos import write_photos
from PIL import Image
from report import report
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from sim_bench.benchmark.simulated_pairs import PairScore, pair_score
from sim_bench.datasets.ukbench import GROUP_SIZE
from sim_bench.encoders.base import ImageEncoder
from sim_bench.encoders.load import load_encoder
from sim_bench.images.decode import read_picture
from sim_bench.images.degrade import degrade
from sim_bench.selection.look import LookEncoder
from sim_bench.selection.look_copies import are_copies
from sim_bench.selection.look_similarity import paired_similarities, similarities
from sim_bench.selection.perceptual_hash import hash_distances, hash_of
from sim_bench.selection.similarity import EXTRA_SHARE, THRESHOLD, cluster

THRESHOLDS = np.round(np.arange(0.4, 0.9, 0.01), 2)
SHARES = (0.05, 0.1, 0.2, 0.4)  # of the embedded model's vectors, beside the looks

Pixels = NDArray[np.uint8]
Matrix = NDArray[np.float32]


class Photos:
    """Photos of known scenes: their looks, and the embedded model's vectors."""

    def __init__(self, paths: Iterable[Path], scenes: Iterable[str]) -> None:
        self.truth = dict(enumerate(scenes))
        encoders: list[ImageEncoder] = [LookEncoder(), load_encoder("embedded")]
        rows: list[list[Matrix]] = [[], []]
        for path in paths:
            rgb = read_picture(path).rgb
            for encoder, row in zip(encoders, rows, strict=True):
                row.append(encoder.encode_images([rgb])[0])
        self.looks, self.vectors = map(np.stack, rows)

    def score(self, labels: Iterable[int]) -> PairScore:
        return pair_score(dict(enumerate(labels)), self.truth)


def read_photos(data: Path, singles: int) -> dict[str, Photos]:
    labels = pd.read_csv(data / "biq2021" / "labels.csv")
    folder = data / "biq2021" / "photos"
    found = {}
    for split in ("train", "dev"):
        of_split = labels[labels["split"] == split]
        series = of_split[of_split["subset"] == "ss01"]
        alone = of_split[of_split["subset"] == "ss03"]
        alone = alone.sample(min(singles, len(alone)), random_state=0)
        paths = [folder / name for name in (*series["image"], *alone["image"])]
        found[f"{split} + singles"] = Photos(paths, [*series["series_id"], *alone["image"]])
        if split == "dev":
            found[split] = Photos(paths[: len(series)], series["series_id"])
    ukbench = sorted((data / "ukbench").glob("ukbench*.jpg"))
    scenes = [str(int(path.stem[-5:]) // GROUP_SIZE) for path in ukbench]
    found["UKBench"] = Photos(ukbench, scenes)
    return found


def by_look(photos: Photos) -> Matrix:
    return similarities(photos.looks, photos.looks)


def by_vectors(photos: Photos) -> Matrix:
    return np.asarray(photos.vectors @ photos.vectors.T)


def by_hash(photos: Photos) -> Matrix:
    bits = hash_of(photos.looks)
    return (1.0 - hash_distances(bits[:, None], bits[None]) / 64).astype(np.float32)


def with_vectors(share: float) -> Callable[[Photos], Matrix]:
    return lambda photos: (1 - share) * by_look(photos) + share * by_vectors(photos)


def tree(alike: Matrix, method: str) -> NDArray[np.float64]:
    apart = np.clip(1.0 - alike.astype(np.float64), 0.0, None)
    np.fill_diagonal(apart, 0.0)
    return linkage(squareform(apart, checks=False), method)


def compared(
    sets: dict[str, Photos], way: Callable[[Photos], Matrix], method: str = "average"
) -> dict[str, Any]:
    """The best threshold of the training half, and what it gives on each set."""
    trees = {name: tree(way(photos), method) for name, photos in sets.items()}

    def score(name: str, threshold: float) -> PairScore:
        labels = fcluster(trees[name], 1.0 - threshold, "distance")
        return sets[name].score(labels.tolist())

    candidates = np.unique(
        [*THRESHOLDS, *np.quantile(1.0 - trees["train + singles"][:, 2], np.linspace(0, 1, 101))]
    )
    best = max(candidates.tolist(), key=lambda t: score("train + singles", t).f1)
    return {"threshold": best, **{name: score(name, best) for name in sets}}


def half(rgb: Pixels) -> Pixels:
    image = Image.fromarray(rgb)
    size = round(image.width / 2), round(image.height / 2)
    return np.asarray(image.resize(size, Image.Resampling.LANCZOS))


def cut(rgb: Pixels, share: float) -> Pixels:
    """Cut a share of the height and width off each side."""
    down, across = (round(side * share) for side in rgb.shape[:2])
    return rgb[down : len(rgb) - down, across : rgb.shape[1] - across]


CHANGES: dict[str, Callable[[Pixels], Pixels]] = {
    "JPEG, quality 90": lambda rgb: degrade(rgb, "jpeg", 90),
    "JPEG, quality 60": lambda rgb: degrade(rgb, "jpeg", 60),
    "half the size": half,
    "half, then quality 60": lambda rgb: degrade(half(rgb), "jpeg", 60),
    "1% cut off each side": lambda rgb: cut(rgb, 0.01),
    "5% cut off each side": lambda rgb: cut(rgb, 0.05),
    "0.1 stops lighter": lambda rgb: degrade(rgb, "overexposure", 0.1),
    "2 stops darker": lambda rgb: degrade(rgb, "underexposure", 2),
    "2 stops lighter": lambda rgb: degrade(rgb, "overexposure", 2),
    "noise of 8 levels": lambda rgb: degrade(rgb, "gaussian_noise", 8),
    "defocus of 1.5 px": lambda rgb: degrade(rgb, "defocus", 1.5),
    "defocus of 6 px": lambda rgb: degrade(rgb, "defocus", 6),
    "colour cast of 12": lambda rgb: degrade(rgb, "colour_cast", 12),
}


def changed(data: Path) -> dict[str, dict[str, float]]:
    """What known changes do to good photos, each beside itself."""
    photos = [read_picture(path).rgb for path in sorted((data / "clean_photos").glob("*.jpg"))]
    encode = LookEncoder().encode_images
    looks = encode(photos)
    found = {}
    for name, change in CHANGES.items():
        other = encode([change(rgb) for rgb in photos])
        alike = paired_similarities(looks, other)
        found[name] = {
            "copies": float(are_copies(looks, other).mean()),
            "one scene": float((alike >= THRESHOLD).mean()),
            "least": float(alike.min()),
            "bits": int(hash_distances(hash_of(looks), hash_of(other)).max()),
        }
    return found


def taken_for_copies(photos: Photos) -> tuple[int, int]:
    """How many pairs of files of the data are taken for copies, and how many pairs there are."""
    found, n = 0, len(photos.looks)
    for k in range(n - 1):
        rest = photos.looks[k + 1 :]
        found += int(are_copies(np.broadcast_to(photos.looks[k], rest.shape), rest).sum())
    return found, n * (n - 1) // 2


def time_of_many(looks: Matrix, many: int) -> float:
    """Cluster many photos, as a multiple of decoding 100 of 640x480."""
    random = np.random.default_rng(0)
    drawn = looks[random.integers(0, len(looks), many)]
    # As much noise as leaves most of the drawn photos apart: what is timed is comparing.
    drawn[:, :384] += random.normal(0, 0.25, (many, 384))
    with TemporaryDirectory() as name:
        paths = write_photos(Path(name), "640", 100)
        start = perf_counter()
        for path in paths:
            read_picture(path)
        decoding = perf_counter() - start
    start = perf_counter()
    cluster(drawn)
    return (perf_counter() - start) / decoding


def shown(score: PairScore) -> str:
    return f"{score.f1:.3f} ({score.precision:.2f}, {score.recall:.2f})"


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=os.environ.get("SIM_BENCH_DATA"))
    parser.add_argument("--singles", type=int, default=1000)
    parser.add_argument("--many", type=int, default=20_000)
    options = parser.parse_args(arguments)
    if options.data is None:
        parser.error("there is no data: set SIM_BENCH_DATA, or give --data FOLDER")
    sets = read_photos(options.data, options.singles)
    ways = {
        "looks": compared(sets, by_look),
        "looks, complete linkage": compared(sets, by_look, "complete"),
        "looks, single linkage": compared(sets, by_look, "single"),
        "perceptual hash": compared(sets, by_hash),
        "embedded model": compared(sets, by_vectors),
        **{f"looks, {share:.0%} embedded": compared(sets, with_vectors(share)) for share in SHARES},
    }
    as_shipped = {
        f"as shipped ({THRESHOLD})": {
            "threshold": THRESHOLD,
            **{name: one.score(cluster(one.looks)) for name, one in sets.items()},
        },
        f"as shipped, {EXTRA_SHARE:.0%} embedded": {
            "threshold": THRESHOLD,
            **{
                name: one.score(cluster(one.looks, extra=one.vectors)) for name, one in sets.items()
            },
        },
    }
    rows = [
        [way, f"{found['threshold']:.3f}", *(shown(found[name]) for name in sets)]
        for way, found in (as_shipped | ways).items()
    ]
    changes = changed(options.data)
    taken, pairs = taken_for_copies(sets["train + singles"])
    report(
        ["pair F1 (precision, recall)", "threshold", *sets],
        rows,
        {
            "pair_f1": {
                way: {name: round(found[name].f1, 4) for name in sets}
                for way, found in (as_shipped | ways).items()
            },
            "changes": {
                name: {key: round(value, 4) for key, value in found.items()}
                for name, found in changes.items()
            },
            "taken_for_copies": taken,
            "pairs_for_copies": pairs,
            "many": options.many,
            "ratio_many_to_100_decoded": round(
                time_of_many(sets["train + singles"].looks, options.many), 1
            ),
        },
    )


if __name__ == "__main__":
    main()
