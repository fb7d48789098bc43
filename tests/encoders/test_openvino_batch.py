"""Graphs exported for one row, with everything that bakes the 1 into a vision transformer."""

from pathlib import Path

import numpy as np
import pytest

from sim_bench.encoders.openvino_batch import widen
from sim_bench.encoders.openvino_runtime import ov
from tests.encoders.onnx_writer import model, node, value

TOKENS, WIDTH, HEADS = 5, 8, 4


def attention(path: Path) -> Path:
    """Patches, a class token, one layer of attention as PyTorch traces it, the token's vector.

    The batch is merged with the heads, then with the sequence (behind it), and parted again.
    """
    rng = np.random.default_rng(3)
    each = WIDTH // HEADS
    nodes = [
        node("Conv", ["image", "kernel"], "patches", kernel_shape=[8, 8], strides=[8, 8]),
        node("Reshape", ["patches", "to rows"], "rows"),
        node("Transpose", ["rows"], "sequence", perm=[0, 2, 1]),
        node("Expand", ["class", "one class"], "token"),
        node("Concat", ["token", "sequence"], "with token", axis=1),
        node("Transpose", ["with token"], "first", perm=[1, 0, 2]),
        node("Reshape", ["first", "to heads"], "parted"),
        node("Transpose", ["parted"], "heads", perm=[1, 0, 2]),
        node("Transpose", ["heads"], "turned", perm=[0, 2, 1]),
        node("MatMul", ["heads", "turned"], "scores"),
        node("Softmax", ["scores"], "weights", axis=2),
        node("MatMul", ["weights", "heads"], "mixed"),
        node("Transpose", ["mixed"], "back", perm=[1, 0, 2]),
        node("Reshape", ["back", "to merged"], "merged"),
        node("MatMul", ["merged", "projection"], "projected"),
        node("Reshape", ["projected", "to sequence"], "parted again"),
        node("Transpose", ["parted again"], "last", perm=[1, 0, 2]),
        node("Gather", ["last", "zero"], "chosen", axis=1),
        node("ReduceMean", ["chosen"], "mean", axes=[1], keepdims=1),
        node("Expand", ["mean", "to all"], "means"),
        node("Sub", ["chosen", "means"], "embedding"),
    ]
    shapes = {
        "to rows": [1, WIDTH, -1],
        "one class": [1, 1, WIDTH],
        "to heads": [TOKENS, HEADS, each],
        "to merged": [TOKENS, WIDTH],
        "to sequence": [TOKENS, 1, WIDTH],
        "to all": [1, WIDTH],
    }
    constants = {name: np.array(shape, np.int64) for name, shape in shapes.items()}
    constants |= {
        "zero": np.array(0, np.int64),
        "kernel": rng.standard_normal((WIDTH, 3, 8, 8)).astype(np.float32) / 8,
        "class": rng.standard_normal((1, 1, WIDTH)).astype(np.float32),
        "projection": rng.standard_normal((WIDTH, WIDTH)).astype(np.float32),
    }
    path.write_bytes(
        model(
            nodes,
            inputs=[value("image", "float32", [1, 3, 16, 16])],
            outputs=[value("embedding", "float32", [1, WIDTH])],
            constants=constants,
        )
    )
    return path


def run(graph: ov.Model, rows: np.ndarray) -> np.ndarray:
    compiled = ov.Core().compile_model(graph, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    return np.array(compiled({0: rows})[0])


@pytest.mark.parametrize("batch", [2, 3, 8])
def test_each_row_gets_what_it_gets_alone(tmp_path: Path, batch: int) -> None:
    path = attention(tmp_path / "model.onnx")
    rows = np.random.default_rng(batch).standard_normal((batch, 3, 16, 16)).astype(np.float32)
    alone = np.vstack([run(ov.Core().read_model(path), row[None]) for row in rows])
    graph = ov.Core().read_model(path)
    widen(graph, batch)
    together = run(graph, rows)
    assert together.shape == (batch, WIDTH)
    np.testing.assert_allclose(together, alone, atol=1e-5)
    assert np.abs(alone[0] - alone[1]).max() > 0.1


def test_plain_reshaping_would_not_do(tmp_path: Path) -> None:
    graph = ov.Core().read_model(attention(tmp_path / "model.onnx"))
    with pytest.raises(RuntimeError):
        graph.reshape({0: [2, 3, 16, 16]})


def test_a_graph_that_drops_the_batch_cannot_be_widened(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    nodes = [
        node("Reshape", ["image", "line"], "flat"),
        node("MatMul", ["flat", "weights"], "row"),
        node("Reshape", ["row", "one row"], "embedding"),
    ]
    path.write_bytes(
        model(
            nodes,
            inputs=[value("image", "float32", [1, 3, 2, 2])],
            outputs=[value("embedding", "float32", [1, 4])],
            constants={
                "line": np.array([12], np.int64),
                "weights": np.ones((12, 4), np.float32),
                "one row": np.array([1, 4], np.int64),
            },
        )
    )
    with pytest.raises(RuntimeError):
        widen(ov.Core().read_model(path), 2)
