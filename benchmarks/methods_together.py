"""Three methods over one encoder against one: what a further head costs.

    python benchmarks/methods_together.py [--n 256] [--rounds 3]

`clip_aesthetic` alone, and with `clip_iqa` and `laion_aesthetic` beside it, over the same ViT-B-32
with random weights and a random head: speed does not depend on the weights. Each round reads,
decodes, encodes and scores 640x480 photos without a store, the prompts of every method included;
the two take turns. `ratio` is the median time of three methods over that of one.
"""

import argparse
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

import numpy as np
from model import add_model, bundle
from photos import add_folder, opened, write_photos
from report import report
from safetensors.numpy import save_file

from sim_bench.encoders.base import Encoder
from sim_bench.encoders.bundle import record_of
from sim_bench.encoders.load import load_encoder
from sim_bench.quality_assessment.base import QualityAssessor
from sim_bench.quality_assessment.clip_aesthetic import CLIPAestheticAssessor
from sim_bench.quality_assessment.clip_iqa import CLIPIQAAssessor
from sim_bench.quality_assessment.laion_aesthetic import LAIONAestheticAssessor
from sim_bench.quality_assessment.run import score_stream
from sim_bench.weights.kept import Kept


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=256, help="photos")
    parser.add_argument("--rounds", type=int, default=3)
    add_model(parser)
    add_folder(parser)
    options = parser.parse_args(arguments)
    encoder = load_encoder(bundle(options.model), device="cpu")
    with opened(options.folder) as folder, TemporaryDirectory() as work:
        paths = write_photos(folder, "640", options.n)
        head = random_head(Path(work), encoder.dim)
        one: list[float] = []
        three: list[float] = []
        timed(paths, methods(encoder, head, 3))  # compiles the towers
        for _ in range(options.rounds):
            one.append(timed(paths, methods(encoder, head, 1)))
            three.append(timed(paths, methods(encoder, head, 3)))
    ratio = median(three) / median(one)
    report(
        ("methods", "photos", "time over that of one method"),
        [
            ("clip_aesthetic", options.n, "1.000"),
            ("and clip_iqa, laion_aesthetic", options.n, f"{ratio:.3f}"),
        ],
        {"ratio": round(ratio, 4), "n": options.n, "rounds": options.rounds},
    )


def methods(encoder: Encoder, head: Kept, number: int) -> dict[str, QualityAssessor]:
    """Make the first of the three, or all, anew: none has its prompts' vectors yet."""
    found: list[QualityAssessor] = [
        CLIPAestheticAssessor(encoder=encoder),
        CLIPIQAAssessor("ViT-B-32", encoder=encoder),
        LAIONAestheticAssessor("v1", "ViT-B-32", encoder=encoder, head=head),
    ]
    return {method.name: method for method in found[:number]}


def random_head(folder: Path, dim: int) -> Kept:
    """Write a head of version 1 with random weights."""
    rng = np.random.default_rng(0)
    weight = rng.standard_normal((1, dim)).astype(np.float32)
    path = folder / "head.safetensors"
    save_file({"weight": weight, "bias": np.zeros(1, dtype=np.float32)}, path)
    return Kept("random head", path, record_of(path).sha256, "none", ())


def timed(paths: list[Path], asked: dict[str, QualityAssessor]) -> float:
    began = perf_counter()
    records = list(score_stream(paths, asked))
    seconds = perf_counter() - began
    if any(record.status != "scored" for record in records):
        raise SystemExit("A photo was not scored.")
    return seconds


if __name__ == "__main__":
    main()
