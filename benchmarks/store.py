"""What the store costs per photo, by the number of photos in it.

    python benchmarks/store.py [--n 1000000] [--dim 512] [--batch 512]

Photos are added `--batch` at a time with their files; known files are looked up with their vectors
in calls of 512, the median of 200 calls at random places; all vectors are read through twice and
the second time counts. The last line is the same figures as one JSON object.
"""

import argparse
import json
import random
import tempfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from statistics import median
from time import perf_counter

import numpy as np

from sim_bench.store.store import Entry, Store

ENCODER = "a fingerprint"
SIZES = (10_000, 100_000, 1_000_000)
CALL = 512


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=1_000_000)
    parser.add_argument("--dim", type=int, default=512)
    parser.add_argument("--batch", type=int, default=CALL)
    options = parser.parse_args()
    figures: dict[str, dict[int, float]] = {
        key: {} for key in ("insert_per_s", "lookup_us", "stream_per_s", "bytes_per_vector")
    }
    print("      photos   added/s   us per known photo   streamed/s   bytes per vector")
    with tempfile.TemporaryDirectory() as folder:
        for n in [size for size in SIZES if size < options.n] + [options.n]:
            row = measure(Path(folder) / f"{n}.sqlite", n, options.dim, options.batch)
            for key, value in zip(figures, row, strict=True):
                figures[key][n] = round(value, 2)
            print(f"{n:12,} {row[0]:9,.0f} {row[1]:20.2f} {row[2]:12,.0f} {row[3]:18,.0f}")
    print(json.dumps(figures))


def measure(path: Path, n: int, dim: int, batch: int) -> tuple[float, float, float, float]:
    """Photos added per second, microseconds per look-up, photos streamed per second, bytes."""
    with Store(path) as store:
        spent = 0.0
        for entries in made(n, dim, batch):
            start = perf_counter()
            store.add(entries)
            spent += perf_counter() - start
        lookup = median(looked_up(store, n, dim))
        for _ in range(2):
            start = perf_counter()
            read = sum(len(paths) for paths, _ in store.stored(ENCODER, dim))
            streamed = perf_counter() - start
        if read != n:
            raise SystemExit(f"{read} of {n} vectors came back")
    size = path.stat().st_size
    path.unlink()
    return n / spent, lookup * 1e6, n / streamed, size / n


def made(n: int, dim: int, batch: int) -> Iterator[list[Entry]]:
    """Photos in folders of 1,000, with random vectors."""
    rng = np.random.default_rng(0)
    for start in range(0, n, batch):
        numbers = range(start, min(n, start + batch))
        vectors = rng.standard_normal((len(numbers), dim), np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        yield [
            Entry(
                sha256(str(number).encode()).digest(),
                camera=False,
                width=4000,
                height=3000,
                notes=(),
                file=file(number),
                vectors={ENCODER: vector},
                scores={},
            )
            for number, vector in zip(numbers, vectors, strict=True)
        ]


def file(number: int) -> tuple[str, int, int]:
    return f"/photos/{number // 1000:04d}/IMG_{number:07d}.JPG", 4_000_000, 10**18 + number


def looked_up(store: Store, n: int, dim: int) -> Iterator[float]:
    """Seconds per photo of each call."""
    draw = random.Random(0)
    for _ in range(200):
        first = draw.randrange(max(1, n - CALL))
        files = [file(number) for number in range(first, min(n, first + CALL))]
        start = perf_counter()
        contents = store.find_files(files)
        found = store.vectors([content.id for content in contents if content], ENCODER, dim)
        yield (perf_counter() - start) / len(files)
        if len(found) != len(files):
            raise SystemExit(f"{len(found)} of {len(files)} known photos were found")


if __name__ == "__main__":
    main()
