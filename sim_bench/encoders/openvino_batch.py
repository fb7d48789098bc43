"""Give a graph that was exported for one row a larger batch.

An export with a fixed batch writes the 1 into constants: the target shapes of Reshape nodes, a
class token of one row. Batch 8 is half as fast again as batch 1 (docs/encoders.md), so they are
rewritten here. Each tensor is followed through the graph by where its batch lies: on which axis,
and behind how many elements of that axis (attention merges sequence and batch into one axis).
Whoever uses the result compares it with batch 1: a graph may mean something else by its shapes.
"""

from itertools import accumulate
from math import prod
from operator import mul
from typing import Any

import numpy as np

from sim_bench.encoders.openvino_runtime import opset13, ov

Place = tuple[int, int]  # axis, and how many of its elements come before the batch


def widen(model: Any, batch: int) -> None:
    """Change a model of one input and batch 1 to a larger batch, in place.

    Raises:
        RuntimeError: A node cannot take the larger batch; the model is of no use any more.
    """
    nodes = model.get_ordered_ops()
    single = {node.get_name(): _shapes(node) for node in nodes}
    places: dict[tuple[str, int], Place] = {}
    for node in nodes:
        kind = node.get_type_name()
        if kind == "Parameter":
            node.set_partial_shape(ov.PartialShape([batch, *list(node.get_partial_shape())[1:]]))
        elif kind == "Reshape":
            _rewrite_reshape(node, single[node.get_name()][0], places, batch)
        elif kind == "Broadcast":
            _rewrite_broadcast(node, single[node.get_name()][0], places, batch)
        elif kind == "Concat":
            _repeat_constants(node, places, batch)
        node.validate_and_infer_types()
        shapes = zip(single[node.get_name()], _shapes(node), strict=True)
        for index, (before, after) in enumerate(shapes):
            place = _place(node, before, after, places, batch)
            if place is not None:
                places[node.get_name(), index] = place
    model.validate_nodes_and_infer_types()


def _shapes(node: Any) -> list[list[int]]:
    return [list(output.get_shape()) for output in node.outputs()]


def _source(node: Any, port: int, places: dict[tuple[str, int], Place]) -> Place | None:
    """Where the batch lies in what a node reads."""
    source = node.input(port).get_source_output()
    return places.get((source.get_node().get_name(), source.get_index()))


def _place(
    node: Any,
    before: list[int],
    after: list[int],
    places: dict[tuple[str, int], Place],
    batch: int,
) -> Place | None:
    """Where the batch lies in an output, by how its shape grew."""
    if len(before) != len(after):
        raise RuntimeError(f"{node.get_friendly_name()}: {before} became {after}")
    grown = [axis for axis in range(len(before)) if before[axis] != after[axis]]
    if not grown:
        return None
    axis = grown[0]
    if len(grown) > 1 or after[axis] != before[axis] * batch:
        raise RuntimeError(f"{node.get_friendly_name()}: {before} became {after}")
    sources = [(port, _source(node, port, places)) for port in range(node.get_input_size())]
    if node.get_type_name() == "Reshape" and (place := sources[0][1]) is not None:
        # Elements keep their order, so as many come before the batch as before the reshape.
        ahead = prod(_single(node.input(0), place, batch)[: place[0]]) * place[1]
        return axis, max(1, ahead // prod(before[:axis]))
    for port, found in sources:
        if found is not None and list(node.input(port).get_shape())[found[0]] == after[axis]:
            return axis, found[1]
    return axis, 1


def _single(port: Any, place: Place, batch: int) -> list[int]:
    """Shape of an input before it grew."""
    shape = list(port.get_shape())
    shape[place[0]] //= batch
    return shape


def _rewrite_reshape(
    node: Any, shape: list[int], places: dict[tuple[str, int], Place], batch: int
) -> None:
    """Put the batch into the target shape."""
    place = _source(node, 0, places)
    if place is None:
        return
    ahead = prod(_single(node.input(0), place, batch)[: place[0]]) * place[1]
    before = [1, *accumulate(shape[:-1], mul)]  # elements ahead of each axis
    # The axis that begins where the batch does; channels, last, never take it up.
    begins = [axis for axis, count in enumerate(before[:-1]) if count == ahead]
    holds = [axis for axis, count in enumerate(before) if count < ahead <= count * shape[axis]]
    _set_shape(node, shape, (begins or holds or [0])[0], batch)


def _rewrite_broadcast(
    node: Any, shape: list[int], places: dict[tuple[str, int], Place], batch: int
) -> None:
    """Put the batch into the target shape where what is repeated has grown."""
    place = _source(node, 0, places)
    if place is not None:
        _set_shape(node, shape, place[0] + len(shape) - len(node.get_input_shape(0)), batch)


def _set_shape(node: Any, shape: list[int], axis: int, batch: int) -> None:
    grown = [size * batch if index == axis else size for index, size in enumerate(shape)]
    constant = opset13.constant(np.array(grown, np.int64))
    node.input(1).replace_source_output(constant.output(0))


def _repeat_constants(node: Any, places: dict[tuple[str, int], Place], batch: int) -> None:
    """Repeat what has one row beside what has many, such as the class token."""
    found = [_source(node, port, places) for port in range(node.get_input_size())]
    grown = [place for place in found if place is not None]
    if not grown or node.get_attributes()["axis"] % len(node.get_input_shape(0)) == grown[0][0]:
        return
    axis = grown[0][0]
    for port, place in enumerate(found):
        shape = list(node.get_input_shape(port))
        if place is not None or shape[axis] != 1:
            continue
        target = np.array(
            [batch if at == axis else size for at, size in enumerate(shape)], np.int64
        )
        repeated = opset13.broadcast(node.input_value(port), opset13.constant(target))
        node.input(port).replace_source_output(repeated.output(0))
