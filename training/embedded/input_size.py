"""How large should the input be, and how deep the tower? Linear probes of the pretrained trunk.

    python -m training.embedded.input_size --data DATA [--sizes 224 240 256 288]

Every training photo goes through the frozen network once; ridge regression on the means and
spreads of its stages predicts the human score of the development photos. That takes minutes where
training every variant takes hours, and it ranks them as far as the frozen features go. Training
photos from Unsplash are 256 px at hand, so 288 enlarges them. The detail crop (the middle of the
photo at its native 512 px, beside the whole) can be tried on the real series alone, which are
native in both splits.
"""

import argparse
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from training.embedded.data import data_folder, fit, labels, read
from training.embedded.evaluate import srcc
from training.embedded.frozen import Run, runner
from training.embedded.image_tower import (
    PLAN,
    blocks,
    load,
    statistics,
    stem,
)

Floats = NDArray[np.float64]
SHALLOW = (2, 4, 7, 10)  # blocks whose statistics every depth reads
DEPTHS = (11, 12, 13, 14)  # the last block
PENALTIES = (300.0, 1000.0, 3000.0, 10000.0)


class Probe(nn.Module):
    """Images to means and spreads of every stage that the tower could read."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = stem()
        self.blocks = blocks(0, DEPTHS[-1] + 1)
        load(nn.ModuleList([self.stem, *self.blocks]))

    def forward(self, image: Tensor) -> Tensor:
        x, found = self.stem(image), []
        for i, block in enumerate(self.blocks):
            x = block(x)
            if i in SHALLOW + DEPTHS:
                found.append(statistics(x))
        return torch.cat(found, dim=1)


def features(run: Run, folder: Path, files: Sequence[str], size: int, crop: int = 0) -> Floats:
    """Statistics of whole photos at `size`, or of their middle `crop` px at native size."""

    def view(file: str) -> NDArray[np.uint8]:
        rgb = read(folder / file)
        if not crop:
            return fit(rgb, size)
        top, left = (rgb.shape[0] - crop) // 2, (rgb.shape[1] - crop) // 2
        return np.ascontiguousarray(rgb[top : top + crop, left : left + crop])

    parts = []
    with ThreadPoolExecutor(2) as pool:
        for start in range(0, len(files), 256):
            pixels = np.stack(list(pool.map(view, files[start : start + 256])))
            parts.append(run(pixels)[0])
    return np.concatenate(parts).astype(np.float64)


def predict(seen: Floats, goal: Floats, unseen: Floats, penalty: float) -> Floats:
    """Ridge regression on standardised features."""
    mean, spread = seen.mean(axis=0), seen.std(axis=0) + 1e-3
    x = (seen - mean) / spread
    weights = np.linalg.solve(x.T @ x + penalty * np.eye(x.shape[1]), x.T @ (goal - goal.mean()))
    return np.asarray((unseen - mean) / spread @ weights)


def figures(train: pd.DataFrame, dev: pd.DataFrame, seen: Floats, unseen: Floats) -> str:
    """SRCC over all, series and Unsplash, at the penalty that serves the first best."""
    mos, kinds = dev["mos"].to_numpy(), dev["subset"].to_numpy()
    best = max(
        (predict(seen, train["mos"].to_numpy(), unseen, p) for p in PENALTIES),
        key=lambda scores: srcc(scores, mos),
    )
    found = [srcc(best, mos)]
    found += [srcc(best[kinds == k], mos[kinds == k]) for k in sorted(set(kinds))]
    return "  ".join(f"{value:.3f}" for value in found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, help="default: SIM_BENCH_DATA")
    parser.add_argument("--sizes", type=int, nargs="+", default=[224, 240, 256, 288])
    parser.add_argument("--threads", type=int, default=0)
    options = parser.parse_args()
    folder = data_folder(options.data)
    train, dev = labels(folder, "train"), labels(folder, "dev")
    probe = Probe()
    ends = 2 * np.cumsum([PLAN[i][3] for i in SHALLOW + DEPTHS])
    print("input  block  all    ss01   ss03")
    for size in options.sizes:
        run = runner(probe, size, threads=options.threads)
        seen, unseen = (features(run, folder, t["file"].tolist(), size) for t in (train, dev))
        for depth, end in zip(DEPTHS, ends[len(SHALLOW) :], strict=True):
            print(f"{size:5}  {depth:5}  {figures(train, dev, seen[:, :end], unseen[:, :end])}")
        if size == 256:
            ours, theirs = train["subset"] == "ss01", dev["subset"] == "ss01"
            first, second = train[ours], dev[theirs]
            near, far = (
                features(run, folder, t["file"].tolist(), size, crop=size) for t in (first, second)
            )
            whole = seen[ours.to_numpy()], unseen[theirs.to_numpy()]
            print(f"series alone, whole photo:         {figures(first, second, *whole)}")
            print(f"series alone, detail crop:         {figures(first, second, near, far)}")
            both = np.hstack([whole[0], near]), np.hstack([whole[1], far])
            print(f"series alone, both:                {figures(first, second, *both)}", flush=True)


if __name__ == "__main__":
    main()
