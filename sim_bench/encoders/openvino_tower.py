"""One ONNX tower on OpenVINO's CPU device: any number of rows through one graph of constant batch.

The same row gets the same bits whatever its place and its neighbours in a graph of constant batch,
but other last bits in a graph of another batch. So there is one graph, and what is left over of the
rows is padded: one row takes as long as a batch, and no result depends on how the rows were dealt.
"""

from collections.abc import Iterable
from contextlib import suppress
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from sim_bench.encoders.openvino_check import Verdicts, same_rows
from sim_bench.encoders.openvino_graph import Graph
from sim_bench.encoders.openvino_runtime import ov
from sim_bench.encoders.preprocess import Preprocessing
from sim_bench.errors import BundleError

Row = NDArray[np.uint8] | NDArray[np.int32]

UNKNOWN_BATCH = 4  # for transformers whose configuration does not say how many tokens they take


class Tower:
    """One tower of a bundle, compiled when first used.

    Args:
        path: The ONNX file.
        dim: Length of a vector.
        row_shape: Of one input row: (H, W, 3) for photos, (context,) for texts.
        precision: Of the computation.
        batch: Rows of the graph. None: by the graph, 1 for a convolutional network. Batch 1 stands
            in where a larger one is not possible or gives other vectors.
        normalise: For photos: rows are 8-bit and the graph applies mean and deviation.
        identity: Names the weights, so that a larger batch is compared with batch 1 only once on
            a machine; None: whenever it is loaded.
    """

    def __init__(
        self,
        path: Path,
        *,
        dim: int,
        row_shape: tuple[int, ...],
        precision: Literal["f32", "bf16"],
        batch: int | None,
        normalise: Preprocessing | None = None,
        identity: str | None = None,
    ) -> None:
        self._path = path
        self._dim = dim
        self._row_shape = row_shape
        self._precision = precision
        self._wanted = batch
        self._normalise = normalise
        self._verdicts = Verdicts(identity, precision)

    @property
    def batch(self) -> int:
        """Rows that the graph takes at once."""
        return int(self._queue[0])

    def run(self, rows: Iterable[Row], count: int) -> NDArray[np.float32]:
        """Compute the vectors of `count` rows, in order, of unit length.

        Raises:
            BundleError: The graph cannot be used, or a vector is not finite.
        """
        out = np.empty((count, self._dim), dtype=np.float32)
        batch, queue = self._queue

        def keep(request: Any, start: int) -> None:
            vectors = request.get_output_tensor(0).data
            out[start : start + batch] = vectors[: count - start]

        queue.set_callback(keep)
        remaining, start = iter(rows), 0
        while chunk := list(islice(remaining, batch)):
            chunk += [chunk[-1]] * (batch - len(chunk))
            queue.start_async({0: np.stack(chunk)}, start)
            start += batch
        queue.wait_all()
        norms = np.linalg.norm(out, axis=1, keepdims=True)
        bad = np.flatnonzero(~(np.isfinite(norms) & (norms > 0))[:, 0])
        if bad.size:
            raise BundleError(f"{self._path} gives no finite vector for input {bad[0]}.")
        return np.asarray(out / norms, dtype=np.float32)

    @cached_property
    def _queue(self) -> tuple[int, Any]:
        """The batch, and the compiled graph on several streams; nothing else stays in memory."""
        graph = Graph(
            self._path,
            dim=self._dim,
            row_shape=self._row_shape,
            precision=self._precision,
            normalise=self._normalise,
        )
        wanted = self._wanted or (1 if graph.is_convolutional else UNKNOWN_BATCH)
        compiled = self._larger(graph, wanted) if wanted > 1 else None
        if compiled is None:
            wanted, compiled = 1, graph.compile(1)
        return wanted, ov.AsyncInferQueue(compiled)

    def _larger(self, graph: Graph, batch: int) -> Any:
        """The graph for a larger batch; None where it cannot be had or trusted."""
        known = self._verdicts.read(batch)
        if known is False:
            return None
        if known:
            return graph.compile(batch)
        compiled = None
        with suppress(BundleError):  # constants baked for batch 1; batch 1 itself may still work
            compiled = same_rows(graph, batch, self._row_shape, self._precision)
        self._verdicts.write(batch, good=compiled is not None)
        return compiled
