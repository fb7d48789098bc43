"""Wordings that training never saw: whether they judge photos as their canonical pair does.

python -m training.embedded.unseen --bundle BUNDLE --data DATA [--split choose]
"""

from __future__ import annotations

import argparse
import string
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, get_args

import numpy as np
import yaml
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from training.embedded import evaluate

Split = Literal["choose", "report"]
Text = Annotated[str, Field(min_length=1)]
Ends = tuple[Text, Text]  # the good end, the bad end
Encode = Callable[[Sequence[str]], NDArray[np.float32]]

WORDINGS = Path(__file__).with_name("unseen.yaml")
CONSTANT = 1e-6  # spread of a contrast that is nothing but rounding: similarities are float32
_SMALL = ("a", "an", "the", "this", "is", "of", "with")
# What may stand around a phrase without making it another: "a photo of", "the picture is".
FRAME = frozenset({*_SMALL, "photo", "photograph", "picture", "image", "shot"})
TELLING = 3  # a text of so many words does not stand in another by chance


class Group(BaseModel):
    """One canonical pair and its rewordings."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    canonical: Ends
    choose: Annotated[tuple[Ends, ...], Field(min_length=1)]
    report: Annotated[tuple[Ends, ...], Field(min_length=1)]


@dataclass(frozen=True)
class Wording:
    """One rewording and how far it goes along with its canonical pair."""

    canonical: Ends
    ends: Ends
    correlation: float  # Pearson's, of the two contrasts over the photos
    elsewhere: float  # median of the same with all other canonical pairs: what any praise gets
    reason: str = ""  # why either is 0 by decree


def load(path: Path = WORDINGS) -> list[Group]:
    """Read the pairs; a pair that stands twice in the file is an error."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        groups = TypeAdapter(list[Group]).validate_python(content)
    except (yaml.YAMLError, ValueError) as error:
        raise ValueError(f"{path} does not hold pairs of wordings: {error}") from error
    seen: set[tuple[str, ...]] = set()
    for group in groups:
        for ends in (group.canonical, *group.choose, *group.report):
            key = tuple(normalised(end) for end in ends)
            if key in seen:
                raise ValueError(f"{path} holds {ends} twice.")
            seen.add(key)
    return groups


def normalised(text: str) -> str:
    """Lower case, without punctuation and without the frame at either end."""
    # A hyphen parts words, an apostrophe does not.
    bare = text.lower().replace("'", "").replace("\N{RIGHT SINGLE QUOTATION MARK}", "")
    words = bare.translate(dict.fromkeys(map(ord, string.punctuation), " ")).split()
    first, last = 0, len(words)
    while first < last and words[first] in FRAME:
        first += 1
    while last > first and words[last - 1] in FRAME:
        last -= 1
    return " ".join(words[first:last])


def occurring(groups: Iterable[Group], phrases: Iterable[str], split: Split) -> list[Ends]:
    """Rewordings of `split` of which an end is among `phrases`.

    An end occurs where it equals a phrase, both normalised, or where one of the two stands whole
    in the other and has at least `TELLING` words.
    """
    known = {f" {normalised(phrase)} " for phrase in phrases}

    def occurs(end: str) -> bool:
        own = f" {normalised(end)} "
        return own in known or any(_holds(own, p) or _holds(p, own) for p in known)

    return [ends for group in groups for ends in getattr(group, split) if any(map(occurs, ends))]


def _holds(whole: str, part: str) -> bool:
    return len(part.split()) >= TELLING and part in whole


def measure(
    groups: Iterable[Group], encode: Encode, vectors: NDArray[np.float32], split: Split
) -> list[Wording]:
    """Correlate every rewording's contrast with its canonical pair's.

    Args:
        groups: what `load` gave.
        encode: turns texts into unit vectors (n, dim).
        vectors: of the photos, (n, dim).
        split: which rewordings.
    """

    def contrast(ends: Ends) -> NDArray[np.float64]:
        good, bad = np.asarray(encode(ends), dtype=np.float64)
        return np.asarray(vectors @ (good - bad) / 2, dtype=np.float64)

    given = list(groups)
    canonical = [contrast(group.canonical) for group in given]
    found = []
    for own, group in enumerate(given):
        for ends in getattr(group, split):
            this = contrast(ends)
            values = [_correlation(this, other) for other in canonical]
            others = values[:own] + values[own + 1 :]
            reason = ""
            if canonical[own].std() < CONSTANT:
                reason = "the canonical pair's contrast is the same for all photos"
            elif this.std() < CONSTANT:
                reason = "its contrast is the same for all photos"
            elsewhere = float(np.median(others)) if others else 0.0
            found.append(Wording(group.canonical, ends, values[own], elsewhere, reason))
    return found


def _correlation(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    if min(a.std(), b.std()) < CONSTANT:
        return 0.0
    return float(np.corrcoef(a, b)[0, 1])


def medians(wordings: Sequence[Wording], *, draws: int = 1000) -> dict[str, evaluate.Figure]:
    """Median correlation with the canonical pair, and with all other canonical pairs.

    n and the interval count canonical pairs: the rewordings of one stand or fall together.
    """
    clusters = [w.canonical for w in wordings]

    def figure(values: NDArray[np.float64]) -> evaluate.Figure:
        return evaluate.interval(lambda i: float(np.median(values[i])), clusters, draws=draws)

    return {
        "own pair": figure(np.array([w.correlation for w in wordings])),
        "other pairs": figure(np.array([w.elsewhere for w in wordings])),
    }


def as_text(wordings: Sequence[Wording]) -> str:
    """Every rewording with its correlations, own pair and others, and the medians."""
    lines = [
        f"{w.correlation:+.2f} {w.elsewhere:+.2f}  {w.ends[0]} / {w.ends[1]}  ({w.canonical[0]})"
        + (f"  {w.reason}" if w.reason else "")
        for w in wordings
    ]
    lines += [
        f"median with {k}, {len(wordings)} wordings: {f}" for k, f in medians(wordings).items()
    ]
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> None:
    """Parse the command line and print one split's correlations."""
    from sim_bench.encoders.load import load_encoder
    from training.embedded.data import data_folder, labels

    parser = argparse.ArgumentParser(prog="python -m training.embedded.unseen", description=__doc__)
    parser.add_argument("--bundle", required=True, help="folder of the bundle")
    parser.add_argument("--data", type=Path, help="default: SIM_BENCH_DATA")
    parser.add_argument("--split", choices=get_args(Split), default="choose")
    options = parser.parse_args(arguments)
    folder = data_folder(options.data)
    encoder = load_encoder(options.bundle, device="cpu", precision="f32")
    vectors = encoder.encode_images(list(evaluate.dev_pixels(folder, labels(folder, "dev"))))
    print(as_text(measure(load(), encoder.encode_texts, vectors, options.split)))


if __name__ == "__main__":
    main()
