"""How well a grouping of photos agrees with the known one, counted in pairs of photos."""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple


class PairScore(NamedTuple):
    """Agreement of two groupings; each from 0 to 1, larger is better.

    Attributes:
        precision: Share of the pairs that were put into one group and belong there.
        recall: Share of the pairs that belong into one group and were put there.
        f1: Their harmonic mean.
    """

    precision: float
    recall: float
    f1: float


def pair_score(found: Mapping[Path, Hashable], truth: Mapping[Path, Hashable]) -> PairScore:
    """Compare two groupings of the same photos by their pairs.

    A share of no pairs at all is 1: nothing is wrong among none.

    Args:
        found: Group by photo, as found; names of groups need not agree with those of `truth`.
        truth: Group by photo, as known.

    Raises:
        ValueError: The two are not about the same photos.
    """
    if odd := sorted(found.keys() ^ truth.keys()):
        where = "found" if odd[0] in found else "truth"
        raise ValueError(
            f"Both groupings must name the same photos. {odd[0]} is in `{where}` only "
            f"({len(odd)} such photos)."
        )
    both = _pairs((found[path], truth[path]) for path in truth)
    together, belonging = _pairs(found.values()), _pairs(truth.values())
    return PairScore(
        _share(both, together), _share(both, belonging), _share(2 * both, together + belonging)
    )


def pair_f1(found: Mapping[Path, Hashable], truth: Mapping[Path, Hashable]) -> float:
    """Give the F1 of `pair_score` alone."""
    return pair_score(found, truth).f1


def _pairs(groups: Iterable[Hashable]) -> int:
    return sum(size * (size - 1) // 2 for size in Counter(groups).values())


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0
