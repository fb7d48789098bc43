"""One ONNX tower on OpenVINO's CPU device, read once and compiled for any constant batch."""

from pathlib import Path
from typing import Any, Literal

from sim_bench.encoders.openvino_batch import widen
from sim_bench.encoders.openvino_runtime import ov
from sim_bench.encoders.openvino_weights import forget, read_model
from sim_bench.encoders.preprocess import Preprocessing
from sim_bench.errors import BundleError


class Graph:
    """A tower as it is in its file.

    Args:
        path: The ONNX file.
        dim: Length of a vector.
        row_shape: Of one input row: (H, W, 3) for photos, (context,) for texts.
        precision: Of the computation.
        normalise: For photos: rows are 8-bit and the graph applies mean and deviation.

    Raises:
        BundleError: The file cannot be read as a tower.
    """

    def __init__(
        self,
        path: Path,
        *,
        dim: int,
        row_shape: tuple[int, ...],
        precision: Literal["f32", "bf16"],
        normalise: Preprocessing | None = None,
    ) -> None:
        self._path = path
        self._dim = dim
        self._row_shape = row_shape
        self._precision = precision
        self._normalise = normalise
        try:
            self._model, self._file = read_model(path)
        except RuntimeError as error:
            raise BundleError(f"{path} cannot be read: {_first_line(error)}") from error
        if len(self._model.inputs) != 1:
            raise BundleError(f"{path} has {len(self._model.inputs)} inputs; a tower has one.")

    @property
    def is_convolutional(self) -> bool:
        """Whether most work is convolution, whose maps outgrow the cache in a batch."""
        kinds = [op.get_type_name() for op in self._model.get_ops()]
        return kinds.count("Convolution") > kinds.count("MatMul")

    def compile(self, batch: int) -> Any:
        """Compile for a constant batch, for several streams.

        Raises:
            BundleError: The graph cannot take such a batch, or gives vectors of another length.
        """
        model = self._model.clone()  # shares the weights
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
        settings = {
            "INFERENCE_PRECISION_HINT": self._precision,
            "PERFORMANCE_HINT": "THROUGHPUT",
        }
        compiled = ov.Core().compile_model(processor.build(), "CPU", settings)
        if (shape := list(compiled.output(0).shape)) != [batch, self._dim]:
            raise BundleError(
                f"{self._path} gives {shape} for inputs of shape {rows}; {[batch, self._dim]} is "
                "right for the embed_dim of config.json."
            )
        forget(self._file)
        return compiled

    def _resize(self, model: Any, batch: int) -> None:
        """Give the graph a batch; one of a fixed batch, more rows than it was exported for."""
        shape = model.input(0).partial_shape
        if self._normalise:
            height, width, channels = self._row_shape
            wanted = [batch, channels, height, width]
            if batch > 1 and shape.is_static and list(shape.to_shape()) == [1, *wanted[1:]]:
                widen(model, batch)
                return
        else:
            wanted = [batch, *self._row_shape]
        model.reshape({0: wanted})


def _first_line(error: Exception) -> str:
    """OpenVINO's messages begin with where in its source they were raised."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return next((line for line in lines if not line.startswith("Exception from")), "no reason")
