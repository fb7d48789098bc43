"""Many files, decoded side by side, handed on in order, a bounded number at a time."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Generic, TypeVar

from sim_bench.errors import ImageError
from sim_bench.images.decode import read_picture
from sim_bench.images.picture import Picture

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Read(Generic[T]):
    """What became of one file.

    Attributes:
        path: The file, as given.
        value: What `work` made of its picture; None when it gave no pixels.
        width: Width in pixels of the upright photo; None when it gave no pixels.
        height: Height in pixels, likewise.
        reason: Why it gave no pixels; empty when it did.
        notes: What was met on the way; see `Picture.notes`.
    """

    path: Path
    value: T | None
    width: int | None
    height: int | None
    reason: str = ""
    notes: tuple[str, ...] = ()


def map_pictures(
    paths: Iterable[Path], work: Callable[[Picture], T], *, workers: int | None = None
) -> Iterator[Read[T]]:
    """Decode every file and apply `work` to its picture, in threads; results in order.

    A picture lives only as long as `work` runs on it, and at most two files per worker are
    under way, so memory does not grow with the number of files. Closing the iterator drops
    what has not begun.

    Args:
        paths: The files.
        work: Reduces a picture to what is kept of it; called from several threads.
        workers: Number of threads; the number of CPU cores when None.
    """

    def read(path: Path) -> Read[T]:
        try:
            picture = read_picture(path)
        except ImageError as error:
            return Read(path, None, None, None, error.reason)
        return Read(path, work(picture), picture.width, picture.height, notes=picture.notes)

    workers = workers or os.cpu_count() or 1
    pending: deque[Future[Read[T]]] = deque()
    remaining = iter(paths)
    pool = ThreadPoolExecutor(workers, thread_name_prefix="decode")
    try:
        pending.extend(pool.submit(read, path) for path in islice(remaining, 2 * workers))
        while pending:
            result = pending.popleft().result()
            pending.extend(pool.submit(read, path) for path in islice(remaining, 1))
            yield result
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
