"""Ours beside what a user would otherwise write: photos per second, from files to vectors.

    python benchmarks/throughput.py --photos 12mp|640 [--n 200] [--rounds 3]

All sides see the same photos, in turn (A B A B ...), each in a process of its own that has loaded
its model and its prompts; the figures are medians of the rounds. Ours is `score_stream` with its
defaults and an empty store. What works one photo at a time sees fewer of them per round, as the
table says: it has no start-up that more photos would spread. A peer that is not installed is
reported as absent; open_clip has to be there. `scorers.py` has every side.

The cosine that is printed is the least between our vectors with exact decoding in f32 and
open_clip's: the sides do the same work.
"""

import argparse
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
from model import add_model, bundle
from photos import SIZES, add_folder, opened, write_photos
from report import report
from scorers import PEERS, exact, ours
from sides import Side, in_turn

WARM_UP = 8  # photos
SAME = 0.9999  # the least cosine of equal weights
FEWER = {"open_clip_loop": 48, "torchmetrics": 48, "pyiqa": 12}


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", choices=tuple(SIZES), default="12mp")
    parser.add_argument("--n", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peers", nargs="*", choices=tuple(PEERS), default=list(PEERS))
    add_model(parser)
    add_folder(parser)
    options = parser.parse_args(arguments)
    model = bundle(options.model)
    with opened(options.folder) as folder, ExitStack() as stack:
        paths = write_photos(folder, options.photos, options.n)
        megabytes = round(sum(path.stat().st_size for path in paths) / len(paths) / 1e6, 3)
        sides = {"ours": stack.enter_context(Side(ours, model))}
        absent = {}
        for name in options.peers:
            try:
                sides[name] = stack.enter_context(Side(PEERS[name], model))
            except ImportError as error:
                absent[name] = str(error)
        if lacking := [name for name in absent if name.startswith("open_clip")]:
            raise SystemExit(
                f"{lacking[0]} cannot run: {absent[lacking[0]]}. pip install 'sim-bench[torch]', "
                "or name other --peers."
            )
        warm = {name: side(paths[:WARM_UP])[1] for name, side in sides.items()}
        cosine = _cosine(model, paths[:WARM_UP], warm.get("open_clip_loop"))
        given = {name: paths[: FEWER.get(name, options.n)] for name in sides}
        rates = in_turn({name: _turn(sides[name], given[name]) for name in sides}, options.rounds)
    ratios = {name: rates["ours"] / rates[name] if name in rates else None for name in PEERS}
    rows = [
        (name, len(given[name]), f"{rate:.1f}", f"{rates['ours'] / rate:.2f}")
        for name, rate in rates.items()
    ]
    report(
        ("side", "photos a round", "photos/s", "ours is so many times as fast"),
        [*rows, *((name, "-", "-", f"absent: {why}") for name, why in absent.items())],
        {
            **{f"ratio_{name}": ratio and round(ratio, 2) for name, ratio in ratios.items()},
            "least_cosine": cosine,
            "photos": options.photos,
            "n": options.n,
            "rounds": options.rounds,
            "megabytes": megabytes,
        },
    )


def _turn(side: Side, paths: list[Path]) -> Any:
    return lambda: len(paths) / side(paths)[0]


def _cosine(model: str, paths: list[Path], theirs: Any) -> float | None:
    """The least cosine between our exact vectors and open_clip's; None without open_clip."""
    if theirs is None:
        return None
    with Side(exact, model) as side:
        _, vectors = side(paths)
    least = float((np.asarray(vectors, np.float64) * theirs).sum(axis=1).min())
    print(f"least cosine between exact f32 vectors and open_clip's: {least:.7f}")
    if least < SAME:
        raise SystemExit(f"The weights in {model} are others. Name a new folder with --model.")
    return round(least, 7)


if __name__ == "__main__":
    main()
