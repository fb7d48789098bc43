"""How well a model agrees with people, and finds the undamaged photo, on photos it never saw."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import kendalltau, rankdata

from sim_bench.images.degrade import degrade
from training.embedded.data import FULL, RANGES, fit, labels, read, severity

Floats = NDArray[np.float64]
BURSTS = 40  # development photos made into bursts
STRENGTHS = (0.25, 0.6, 1.0)
# Eight defects in three wordings, and the damage that each should be told by.
NAMING: dict[str, tuple[str, ...]] = {
    "a photo": (
        "an out of focus photo",
        "a photo with camera shake",
        "a noisy photo",
        "an underexposed photo",
        "an overexposed photo",
        "a low contrast photo",
        "a photo with a tilted horizon",
        "a heavily compressed photo",
    ),
    "the defect": (
        "out of focus",
        "camera shake",
        "noisy",
        "underexposed",
        "overexposed",
        "low contrast",
        "tilted horizon",
        "heavily compressed",
    ),
    "everyday": (
        "the focus is off",
        "the camera moved",
        "full of noise",
        "too dark",
        "too bright",
        "flat, without contrast",
        "the horizon is crooked",
        "a badly compressed JPEG",
    ),
}
NAMED: dict[str, int] = {
    "defocus": 0,
    "motion_blur": 1,
    "gaussian_noise": 2,
    "shot_noise": 2,
    "underexposure": 3,
    "overexposure": 4,
    "low_contrast": 5,
    "tilt": 6,
    "jpeg": 7,
}


@dataclass(frozen=True)
class Figure:
    """An estimate with its 95% interval and the number of photos or series behind it."""

    value: float
    low: float
    high: float
    n: int

    def __str__(self) -> str:
        """Write as 0.712 [0.690, 0.733], n 1188."""
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}], n {self.n}"


@dataclass(frozen=True)
class Bursts:
    """Development photos, each undamaged and damaged in every kind at three strengths."""

    pixels: NDArray[np.uint8]
    table: pd.DataFrame  # photo, kind, strength


def srcc(a: Floats, b: Floats) -> float:
    """Spearman's rank correlation, ties at their mean rank."""
    return float(np.corrcoef(rankdata(a), rankdata(b))[0, 1])


def interval(
    statistic: Callable[[NDArray[np.intp]], float],
    clusters: Sequence[object],
    *,
    draws: int = 1000,
    seed: int = 0,
) -> Figure:
    """Percentile bootstrap over clusters.

    Args:
        statistic: computed from row indices, drawn with repetition.
        clusters: for each row the cluster it belongs to: photos of a series stand or fall together.
        draws: bootstrap samples.
        seed: of the draws.
    """
    members = [np.flatnonzero(codes) for codes in _indicators(clusters)]
    random = np.random.default_rng(seed)
    values = []
    for _ in range(draws):
        chosen = random.integers(len(members), size=len(members))
        values.append(statistic(np.concatenate([members[i] for i in chosen])))
    low, high = np.quantile(values, [0.025, 0.975])
    return Figure(statistic(np.arange(len(clusters))), float(low), float(high), len(members))


def _indicators(clusters: Sequence[object]) -> list[NDArray[np.bool_]]:
    codes = pd.factorize(pd.Series(list(clusters)))[0]
    return [codes == code for code in range(codes.max() + 1)]


def agreement(dev: pd.DataFrame, scores: Floats, *, draws: int = 1000) -> dict[str, Figure]:
    """SRCC over all development photos and per subset, with clustered intervals."""
    cluster = np.where(dev["series_id"] == "", dev["image"], dev["series_id"])
    mos = dev["mos"].to_numpy()
    found = {}
    for name in ("all", "ss01", "ss03"):
        rows = np.flatnonzero((dev["subset"] == name) | (name == "all"))

        def correlation(index: NDArray[np.intp], rows: NDArray[np.intp] = rows) -> float:
            return srcc(scores[rows][index], mos[rows][index])

        found[name] = interval(correlation, cluster[rows].tolist(), draws=draws)
    return found


def series(dev: pd.DataFrame, scores: Floats, *, draws: int = 1000) -> dict[str, Figure]:
    """Real series: share of picks within 0.05 of the best, and of clear pairs in order.

    A pair is clear where the human scores differ by 0.1 or more.
    """
    top, right, pairs = [], [], []
    for _, part in dev.assign(score=scores)[dev["series_id"] != ""].groupby("series_id"):
        mos, score = part["mos"].to_numpy(), part["score"].to_numpy()
        top.append(float(mos[score.argmax()] >= mos.max() - 0.05))
        gap = mos[:, None] - mos[None, :]
        clear = gap >= 0.1
        right.append(float(((score[:, None] - score[None, :]) > 0)[clear].sum()))
        pairs.append(float(clear.sum()))
    tops, rights, totals = np.array(top), np.array(right), np.array(pairs)
    each = list(range(len(tops)))
    return {
        "pick within 0.05": interval(lambda i: float(tops[i].mean()), each, draws=draws),
        "pairs in order": interval(
            lambda i: float(rights[i].sum() / totals[i].sum()), each, draws=draws
        ),
    }


def dev_pixels(folder: Path, dev: pd.DataFrame) -> NDArray[np.uint8]:
    """Development photos at the working size."""
    return np.stack([fit(read(folder / file)) for file in dev["file"]])


def make_bursts(folder: Path, *, count: int = BURSTS, seed: int = 5) -> Bursts:
    """Damage the best development photos in every known way, at their native size."""
    dev = labels(folder, "dev")
    good = dev[(dev["subset"] == "ss03") & (dev["mos"] >= 0.78)]
    random = np.random.default_rng(seed)
    pixels, rows = [], []
    for photo, file in enumerate(good.sample(count, random_state=seed)["file"]):
        rgb = read(folder / file)
        pixels.append(fit(rgb))
        rows.append((photo, "", 0.0))
        for kind in RANGES:
            token = int(random.integers(2**31))
            for strength in STRENGTHS:
                amount = severity(kind, strength, min(rgb.shape[:2]) / FULL)
                pixels.append(fit(degrade(rgb, kind, amount, seed=token)))
                rows.append((photo, kind, strength))
    return Bursts(np.stack(pixels), pd.DataFrame(rows, columns=["photo", "kind", "strength"]))


def save_bursts(bursts: Bursts, path: Path) -> None:
    """Keep bursts for the next run."""
    table = bursts.table
    np.savez(
        path,
        pixels=bursts.pixels,
        photo=table["photo"].to_numpy(),
        kind=table["kind"].to_numpy(dtype=np.str_),
        strength=table["strength"].to_numpy(),
    )


def load_bursts(path: Path) -> Bursts:
    """Open what `save_bursts` wrote."""
    with np.load(path, allow_pickle=False) as kept:
        table = pd.DataFrame({name: kept[name] for name in ("photo", "kind", "strength")})
        return Bursts(kept["pixels"], table)


def burst_figures(bursts: Bursts, scores: Floats) -> pd.DataFrame:
    """Per kind: how often the undamaged photo wins at each strength, and Kendall's tau."""
    table = bursts.table.assign(score=scores)
    sound = table[table["kind"] == ""].set_index("photo")["score"]
    rows = []
    for kind, part in table[table["kind"] != ""].groupby("kind", sort=False):
        wins = part["score"].to_numpy() < sound.loc[part["photo"]].to_numpy()
        by_strength = {f"wins at {s}": wins[part["strength"] == s].mean() for s in STRENGTHS}
        taus = [
            kendalltau([0.0, *p["strength"]], [sound[photo], *p["score"]]).statistic
            for photo, p in part.groupby("photo")
        ]
        rows.append({"kind": kind, **by_strength, "tau": float(np.mean(taus))})
    return pd.DataFrame(rows)


def burst_hits(bursts: Bursts, scores: Floats, strength: float, *, draws: int = 1000) -> Figure:
    """Share of photos whose undamaged version beats all damaged ones of this strength."""
    table = bursts.table.assign(score=scores)
    sound = table[table["kind"] == ""].set_index("photo")["score"]
    best = table[table["strength"] == strength].groupby("photo")["score"].max()
    hits = (sound > best).to_numpy(np.float64)
    return interval(lambda i: float(hits[i].mean()), list(range(len(hits))), draws=draws)


def naming(
    bursts: Bursts,
    vectors: NDArray[np.float32],
    encode: Callable[[Sequence[str]], NDArray[np.float32]],
    *,
    draws: int = 1000,
) -> dict[str, dict[str, Figure]]:
    """Share of damaged photos where, of eight prompts, the one that names the damage rises most.

    The rise is the similarity of the damaged photo less that of the undamaged one. Damage that
    none of the prompts names is left out.

    Args:
        bursts: undamaged and damaged photos.
        vectors: of these, (n, dim).
        encode: turns texts into unit vectors.
        draws: bootstrap samples, of photos with all their damaged versions.

    Returns:
        Per wording of `NAMING`: "all", each kind, and each strength as "strength 0.6".
    """
    table = bursts.table
    part = table[table["kind"].isin(NAMED)]
    damaged = part.index.to_numpy()
    undamaged = table[table["kind"] == ""].reset_index().set_index("photo")["index"]
    sound = undamaged.loc[part["photo"]].to_numpy()
    photo, kind, strength = (part[name].to_numpy() for name in ("photo", "kind", "strength"))
    own = np.array([NAMED[name] for name in kind])
    groups = {"all": np.full(len(part), True)}
    groups |= {name: kind == name for name in NAMED}
    groups |= {f"strength {s:g}": strength == s for s in STRENGTHS}
    found = {}
    for wording, texts in NAMING.items():
        similarities = vectors @ encode(texts).T
        right = (similarities[damaged] - similarities[sound]).argmax(axis=1) == own

        def share(chosen: NDArray[np.bool_], right: NDArray[np.bool_] = right) -> Figure:
            hits = right[chosen]
            return interval(lambda i: float(hits[i].mean()), photo[chosen].tolist(), draws=draws)

        found[wording] = {name: share(chosen) for name, chosen in groups.items() if chosen.any()}
    return found
