"""What a new process pays until a model has answered, and the most memory it held.

    python benchmarks/encoder_loading.py ./vit-b-32 [--rounds 5] [--precision auto]

For a model's name or a bundle's folder: 14 texts; 64 photos of noise of the model's input size;
both. Each is a process of its own, A B C A B C ..., medians; the first round warms the file cache
and makes the comparison of batches that is made once on a machine, and is not counted. Memory is
Linux's VmHWM, in which pages of mapped files count.
"""

import argparse
import subprocess
import sys
from pathlib import Path
from statistics import median
from time import perf_counter

import numpy as np

WHAT = ("texts", "photos", "both")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--precision", choices=("auto", "f32", "bf16"), default="auto")
    parser.add_argument("--only", choices=WHAT, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.only:
        print(_answer(options.model, options.precision, options.only))
        return
    seconds: dict[str, list[float]] = {what: [] for what in WHAT}
    memory: dict[str, list[float]] = {what: [] for what in WHAT}
    for round_ in range(options.rounds + 1):
        for what in WHAT:
            start = perf_counter()
            command = [sys.executable, __file__, options.model, "--only", what]
            command += ["--precision", options.precision]
            said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
            if round_:
                seconds[what].append(perf_counter() - start)
                memory[what].append(float(said))
    for what in WHAT:
        print(f"{what}: {median(seconds[what]):.2f} s, at most {median(memory[what]):.0f} MB")


def _answer(model: str, precision: str, what: str) -> float:
    """Encode, and give the most memory that this process held, in MB; 0 where nobody says."""
    from sim_bench.encoders.load import load_encoder

    encoder = load_encoder(model, device="cpu", precision=precision)
    if what != "photos":
        encoder.encode_texts([f"a photo of kind {number}" for number in range(14)])
    if what != "texts":
        size = (64, *encoder.input_size, 3)
        encoder.encode_images(list(np.random.default_rng(0).integers(0, 256, size, np.uint8)))
    status = Path("/proc/self/status")
    lines = status.read_text(encoding="ascii").splitlines() if status.exists() else []
    return next((int(line.split()[1]) / 1e3 for line in lines if "VmHWM" in line), 0.0)


if __name__ == "__main__":
    main()
