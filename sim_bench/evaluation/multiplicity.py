"""Correction of p-values for how many comparisons were made.

Source: Holm, Scandinavian Journal of Statistics 6, 1979.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray


def holm(p_values: ArrayLike) -> NDArray[np.float64]:
    """Adjust p-values, so that those below 0.05 hold a false one in 5% of such tables at most.

    The smallest of m is multiplied by m, the next by m - 1 and so on; none may then be smaller
    than one before it, nor above 1. The tests may depend on each other in any way.

    Args:
        p_values: Shape (m,), each in [0, 1], or NaN where no test was made.

    Returns:
        Adjusted p-values in the same order; NaN stays NaN and does not count as a test.

    Raises:
        ValueError: A p-value outside [0, 1], or an array that is no column.
    """
    given = np.asarray(p_values, dtype=np.float64)
    if given.ndim != 1:
        raise ValueError(f"p_values must have the shape (m,). Got {given.shape}.")
    made = ~np.isnan(given)
    tested = given[made]
    if ((tested < 0) | (tested > 1)).any():
        raise ValueError(f"p_values must lie in [0, 1]. Got {tested.min()} to {tested.max()}.")
    order = np.argsort(tested, kind="stable")
    grown = np.maximum.accumulate(tested[order] * np.arange(len(tested), 0, -1))
    tested[order] = np.minimum(grown, 1.0)
    adjusted = np.full(len(given), np.nan)
    adjusted[made] = tested
    return adjusted
