"""One ONNX tower on OpenVINO's CPU device: any number of rows through graphs of a constant batch.

The batch is constant and padded, so that what a row gives does not depend on its neighbours. Few
rows go one by one through a graph of batch 1; many go through a larger batch on several streams.
Convolutional networks stay at batch 1, which is faster for them (measured on 2 cores).
Published bundles have their batch fixed at 1, and a runtime may treat a larger batch wrongly, so a
larger batch is used only where it is possible and gives the same numbers for each row; otherwise
batch 1 runs on several streams.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any, Literal

import numpy as np
import openvino as ov
from numpy.typing import NDArray

from sim_bench.encoders.openvino_batch import widen
from sim_bench.encoders.preprocess import Preprocessing
from sim_bench.errors import BundleError

Row = NDArray[np.uint8] | NDArray[np.int32]

BATCH = 8  # measured on 2 cores: larger is not faster
# Largest 1 - cosine between a row in a batch and the row alone, chosen by us.
_SAME = {"f32": 1e-6, "bf16": 1e-3}


def supports_bf16() -> bool:
    """Whether the CPU multiplies in bf16."""
    return "BF16" in ov.Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")


class Tower:
    """One tower of a bundle, compiled when first used.

    Args:
        path: The ONNX file.
        dim: Length of a vector.
        row_shape: Of one input row: (S, S, 3) for photos, (context,) for texts.
        precision: Of the computation.
        few: Up to how many rows go one by one, where preparing for more would take longer.
        normalise: For photos: rows are 8-bit and the graph applies mean and deviation.
    """

    def __init__(
        self,
        path: Path,
        *,
        dim: int,
        row_shape: tuple[int, ...],
        precision: Literal["f32", "bf16"],
        few: int,
        normalise: Preprocessing | None = None,
    ) -> None:
        self._path = path
        self._dim = dim
        self._row_shape = row_shape
        self._precision = precision
        self._few = few
        self._normalise = normalise
        self._single: Any = None
        self._queue: tuple[int, Any] | None = None

    def run(self, rows: Iterable[Row], count: int) -> NDArray[np.float32]:
        """Compute the vectors of `count` rows, in order, of unit length.

        Raises:
            BundleError: The graph cannot be used, or a vector is not finite.
        """
        out = np.empty((count, self._dim), dtype=np.float32)
        if count <= self._few:
            for index, row in enumerate(rows):
                out[index] = self._run_single(row)
        else:
            self._run_many(iter(rows), out)
        norms = np.linalg.norm(out, axis=1, keepdims=True)
        bad = np.flatnonzero(~(np.isfinite(norms) & (norms > 0))[:, 0])
        if bad.size:
            raise BundleError(f"{self._path} gives no finite vector for input {bad[0]}.")
        return np.asarray(out / norms, dtype=np.float32)

    def _run_single(self, row: Row) -> NDArray[np.float32]:
        if self._single is None:
            self._single = self._compile(1, "LATENCY").create_infer_request()
        result = self._single.infer({0: row[None]})
        return np.array(result[0][0], dtype=np.float32)

    def _run_many(self, rows: Iterator[Row], out: NDArray[np.float32]) -> None:
        if self._queue is None:
            batch, compiled = self._compile_many()
            self._queue = batch, ov.AsyncInferQueue(compiled)
        batch, queue = self._queue

        def keep(request: Any, start: int) -> None:
            vectors = request.get_output_tensor(0).data
            out[start : start + batch] = vectors[: len(out) - start]

        queue.set_callback(keep)
        start = 0
        while chunk := list(islice(rows, batch)):
            chunk += [chunk[-1]] * (batch - len(chunk))
            queue.start_async({0: np.stack(chunk)}, start)
            start += batch
        queue.wait_all()

    def _compile_many(self) -> tuple[int, Any]:
        """The larger batch where it pays and can be trusted, else batch 1, with its graph."""
        if self._is_convolutional:
            return 1, self._compile(1, "THROUGHPUT")
        with suppress(BundleError):  # constants baked for batch 1; batch 1 itself may still work
            compiled = self._compile(BATCH, "THROUGHPUT")
            if self._same_as_single(compiled):
                return BATCH, compiled
        return 1, self._compile(1, "THROUGHPUT")

    def _same_as_single(self, compiled: Any) -> bool:
        """Whether a graph with a larger batch gives each row what it gives the row alone."""
        rng = np.random.default_rng(0)
        shape = (BATCH, *self._row_shape)
        if self._normalise:
            rows = rng.integers(0, 256, shape).astype(np.uint8)
        else:
            rows = rng.integers(1, 99, shape).astype(np.int32)
            rows[np.arange(BATCH), rng.integers(0, shape[1], BATCH)] = 99  # one largest, as the end
        many = compiled.create_infer_request().infer({0: rows})[0]
        kept = self._single
        alone = np.stack([self._run_single(row) for row in rows])
        self._single = kept  # large towers need not stay in memory twice
        norms = np.linalg.norm(many, axis=1) * np.linalg.norm(alone, axis=1)
        distance = 1.0 - (many * alone).sum(axis=1) / norms
        return bool(np.all(distance < _SAME[self._precision]))  # False for NaN

    def _compile(self, batch: int, hint: str) -> Any:
        model = self._model.clone()
        rows = [batch, *self._row_shape]
        try:
            self._resize(model, batch)
        except RuntimeError as error:
            raise BundleError(
                f"{self._path} does not take inputs of shape {rows}: {_first_line(error)}"
            ) from error
        processor = ov.preprocess.PrePostProcessor(model)
        tensor = processor.input().tensor()
        if self._normalise:
            tensor.set_element_type(ov.Type.u8).set_layout(ov.Layout("NHWC"))
            processor.input().model().set_layout(ov.Layout("NCHW"))
            processor.input().preprocess().convert_element_type(ov.Type.f32).mean(
                [255.0 * value for value in self._normalise.mean]
            ).scale([255.0 * value for value in self._normalise.std])
        else:
            tensor.set_element_type(ov.Type.i32)
        processor.output(0).tensor().set_element_type(ov.Type.f32)
        model = processor.build()
        settings = {"INFERENCE_PRECISION_HINT": self._precision, "PERFORMANCE_HINT": hint}
        compiled = ov.Core().compile_model(model, "CPU", settings)
        if (shape := list(compiled.output(0).shape)) != [batch, self._dim]:
            raise BundleError(
                f"{self._path} gives {shape} for inputs of shape {rows}; {[batch, self._dim]} is "
                "right for the embed_dim of config.json."
            )
        return compiled

    @cached_property
    def _model(self) -> Any:
        """The graph as it is in the file; copies of it share the weights."""
        try:
            model = ov.Core().read_model(self._path)
        except RuntimeError as error:
            raise BundleError(f"{self._path} cannot be read: {_first_line(error)}") from error
        if len(model.inputs) != 1:
            raise BundleError(f"{self._path} has {len(model.inputs)} inputs; a tower has one.")
        return model

    @cached_property
    def _is_convolutional(self) -> bool:
        """Whether most work is convolution, whose maps outgrow the cache in a batch."""
        kinds = [op.get_type_name() for op in self._model.get_ops()]
        return kinds.count("Convolution") > kinds.count("MatMul")

    def _resize(self, model: Any, batch: int) -> None:
        """Give the graph a batch; one of a fixed batch, more rows than it was exported for."""
        shape = model.input(0).partial_shape
        if self._normalise:
            height, width, channels = self._row_shape
            wanted = [batch, channels, height, width]
            if batch > 1 and shape.is_static and list(shape.to_shape()) == [1, *wanted[1:]]:
                widen(model, batch)  # texts are few, and their graphs number the rows themselves
                return
        else:
            wanted = [batch, *self._row_shape]
        model.reshape({0: wanted})


def _first_line(error: Exception) -> str:
    """OpenVINO's messages begin with where in its source they were raised."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return next((line for line in lines if not line.startswith("Exception from")), "no reason")
