"""Weights that stay in the file: the same graph, whatever the layout of the file."""

from pathlib import Path

import numpy as np
import pytest

from sim_bench.encoders.openvino_runtime import ov
from sim_bench.encoders.openvino_weights import forget, read_model
from tests.encoders.onnx_writer import model, node, value

WIDE = 200  # a matrix of 160 kB


def write(path: Path, *, listed: bool = False, large: bool = True) -> Path:
    rng = np.random.default_rng(0)
    wide = WIDE if large else 5
    inputs = [value("x", "float32", [1, wide])]
    if listed:  # as ONNX before IR version 4 asks
        inputs.append(value("weights", "float32", [wide, wide]))
    path.write_bytes(
        model(
            [node("MatMul", ["x", "weights"], "product"), node("Add", ["product", "bias"], "y")],
            inputs=inputs,
            outputs=[value("y", "float32", [1, wide])],
            constants={
                "weights": rng.standard_normal((wide, wide)).astype(np.float32),
                "bias": rng.standard_normal(wide).astype(np.float32),
            },
        )
    )
    return path


def run(graph: ov.Model, row: np.ndarray) -> np.ndarray:
    compiled = ov.Core().compile_model(graph, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    return np.array(compiled({0: row})[0])


@pytest.mark.parametrize("listed", [False, True])
def test_mapped_weights_give_the_same_bits(tmp_path: Path, listed: bool) -> None:
    path = write(tmp_path / "model.onnx", listed=listed)
    row = np.random.default_rng(1).standard_normal((1, WIDE)).astype(np.float32)
    graph, file = read_model(path)
    assert file is not None
    assert [one.any_name for one in graph.inputs] == ["x"]
    mapped = run(graph, row)
    forget(file)
    np.testing.assert_array_equal(mapped, run(ov.Core().read_model(path), row))
    np.testing.assert_array_equal(run(graph, row), mapped)


def test_small_weights_are_not_worth_it(tmp_path: Path) -> None:
    graph, file = read_model(write(tmp_path / "model.onnx", large=False))
    assert file is None
    forget(file)
    assert len(graph.inputs) == 1


@pytest.mark.parametrize("length", [0, 10, 3000, 100_000])
def test_a_file_cut_short_is_refused_as_openvino_refuses_it(tmp_path: Path, length: int) -> None:
    path = write(tmp_path / "model.onnx")
    path.write_bytes(path.read_bytes()[:length])
    with pytest.raises(RuntimeError):
        read_model(path)
