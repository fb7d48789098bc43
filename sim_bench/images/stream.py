"""Work in threads, handed on in order, a bounded number of items at a time."""

import os
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Generic, TypeVar, cast

from sim_bench.errors import ImageError
from sim_bench.images.decode import read_picture
from sim_bench.images.picture import Picture

T = TypeVar("T")

_READY = 4096
"""Values kept while one before them is still worked on."""


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


def in_order(
    items: Iterable[T | Callable[[], T]], *, workers: int | None = None, ahead: int | None = None
) -> Generator[T, None, None]:
    """Call what is to be called in threads, and pass everything on in the order given.

    Items are taken as they are needed, so they may come from a generator without end. Closing
    the iterator drops what has not begun.

    Args:
        items: Values, passed on as they are, and calls that make one.
        workers: Number of threads; the number of CPU cores when None.
        ahead: How many calls may be under way or done before their turn; two per worker when None.
    """
    workers = workers or os.cpu_count() or 1
    ahead = ahead or 2 * workers
    waiting: deque[T | Future[T]] = deque()
    calls = 0
    pool = ThreadPoolExecutor(workers, thread_name_prefix="decode")
    try:
        for item in items:
            if callable(item):
                waiting.append(pool.submit(item))
                calls += 1
            else:
                waiting.append(item)
            while waiting and (
                calls >= ahead or len(waiting) >= _READY or not isinstance(waiting[0], Future)
            ):
                first = waiting.popleft()
                if isinstance(first, Future):
                    calls -= 1
                    yield first.result()
                else:
                    yield first
        for last in waiting:
            yield last.result() if isinstance(last, Future) else last
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def map_pictures(
    paths: Iterable[Path], work: Callable[[Picture], T], *, workers: int | None = None
) -> Iterator[Read[T]]:
    """Decode every file and apply `work` to its picture, in threads; results in order.

    A picture lives only as long as `work` runs on it, and at most two files per worker are
    under way, so memory does not grow with the number of files.

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

    calls = (cast("Callable[[], Read[T]]", partial(read, path)) for path in paths)
    return in_order(calls, workers=workers)
