"""Another question to photos that are known: stored vectors through new prompts, no file opened."""

from collections import deque
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray

from sim_bench.errors import StoreError
from sim_bench.quality_assessment.photo import Asked
from sim_bench.quality_assessment.vector_based import VectorBasedAssessor
from sim_bench.store.info import info
from sim_bench.store.store import Store

_BLOCK = 1024
_AHEAD = 200_000_000
"""Vectors in a block, and bytes of vectors read before their turn: while the text tower is loaded,
all of a library of some 100,000 photos is read. Measured: a tenth of the time is saved."""

Block = tuple[list[str], NDArray[np.float32]]


def rescore(
    store: Store, methods: Mapping[str, VectorBasedAssessor]
) -> Iterator[tuple[list[str], dict[str, NDArray[np.float64]]]]:
    """Score every photo of which the store has the vector that the methods look at.

    Files are not looked at: a photo is scored as it was when it was last read, also where its disk
    is not at hand. Memory does not grow with the number of photos.

    Args:
        store: The store.
        methods: By column name; all over the same vectors (encoder, precision and decoding).

    Yields:
        Some absolute paths, and their scores by method.

    Raises:
        ValueError: No methods, or they look at different vectors.
        StoreError: The store has no vector of this kind; the message says which it has.
        ModelError: A method cannot run here.
    """
    asked = Asked(methods)
    if asked.pixel or len(asked.encoders) != 1:
        raise ValueError(
            "rescore takes methods over the vectors of one encoder. Got "
            f"{', '.join(methods) or 'none'}, with {len(asked.encoders)} kinds of vectors."
        )
    [(key, encoder)] = asked.encoders.items()
    ahead = max(1, _AHEAD // (4 * encoder.dim * _BLOCK))
    empty = True
    with _read_ahead(store.stored(key, encoder.dim, _BLOCK), ahead) as blocks:
        for method in methods.values():
            method.load(store)
        for paths, vectors in blocks:
            empty = False
            yield paths, {name: method.score_vectors(vectors) for name, method in methods.items()}
    if empty:
        held = [f"{one.name or 'unnamed'} ({one.fingerprint})" for one in info(store).encoders]
        raise StoreError(
            f"{store.path} holds no vectors of {encoder.name} ({key}). It holds "
            f"{'; '.join(held) or 'none'}. Score the photos first, or choose the model, precision "
            "and decoding by which they were scored (where a method wanted every pixel, as "
            "rule-based ones do, photos were decoded exactly: --decode exact)."
        )


@contextmanager
def _read_ahead(blocks: Iterator[Block], ahead: int) -> Iterator[Iterator[Block]]:
    """Read blocks in a thread, from now on, a bounded number before they are asked for."""
    pool = ThreadPoolExecutor(1, thread_name_prefix="read")
    waiting = deque(pool.submit(next, blocks, None) for _ in range(ahead))

    def in_turn() -> Iterator[Block]:
        while (block := waiting.popleft().result()) is not None:
            waiting.append(pool.submit(next, blocks, None))
            yield block

    try:
        yield in_turn()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)  # the store may be closed after this
