"""Fit the calibration of the rule-based measures: python benchmarks/calibrate_rules.py DATA.

DATA holds `clean_photos/*.jpg` (good photos) and `biq2021/` with `labels.csv` and `photos/`,
of which the training part of subset ss01 (series shot with varied exposure, ISO, focus and
motion) is used. As many photos are drawn from the series as there are good ones, with a fixed
seed. The median m of the pooled raw values and the slope s = 2 ln 3 / ln(q3 / q1), which puts the
quartiles at odds of 3 to 1 about m, go into the class of the measure by hand (decision 0002).
"""

import sys
from concurrent.futures import ProcessPoolExecutor
from math import log
from pathlib import Path

import numpy as np
import pandas as pd

from sim_bench.images.decode import read_picture
from sim_bench.quality_assessment.composite import MEASURES

SEED = 2026


def reference_photos(data: Path) -> list[Path]:
    good = sorted((data / "clean_photos").glob("*.jpg"))
    labels = pd.read_csv(data / "biq2021" / "labels.csv")
    series = labels[(labels["subset"] == "ss01") & (labels["split"] == "train")]
    drawn = series.sample(len(good), random_state=SEED)["image"].sort_values()
    return [*good, *(data / "biq2021" / "photos" / name for name in drawn)]


def raw_values(path: Path) -> dict[str, float]:
    rgb = read_picture(path).rgb
    return {name: measure.measure(rgb) for name, measure in MEASURES.items()}


def main() -> None:
    photos = reference_photos(Path(sys.argv[1]))
    with ProcessPoolExecutor() as pool:
        table = pd.DataFrame(pool.map(raw_values, photos, chunksize=8))
    print(f"{len(photos)} photos, numpy {np.__version__}")
    print(f"{'measure':<15}{'q1':>10}{'median':>10}{'q3':>10}{'slope':>8}  quartiles map to")
    for name, measure in MEASURES.items():
        q1, median, q3 = table[name].quantile([0.25, 0.5, 0.75])
        slope = 2 * log(3) / log(q3 / q1) * (-1 if measure.raw_direction == "lower" else 1)
        ends = [1 / (1 + (median / q) ** slope) for q in (q1, q3)]
        print(
            f"{name:<15}{q1:>10.4g}{median:>10.4g}{q3:>10.4g}{slope:>8.3f}"
            f"  {ends[0]:.2f}, {ends[1]:.2f}"
        )


if __name__ == "__main__":
    main()
