"""Which review number is which photo of PhotoTriage, series by series.

The review files number photos in an order of their own (see `phototriage_votes`), but the
published preferences were fitted to those very votes. Two ways to find the order, both ours:

1. Reproduce: in one order, the preferences computed from the votes (`phototriage_fit`) are the
   published ones to their last decimal; in every other order some differ.
2. Likelihood: where no order does that, every order is equally likely beforehand, a vote for
   photo a against b has the published probability, and votes are independent; an order is taken
   if its probability given the votes is at least 0.95.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

from sim_bench.datasets.judgements import Pairs
from sim_bench.datasets.phototriage_fit import published_preferences
from sim_bench.datasets.phototriage_votes import Directed, Votes, numbers_of

REPRODUCED = "reproduced"
LIKELY = "likely"
AMBIGUOUS = "ambiguous"
WITHOUT_VOTES = "without votes"
WITHOUT_LIST = "without a pair list"
INCOMPLETE = "not every pair of its photos is listed"
UNLIKE = "its votes are about more photos than are listed"
TOO_MANY = "too many photos"

LARGEST = 8
"""Photos of the largest series that is tried: 8! = 40,320 orders. The data set has none larger."""

SURE = 0.95
"""Least probability of an order that is taken by likelihood; chosen by us."""

CLOSE = 0.001
"""Largest difference to a published preference that rounding (0.0005) and steps explain."""

APART = 0.003
"""Least difference that every other order must show somewhere; chosen by us."""

_HALF_A_UNIT = 0.0005  # preferences are published with three decimals: 1.000 may be 0.9995


@dataclass(frozen=True, slots=True)
class Orders:
    """What was found out about the order of each series.

    Attributes:
        order: By matched series: the photo number (from 1) of each review number (from 0).
        outcome: By series of the pair lists or the votes: "reproduced" or "likely" if it was
            matched, or why it was not.
    """

    order: Mapping[int, tuple[int, ...]]
    outcome: Mapping[int, str]

    @property
    def counts(self) -> Mapping[str, int]:
        """How many series had which outcome; they add up to all."""
        return Counter(self.outcome.values())


def match_orders(
    votes: Votes, pairs: Pairs, *, sure: float = SURE, reproduce: bool = True
) -> Orders:
    """Find out, series by series, which review number is which photo.

    Args:
        votes: Votes under review numbers.
        pairs: Published preferences of `PhotoTriage`.
        sure: Least probability of an order that is taken by likelihood, above 0.5.
        reproduce: Whether the first way is tried; false for votes that are not all of those that
            the preferences were fitted to.

    Raises:
        ValueError: `sure` is no such probability.
    """
    if not 0.5 < sure <= 1.0:
        raise ValueError(f"sure must lie above 0.5 and not above 1. Got {sure!r}.")
    listed = _listed(pairs)
    outcome: dict[int, str] = {}
    by_size: dict[int, list[int]] = {}
    for series in sorted({*listed, *votes.wins}):
        preferences = listed.get(series, {})
        why = _why_not(votes.wins.get(series, {}), preferences)
        if why is None:
            by_size.setdefault(_photos(preferences), []).append(series)
        else:
            outcome[series] = why
    order: dict[int, tuple[int, ...]] = {}
    for photos, group in by_size.items():
        wins = np.stack([_square(votes.wins[series], photos, from_one=False) for series in group])
        fitted = published_preferences(wins)
        for series, won, own in zip(group, wins, fitted, strict=True):
            published = _square(listed[series], photos, from_one=True)
            found = _reproduced(published, own) if reproduce else None
            outcome[series] = REPRODUCED if found is not None else AMBIGUOUS
            if found is None:
                probability = order_probabilities(won, published)
                found = int(np.argmax(probability))
                if probability[found] < sure:
                    continue
                outcome[series] = LIKELY
            order[series] = tuple(int(n) + 1 for n in _orders(photos)[found])
    return Orders(order, dict(sorted(outcome.items())))


def order_probabilities(
    wins: NDArray[np.float64], published: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the probability of every order of a series given its votes.

    Args:
        wins: How often review number i was preferred to j, shape (photos, photos).
        published: Probability that photo a is preferred to b, shape (photos, photos).

    Returns:
        Shape (photos!,), in the order of `itertools.permutations`; sums to 1.
    """
    log = np.log(np.clip(published, _HALF_A_UNIT, 1 - _HALF_A_UNIT))
    orders = _orders(len(wins))
    likelihood = np.zeros(len(orders))
    for first, second in zip(*np.nonzero(wins), strict=True):
        likelihood += wins[first, second] * log[orders[:, first], orders[:, second]]
    weights = np.exp(likelihood - likelihood.max())
    return np.asarray(weights / weights.sum())


def _reproduced(published: NDArray[np.float64], fitted: NDArray[np.float64]) -> int | None:
    """Return which order alone reproduces the published preferences; None where none does."""
    orders = _orders(len(published))
    misfit = np.zeros(len(orders))
    for i, j in zip(*np.triu_indices(len(published), 1), strict=True):
        off = np.abs(published[orders[:, i], orders[:, j]] - fitted[i, j])
        misfit = np.maximum(misfit, off)
    best = int(np.argmin(misfit))
    others = np.delete(misfit, best).min()
    return best if misfit[best] <= CLOSE and others >= APART else None


@cache
def _orders(photos: int) -> NDArray[np.intp]:
    return np.array(list(permutations(range(photos))), dtype=np.intp)


def _why_not(wins: Mapping[Directed, int], preferences: Mapping[Directed, float]) -> str | None:
    photos = _photos(preferences)
    if not preferences:
        return WITHOUT_LIST
    if not sum(wins.values()):
        return WITHOUT_VOTES
    if len(preferences) < photos * (photos - 1):
        return INCOMPLETE
    if max(map(max, wins)) >= photos:
        return UNLIKE
    return TOO_MANY if photos > LARGEST else None


def _photos(preferences: Iterable[Directed]) -> int:
    return max((first for first, _ in preferences), default=0)


def _square(
    values: Mapping[Directed, float], photos: int, *, from_one: bool
) -> NDArray[np.float64]:
    square = np.full((photos, photos), 0.5 if from_one else 0.0)
    for (first, second), value in values.items():
        square[first - from_one, second - from_one] = value
    return square


def _listed(pairs: Pairs) -> dict[int, dict[Directed, float]]:
    listed: dict[int, dict[Directed, float]] = {}
    for pair, wins, votes in pairs.table[["pair", "wins", "votes"]].itertuples(index=False):
        series, first, second = numbers_of(pair)
        of_series = listed.setdefault(series, {})
        of_series[first, second] = wins / votes
        of_series[second, first] = 1 - wins / votes
    return listed
