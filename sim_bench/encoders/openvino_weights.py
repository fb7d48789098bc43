"""Read an ONNX graph with its weights left in the file, mapped into memory.

OpenVINO copies the weights of a single-file model while it parses it, which takes as long as
compiling and holds them a second time. Here the large weights are cut out of what it parses, named
as inputs instead, and put back as constants over the mapped file. The graph is the same.

Field numbers are those of `onnx.proto`, in the encoding of Protocol Buffers.
"""

import mmap
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim_bench.encoders.openvino_runtime import ov

_LARGE = 1 << 16  # bytes; smaller constants may be shapes, which the parser must see
_DTYPES = {1: np.float32, 10: np.float16}  # TensorProto.DataType
_GRAPH, _INITIALIZER, _INPUT = 7, 5, 11  # fields of ModelProto and GraphProto
_DIMS, _DTYPE, _NAME, _RAW, _EXTERNAL = 1, 2, 8, 9, (13, 14)  # fields of TensorProto


@dataclass(frozen=True, slots=True)
class _Field:
    """One field: its bytes are [start, end), its content [content, end) or a number."""

    number: int
    start: int
    content: int
    end: int
    value: int | None


@dataclass(frozen=True, slots=True)
class _Tensor:
    """A large weight: where in the file its numbers lie."""

    name: bytes
    dtype: int
    shape: tuple[int, ...]
    start: int


def read_model(path: Path) -> tuple[Any, mmap.mmap | None]:
    """Read a graph, without copying its weights where they lie in the file itself.

    Returns:
        The graph, and the file where it is mapped: what is compiled may go on reading from it.

    Raises:
        RuntimeError: OpenVINO cannot read the file.
    """
    try:
        return _read_mapped(path)
    except (ValueError, IndexError, KeyError, RuntimeError):  # another layout; or no graph at all
        return ov.Core().read_model(path), None


def forget(file: mmap.mmap | None) -> None:
    """Give back the memory that reading a mapped file took; what is read again comes again."""
    if file is not None and hasattr(mmap, "MADV_DONTNEED"):
        file.madvise(mmap.MADV_DONTNEED)


def _read_mapped(path: Path) -> tuple[Any, mmap.mmap]:
    if sys.byteorder != "little":
        raise ValueError("ONNX is little-endian")
    with path.open("rb") as stream:
        file = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_COPY)  # constants must be writable
    skeleton, tensors = _split(file)
    if not tensors:
        raise ValueError("nothing to map")
    model = ov.Core().read_model(skeleton)
    for parameter in model.get_parameters():
        tensor = tensors.get(parameter.get_friendly_name())
        if tensor is None:
            continue
        array: NDArray[Any] = np.ndarray(
            tensor.shape, _DTYPES[tensor.dtype], buffer=file, offset=tensor.start
        )
        constant = ov.op.Constant(array, shared_memory=True)
        constant.set_friendly_name(parameter.get_friendly_name())
        for target in parameter.output(0).get_target_inputs():
            target.replace_source_output(constant.output(0))
        model.remove_parameter(parameter)
    model.validate_nodes_and_infer_types()
    return model, file


def _split(file: mmap.mmap) -> tuple[bytes, dict[str, _Tensor]]:
    """A graph whose large weights are inputs, and those weights by name."""
    parts: list[bytes] = []
    tensors: dict[str, _Tensor] = {}
    for field in _fields(file, 0, len(file)):
        if field.number != _GRAPH:
            parts.append(file[field.start : field.end])
            continue
        inside = list(_fields(file, field.content, field.end))
        inputs = {_name_of_value(file, item) for item in inside if item.number == _INPUT}
        graph: list[bytes] = []
        for item in inside:
            tensor = _large(file, item) if item.number == _INITIALIZER else None
            if tensor is None:
                graph.append(file[item.start : item.end])
                continue
            tensors[tensor.name.decode()] = tensor
            if tensor.name not in inputs:  # old files list weights among the inputs too
                graph.append(_message(_INPUT, _value_info(tensor)))
        parts.append(_message(_GRAPH, b"".join(graph)))
    return b"".join(parts), tensors


def _large(file: mmap.mmap, field: _Field) -> _Tensor | None:
    """A weight that is worth mapping; None: it stays in the graph."""
    name, dtype, raw, shape = b"", 0, None, list[int]()
    for item in _fields(file, field.content, field.end):
        if item.number in _EXTERNAL:
            raise ValueError("the weights lie in other files, which OpenVINO maps by itself")
        if item.number == _DIMS:
            shape += [item.value] if item.value is not None else _packed(file, item)
        elif item.number == _DTYPE and item.value is not None:
            dtype = item.value
        elif item.number == _NAME:
            name = file[item.content : item.end]
        elif item.number == _RAW:
            raw = item
    if raw is None or dtype not in _DTYPES or raw.end - raw.content < _LARGE:
        return None
    if raw.end - raw.content != np.dtype(_DTYPES[dtype]).itemsize * np.prod(shape, dtype=np.int64):
        raise ValueError("a weight is not of its size")
    return _Tensor(name, dtype, tuple(shape), raw.content)


def _fields(file: mmap.mmap, start: int, end: int) -> Iterator[_Field]:
    while start < end:
        key, content = _varint(file, start)
        value, stop = None, content
        if key & 7 == 0:
            value, stop = _varint(file, content)
        elif key & 7 == 2:
            length, content = _varint(file, content)
            stop = content + length
        elif key & 7 in (1, 5):
            stop = content + (8 if key & 7 == 1 else 4)
        else:
            raise ValueError("no protocol buffer")
        if stop > end:
            raise ValueError("cut short")
        yield _Field(key >> 3, start, content, stop, value)
        start = stop


def _varint(file: mmap.mmap, at: int) -> tuple[int, int]:
    """A number and where it ends."""
    value = shift = 0
    while True:
        byte = file[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at


def _packed(file: mmap.mmap, field: _Field) -> list[int]:
    values, at = [], field.content
    while at < field.end:
        value, at = _varint(file, at)
        values.append(value)
    return values


def _name_of_value(file: mmap.mmap, field: _Field) -> bytes:
    items = _fields(file, field.content, field.end)
    return next((file[item.content : item.end] for item in items if item.number == 1), b"")


def _value_info(tensor: _Tensor) -> bytes:
    """An input of the tensor's type and shape: ValueInfoProto."""
    shape = b"".join(_message(1, _number(1, size)) for size in tensor.shape)
    kind = _message(1, _number(1, tensor.dtype) + _message(2, shape))
    return _message(1, tensor.name) + _message(2, kind)


def _message(field: int, body: bytes) -> bytes:
    return _encode(field << 3 | 2) + _encode(len(body)) + body


def _number(field: int, value: int) -> bytes:
    return _encode(field << 3) + _encode(value)


def _encode(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])
