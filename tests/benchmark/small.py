"""A data set of 24 tiny photos in 8 series of 3, with opinions, preferences and scores."""

from pathlib import Path

import numpy as np
import pandas as pd
import yaml
from PIL import Image

from sim_bench.benchmark.config import load_config

SERIES, EACH = 8, 3
COUNT = SERIES * EACH
STATISTICS = {"resamples": 200, "permutations": 500, "seed": 0}
OPINIONS = {
    "name": "mine",
    "reader": "score_table",
    "params": {"group": "series", "attributes": ["place"], "photos": "photos"},
    "pairs_from": 0.05,
    "tolerance": 0.1,
}
PAIRS = {
    "name": "votes",
    "reader": "pair_table",
    "params": {"wins": "wins", "votes": "votes", "burst": "burst", "photos": "photos"},
}
RULES = [
    {"name": "sharp", "class": "SharpnessAssessor"},
    {"name": "all", "class": "CompositeAssessor"},
]


def write(root: Path) -> Path:
    """Photos of noise of many strengths; people like noise, more or less."""
    rng = np.random.default_rng(0)
    (root / "photos").mkdir(parents=True)
    rows, strengths = [], rng.permutation(np.linspace(5, 60, COUNT))
    for k, strength in enumerate(strengths):
        pixels = rng.normal(100 + 2 * k, strength, (24, 32, 3)).clip(0, 255).astype(np.uint8)
        Image.fromarray(pixels).save(root / "photos" / f"{k:02}.png")
        mean = strength / 60 + rng.normal(0, 0.15)
        rows.append((f"{k:02}.png", mean, f"s{k // EACH}", ("in", "out")[k % 2]))
    opinions = pd.DataFrame(rows, columns=["image", "mean", "series", "place"])
    opinions.to_csv(root / "labels.csv", index=False)
    mean = opinions.set_index("image")["mean"]
    pairs = []
    for first in range(0, COUNT, EACH):
        for a, b in ((0, 1), (1, 2), (0, 2)):
            left, right = (f"{first + k:02}.png" for k in (a, b))
            wins = int(rng.binomial(6, 1 / (1 + np.exp(-4 * (mean[left] - mean[right])))))
            pairs.append((left, right, wins, 6, f"s{first // EACH}"))
    columns = ["left", "right", "wins", "votes", "burst"]
    pd.DataFrame(pairs, columns=columns).to_csv(root / "pairs.csv", index=False)
    scores = pd.DataFrame({"image": opinions["image"], "score": mean.to_numpy()})
    scores.assign(badness=-scores["score"]).to_csv(root / "recorded.csv", index=False)
    return root


def config(root: Path, out: Path, *datasets, methods=RULES, **more):
    """Check and return a configuration, by way of its file."""
    blocks = [{"root": str(root), **block} for block in datasets or (OPINIONS,)]
    content = {
        "datasets": blocks,
        "methods": list(methods),
        "statistics": STATISTICS,
        "output": {"dir": str(out)},
        **more,
    }
    file = out.parent / f"{out.name}.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(yaml.safe_dump(content))
    return load_config(file)


def recorded(name, score="score", direction="higher", dataset="mine", **scores):
    block = {"file": "recorded.csv", "score": score, "direction": direction, "dataset": dataset}
    return {"name": name, "scores": block | scores}
