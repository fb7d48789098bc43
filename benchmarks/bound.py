"""The pipeline beside what this machine's cores could do at best.

    python benchmarks/bound.py --photos 12mp|640 [--n 256] [--rounds 3]

bound = cores / (decode_core_seconds + encode_core_seconds), per photo, where

- decode: read the file's bytes, SHA-256, decode (scaled, as the pipeline asks), resize and crop;
  one thread of a process that is kept to one core;
- encode: prepared photos to unit vectors, 64 at a time as the pipeline does, with the defaults of
  the encoder; a process that is kept to one core.

Not in the bound, and so what the pipeline may lose: looking files up, the store (vectors, hashes
and files written), scores and records, 8 photos that are encoded mirrored too, filling and
emptying the stages, threads that wait for each other, and cores that are slower when both work.
The pipeline is `score_stream` with its defaults and an empty store. Model loading counts nowhere.
The three take turns (A B C A B C ...); the figures are medians of the rounds.
"""

import argparse
import hashlib
import os
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

import numpy as np
from model import add_model, bundle
from numpy.typing import NDArray
from photos import SIZES, add_folder, opened, write_photos
from report import cores, report
from scorers import ours
from sides import Side, in_turn

from sim_bench.encoders.load import load_encoder
from sim_bench.images.decode import decode, read_bytes
from sim_bench.images.scaling import shortest_side
from sim_bench.quality_assessment.run import BATCH

Paths = Sequence[Path]
WARM_UP = 8  # photos


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", choices=tuple(SIZES), default="12mp")
    parser.add_argument("--n", type=int, default=256)
    parser.add_argument("--rounds", type=int, default=3)
    add_model(parser)
    add_folder(parser)
    options = parser.parse_args(arguments)
    model = bundle(options.model)
    core = max(os.sched_getaffinity(0))
    with opened(options.folder) as folder, ExitStack() as stack:
        paths = write_photos(folder, options.photos, options.n)
        decoding = stack.enter_context(Side(decoder, model, core=core))
        encoding = stack.enter_context(Side(encoder_of, model, paths, core=core))
        pipeline = stack.enter_context(Side(ours, model))
        decoding(paths[:WARM_UP])
        encoding()
        pipeline(paths[:WARM_UP])
        n = len(paths)
        seconds = in_turn(
            {
                "decode, 1 core": lambda: decoding(paths)[0] / n,
                "encode, 1 core": lambda: encoding()[0] / n,
                f"pipeline, {cores()} cores": lambda: pipeline(paths)[0] / n,
            },
            options.rounds,
        )
    decode_seconds, encode_seconds, pipeline_seconds = seconds.values()
    bound = (decode_seconds + encode_seconds) / cores()
    report(
        ("per photo", "share of the bound's core time", "photos/s", "of the bound"),
        [
            (
                name,
                f"{each / (decode_seconds + encode_seconds):.2f}" if "1 core" in name else "-",
                f"{1 / each:.1f}",
                f"{bound / each:.2f}",
            )
            for name, each in seconds.items()
        ]
        + [("bound", "1.00", f"{1 / bound:.1f}", "1.00")],
        {
            "ratio_bound": round(bound / pipeline_seconds, 3),
            "share_decode": round(decode_seconds / (decode_seconds + encode_seconds), 3),
            "share_encode": round(encode_seconds / (decode_seconds + encode_seconds), 3),
            "photos": options.photos,
            "n": n,
            "rounds": options.rounds,
        },
    )


def decoder(model: str) -> Callable[[Paths], None]:
    """What the pipeline's threads do with each photo."""
    encoder = load_encoder(model, device="cpu")
    at_least = shortest_side(encoder.input_size)

    def run(paths: Paths) -> None:
        for path in paths:
            data = read_bytes(path)
            hashlib.sha256(data).digest()
            encoder.prepare(decode(data, path, at_least=at_least).rgb)

    return run


def encoder_of(model: str, paths: Paths) -> Callable[[], None]:
    """What the pipeline does with photos that are decoded; they are, before the first turn."""
    encoder = load_encoder(model, device="cpu")
    at_least = shortest_side(encoder.input_size)
    photos: list[NDArray[np.uint8]] = [
        encoder.prepare(decode(read_bytes(path), path, at_least=at_least).rgb) for path in paths
    ]

    def run() -> None:
        for start in range(0, len(photos), BATCH):
            encoder.encode_images(photos[start : start + BATCH])

    return run


if __name__ == "__main__":
    main()
