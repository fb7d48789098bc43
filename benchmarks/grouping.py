"""Grouping with times, and what protects brackets, stacks and panoramas, on simulated cards.

    SIM_BENCH_DATA=... python benchmarks/grouping.py [--seeds 40 41 42] [--many 20000]

Makes a card of 600 photos for each seed from `clean_photos` of the folder SIM_BENCH_DATA. Prints

- pair precision, recall and F1 of each card, as it is and with all times taken away; photos of
  brackets, focus stacks and panoramas in groups of kind burst; and photos of bursts that are
  protected though they need not be;
- how alike photos of any two scenes are, and neighbours within a burst;
- how sure a shift is between any two scenes, and between neighbours of a panorama;
- photos of different scenes, 2 s apart, that were joined all the same;
- the time for many photos whose looks are known, as a multiple of reading and decoding 100 photos
  of 640x480 in one thread.
"""

import argparse
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import numpy as np
from photos import write_photos
from report import report

from sim_bench.benchmark.simulated_card import Card, write_card
from sim_bench.benchmark.simulated_pairs import PairScore, pair_score
from sim_bench.images.capture import Capture, read_capture
from sim_bench.images.decode import read_picture
from sim_bench.selection.group import PROTECTED, Group, Kind
from sim_bench.selection.grouping import group
from sim_bench.selection.look import LookEncoder
from sim_bench.selection.look_similarity import paired_similarities
from sim_bench.selection.panorama_shift import move_between
from sim_bench.selection.shot import Shot

SEEDS = (40, 41, 42)
_DECODED = 100
_MONTH = 30 * 86400.0


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=SEEDS)
    parser.add_argument("--photos", type=int, default=600)
    parser.add_argument("--many", type=int, default=20_000)
    options = parser.parse_args(arguments)
    sources = sorted((Path(os.environ["SIM_BENCH_DATA"]) / "clean_photos").rglob("*.jpg"))
    cards = []
    with TemporaryDirectory() as name:
        for seed in options.seeds:
            card = write_card(Path(name) / str(seed), sources, seed=seed, photos=options.photos)
            cards.append((card, read_shots(card)))
        decoding = time_of_decoding(Path(name))
    rows = [row for seed, card in zip(options.seeds, cards, strict=True) for row in on(seed, *card)]
    scenes = [Shot(path, Capture(), look_of(path)) for path in sources]
    rows += [*likeness(cards, scenes), *shifts(cards, scenes), strangers(scenes)]
    shots = many(cards, options.many)
    start = perf_counter()
    count = len(group(shots))
    seconds = perf_counter() - start
    ratio = f"{seconds / decoding:.1f}"
    rows.append((f"{len(shots)} photos, {count} groups", f"{ratio} x decoding 100 photos"))
    report(
        ("what", "figures"),
        rows,
        {"seconds": round(seconds, 2), "decoding_100": round(decoding, 3), "n": len(shots)},
    )


def look_of(path: Path) -> np.ndarray:
    return LookEncoder().encode_images([read_picture(path).rgb])[0]


def read_shots(card: Card) -> list[Shot]:
    return [
        Shot(path, read_capture(path), look_of(path), sha256(path.read_bytes()).digest())
        for path in card.group_of
    ]


def on(seed: int, card: Card, shots: Sequence[Shot]) -> Iterator[tuple[str, str]]:
    groups = group(shots)
    yield f"card {seed}: pairs", words(score(card, groups))
    blind = [
        replace(shot, capture=replace(shot.capture, taken=None, resolution=None)) for shot in shots
    ]
    yield f"card {seed}: pairs, times taken away", words(score(card, group(blind)))
    found: Counter[tuple[Kind, Kind]] = Counter(
        (card.kind_of[card.group_of[path]], one.kind) for one in groups for path in one.paths
    )
    offered = sum(count for (true, kind), count in found.items() if is_offered(true, kind))
    kept = sum(
        count for (true, kind), count in found.items() if true == "burst" and kind in PROTECTED
    )
    sequences = sum(count for (true, _), count in found.items() if true in PROTECTED)
    yield f"card {seed}: photos of sequences in bursts", f"{offered} of {sequences}"
    yield f"card {seed}: photos of bursts protected", f"{kept} of {total(found, 'burst')}"


def is_offered(true: Kind, kind: Kind) -> bool:
    return true in PROTECTED and kind in ("burst", "duplicates")


def total(found: Counter[tuple[Kind, Kind]], true: Kind) -> int:
    return sum(count for (one, _), count in found.items() if one == true)


def score(card: Card, groups: Sequence[Group]) -> PairScore:
    return pair_score({path: one.name for one in groups for path in one.paths}, card.group_of)


def words(pairs: PairScore) -> str:
    return f"precision {pairs.precision:.4f}, recall {pairs.recall:.4f}, F1 {pairs.f1:.4f}"


def neighbours(cards: Sequence[tuple[Card, list[Shot]]], kind: Kind) -> list[tuple[Shot, Shot]]:
    """Neighbours of one camera within the groups of a kind."""
    found = []
    for card, shots in cards:
        for name in {name for name, one in card.kind_of.items() if one == kind}:
            own = [shot for shot in shots if card.group_of[shot.path] == name]
            own.sort(key=lambda shot: shot.path.name)
            found += pairwise(own)
    return found


def apart(scenes: Sequence[Shot]) -> list[tuple[Shot, Shot]]:
    return [(a, b) for k, a in enumerate(scenes) for b in scenes[:k]]


def likeness(
    cards: Sequence[tuple[Card, list[Shot]]], scenes: Sequence[Shot]
) -> Iterator[tuple[str, str]]:
    shares = (50, 90, 99, 99.9)
    for name, pairs in (
        ("likeness of neighbours in a burst", neighbours(cards, "burst")),
        ("likeness of any two scenes", apart(scenes)),
    ):
        first, second = (
            np.stack([shot.look for shot in side]) for side in zip(*pairs, strict=True)
        )
        alike = paired_similarities(first, second)
        at = shares if "any" in name else [100 - share for share in shares]
        yield f"{name}: {', '.join(f'{x:.4g}%' for x in at)} below", figures(alike, at)


def shifts(
    cards: Sequence[tuple[Card, list[Shot]]], scenes: Sequence[Shot]
) -> Iterator[tuple[str, str]]:
    for name, pairs, at in (
        ("z of neighbours in a panorama", neighbours(cards, "panorama"), (50, 10, 1)),
        ("z of any two scenes", apart(scenes), (50, 90, 99, 99.9)),
    ):
        moves = [move_between(a, b) for a, b in pairs]
        z = np.array([move.z for move in moves if move is not None])
        yield f"{name}: {', '.join(f'{x:.4g}%' for x in at)} below", figures(z, at)


def figures(values: np.ndarray, at: Sequence[float]) -> str:
    return ", ".join(f"{value:.2f}" for value in np.percentile(values, at))


def strangers(scenes: Sequence[Shot], rounds: int = 40) -> tuple[str, str]:
    """Any scene after any other, as a photographer in a hurry would take them."""
    random = np.random.default_rng(0)
    found: Counter[str] = Counter()
    for _ in range(rounds):
        order = random.permutation(len(scenes))
        shots = [
            replace(
                scenes[at],
                path=Path(f"{number:06}.JPG"),
                capture=Capture(2.0 * number, 0.01, "A", number, width=640, height=480),
            )
            for number, at in enumerate(order)
        ]
        for one in group(shots):
            found[one.kind] += len(one.paths)
    return "different scenes 2 s apart, photos by kind", ", ".join(
        f"{kind} {count}" for kind, count in found.most_common()
    )


def many(cards: Sequence[tuple[Card, list[Shot]]], count: int) -> list[Shot]:
    """The cards' photos again and again, a month apart each time, with grain of their own."""
    random = np.random.default_rng(0)
    found: list[Shot] = []
    while len(found) < count:
        turn = len(found)
        for shot in (shot for _, shots in cards for shot in shots):
            taken = shot.capture.taken
            later = taken if taken is None else taken + turn * _MONTH
            grain = random.normal(0.0, 1e-3, len(shot.look)).astype(np.float32)
            found.append(
                Shot(
                    Path(f"{turn}") / shot.path.parent.name / shot.path.name,
                    replace(shot.capture, taken=later),
                    shot.look + grain,
                    sha256((shot.digest or b"") + str(turn).encode()).digest(),
                )
            )
    return found[:count]


def time_of_decoding(folder: Path) -> float:
    paths = write_photos(folder, "640", _DECODED)
    start = perf_counter()
    for path in paths:
        read_picture(path)
    return perf_counter() - start


if __name__ == "__main__":
    main()
