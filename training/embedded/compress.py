"""Store the large weights of an ONNX graph in eight bits; it still computes in float32.

Each output channel of a matrix, and each row of a table of tokens, keeps a scale of its own and
whole numbers in [-127, 127]. Source: Jacob et al., CVPR 2018, section 3, weights only, symmetric.
"""

from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

SMALLEST = 4096  # numbers; below it, a weight is left as it is


def compress(path: Path) -> None:
    """Rewrite the model at `path` with its matrices and tables in int8."""
    model = onnx.load(path)
    weights = {t.name: t for t in model.graph.initializer if _is_large(t)}
    nodes: list[NodeProto] = []
    for node in model.graph.node:
        place = {"MatMul": 1, "Gather": 0}.get(node.op_type)
        tensor = weights.get(node.input[place]) if place is not None else None
        if tensor is None:
            nodes.append(node)
        elif node.op_type == "Gather":
            nodes += _table(model, node, tensor)
        else:
            nodes += _matrix(model, node, tensor)
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    used = {name for node in nodes for name in node.input}
    for tensor in [t for t in model.graph.initializer if t.name not in used]:
        model.graph.initializer.remove(tensor)
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, path)


def eighths(weight: NDArray[np.float32], axis: int) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Whole numbers and the scale of each channel along `axis`: weight is about their product."""
    others = tuple(i for i in range(weight.ndim) if i != axis)
    scale = np.abs(weight).max(axis=others, keepdims=True) / np.float32(127)
    scale = np.maximum(scale, np.finfo(np.float32).tiny)  # a channel of nothing but zeros
    return np.rint(weight / scale).astype(np.int8), scale.reshape(-1).astype(np.float32)


def _is_large(tensor: TensorProto) -> bool:
    sizes = list(tensor.dims)
    return tensor.data_type == TensorProto.FLOAT and len(sizes) == 2 and np.prod(sizes) >= SMALLEST


def _matrix(model: ModelProto, node: NodeProto, tensor: TensorProto) -> list[NodeProto]:
    """A matrix product of whole numbers cast to float32; each channel is scaled afterwards.

    A scale ahead of the product, as DequantizeLinear has it, makes OpenVINO round the other factor
    to eight bits too on some processors: 1e-4 in the cosine, and not the same everywhere.
    """
    whole, scale = _stored(model, tensor, 1)
    found = node.output[0]
    wide, raw = f"{tensor.name}_wide", f"{found}_raw"
    node.input[1], node.output[0] = wide, raw
    return [
        helper.make_node("Cast", [whole], [wide], to=TensorProto.FLOAT),
        node,
        helper.make_node("Mul", [raw, scale], [found]),
    ]


def _table(model: ModelProto, node: NodeProto, tensor: TensorProto) -> list[NodeProto]:
    """A look-up in a table: whole numbers and scales are looked up, so that few are widened."""
    whole, scale = _stored(model, tensor, 0)
    for stored in model.graph.initializer:
        if stored.name == scale:
            stored.dims.append(1)
    rows, found = node.input[1], node.output[0]
    names = [f"{found}_whole", f"{found}_wide", f"{found}_scale"]
    return [
        helper.make_node("Gather", [whole, rows], [names[0]], axis=0),
        helper.make_node("Cast", [names[0]], [names[1]], to=TensorProto.FLOAT),
        helper.make_node("Gather", [scale, rows], [names[2]], axis=0),
        helper.make_node("Mul", [names[1], names[2]], [found]),
    ]


def _stored(model: ModelProto, tensor: TensorProto, axis: int) -> tuple[str, str]:
    whole, scale = eighths(numpy_helper.to_array(tensor), axis)
    names = f"{tensor.name}_int8", f"{tensor.name}_scale"
    for name, array in zip(names, (whole, scale), strict=True):
        if all(t.name != name for t in model.graph.initializer):
            model.graph.initializer.append(numpy_helper.from_array(array, name))
    return names
