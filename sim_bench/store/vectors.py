"""Vectors as rows: 32-bit floats, little-endian, checked together rather than one by one."""

from collections.abc import Mapping, Sequence
from itertools import compress
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Key = TypeVar("Key")


def to_rows(vectors: Mapping[Key, NDArray[np.float32]]) -> dict[Key, bytes]:
    """The bytes of vectors of one encoder, each of shape (dim,).

    Raises:
        ValueError: They are not all of one length, or a value is not finite.
    """
    if not vectors:
        return {}
    shapes = {vector.shape for vector in vectors.values()}
    if len(shapes) > 1 or len(shape := shapes.pop()) != 1 or not shape[0]:
        raise ValueError("The vectors of one encoder must all be of shape (dim,)")
    matrix = np.stack(list(vectors.values())).astype("<f4", copy=False)
    if not np.isfinite(matrix).all():
        raise ValueError("Every value of a vector must be finite")
    return dict(zip(vectors, map(bytes, matrix), strict=True))


def from_rows(values: Sequence[bytes], dim: int) -> tuple[NDArray[np.float32], list[bool]]:
    """Make a matrix of stored vectors.

    Args:
        values: What was stored.
        dim: How long a vector must be.

    Returns:
        A matrix of shape (n, dim) of those that are finite and of this length, and which of
        the values these are.
    """
    usable = [True] * len(values)
    if set(map(len, values)) - {4 * dim}:
        usable = [len(value) == 4 * dim for value in values]
        values = list(compress(values, usable))
    matrix = np.frombuffer(b"".join(values), "<f4").reshape(-1, dim)
    matrix = matrix.astype(np.float32, copy=False)  # the same, unless the machine is big-endian
    if np.isfinite(matrix).all():
        return matrix, usable
    finite = np.isfinite(matrix).all(axis=1)
    answers = iter(finite.tolist())
    return matrix[finite], [long and next(answers) for long in usable]
