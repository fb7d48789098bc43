"""What each item adds to a correlation, once means, spreads and ranks are let move with it.

These are the values of the infinitesimal jackknife (Efron and Stein, Annals of Statistics 9, 1981;
Hampel, Journal of the American Statistical Association 69, 1974): the correlation plus n times its
change when an item gets a little more weight, over n. Their sum is the correlation. For two methods
on the same items, the differences of these values vary between groups as the difference of the two
correlations does, so they are what `sign_flip_test` is given. The plain `srcc_contributions` vary
more than that where correlations are far from 0, and their test would find too little (3% where it
should be 5%: docs/evaluation.md). Against chance plain contributions are the ones to use: turning
a group's order round turns their sign.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim_bench.evaluation.permutation import columns


def srcc_influences(merit: ArrayLike, mean: ArrayLike) -> NDArray[np.float64]:
    """Split Spearman's correlation into values that vary as it does.

    Args:
        merit: Scores of one method, larger is better, shape (n,); finite.
        mean: Mean opinions, shape (n,); finite.

    Returns:
        Shape (n,); their sum is the correlation. A single value may be of any size and sign.

    Raises:
        ValueError: Columns that differ in length, are not finite, or are constant.
    """
    from scipy.stats import rankdata

    a, b = columns(merit, mean)
    n = len(a)
    f, g = ((rankdata(column) - (n + 1) / 2) / n for column in (a, b))
    product = f * g + _raised(g, a) + _raised(f, b)  # an item raises the ranks of those above it
    return _joined(product, f * f + 2 * _raised(f, a), g * g + 2 * _raised(g, b), f, g)


def plcc_influences(merit: ArrayLike, mean: ArrayLike) -> NDArray[np.float64]:
    """Split Pearson's correlation; otherwise as `srcc_influences`."""
    a, b = columns(merit, mean)
    f, g = a - a.mean(), b - b.mean()
    f, g = f / np.abs(f).max(), g / np.abs(g).max()  # so that squares neither over- nor underflow
    return _joined(f * g, f * f, g * g, f, g)


def _raised(ranks: NDArray[np.float64], column: NDArray[np.float64]) -> NDArray[np.float64]:
    """Average, for each item, the ranks of those above it in the column; equal ones count half."""
    _, level = np.unique(column, return_inverse=True)
    totals = np.bincount(level, ranks)
    found: NDArray[np.float64] = (ranks.sum() - totals.cumsum() + totals / 2)[level] / len(column)
    return found


def _joined(
    product: NDArray[np.float64],
    first: NDArray[np.float64],
    second: NDArray[np.float64],
    f: NDArray[np.float64],
    g: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Turn the influences on covariance and both variances into those on the correlation."""
    variances = float((f * f).mean()), float((g * g).mean())
    scale = np.sqrt(variances[0] * variances[1])
    r = float((f * g).mean()) / scale
    spread = (first - first.mean()) / variances[0] + (second - second.mean()) / variances[1]
    joined: NDArray[np.float64] = (r + (product - product.mean()) / scale - r / 2 * spread) / len(f)
    return joined
