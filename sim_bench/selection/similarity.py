"""Photos of one scene, found by likeness alone, where nothing is known of when they were taken.

Average linkage: two clusters are joined while the mean similarity of their photos, over all pairs
between them, is at least the threshold. So a chain of photos, each like the next, is not one scene
unless most of it is alike. Pairs below the threshold cannot make a join of their own, so photos
that no chain of pairs above it connects are apart for certain, and only connected ones are
compared all with all: the result is that of comparing all at once.

Source: Sokal and Michener, 1958 (UPGMA), as `scipy.cluster.hierarchy` computes it.
"""

import numpy as np
from numpy.typing import NDArray

from sim_bench.selection.look import check_looks
from sim_bench.selection.look_similarity import blocks, similarities

THRESHOLD = 0.66
"""Least mean similarity within a cluster. Chosen by us where the pair F1 is about best (0.67 gives
as much) on BIQ2021's training series among 1,000 single photos of its training half, see
docs/grouping.md and `benchmarks/similarity.py`."""

EXTRA_SHARE = 0.1
"""Weight of the extra vectors' cosine, where there are any. Chosen by us, see the same place."""

LARGEST = 4096
"""Photos compared all with all; 4,096 take 64 MB. Chosen by us."""

_STEP = 0.05  # by which a set that is too large is asked to be more alike
_ONE_SCENE = 0.95


def cluster(
    looks: NDArray[np.float32],
    *,
    extra: NDArray[np.float32] | None = None,
    threshold: float = THRESHOLD,
) -> list[int]:
    """Find the photos that show one scene.

    A set of more than `LARGEST` photos that chains connect is first cut where the chain is
    weakest; what chains of 0.95 or more connect is then one scene (frames of a time-lapse).

    Args:
        looks: Looks of the photos, shape (n, dim).
        extra: Vectors of an encoder for the same photos, unit rows (n, d), that count beside.
        threshold: Least mean similarity between clusters that are joined, above 0, to 1; larger
            makes more and smaller clusters.

    Returns:
        A label for each photo: 0 for the first one's cluster, 1 for the next new one, and so on.

    Raises:
        ValueError: Looks or vectors that are not finite or do not match, or such a threshold.
    """
    check_looks(looks)
    if not 0.0 < threshold <= 1.0:
        raise ValueError(f"threshold must be above 0 and at most 1. Got {threshold!r}.")
    if extra is not None and (extra.ndim != 2 or len(extra) != len(looks)):
        raise ValueError(f"extra must be of shape ({len(looks)}, d). Got {extra.shape}.")
    if extra is not None and not np.isfinite(extra).all():
        raise ValueError("extra must be finite: leave it out, or leave out the photos without.")
    labels = np.arange(len(looks))
    for members in _connected(np.arange(len(looks)), looks, extra, threshold):
        if len(members) > LARGEST:
            labels[members] = members[0]
        else:
            first = _linked(_alike(looks, extra, members, members), threshold)
            labels[members] = members[first]
    first_seen = dict.fromkeys(labels.tolist())
    numbers = {label: number for number, label in enumerate(first_seen)}
    return [numbers[label] for label in labels.tolist()]


def _alike(
    looks: NDArray[np.float32],
    extra: NDArray[np.float32] | None,
    rows: NDArray[np.intp],
    columns: NDArray[np.intp],
) -> NDArray[np.float32]:
    """Similarities of some photos with some, shape (rows, columns)."""
    found = similarities(looks[rows], looks[columns])
    if extra is None:
        return found
    cosines = np.dot(extra[rows], extra[columns].T)
    return np.asarray((1.0 - EXTRA_SHARE) * found + EXTRA_SHARE * cosines, dtype=np.float32)


def _connected(
    photos: NDArray[np.intp],
    looks: NDArray[np.float32],
    extra: NDArray[np.float32] | None,
    threshold: float,
) -> list[NDArray[np.intp]]:
    """The sets of two photos or more that chains of similar pairs connect, none too large."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    n = len(photos)
    root: NDArray[np.intp] = np.arange(n)
    for rows, columns in blocks(n):
        close = _alike(looks, extra, photos[rows], photos[columns]) >= threshold
        above, below = np.nonzero(close)
        ends = root[rows][above], root[columns][below]
        links = coo_array((np.ones(len(above), dtype=bool), ends), shape=(n, n))
        _, of_root = connected_components(links, directed=False)
        root = of_root[root].astype(np.intp)
    order = np.argsort(root, kind="stable")
    pieces = np.split(order, np.flatnonzero(np.diff(root[order])) + 1)
    found: list[NDArray[np.intp]] = []
    for piece in pieces:
        if len(piece) > LARGEST and threshold < _ONE_SCENE:
            stricter = min(_ONE_SCENE, threshold + _STEP)
            found += _connected(photos[piece], looks, extra, stricter)
        elif len(piece) > 1:
            found.append(photos[piece])
    return found


def _linked(alike: NDArray[np.float32], threshold: float) -> NDArray[np.intp]:
    """For each of some photos, compared all with all, the first one of its cluster."""
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform

    apart = 1.0 - alike.astype(np.float64)
    np.fill_diagonal(apart, 0.0)
    tree = linkage(squareform(apart, checks=False), "average")
    _, first, which = np.unique(
        fcluster(tree, 1.0 - threshold, "distance"), return_index=True, return_inverse=True
    )
    return np.asarray(first[which], dtype=np.intp)
