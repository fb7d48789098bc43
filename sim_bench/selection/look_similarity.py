"""Whether two looks show one scene: 1 for the same photo, about 0.2 for any two.

The cosine of the scenes' gradients, at the best of nine positions up to one cell (an eighth of
the photo) apart, compared where they overlap; and the cosine of the colours. Scenes and colours
that are hardly there (a lens cap, a grey wall) count as alike. The share of colour and the two
floors were chosen by us on series of one scene: docs/grouping.md, `benchmarks/similarity.py`.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from sim_bench.selection.look import check_looks, colour, scene
from sim_bench.selection.look_gradients import GRID

COLOUR_SHARE = 0.2
"""Weight of the colours' cosine in a similarity; the rest is the scenes'."""

_SCENE_FLOOR = 0.05  # per cell, as a channel that all photos have
_COLOUR_FLOOR = 0.1  # per cell
_SHIFTS = tuple((down, across) for down in (-1, 0, 1) for across in (-1, 0, 1))
_BLOCK = 2048  # looks compared at once with as many: 16 MB for each matrix


def similarity(a: NDArray[np.float32], b: NDArray[np.float32]) -> float:
    """Compare two looks of shape (dim,); in [-1, 1], symmetric, larger is more alike."""
    return float(paired_similarities(a[None], b[None])[0])


def paired_similarities(a: NDArray[np.float32], b: NDArray[np.float32]) -> NDArray[np.float32]:
    """Compare each look with the one in its place: shapes (n, dim) and (n, dim); shape (n,).

    Raises:
        ValueError: Looks that are not finite, or not as many on both sides.
    """
    check_looks(a)
    check_looks(b)
    if len(a) != len(b):
        raise ValueError(f"There must be as many looks on both sides. Got {len(a)} and {len(b)}.")
    scenes = [(_scenes(a, s) * _scenes(b, _back(s))).sum(axis=1) for s in _SHIFTS]
    return _mixed(np.max(scenes, axis=0), (_colours(a) * _colours(b)).sum(axis=1))


def similarities(a: NDArray[np.float32], b: NDArray[np.float32]) -> NDArray[np.float32]:
    """Compare each look (m, dim) with each look (n, dim); shape (m, n).

    Raises:
        ValueError: Looks that are not finite.
    """
    check_looks(a)
    check_looks(b)
    best = np.full((len(a), len(b)), -1.0, dtype=np.float32)
    for shift in _SHIFTS:
        np.maximum(best, np.dot(_scenes(a, shift), _scenes(b, _back(shift)).T), out=best)
    return _mixed(best, _colours(a) @ _colours(b).T)


def blocks(n: int) -> Iterator[tuple[slice, slice]]:
    """Cut the pairs of n looks into blocks of rows and columns, none below the diagonal.

    However many looks there are, what is held at once is one block.
    """
    for row in range(0, n, _BLOCK):
        for column in range(row, n, _BLOCK):
            yield slice(row, min(n, row + _BLOCK)), slice(column, min(n, column + _BLOCK))


def _mixed(scenes: NDArray[np.float32], colours: NDArray[np.float32]) -> NDArray[np.float32]:
    mixed = scenes * np.float32(1.0 - COLOUR_SHARE)
    mixed += colours * np.float32(COLOUR_SHARE)
    return np.asarray(np.clip(mixed, -1.0, 1.0, out=mixed))


def _back(shift: tuple[int, int]) -> tuple[int, int]:
    return -shift[0], -shift[1]


def _scenes(looks: NDArray[np.float32], shift: tuple[int, int]) -> NDArray[np.float32]:
    """Unit rows of what a photo shares with one that is moved by so many cells down and across."""
    rows, columns = (slice(max(0, by), GRID + min(0, by)) for by in shift)
    part = scene(looks)[:, :, rows, columns]
    cells = part.shape[2] * part.shape[3]
    return _unit(part.reshape(len(looks), -1), _SCENE_FLOOR * cells**0.5)


def _colours(looks: NDArray[np.float32]) -> NDArray[np.float32]:
    part = colour(looks)
    return _unit(
        part.reshape(len(looks), -1), _COLOUR_FLOOR * (part.shape[2] * part.shape[3]) ** 0.5
    )


def _unit(rows: NDArray[np.float32], floor: float) -> NDArray[np.float32]:
    """Rows of length 1, with one more value that all have before they are made so."""
    full = np.column_stack([rows, np.full(len(rows), floor, dtype=np.float32)])
    return np.asarray(full / np.linalg.norm(full, axis=1, keepdims=True))
