"""The towers keep their promises of shape and length, and the trainer can stop and go on."""

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("onnx")
pytestmark = pytest.mark.torch


def test_image_tower_gives_unit_vectors_at_any_size() -> None:
    from training.embedded.concepts import DIM
    from training.embedded.image_tower import ImageTower

    tower = ImageTower().eval()
    for side in (160, 176, 256):
        vectors = tower(torch.rand(2, 3, side, side))
        assert vectors.shape == (2, DIM)
        assert torch.allclose(vectors.norm(dim=1), torch.ones(2), atol=1e-5)


def test_padding_changes_no_text() -> None:
    from training.embedded.text_tower import TextTower

    tower = TextTower(50, 32, pad=0).eval()
    short = torch.tensor([[1, 7, 9, 2]], dtype=torch.int32)
    padded = torch.nn.functional.pad(short, (0, 28))
    assert torch.allclose(tower(short), tower(padded), atol=1e-5)


def test_any_text_has_tokens_and_a_long_one_keeps_its_end(tmp_path: Path) -> None:
    from training.embedded import tokenizer as words

    tokenizer = words.learn(["a sharp photo", "a blurry photo"])
    rows = words.ids(tokenizer, ["", "🙂 naïve 写真", "sharp " * 200])
    assert all(len(row) == words.CONTEXT for row in rows)
    assert rows[2][-1] == tokenizer.token_to_id(words.END)
    assert rows[0][:2] == [tokenizer.token_to_id(words.START), tokenizer.token_to_id(words.END)]


def test_export_equals_the_tower(tmp_path: Path) -> None:
    import openvino

    from training.embedded import tokenizer as words
    from training.embedded.export import Towers, export
    from training.embedded.image_tower import ImageTower
    from training.embedded.text_tower import TextTower

    tokenizer = words.learn(["a sharp photo"])
    words.save(tokenizer, tmp_path / "textual")
    torch.manual_seed(0)
    towers = Towers(ImageTower().eval(), TextTower(tokenizer.get_vocab_size(), words.CONTEXT, 0))
    export(towers, tmp_path / "textual", tmp_path / "bundle")
    core = openvino.Core()
    x = torch.rand(3, 3, 256, 256)
    exact = {"INFERENCE_PRECISION_HINT": "f32"}
    visual = core.compile_model(str(tmp_path / "bundle/visual/model.onnx"), "CPU", exact)
    assert np.allclose(visual(x.numpy())[0], towers.image(x).detach().numpy(), atol=1e-4)
    textual = core.compile_model(str(tmp_path / "bundle/textual/model.onnx"), "CPU", exact)
    ids = np.array(words.ids(tokenizer, ["sharp", "photo", ""]), dtype=np.int32)
    expected = towers.text.eval()(torch.from_numpy(ids)).detach().numpy()
    assert np.allclose(textual(ids)[0], expected, atol=1e-4)
