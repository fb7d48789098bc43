"""Train the embedded model, or evaluate any bundle: python -m training.embedded --help."""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import torch

from training.embedded import card, evaluate, export, prompts, report, text, train
from training.embedded.data import data_folder, labels, prepare

WATCH = 2  # epochs between looks at the development split
FEW = 12  # bursts looked at while training


def main(arguments: Sequence[str] | None = None) -> None:
    """Parse the command line and run one command."""
    parser = argparse.ArgumentParser(prog="python -m training.embedded", description=__doc__)
    commands = parser.add_subparsers(required=True, dest="command")
    make = commands.add_parser("train", help="from the data folder to a finished bundle")
    make.add_argument("--output", type=Path, required=True, help="folder of the bundle")
    make.add_argument("--work", type=Path, help="cache and checkpoints (default: OUTPUT-work)")
    make.add_argument("--seed", type=int, default=0)
    make.add_argument("--epochs", type=int, default=train.EPOCHS)
    make.add_argument("--text-steps", type=int, default=text.STEPS)
    make.add_argument("--threads", type=int, default=0, help="default: as torch decides")
    judge = commands.add_parser("evaluate", help="figures of a bundle on the development split")
    judge.add_argument("--bundle", type=Path, required=True)
    judge.add_argument("--output", type=Path, help="write the figures as JSON")
    for command in (make, judge):
        command.add_argument("--data", type=Path, help="default: SIM_BENCH_DATA")
    options = parser.parse_args(arguments)
    folder = data_folder(options.data)
    if options.command == "train":
        if options.threads:
            torch.set_num_threads(options.threads)
        work = options.work or options.output.with_name(options.output.name + "-work")
        _train(folder, options.output, work, options)
        figures = report.figures(folder, options.output)
        (work / "figures.json").write_text(json.dumps(figures, indent=2) + "\n")
        card.write(figures, card.facts(options.output, work), options.output / "MODEL_CARD.md")
        report.drop_figure(figures, work / "damage_against_pair.png")
    else:
        figures = report.figures(folder, options.bundle)
        if options.output:
            options.output.write_text(json.dumps(figures, indent=2) + "\n")
    print(report.as_text(figures))


def _train(folder: Path, bundle: Path, work: Path, options: argparse.Namespace) -> None:
    work.mkdir(parents=True, exist_ok=True)
    cache = prepare(folder, work / "cache", options.seed)
    text.train(work, options.seed, options.text_steps)
    tokenizer, tower = text.load(work)
    run = train.Run(cache, work, options.seed, options.epochs)
    dev = labels(folder, "dev")
    pixels = evaluate.dev_pixels(folder, dev)
    kept = work / "bursts.npz"
    if not kept.is_file():
        evaluate.save_bursts(evaluate.make_bursts(folder), kept)
    bursts = evaluate.load_bursts(kept)
    few = (bursts.table["photo"] < FEW).to_numpy()
    bursts = evaluate.Bursts(bursts.pixels[few], bursts.table[few].reset_index(drop=True))
    watched: dict[str, float] = {}
    overall = prompts.weighted(lambda words: text.encode(tokenizer, tower, list(words)))
    while run.epoch < options.epochs:
        row = run.run_epoch()
        if run.epoch % WATCH == 0 or run.epoch == options.epochs:
            watched |= _progress(run.average, overall, dev, pixels, bursts)
        row |= watched
        train.write_log(work / "log.csv", row)
        run.save()
        print({k: round(v, 3) for k, v in row.items()}, flush=True)
    report.curves(work / "log.csv", work / "curves.png")
    export.export(export.Towers(run.average, tower), work / "textual", bundle)


def _progress(
    tower: torch.nn.Module,
    overall: torch.Tensor,
    dev: pd.DataFrame,
    pixels: np.ndarray,
    bursts: evaluate.Bursts,
) -> dict[str, float]:
    scores = (train.encode_images(tower, pixels) @ overall).double().numpy()
    damaged = (train.encode_images(tower, bursts.pixels) @ overall).double().numpy()
    mos = dev["mos"].to_numpy()
    found = {"srcc": evaluate.srcc(scores, mos)}
    for name in ("ss01", "ss03"):
        part = (dev["subset"] == name).to_numpy()
        found[f"srcc_{name}"] = evaluate.srcc(scores[part], mos[part])
    found |= {k: f.value for k, f in evaluate.series(dev, scores, draws=1).items()}
    kinds = evaluate.burst_figures(bursts, damaged)
    for strength in evaluate.STRENGTHS:
        found[f"burst {strength}"] = evaluate.burst_hits(bursts, damaged, strength, draws=1).value
        found[f"wins {strength}"] = float(kinds[f"wins at {strength}"].mean())
    return found | {f"win {r.kind}": float(r[2]) for r in kinds.itertuples(index=False)}


if __name__ == "__main__":
    main()
