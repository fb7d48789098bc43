"""What groups are made of, and why, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from sim_bench.selection.group import PROTECTED, Kind
from sim_bench.selection.grouping_clock import knows_time
from sim_bench.selection.grouping_order import taking_order
from sim_bench.selection.shot import Shot


@dataclass(frozen=True, slots=True)
class Moment:
    """Photos that belong together, before they have a name.

    Attributes:
        kind: "burst" unless it is known to be protected.
        shots: In the order in which they were taken, as far as that is known; then those that
            joined by their looks.
        seen: What speaks for the kind.
        joined: How many joined by their looks.
        copies: How many are other files of a picture in the group.
    """

    kind: Kind
    shots: tuple[Shot, ...]
    seen: str = ""
    joined: int = 0
    copies: int = 0

    def joined_by(self, shots: Sequence[Shot]) -> "Moment":
        """Add photos that look as if they belonged here."""
        both = sorted((*self.shots, *shots), key=taking_order)
        return replace(self, shots=tuple(both), joined=self.joined + len(shots))

    def with_copies(self, copies: Mapping[Path, Sequence[Shot]]) -> "Moment":
        """Add the other files of each picture behind it."""
        shots = [one for shot in self.shots for one in (shot, *copies.get(shot.path, ()))]
        return replace(self, shots=tuple(shots), copies=len(shots) - len(self.shots))


def reason_of(kind: Kind, moment: Moment) -> str:
    """Say why photos are one group, or why one is alone."""
    count = len(moment.shots)
    if kind == "single":
        return _alone(moment.shots[0])
    if kind == "duplicates":
        return f"{count} files of one picture: {_same_bytes(moment.shots)}"
    own = [shot for shot in moment.shots if knows_time(shot)]
    when = _when(own)
    words = [f"{count} photos"]
    if kind in PROTECTED:
        words[0] += f" {moment.seen}"
        words += [when] if when else []
    elif when:
        words[0] += f" {when}"
        words.append("alike")
    else:
        words[0] += " that are alike; when they were taken is not known"
    if moment.joined and when:
        words.append(f"{moment.joined} of them without a time, by likeness alone")
    if moment.copies:
        words.append(f"{moment.copies} of them a copy of another")
    words.append(_names(moment.shots))
    return ", ".join(words)


def _alone(shot: Shot) -> str:
    if shot.look is None:
        return "it gave no pixels to compare"
    if not knows_time(shot):
        return "no other photo is alike enough; when it was taken is not known"
    return "no other photo taken near it is alike"


def _same_bytes(shots: Sequence[Shot]) -> str:
    digests = {shot.digest for shot in shots if shot.digest is not None}
    again = sum(shot.digest is None for shot in shots) + len(digests)
    if again == 1:
        return "all have the same bytes"
    return (
        "saved again" if again == len(shots) else f"saved again, {len(shots) - again} byte by byte"
    )


def _when(shots: Sequence[Shot]) -> str:
    """How long it took, and from photo to photo; empty where that is not known."""
    times = sorted(shot.capture.taken for shot in shots if shot.capture.taken is not None)
    if len(times) < 2:
        return ""
    whole = all((shot.capture.resolution or 1.0) >= 1.0 for shot in shots)
    span = times[-1] - times[0]
    if whole:
        return f"within {span:.0f} s" if span else "within one second"
    gaps = [b - a for a, b in pairwise(times)]
    pace = f", {max(gaps):.2g} s apart at most" if len(times) > 2 else ""
    return f"within {span:.2g} s{pace}"


def _names(shots: Sequence[Shot]) -> str:
    return f"{shots[0].path.name} to {shots[-1].path.name}"
