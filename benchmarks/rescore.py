"""New prompts for photos whose vectors are stored, from process start to the written table.

    python benchmarks/rescore.py [--n 100000] [--rounds 3]

The store holds n random unit vectors of as many files. Every round asks with 14 prompts that it
does not hold, so the text tower runs. `seconds` is the median of `sim-bench rescore`;
`seconds_score_command` of `sim-bench score FOLDER`, which also looks at each file's size and time;
it is measured up to 100,000 photos, over files that are no images: had one been opened, its row
would say so. The store's file is in the page cache.
"""

import argparse
from collections.abc import Iterator
from hashlib import sha256
from itertools import count
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import numpy as np
import yaml
from commands import SIM_BENCH, score, timed
from model import add_model, bundle
from report import report

from sim_bench.encoders.base import Encoder
from sim_bench.encoders.load import load_encoder
from sim_bench.images.scaling import shortest_side
from sim_bench.quality_assessment.vector_based import vector_key
from sim_bench.store.store import Entry, Store

FILES = 100_000  # at most so many are written
_TOGETHER = 1000  # files of a folder, and photos added to the store at once
_LONG_AGO = 1_600_000_000 * 10**9


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    add_model(parser)
    options = parser.parse_args(arguments)
    model = bundle(options.model)
    with TemporaryDirectory() as name:
        work = Path(name)
        photos, store, output = work / "photos", work / "store.sqlite", work / "scores.csv"
        fill(store, photos, options.n, load_encoder(model, device="cpu"))
        sets = prompt_sets(work)
        named = ("--model", model, "--store", store, "--output", output)

        def rescore() -> float:
            seconds = timed(*SIM_BENCH, "rescore", *named, "--prompts", next(sets))
            return checked(seconds, output, options.n)

        def score_again() -> float:
            command = score(
                [photos], model=model, store=store, output=output, prompts=next(sets)
            )  # fails, by its exit status, if a photo was opened
            return checked(timed(*command), output, options.n)

        start = median(timed("-c", "pass") for _ in range(options.rounds))
        seconds = median(rescore() for _ in range(options.rounds))
        has_files = options.n <= FILES
        again = median(score_again() for _ in range(options.rounds)) if has_files else None
    rows = [("rescore", f"{options.n}", f"{seconds / start:.0f}")]
    if again:
        rows.append(("score FOLDER", f"{options.n}", f"{again / start:.0f}"))
    report(
        ("command", "photos", "so many times as long as `python -c pass`"),
        rows,
        {
            "seconds": round(seconds, 3),
            "seconds_score_command": again and round(again, 3),
            "n": options.n,
            "rounds": options.rounds,
        },
    )


def fill(path: Path, photos: Path, n: int, encoder: Encoder) -> None:
    """Make a store of n photos, and their files if they are not too many."""
    key = vector_key(encoder, shortest_side(encoder.input_size))
    rng = np.random.default_rng(0)
    with Store(path) as store:
        for start in range(0, n, _TOGETHER):
            numbers = range(start, min(n, start + _TOGETHER))
            folder = photos / f"{start:07d}"
            if n <= FILES:
                folder.mkdir(parents=True)
            vectors = rng.standard_normal((len(numbers), encoder.dim), np.float32)
            vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
            store.add(
                [
                    Entry(
                        digest=sha256(str(number).encode()).digest(),
                        camera=False,
                        width=4000,
                        height=3000,
                        notes=(),
                        file=file(folder / f"{number:07d}.jpg", exists=n <= FILES),
                        vectors={key: vector},
                        scores={},
                    )
                    for number, vector in zip(numbers, vectors, strict=True)
                ]
            )
        store.name_encoder(key, encoder.name)


def file(path: Path, *, exists: bool) -> tuple[str, int, int]:
    """Path, size and time of a file, which is made if it shall exist."""
    if not exists:
        return str(path), 1, _LONG_AGO
    path.write_bytes(b"?")
    found = path.stat()
    return str(path), found.st_size, found.st_mtime_ns


def prompt_sets(folder: Path) -> Iterator[Path]:
    """Files of 14 prompts, no prompt twice."""
    for number in count():
        words = [f"a photo like number {number}-{k}" for k in range(14)]
        prompts = {
            "contrastive_pairs": [words[0:2], words[2:4], words[4:6], words[6:8]],
            "positive_attributes": words[8:11],
            "negative_attributes": words[11:14],
        }
        path = folder / f"{number}.yaml"
        path.write_text(yaml.safe_dump(prompts), encoding="utf-8")
        yield path


def checked(seconds: float, output: Path, n: int) -> float:
    """Refuse a time for which there is no whole table."""
    with output.open(encoding="utf-8") as table:
        rows = sum(1 for _ in table) - 1
    if rows != n:
        raise SystemExit(f"{rows} of {n} photos are in {output}")
    return seconds


if __name__ == "__main__":
    main()
