"""From similarities to one score: three ways, all of them weighted sums of the same terms.

A pair of prompts contributes half the difference of its similarities, a positive attribute
its similarity, a negative attribute its similarity with the sign turned. Each term lies in
[-1, 1] and the weights are non-negative and sum to 1, so the score lies in [-1, 1], and the
terms times their weights are reasons that add up to it.

Source: the experiment note's aggregation. Deviations: the note does not halve the
difference, which breaks its own range, and adds bad attributes with a plus sign under `mean`.
"""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

Aggregation = Literal["contrastive_only", "weighted", "mean"]
AGGREGATIONS: tuple[Aggregation, ...] = get_args(Aggregation)

GROUP_WEIGHTS = (0.5, 0.3, 0.2)
"""Share of pairs, positive and negative attributes under "weighted": the note's."""


@dataclass(frozen=True, slots=True)
class GroupSizes:
    """How many pairs, positive and negative attributes there are."""

    pairs: int
    positive: int
    negative: int

    @property
    def total(self) -> int:
        """Number of terms."""
        return self.pairs + self.positive + self.negative


def terms(
    pair_positive: NDArray[np.floating],
    pair_negative: NDArray[np.floating],
    positive: NDArray[np.floating],
    negative: NDArray[np.floating],
) -> NDArray[np.float64]:
    """Turn cosine similarities into terms in [-1, 1], larger is better.

    Args:
        pair_positive: Similarity to each pair's positive prompt, shape (n, pairs).
        pair_negative: Similarity to each pair's negative prompt, shape (n, pairs).
        positive: Similarity to each positive attribute, shape (n, positive).
        negative: Similarity to each negative attribute, shape (n, negative).

    Returns:
        Shape (n, pairs + positive + negative), in that order.
    """
    difference = (pair_positive.astype(np.float64) - pair_negative) / 2.0
    return np.concatenate([difference, positive, -negative], axis=1, dtype=np.float64)


def term_weights(method: Aggregation, sizes: GroupSizes) -> NDArray[np.float64]:
    """Weight of each term, in the order of `terms`; non-negative, summing to 1.

    "contrastive_only" spreads 1 evenly over the pairs, "mean" over all terms, "weighted"
    gives each group present its share of `GROUP_WEIGHTS`, renormalised.

    Raises:
        ValueError: Unknown method, or no term that it would use.
    """
    counts = (sizes.pairs, sizes.positive, sizes.negative)
    shares: tuple[float, ...]
    if method == "contrastive_only":
        shares = (1.0, 0.0, 0.0)
    elif method == "mean":
        shares = tuple(float(count) for count in counts)
    elif method == "weighted":
        shares = GROUP_WEIGHTS
    else:
        raise ValueError(
            f"aggregation method must be one of {', '.join(AGGREGATIONS)}; got {method!r}"
        )
    present = [share if count else 0.0 for share, count in zip(shares, counts, strict=True)]
    whole = sum(present)
    if not whole:
        raise ValueError(
            f"{method!r} has nothing to aggregate: {sizes.pairs} pairs, {sizes.positive} positive "
            f"and {sizes.negative} negative attributes; give it prompts that it uses"
        )
    each = [share / whole / max(count, 1) for share, count in zip(present, counts, strict=True)]
    return np.repeat(np.array(each), counts)
