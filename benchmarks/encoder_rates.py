"""How fast models encode photos beside each other: A B A B ..., medians, ratios to the first.

    python benchmarks/encoder_rates.py ViT-B-32 embedded [--photos 64] [--rounds 5] \
        [--precision f32]

A model may be a name or a bundle's folder. Decoding is not counted: the photos are noise of the
model's input size. For the speed of an architecture without its weights, export it with random
ones (`sim_bench.encoders.open_clip_model.random_model`, `sim_bench.encoders.export.export_model`).
"""

import argparse
from statistics import median
from time import perf_counter

import numpy as np

from sim_bench.encoders.base import Encoder
from sim_bench.encoders.load import load_encoder


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("models", nargs="+")
    parser.add_argument("--photos", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--precision", choices=("auto", "f32", "bf16"), default="f32")
    options = parser.parse_args()
    encoders = [
        load_encoder(model, device="cpu", precision=options.precision) for model in options.models
    ]
    noise = np.random.default_rng(0).integers(0, 256, (options.photos, 480, 640, 3), np.uint8)
    photos = [[encoder.prepare(photo) for photo in noise] for encoder in encoders]
    rates: list[list[float]] = [[] for _ in encoders]
    for round_ in range(options.rounds + 1):  # the first warms up
        for encoder, prepared, seen in zip(encoders, photos, rates, strict=True):
            rate = _rate(encoder, prepared)
            if round_:
                seen.append(rate)
    for encoder, seen in zip(encoders, rates, strict=True):
        ratio = median(seen) / median(rates[0])
        print(f"{encoder.name}: {ratio:.2f} times {encoders[0].name} ({median(seen):.1f} photos/s)")


def _rate(encoder: Encoder, prepared: list[np.ndarray]) -> float:
    start = perf_counter()
    encoder.encode_images(prepared)
    return len(prepared) / (perf_counter() - start)


if __name__ == "__main__":
    main()
