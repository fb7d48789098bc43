"""A network on OpenVINO's CPU device, in 32-bit floats: rows of one size, or photos of any size."""

import threading
from collections.abc import Callable, Iterable
from functools import cached_property
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim_bench.encoders.openvino_runtime import ov
from sim_bench.errors import WeightsError

Build = Callable[[int], Any]
"""From a batch to a graph: an `ov.Model` with one output of shape (batch, dim)."""


class Network:
    """A graph, compiled when first used.

    Args:
        build: Makes the graph; called once, with `batch`.
        source: The weights, for messages.
        batch: Rows of the graph in `run`. A row gets the same bits in any company, since the
            batch is constant and what is left over is padded.
    """

    def __init__(self, build: Build, *, source: str, batch: int = 1) -> None:
        self._build: Build | None = build
        self._source = source
        self._batch = batch
        self._lock = threading.Lock()
        self._requests = threading.local()

    @cached_property
    def _compiled(self) -> Any:
        settings = {"INFERENCE_PRECISION_HINT": "f32", "PERFORMANCE_HINT": "THROUGHPUT"}
        assert self._build is not None  # compiled once
        compiled = ov.Core().compile_model(self._build(self._batch), "CPU", settings)
        self._build = None  # it may hold the weights, of which the compiled graph has a copy
        return compiled

    @cached_property
    def _queue(self) -> Any:
        return ov.AsyncInferQueue(self._compiled)

    def run(self, rows: Iterable[NDArray[Any]], count: int, dim: int) -> NDArray[np.float32]:
        """Compute `count` rows of equal shape, in order, several at once.

        Returns:
            Shape (count, dim).

        Raises:
            WeightsError: The network gives a value that is not finite.
        """
        out = np.empty((count, dim), dtype=np.float32)
        with self._lock:
            queue, batch = self._queue, self._batch

            def keep(request: Any, start: int) -> None:
                out[start : start + batch] = request.get_output_tensor(0).data[: count - start]

            queue.set_callback(keep)
            remaining, start = iter(rows), 0
            while chunk := list(islice(remaining, batch)):
                chunk += [chunk[-1]] * (batch - len(chunk))
                queue.start_async({0: np.stack(chunk)}, start)
                start += batch
            queue.wait_all()
        return self._finite(out)

    def one(self, *inputs: NDArray[Any]) -> NDArray[np.float32]:
        """Compute one input of any size that the graph takes; safe to call from several threads.

        Args:
            inputs: Of the graph, in order, each with its batch axis.

        Returns:
            The first output.

        Raises:
            WeightsError: The network gives a value that is not finite.
        """
        with self._lock:
            compiled = self._compiled
        request = getattr(self._requests, "kept", None)
        if request is None:
            request = self._requests.kept = compiled.create_infer_request()
        request.infer(dict(enumerate(inputs)))
        return self._finite(np.array(request.get_output_tensor(0).data, dtype=np.float32))

    def _finite(self, out: NDArray[np.float32]) -> NDArray[np.float32]:
        if not np.isfinite(out).all():
            raise WeightsError(f"{self._source} gives a value that is not finite.")
        return out
