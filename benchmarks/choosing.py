"""What a difference of scores within a series is worth, and what choosing by it makes of series.

    SIM_BENCH_DATA=FOLDER python benchmarks/choosing.py [--resamples 2000]

Three parts, each on photos of its own:

- scales: for each method `win_probability.fit_scale` over all pairs within BIQ2021's series of
  one scene, on the 81 of `train` and the 25 of `dev`, with 95% of resamples of series. A pair's
  label is the normal probability that its difference in human score is not noise, whose standard
  deviation is that of a median difference of 0.016 between two ratings of one photo. The sum of
  clip_aesthetic and 0.2 sharpness is fitted like a method; the weight is the likeliest of some.
- choosing: `choose_all` with `choosing_scale.PAIR` on `dev`: how often the pick, or the first of
  those that are close, is within 0.05 of the best human score, and how often people prefer the
  lower one of two photos between which the tool decides nothing (0.5 where people gave both the
  same), with 95% of resamples of series.
- noise: by reason of "technical", 95% of the differences between frames of one undamaged photo,
  cropped to 94% at three places, with grain of 1.5 grey levels and JPEG quality 92; and how often
  choosing calls such three frames close.

`choosing_reasons.NOISE` was measured on one frame pair of each of 42 photos, beside damaged copies
that took numbers from the same random generator: another draw of crops gives figures of the same
size, not the same ones. The bounds LIGHTER, BLOWN and those in `intent` are not fitted here.
"""

import argparse
import os
from collections.abc import Callable, Mapping
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image
from report import report

from sim_bench.encoders.load import load_encoder
from sim_bench.quality_assessment.base import QualityAssessor
from sim_bench.quality_assessment.clip_aesthetic import CLIPAestheticAssessor
from sim_bench.quality_assessment.run import score_table
from sim_bench.registry import method_class
from sim_bench.selection.choosing import ChoosingSettings, choose_all
from sim_bench.selection.choosing_reasons import NOISE
from sim_bench.selection.choosing_scale import PAIR, SCALES
from sim_bench.selection.group import Group
from sim_bench.selection.win_probability import fit_scale, preference

JUDGED_AGAIN = 0.016 / 0.6745  # standard deviation whose median absolute value is 0.016
WITHIN = 0.05
BOTH = "clip_aesthetic + 0.2 sharpness"
WEIGHTS = (0.0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 1.0)
FRAMES = 3

Floats = NDArray[np.float64]
Pairs = Mapping[str, tuple[Floats, Floats]]


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--resamples", type=int, default=2000)
    parser.add_argument("--clean", type=int, default=125, help="undamaged photos for the noise")
    options = parser.parse_args(arguments)
    if not (data := os.environ.get("SIM_BENCH_DATA")):
        parser.error("set SIM_BENCH_DATA to the folder that has biq2021 and clean_photos")
    methods = our_methods()
    series = scored_series(Path(data) / "biq2021", methods)
    rows, figures = scales(series, methods, options.resamples)
    chosen, more = choosing(series[series.split == "dev"], options.resamples)
    clean = sorted((Path(data) / "clean_photos").glob("*.jpg"))[: options.clean]
    noise, most = noise_of_frames(clean, methods)
    report(("what", "train", "dev", "in use"), rows + chosen + noise, figures | more | most)


def our_methods() -> dict[str, QualityAssessor]:
    encoder = load_encoder("embedded")
    found: dict[str, QualityAssessor] = {
        "clip_aesthetic": CLIPAestheticAssessor(encoder=encoder),
        "technical": CLIPAestheticAssessor(prompts="technical", encoder=encoder),
    }
    return found | {name: method_class(name)() for name in SCALES if name not in found}


def scored_series(folder: Path, methods: Mapping[str, QualityAssessor]) -> pd.DataFrame:
    labels = pd.read_csv(folder / "labels.csv")
    series = labels[labels.subset == "ss01"].reset_index(drop=True)
    table = score_table([folder / "photos" / name for name in series.image], methods)
    table[BOTH] = table["clip_aesthetic"] + 0.2 * table["sharpness"]
    return pd.concat([series, table], axis=1)


def pairs_of(table: pd.DataFrame, score: Floats, sign: float = 1.0) -> Pairs:
    """By series: differences of scores, and of human scores, of all pairs."""
    found = {}
    for name, at in table.groupby("series_id").indices.items():
        first, second = np.triu_indices(len(at), 1)
        mos = table["mos"].to_numpy()[at]
        found[str(name)] = (
            sign * (score[at][first] - score[at][second]),
            mos[first] - mos[second],
        )
    return found


def fitted(pairs: Pairs, names: list[str]) -> float:
    from scipy.stats import norm

    margins = np.concatenate([pairs[name][0] for name in names])
    apart = np.concatenate([pairs[name][1] for name in names])
    return fit_scale(margins, norm.cdf(apart / JUDGED_AGAIN))


def resampled(
    measure: Callable[[list[str]], float], names: list[str], rounds: int
) -> tuple[float, float]:
    random = np.random.default_rng(0)
    drawn = [measure(list(random.choice(names, len(names)))) for _ in range(rounds)]
    low, high = np.nanquantile(drawn, [0.025, 0.975])
    return float(low), float(high)


def scales(
    series: pd.DataFrame, methods: Mapping[str, QualityAssessor], resamples: int
) -> tuple[list[tuple[str, ...]], dict[str, Any]]:
    rows: list[tuple[str, ...]] = []
    figures: dict[str, Any] = {}
    for name in (*methods, BOTH):
        cells: list[str] = []
        for split in ("train", "dev"):
            part = series[series.split == split]
            pairs = pairs_of(part, part[name].to_numpy(dtype=np.float64))
            scale = fitted(pairs, list(pairs))
            low, high = resampled(lambda of, p=pairs: fitted(p, of), list(pairs), resamples // 10)
            cells.append(f"{scale:.3g} ({low:.3g} to {high:.3g})")
            figures[f"scale {name}, {split}"] = [round(x, 4) for x in (scale, low, high)]
        rows.append((f"scale of {name}", *cells, str(SCALES.get(name, PAIR["clip_aesthetic"]))))
    rows.append(("weight of sharpness", *weights(series), "0.2"))
    return rows, figures


def weights(series: pd.DataFrame) -> list[str]:
    """The likeliest weight of sharpness beside clip_aesthetic, of `WEIGHTS`."""
    from scipy.stats import norm

    found = []
    for split in ("train", "dev"):
        part = series[series.split == split]
        losses = []
        for weight in WEIGHTS:
            score = (part["clip_aesthetic"] + weight * part["sharpness"]).to_numpy()
            pairs = pairs_of(part, score)
            odds = np.concatenate([x for x, _ in pairs.values()]) / fitted(pairs, list(pairs))
            label = norm.cdf(np.concatenate([y for _, y in pairs.values()]) / JUDGED_AGAIN)
            terms = label * np.logaddexp(0, -odds) + (1 - label) * np.logaddexp(0, odds)
            losses.append(float(terms.mean()))
        found.append(f"{WEIGHTS[int(np.argmin(losses))]}")
    return found


def choosing(dev: pd.DataFrame, resamples: int) -> tuple[list[tuple[str, ...]], dict[str, Any]]:
    dev = dev.reset_index(drop=True)
    groups = [
        Group(str(name), "burst", tuple(map(Path, part.path)), "a series")
        for name, part in dev.groupby("series_id")
    ]
    settings = ChoosingSettings(scales=PAIR)
    verdicts = choose_all(groups, dev, dict.fromkeys(PAIR, "higher"), settings=settings)
    verdicts = verdicts.merge(dev[["path", "mos"]], on="path")
    near, beside = {}, {}
    for name, part in verdicts.groupby("group"):
        best = part[part["rank"] == 1].mos
        near[str(name)] = float(np.mean(best >= part.mos.max() - WITHIN))
        lower = part[(part.verdict == "close") & (part["rank"] > 1)].mos.to_numpy()
        beside[str(name)] = (wrong(best.iloc[0] - lower), len(lower))
    pairs = pairs_of(dev, dev[BOTH].to_numpy(), 1 / PAIR["clip_aesthetic"])
    every = {}
    for name, (odds, apart) in pairs.items():
        close = preference(np.abs(odds)) < settings.close
        every[name] = (wrong(np.sign(odds[close]) * apart[close]), int(close.sum()))
    names = list(near)
    counted = (
        ("within 0.05 of the best", lambda of: float(np.mean([near[n] for n in of])), names),
        ("wrong, best and one close to it", lambda of: share(beside, of), beside.values()),
        ("wrong, any two that are close", lambda of: share(every, of), every.values()),
    )
    rows, figures = [], {}
    for what, measure, of_what in counted:
        value, (low, high) = measure(names), resampled(measure, names, resamples)
        n = len(names) if of_what is names else sum(each[1] for each in of_what)
        rows.append((what, "-", f"{value:.0%} of {n} ({low:.0%} to {high:.0%})", "-"))
        figures[what] = [round(x, 3) for x in (value, low, high)] + [n]
    groups_close = int(verdicts.groupby("group").verdict.agg(lambda v: (v == "close").any()).sum())
    rows.append(("series without a pick", "-", f"{groups_close} of {len(names)}", "-"))
    return rows, figures | {"series without a pick": groups_close}


def wrong(apart: Floats) -> float:
    """How many differences in human score, first less second, are against the first."""
    return float(np.sum(apart < 0) + 0.5 * np.sum(apart == 0))


def share(counts: Mapping[str, tuple[float, int]], names: list[str]) -> float:
    total = sum(counts[name][1] for name in names)
    return sum(counts[name][0] for name in names) / total if total else float("nan")


def noise_of_frames(
    photos: list[Path], methods: Mapping[str, QualityAssessor]
) -> tuple[list[tuple[str, ...]], dict[str, Any]]:
    random = np.random.default_rng(7)
    with TemporaryDirectory() as name:
        trios = [frames(photo, Path(name), random) for photo in photos]
        paths = [path for trio in trios for path in trio]
        scores = score_table(paths, {one: methods[one] for one in PAIR})
        told = {
            path: {one.name: one.contribution for one in methods["technical"].explain(path).reasons}
            for path in paths
        }
    groups = [Group(str(k), "burst", tuple(trio), "one photo") for k, trio in enumerate(trios)]
    verdicts = choose_all(
        groups, scores, dict.fromkeys(PAIR, "higher"), settings=ChoosingSettings(scales=PAIR)
    )
    close = verdicts.groupby("group").verdict.agg(lambda v: (v == "close").any()).mean()
    rows: list[tuple[str, ...]] = [("frames of one photo without a pick", "-", f"{close:.0%}", "-")]
    figures: dict[str, Any] = {"frames without a pick": round(float(close), 3)}
    for reason, used in NOISE.items():
        apart = [
            abs(told[one][reason] - told[other][reason])
            for trio in trios
            for one, other in combinations(trio, 2)
        ]
        found = float(np.quantile(apart, 0.95))
        rows.append((f"noise of {reason.split(' / ')[0]!r}", "-", f"{found:.4f}", f"{used}"))
        figures[f"noise {reason}"] = round(found, 5)
    return rows, figures


def frames(photo: Path, folder: Path, random: np.random.Generator) -> list[Path]:
    with Image.open(photo) as image:
        rgb = np.asarray(image.convert("RGB"), dtype=np.float64)
    height, width = (int(0.94 * side) for side in rgb.shape[:2])
    found = []
    for number in range(FRAMES):
        top = random.integers(0, rgb.shape[0] - height + 1)
        left = random.integers(0, rgb.shape[1] - width + 1)
        part = rgb[top : top + height, left : left + width]
        grainy = np.rint(part + random.normal(0, 1.5, part.shape)).clip(0, 255).astype(np.uint8)
        found.append(folder / f"{photo.stem}_{number}.jpg")
        Image.fromarray(grainy).save(found[-1], quality=92)
    return found


if __name__ == "__main__":
    main()
