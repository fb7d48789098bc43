"""How well people agree with people: what a method can be expected to reach on pairs."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim_bench.evaluation.pairwise import checked_preference


def human_ceiling(wins: ArrayLike, votes: ArrayLike) -> NDArray[np.float64]:
    """How often one voter agrees with the majority of the other voters on the same pair.

    Each voter in turn is left out and credited as a method would be: 1 for the side of the
    majority of the others, 1/2 where they are evenly divided. The mean over pairs is what a
    person drawn at random reaches. A method may exceed it, since it may know what most people
    like better than a single person does.

    Args:
        wins: How many people prefer the left photo, shape (n,), whole numbers.
        votes: How many people judged the pair, shape (n,), whole numbers.

    Returns:
        Shape (n,), each in [0, 1]; NaN for pairs with fewer than two votes, where nobody else is
        left to agree with.

    Raises:
        ValueError: Columns of unequal length; numbers that are no counts, e.g. published shares;
            more wins than votes.
    """
    left, total = np.asarray(wins, dtype=np.float64), np.asarray(votes, dtype=np.float64)
    if left.ndim != 1 or left.shape != total.shape:
        raise ValueError(
            f"wins and votes must be columns of equal length. Got {left.shape} and {total.shape}."
        )
    wrong = ~((left >= 0) & (left <= total) & (left % 1 == 0) & (total % 1 == 0))
    if wrong.any():
        first = int(np.flatnonzero(wrong)[0])
        raise ValueError(
            "wins and votes must be counts with 0 <= wins <= votes; from shares alone no human "
            f"ceiling can be computed. Got {left[first]:g} of {total[first]:g} at position {first}."
        )
    right = total - left
    for_left = 0.5 + 0.5 * np.sign(left - 1 - right)
    for_right = 0.5 + 0.5 * np.sign(right - 1 - left)
    agreeing = left * for_left + right * for_right
    return np.where(total < 2, np.nan, agreeing / np.maximum(total, 1))


def majority_ceiling(preference: ArrayLike) -> NDArray[np.float64]:
    """How often a person drawn at random sides with the majority: max(p, 1 - p).

    A perfect method's score if it were compared with single votes. From few votes it is too high,
    since each voter is part of the majority that he or she is compared with: two votes give 1 or
    1/2, never less. Use `human_ceiling` where votes are known.

    Args:
        preference: Share of people who prefer the left photo, shape (n,).

    Returns:
        Shape (n,), each in [0.5, 1].

    Raises:
        ValueError: A preference outside [0, 1].
    """
    p = checked_preference(preference)
    return np.maximum(p, 1.0 - p)
