"""What scaled decoding changes: python benchmarks/scaled_decoding.py PATHS... [--model embedded].

Decodes every photo in full and at `shortest_side` of the encoder's input and compares: the vectors
(cosine), the scores of `clip_aesthetic` with its default prompts (rank correlation; four photos or
more) and the time of decoding, turn by turn in the same run. The last line is one JSON object;
its cosines and its ratio of times are over the photos that were really decoded smaller.

A model may be "embedded" or a bundle's folder. `--factor` tries another multiple of the input.
"""

import argparse
import json
from math import ceil, nan
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim_bench.encoders.base import Encoder
from sim_bench.encoders.load import load_encoder
from sim_bench.errors import ImageError
from sim_bench.evaluation.correlation import correlate
from sim_bench.images.decode import decode, read_bytes
from sim_bench.images.discover import discover
from sim_bench.images.scaling import shortest_side
from sim_bench.quality_assessment.clip_aesthetic import CLIPAestheticAssessor

BATCH = 16
BOUND = 0.995  # for the least cosine and the rank correlation, chosen by us


class Pair(NamedTuple):
    """One photo, decoded both ways."""

    exact: NDArray[np.uint8]
    scaled: NDArray[np.uint8]
    exact_seconds: float
    scaled_seconds: float
    is_smaller: bool


def decode_both(data: bytes, path: Path, encoder: Encoder, at_least: int) -> Pair:
    start = perf_counter()
    exact = decode(data, path)
    middle = perf_counter()
    scaled = decode(data, path, at_least=at_least)
    end = perf_counter()
    return Pair(
        encoder.prepare(exact.rgb),
        encoder.prepare(scaled.rgb),
        middle - start,
        end - middle,
        scaled.size is not None,
    )


def pairs_of(paths: list[Path], encoder: Encoder, at_least: int) -> list[Pair]:
    pairs = []
    for path in paths:
        try:
            pairs.append(decode_both(read_bytes(path), path, encoder, at_least))
        except ImageError as error:
            print(f"left out: {error}")
    return pairs


def vectors_of(images: list[NDArray[np.uint8]], encoder: Encoder) -> NDArray[np.float32]:
    starts = range(0, len(images), BATCH)
    return np.concatenate([encoder.encode_images(images[at : at + BATCH]) for at in starts])


def compare(pairs: list[Pair], encoder: Encoder) -> dict[str, float | int | None]:
    smaller = np.array([pair.is_smaller for pair in pairs])
    exact = vectors_of([pair.exact for pair in pairs], encoder)
    scaled = exact.copy()  # what was decoded in full either way has the same pixels
    if smaller.any():
        shrunk = [pair.scaled for pair in pairs if pair.is_smaller]
        scaled[smaller] = vectors_of(shrunk, encoder)
    cosines = (exact.astype(np.float64) * scaled).sum(axis=1)[smaller]
    assessor = CLIPAestheticAssessor(encoder=encoder)
    before, after = (assessor.score_vectors(vectors) for vectors in (exact, scaled))
    seconds = np.array([(pair.exact_seconds, pair.scaled_seconds) for pair in pairs])[smaller]
    figures = {
        "cosine_min": float(cosines.min(initial=1.0)),
        "cosine_median": float(np.median(cosines)) if len(cosines) else 1.0,
        "srcc": correlate(before, after, "spearman").estimate,
        "score_change_max": float(np.abs(before - after).max()),
        "decode_ratio": float(seconds[:, 0].sum() / seconds[:, 1].sum()) if len(seconds) else nan,
    }
    rounded = {name: None if np.isnan(x) else round(x, 6) for name, x in figures.items()}
    return {**rounded, "photos": len(pairs), "scaled": int(smaller.sum())}


def input_side(encoder: Encoder) -> int:
    """The side of the square that `prepare` gives."""
    return len(encoder.prepare(np.zeros((8, 8, 3), np.uint8)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="+")
    parser.add_argument("--model", default="embedded")
    parser.add_argument("--precision", choices=("f32", "bf16"), default="f32")
    parser.add_argument("--factor", type=float)
    options = parser.parse_args()
    encoder = load_encoder(options.model, device="cpu", precision=options.precision)
    side = input_side(encoder)
    at_least = ceil(options.factor * side) if options.factor else shortest_side((side, side))
    pairs = pairs_of(list(discover(options.paths).paths), encoder, at_least)
    if not pairs:
        raise SystemExit("No photo could be decoded.")
    figures = compare(pairs, encoder)
    print(f"{encoder.name}, input {side} px, shorter side at least {at_least} px")
    for name, value in figures.items():
        bound = f"  (at least {BOUND})" if name in ("cosine_min", "srcc") else ""
        print(f"{name:<17}{value!s:>12}{bound}")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
