"""The figures of a bundle, measured through the package's own encoder, and the plots of them."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray

from sim_bench.encoders.load import load_encoder
from training.embedded import behaviours, captions, evaluate, prompts, unseen
from training.embedded.data import RANGES, labels

Floats = NDArray[np.float64]
_OF_SCENE = ("gap", "excess", "srcc")


def figures(data: Path, bundle: Path) -> dict[str, Any]:
    """Everything the model card states, from the development split of `data`."""
    encoder = load_encoder(str(bundle), device="cpu", precision="f32")

    def encode(texts: Any) -> torch.Tensor:
        return torch.from_numpy(encoder.encode_texts(list(texts)))

    def product(vectors: NDArray[np.float32], direction: torch.Tensor) -> Floats:
        return np.asarray(vectors @ direction.numpy(), dtype=np.float64)

    dev = labels(data, "dev")
    vectors = encoder.encode_images(list(evaluate.dev_pixels(data, dev)))
    bursts = evaluate.make_bursts(data)
    damaged = encoder.encode_images(list(bursts.pixels))
    overall = prompts.weighted(encode)
    scores, burst_scores = product(vectors, overall), product(damaged, overall)
    directions = {
        f"{a} / {b}": prompts.contrast(encode, a, b) for a, b in (*prompts.PAIRS, *prompts.CLIP_IQA)
    }
    directions |= {p: encode([p])[0] for p in prompts.POSITIVE}
    directions |= {f"not: {p}": -encode([p])[0] for p in prompts.NEGATIVE}
    singles = {p: encode([p])[0] for pair in prompts.PAIRS for p in pair}
    return {
        "score": {
            "median": float(np.median(scores)),
            "from": float(np.quantile(scores, 0.025)),
            "to": float(np.quantile(scores, 0.975)),
        },
        "srcc": {k: vars(f) for k, f in evaluate.agreement(dev, scores).items()},
        "series": {k: vars(f) for k, f in evaluate.series(dev, scores).items()},
        "prompts": {
            name: {k: vars(f) for k, f in evaluate.agreement(dev, product(vectors, d)).items()}
            for name, d in directions.items()
        },
        "single": {
            p: evaluate.srcc(product(vectors, d), dev["mos"].to_numpy()) for p, d in singles.items()
        },
        "bursts": {
            str(s): vars(evaluate.burst_hits(bursts, burst_scores, s)) for s in evaluate.STRENGTHS
        },
        "kinds": evaluate.burst_figures(bursts, burst_scores).to_dict("records"),
        "drops": _drops(bursts.table, damaged, encode),
        "naming": {
            wording: {k: vars(f) for k, f in shares.items()}
            for wording, shares in evaluate.naming(bursts, damaged, encoder.encode_texts).items()
        },
        "unseen": _unseen(encoder.encode_texts, vectors),
        "behaviours": behaviours.measure(data, encoder, overall.numpy()),
    }


def _unseen(encode: unseen.Encode, vectors: NDArray[np.float32]) -> dict[str, Any]:
    """The report split of the unseen wordings, less those that a training phrase gives away."""
    groups = unseen.load()
    phrases = [phrase.words for phrase in captions.phrases()]
    known = unseen.occurring(groups, phrases, "report")
    wordings = unseen.measure(groups, encode, vectors, "report")
    left = [w for w in wordings if w.ends not in known]
    return {
        "wordings": len(left),
        "left out": [" / ".join(ends) for ends in known],
        "constant": sum(bool(w.reason) for w in left),
        "medians": {k: vars(f) for k, f in unseen.medians(left).items()},
    }


def _drops(
    table: pd.DataFrame, vectors: NDArray[np.float32], encode: "prompts.Encode"
) -> dict[str, Any]:
    """Mean change of every pair under every damage, and how often its own pair drops most."""
    pairs = prompts.DEFECT_PAIRS
    matrix = torch.stack([prompts.contrast(encode, *p) for p in pairs.values()]).numpy()
    contrasts = vectors @ matrix.T
    sound = {p: contrasts[i] for i, p in table.loc[table["kind"] == "", "photo"].items()}
    found: dict[str, Any] = {"pairs": list(pairs), "kinds": {}, "named": {}}
    own = {kind: kind for kind in pairs} | {"shot_noise": "gaussian_noise"}
    for kind in RANGES:
        rows = table.index[(table["kind"] == kind) & (table["strength"] >= 0.6)]
        change = np.stack([contrasts[i] - sound[table.loc[i, "photo"]] for i in rows])
        found["kinds"][kind] = [float(v) for v in change.mean(axis=0)]
        right = np.array(list(pairs))[change.argmin(axis=1)] == own[kind]
        found["named"][kind] = float(right.mean())
    return found


def as_text(found: dict[str, Any]) -> str:
    """The figures as aligned lines for a terminal."""

    def figure(f: dict[str, float]) -> str:
        return str(evaluate.Figure(**f))  # type: ignore[arg-type]

    lines = ["agreement with human scores (SRCC) of the default prompts, weighted"]
    lines += [f"  {k:34} {figure(f)}" for k, f in found["srcc"].items()]
    lines += ["real series"] + [f"  {k:34} {figure(f)}" for k, f in found["series"].items()]
    lines += ["undamaged photo first, by strength of the damage"]
    lines += [f"  {k:34} {figure(f)}" for k, f in found["bursts"].items()]
    lines += ["by kind: wins at each strength, tau of score against strength, named"]
    for row in found["kinds"]:
        wins = " ".join(f"{row[f'wins at {s}']:.2f}" for s in evaluate.STRENGTHS)
        named = found["drops"]["named"][row["kind"]]
        lines.append(f"  {row['kind']:34} {wins}  {row['tau']:+.2f}  {named:.2f}")
    lines += ["by prompt: SRCC all, ss01, ss03"]
    for name, parts in found["prompts"].items():
        lines.append(f"  {name:58} " + " ".join(f"{f['value']:+.3f}" for f in parts.values()))
    lines += [f"  alone: {p:51} {v:+.3f}" for p, v in found["single"].items()]
    lines += ["score: " + ", ".join(f"{k} {v:.3f}" for k, v in found["score"].items())]
    lines += ["of eight prompts, the one that names the damage rises most"]
    for wording, shares in found["naming"].items():
        lines += [f"  {wording + ', ' + k:34} {figure(f)}" for k, f in shares.items()]
    missing = found["unseen"]
    lines += [
        f"{missing['wordings']} unseen wordings ({len(missing['left out'])} left out, "
        f"{missing['constant']} of no effect), median correlation with"
    ]
    lines += [f"  {k:34} {figure(f)}" for k, f in missing["medians"].items()]
    ways = found["behaviours"]
    lines += ["by scene: rank gap, the same less what such human scores get, SRCC within"]
    for scene, parts in ways["scenes"].items():
        name = f"  {scene.replace('_', ' ')}, {parts['photos']} photos"
        lines.append(f"{name:44} " + "; ".join(figure(parts[k]) for k in _OF_SCENE))
    lines += ["change of the score of good photos, in standard deviations"]
    lines += [f"  {k:34} {figure(f)}" for k, f in ways["changes"].items()]
    lines += ["drawn, against the median photo, in standard deviations"]
    lines += [f"  {k:34} {v:+.3f}" for k, v in ways["screens"].items()]
    return "\n".join(lines)


def curves(log: Path, target: Path) -> None:
    """Plot the training log."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    table = pd.read_csv(log)
    losses = ["similarity", "concordance", "order", "series", "damage", "naming"]
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.4), constrained_layout=True)
    for name in losses:
        left.plot(table["epoch"], table[name] / table[name].iloc[0], label=name)
    left.set(xlabel="epoch", ylabel="loss, first epoch = 1", ylim=(0, None))
    for name in ("srcc", "srcc_ss01", "srcc_ss03", "burst 0.6", "pairs in order"):
        right.plot(table["epoch"], table[name], label=name)
    right.set(xlabel="epoch", ylabel="development split", ylim=(0, 1))
    for axes in (left, right):
        axes.legend(fontsize=7)
        axes.grid(alpha=0.3)
    figure.savefig(target, dpi=110)
    plt.close(figure)


def drop_figure(found: dict[str, Any], target: Path) -> None:
    """Plot damage against pair: how far each pair's contrast falls under each damage."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    drops = found["drops"]
    matrix = np.array(list(drops["kinds"].values()))
    figure, axes = plt.subplots(figsize=(7.6, 5.4), constrained_layout=True)
    limit = float(np.abs(matrix).max())
    shown = axes.imshow(matrix, cmap="RdBu", vmin=-limit, vmax=limit)
    pairs = [prompts.DEFECT_PAIRS[k][1].removeprefix("a photo with ") for k in drops["pairs"]]
    axes.set_xticks(range(len(pairs)), pairs, rotation=35, ha="right", fontsize=8)
    axes.set_yticks(range(len(matrix)), [k.replace("_", " ") for k in drops["kinds"]], fontsize=8)
    for i, row in enumerate(matrix):
        for j, value in enumerate(row):
            dark = abs(value) > 0.6 * limit
            axes.text(
                j, i, f"{value:+.2f}", ha="center", va="center", fontsize=7,
                color="white" if dark else "black",
            )  # fmt: skip
    axes.set(xlabel="pair, named by its bad end", ylabel="damage done")
    figure.colorbar(shown, label="mean change of the pair's contrast", shrink=0.8)
    figure.savefig(target, dpi=110)
    plt.close(figure)
