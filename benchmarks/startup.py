"""From process start: what a user waits for around the work itself.

    python benchmarks/startup.py [--rounds 7] [--n 1000] [--models embedded BUNDLE]

Each command runs in a fresh process with files in the page cache, in turn (A B C A B C ...); the
figures are medians of the rounds. `known`: a photo that the store holds, with the same prompts.
`new`: a 640x480 photo that it does not hold, while it holds the prompts. `first`: the same with an
empty store, so that the text tower is loaded too.

`ratio_second_run`: the first `sim-bench score` over n photos of 12 megapixels into an empty store,
beside the second over the same photos, the median of the rounds.
"""

import argparse
from collections.abc import Callable
from itertools import count
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from commands import SIM_BENCH, score, timed
from model import FOLDER, bundle
from photos import add_folder, opened, write_photos
from report import report
from sides import in_turn


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--n", type=int, default=1000)
    parser.add_argument(
        "--models", nargs="+", default=["embedded", FOLDER], help="the last serves the second run"
    )
    add_folder(parser)
    options = parser.parse_args(arguments)
    models = [bundle(model) for model in options.models]
    with opened(options.folder) as folder, TemporaryDirectory() as name:
        work = Path(name)
        photos = write_photos(folder, "640", 1 + options.rounds)
        turns: dict[str, Callable[[], float]] = {
            "python": lambda: timed("-c", "pass"),
            "import": lambda: timed("-c", "import sim_bench"),
            "help": lambda: timed(*SIM_BENCH, "--help"),
        }
        for model in models:
            turns |= score_turns(model, photos, work / Path(model).name)
        seconds = in_turn(turns, options.rounds)
        large = write_photos(folder, "12mp", options.n)
        first, second = runs(models[-1], large[0].parent, work / "runs", options.rounds)
    rows = [(name, f"{each / seconds['python']:.1f}") for name, each in seconds.items()]
    rows.append((f"score {options.n} photos again", f"{second / seconds['python']:.1f}"))
    rows.append((f"score {options.n} photos", f"{first / seconds['python']:.1f}"))
    report(
        ("command", "so many times as long as `python -c pass`"),
        rows,
        {
            "ratio_second_run": round(first / second, 1),
            "seconds": {name: round(each, 3) for name, each in seconds.items()},
            "seconds_first_run": round(first, 3),
            "seconds_second_run": round(second, 3),
            "n": options.n,
            "rounds": options.rounds,
        },
    )


def score_turns(model: str, photos: list[Path], work: Path) -> dict[str, Callable[[], float]]:
    """Commands that score one photo, by what is known beforehand."""
    work.mkdir()
    known, *fresh = photos
    store, output = work / "store.sqlite", work / "scores.csv"
    timed(*score([known], model=model, store=store, output=output))  # also compiles, once
    others, empty = iter(fresh), count()

    def first() -> float:
        new = work / f"{next(empty)}.sqlite"
        return timed(*score([known], model=model, store=new, output=output))

    return {
        f"known, {work.name}": lambda: timed(
            *score([known], model=model, store=store, output=output)
        ),
        f"new, {work.name}": lambda: timed(
            *score([next(others)], model=model, store=store, output=output)
        ),
        f"first, {work.name}": first,
    }


def runs(model: str, folder: Path, work: Path, rounds: int) -> tuple[float, float]:
    """Seconds of the first run over a folder, and of a later one."""
    work.mkdir()
    command = score([folder], model=model, store=work / "store.sqlite", output=work / "scores.csv")
    first = timed(*command)
    return first, median(timed(*command) for _ in range(rounds))


if __name__ == "__main__":
    main()
