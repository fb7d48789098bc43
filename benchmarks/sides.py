"""A process for each side of a comparison, so that the threads of one do not wait for another's.

A side loads what it needs once and is idle until its turn.
"""

import gc
import os
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from statistics import median
from typing import Any

from sim_bench.errors import MissingDependencyError, SimBenchError

_SETTLE = (
    0.5  # seconds before a turn: the threads of the one before spin a little before they sleep
)
_work: Callable[..., Any]


class Side:
    """One side.

    Args:
        load: Called in the new process; returns what a turn calls.
        *arguments: For `load`.
        core: Of all cores the only one that the process may use; None: any.
    """

    def __init__(
        self, load: Callable[..., Callable[..., Any]], *arguments: Any, core: int | None = None
    ) -> None:
        self._pool = ProcessPoolExecutor(1, get_context("spawn"))
        try:
            self._pool.submit(_load, load, arguments, core).result()
        except BaseException:
            self.__exit__()
            raise

    def __call__(self, *arguments: Any) -> tuple[float, Any]:
        """Take a turn; returns its seconds and its result."""
        return self._pool.submit(_timed, arguments).result()

    def __enter__(self) -> "Side":
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown()


def in_turn(turns: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, float]:
    """Measure A B C A B C ...; the median of each."""
    seen: dict[str, list[float]] = {name: [] for name in turns}
    for _ in range(rounds):
        for name, turn in turns.items():
            seen[name].append(turn())
    return {name: median(values) for name, values in seen.items()}


def _load(load: Callable[..., Callable[..., Any]], arguments: Any, core: int | None) -> None:
    global _work
    if core is not None:
        os.sched_setaffinity(0, {core})  # before a library counts the cores and starts threads
    with _readable_errors():
        _work = load(*arguments)


def _timed(arguments: Any) -> tuple[float, Any]:
    gc.collect()
    time.sleep(_SETTLE)
    with _readable_errors():
        start = time.perf_counter()
        result = _work(*arguments)
        return time.perf_counter() - start, result


@contextmanager
def _readable_errors() -> Iterator[None]:
    """Send only the message of an error of ours: its class need not survive the way back."""
    try:
        yield
    except MissingDependencyError as error:
        raise ImportError(str(error)) from None
    except SimBenchError as error:
        raise RuntimeError(str(error)) from None
