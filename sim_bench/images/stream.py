"""Work in threads, handed on in order, a bounded number of items at a time."""

import os
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")

_READY = 4096
"""Values kept while one before them is still worked on."""


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
