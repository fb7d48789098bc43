"""Write small ONNX files without the onnx package: the few protobuf messages that they need.

Field numbers are those of `onnx.proto`.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_DTYPES = {"float32": 1, "int32": 6, "int64": 7}
Attribute = int | float | Sequence[int]
Dimension = int | str


def model(
    nodes: Sequence[bytes],
    *,
    inputs: Sequence[bytes],
    outputs: Sequence[bytes],
    constants: dict[str, NDArray],
) -> bytes:
    """A complete file, opset 13."""
    graph = b"".join(_message(1, node) for node in nodes) + _text(2, "tiny")
    graph += b"".join(_message(5, _tensor(name, value)) for name, value in constants.items())
    graph += b"".join(_message(11, value) for value in inputs)
    graph += b"".join(_message(12, value) for value in outputs)
    return _number(1, 8) + _message(7, graph) + _message(8, _text(1, "") + _number(2, 13))


def node(kind: str, inputs: Sequence[str], output: str, **attributes: Attribute) -> bytes:
    body = b"".join(_text(1, name) for name in inputs) + _text(2, output) + _text(4, kind)
    return body + b"".join(_message(5, _attribute(*item)) for item in attributes.items())


def value(name: str, dtype: str, shape: Sequence[Dimension]) -> bytes:
    """An input or output; a dimension is a number or a name."""
    dims = b"".join(
        _message(1, _number(1, dim) if isinstance(dim, int) else _text(2, dim)) for dim in shape
    )
    tensor = _number(1, _DTYPES[dtype]) + _message(2, dims)
    return _text(1, name) + _message(2, _message(1, tensor))


def _attribute(name: str, content: Attribute) -> bytes:
    if isinstance(content, int):
        return _text(1, name) + _number(3, content) + _number(20, 2)
    if isinstance(content, float):
        return _text(1, name) + b"\x15" + np.float32(content).tobytes() + _number(20, 1)
    return _text(1, name) + b"".join(_number(8, item) for item in content) + _number(20, 7)


def _tensor(name: str, content: NDArray) -> bytes:
    dims = b"".join(_number(1, dim) for dim in content.shape)
    return dims + _number(2, _DTYPES[content.dtype.name]) + _text(8, name) + _bytes(9, content)


def _bytes(field: int, content: NDArray) -> bytes:
    return _message(field, content.tobytes())


def _text(field: int, content: str) -> bytes:
    return _message(field, content.encode())


def _message(field: int, content: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(content)) + content


def _number(field: int, content: int) -> bytes:
    return _varint(field << 3) + _varint(content & (1 << 64) - 1)


def _varint(content: int) -> bytes:
    out = bytearray()
    while content > 127:
        out.append(content & 127 | 128)
        content >>= 7
    return bytes([*out, content])
