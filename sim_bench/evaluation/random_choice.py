"""What a random choice from each series gives: the null distribution of the regret."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

_BLOCK = 4_000_000


def random_regrets(
    value: ArrayLike, series: ArrayLike, draws: int = 10_000, seed: int = 0
) -> NDArray[np.float64]:
    """Pick one photo of each series at random, many times over.

    Args:
        value: What people think of the photos, shape (n,), finite, larger is better.
        series: Series of each photo, shape (n,); those of a single photo have no choice.
        draws: How many times.
        seed: Decides the picks.

    Returns:
        Mean over the series of the best value less the pick's, shape (draws,), in units of value;
        0 everywhere where no series has two photos.

    Raises:
        ValueError: Columns of unequal length, or a value that is not finite.
    """
    values, labels = np.asarray(value, dtype=np.float64), np.asarray(series)
    if values.ndim != 1 or values.shape != labels.shape:
        raise ValueError(
            f"value and series must be equally long columns. Got {values.shape}, {labels.shape}."
        )
    if not np.isfinite(values).all():
        raise ValueError("value must be finite; leave photos that nobody judged out.")
    _, index, sizes = np.unique(labels, return_inverse=True, return_counts=True)
    order = np.argsort(index, kind="stable")
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    best = np.maximum.reduceat(values[order], starts) if len(values) else np.empty(0)
    chosen = np.flatnonzero(sizes > 1)
    random = np.random.default_rng(seed)
    found = np.zeros(draws)
    step = max(1, _BLOCK // max(1, len(chosen)))
    for start in range(0, draws if len(chosen) else 0, step):
        some = slice(start, min(start + step, draws))
        picks = random.integers(sizes[chosen], size=(some.stop - some.start, len(chosen)))
        regret = best[chosen] - values[order][starts[chosen] + picks]
        found[some] = regret.mean(axis=1)
    return found


def p_of_regret(regret: float, random: ArrayLike) -> float:
    """How likely a random choice is to be as far from its own mean as a method's mean regret.

    Two-sided: (1 + draws at least as far) / (1 + draws), so never 0 (Phipson and Smyth,
    Statistical Applications in Genetics and Molecular Biology 9, 2010).

    Args:
        regret: Mean regret of the method over the same series.
        random: From `random_regrets`.
    """
    drawn = np.asarray(random, dtype=np.float64)
    centre = drawn.mean()
    far = abs(regret - centre) * (1 - 1e-12)
    return float((1 + np.count_nonzero(np.abs(drawn - centre) >= far)) / (1 + len(drawn)))
