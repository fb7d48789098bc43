"""Train the embedded model, or evaluate any bundle: python -m training.embedded --help."""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import torch

from training.embedded import card, evaluate, export, report, text, train
from training.embedded.data import SIZE, VIEW, data_folder, labels, prepare
from training.embedded.frozen import Run, runner
from training.embedded.image_tower import ImageTower, Upper, pretrained

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
    torch.manual_seed(options.seed)
    lower, upper = pretrained(), Upper()
    frozen = runner(lower, VIEW, threads=options.threads)
    cache = prepare(folder, work / "cache", options.seed, frozen)
    run = train.Run(cache, upper, work, options.seed, options.epochs)
    watch = _Watch(folder, work, runner(lower, SIZE, threads=options.threads))
    watched: dict[str, float] = {}
    while run.epoch < options.epochs:
        row = run.run_epoch()
        if run.epoch % WATCH == 0 or run.epoch == options.epochs:
            watched |= watch.look(run.average, run.words.ranked[0].cpu())
        row |= watched
        train.write_log(work / "log.csv", row)
        run.save()
        print({k: round(v, 3) for k, v in row.items()}, flush=True)
    report.curves(work / "log.csv", work / "curves.png")
    text.train(work, options.seed, options.text_steps)
    tower = ImageTower(lower, run.average.cpu())
    export.export(export.Towers(tower, text.load(work)[1]), work / "textual", bundle)


class _Watch:
    """The development photos and some bursts, as the frozen tower sees them."""

    def __init__(self, folder: Path, work: Path, run: Run) -> None:
        self.dev = labels(folder, "dev")
        self.photos = run(evaluate.dev_pixels(folder, self.dev))
        kept = work / "bursts.npz"
        if not kept.is_file():
            evaluate.save_bursts(evaluate.make_bursts(folder, count=FEW), kept)
        self.bursts = evaluate.load_bursts(kept)
        self.damaged = run(self.bursts.pixels)

    def look(self, tower: Upper, overall: torch.Tensor) -> dict[str, float]:
        """Figures of the present weights."""
        scores, damaged = (
            (train.vectors_of(tower, seen) @ overall).double().numpy()
            for seen in (self.photos, self.damaged)
        )
        mos = self.dev["mos"].to_numpy()
        found = {"srcc": evaluate.srcc(scores, mos)}
        for name in ("ss01", "ss03"):
            part = (self.dev["subset"] == name).to_numpy()
            found[f"srcc_{name}"] = evaluate.srcc(scores[part], mos[part])
        found |= {k: f.value for k, f in evaluate.series(self.dev, scores, draws=1).items()}
        kinds = evaluate.burst_figures(self.bursts, damaged)
        for strength in evaluate.STRENGTHS:
            hits = evaluate.burst_hits(self.bursts, damaged, strength, draws=1)
            found[f"burst {strength}"] = hits.value
            found[f"wins {strength}"] = float(kinds[f"wins at {strength}"].mean())
        return found | {f"tau {r.kind}": float(r[-1]) for r in kinds.itertuples(index=False)}


if __name__ == "__main__":
    main()
