"""The two towers of an open_clip model as ONNX graphs that give unit vectors."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from sim_bench.encoders.open_clip_model import OpenClipModel
from sim_bench.encoders.settings import PreprocessConfig
from sim_bench.errors import ModelError

OPSET = 18  # the exporter's own; others are made from it by conversion
_INLINE = 1_900_000_000  # bytes of weights; a protobuf file ends at 2 GiB

Kind = Literal["image", "text"]


def write_tower(model: OpenClipModel, kind: Kind, path: Path, *, batch: int | None) -> None:
    """Write one tower, its weights inside the file where they are below 2 GB, else beside it.

    Args:
        model: The model.
        kind: "image": `image` float32 [batch, 3, height, width], normalised; "text": `text` int32
            [batch, context]. Both give `embedding` [batch, dim] of unit length.
        path: The ONNX file.
        batch: Rows that the graph takes; None: any number.

    Raises:
        ModelError: The network has something in it that ONNX cannot express.
    """
    import torch

    tower = _tower(model.network, kind)
    free = {kind: {0: torch.export.Dim("batch")}}
    try:
        with _muted():
            program = torch.onnx.export(
                tower,
                (_example(model, kind, batch or 2),),
                input_names=[kind],
                output_names=["embedding"],
                opset_version=OPSET,
                dynamo=True,
                dynamic_shapes=None if batch else free,
                verbose=False,
            )
    except torch.onnx.OnnxExporterError as error:
        rows = f"batch {batch}" if batch else "a free batch (a fixed one may be possible)"
        line = str(error).strip().partition("\n")[0]
        raise ModelError(
            f"The {kind} tower of {model.name} cannot be written as ONNX with {rows}: {line}"
        ) from error
    _forget_origin(program.model)
    path.parent.mkdir(parents=True, exist_ok=True)
    program.save(path, external_data=_weights(model.network, kind) > _INLINE)


def _example(model: OpenClipModel, kind: Kind, rows: int) -> Any:
    import torch

    if kind == "text":
        return torch.zeros(rows, model.tokenizer.context_length, dtype=torch.int32)
    size = PreprocessConfig(**model.preprocess).size
    height, width = (size, size) if isinstance(size, int) else size
    return torch.zeros(rows, 3, height, width)


def _tower(network: Any, kind: Kind) -> Any:
    """One call of the network, its argument named as the input of the graph is."""
    import torch

    class Image(torch.nn.Module):  # type: ignore[misc]  # torch is untyped here
        def __init__(self) -> None:
            super().__init__()
            self.network = network

        def forward(self, image: Any) -> Any:
            return self.network.encode_image(image, normalize=True)

    class Text(torch.nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.network = network

        def forward(self, text: Any) -> Any:
            return self.network.encode_text(text, normalize=True)

    return Image().eval() if kind == "image" else Text().eval()


def _weights(network: Any, kind: Kind) -> int:
    """Bytes of a tower's weights."""
    visual = {id(value) for value in network.visual.parameters()}
    return sum(
        value.numel() * value.element_size()
        for value in network.parameters()
        if (id(value) in visual) == (kind == "image")
    )


@contextmanager
def _muted() -> Iterator[None]:
    """Silence the exporter: what it warns of, the comparison of the vectors finds."""
    loggers = [logging.getLogger(name) for name in ("torch.onnx", "onnxscript", "onnx_ir")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


def _forget_origin(graph_model: Any) -> None:
    """Drop the exporter's notes, which name the files of the machine that ran it."""
    graph = graph_model.graph
    graph.metadata_props.clear()
    for node in graph.all_nodes():
        node.metadata_props.clear()
    for value in [*graph.inputs, *graph.outputs, *graph.initializers.values()]:
        value.metadata_props.clear()
