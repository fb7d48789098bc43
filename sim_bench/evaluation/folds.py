"""Folds for cross-validation that keep groups (series, reference photos) whole."""

import numpy as np
from numpy.typing import ArrayLike, NDArray


def group_folds(groups: ArrayLike, folds: int, seed: int = 0) -> NDArray[np.intp]:
    """Deal groups into folds at random, as evenly as their number allows.

    Args:
        groups: Group of each row, shape (n,).
        folds: How many folds, 2 or more; with fewer groups than that, each group is a fold.
        seed: Decides the deal, which does not depend on the order of the rows.

    Returns:
        Number of the fold of each row, shape (n,), from 0.

    Raises:
        ValueError: Groups that are no column or NaN, fewer than two of them, fewer than 2 folds.
    """
    labels = np.asarray(groups)
    if labels.ndim != 1:
        raise ValueError(f"groups must be a column of shape (n,). Got shape {labels.shape}.")
    if labels.dtype.kind == "f" and np.isnan(labels).any():
        raise ValueError("groups must not be NaN: give each row the label of its group.")
    if folds < 2:
        raise ValueError(f"folds must be 2 or more. Got {folds!r}.")
    names, group = np.unique(labels, return_inverse=True)
    if len(names) < 2:
        raise ValueError(
            f"cross-validation needs two groups (series) or more. Got {len(names)} in "
            f"{len(labels)} rows."
        )
    fold = np.arange(len(names)) % min(folds, len(names))
    return np.asarray(np.random.default_rng(seed).permutation(fold)[group], dtype=np.intp)
