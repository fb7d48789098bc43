import json
import sys
import warnings
from types import SimpleNamespace

import numpy as np
import pytest

from sim_bench.encoders import open_bundle
from sim_bench.encoders.bundle import GOLDEN, MANIFEST, REQUIRED, TEXTUAL, VISUAL
from sim_bench.encoders.openvino import OpenVINOEncoder
from sim_bench.encoders.tokenizer import LongPromptWarning
from sim_bench.errors import BundleError, MissingDependencyError, ModelError, UnknownNameError
from tests.encoders.torch_models import TINY, TINY_QUICK, know_tags, know_tiny, tiny_model


@pytest.fixture(scope="module")
def model():
    return tiny_model()


@pytest.fixture(scope="module")
def exported(model, tmp_path_factory):
    from sim_bench.encoders.export import export_model

    return export_model(model, tmp_path_factory.mktemp("export") / "deep/tiny", licence="MIT")


@pytest.fixture(scope="module")
def exported_quick(tmp_path_factory):
    """The same weights with the other activation function."""
    from sim_bench.encoders.export import export_model

    return export_model(tiny_model(TINY_QUICK), tmp_path_factory.mktemp("export") / "quick")


@pytest.fixture
def copied_towers(monkeypatch):
    """Export without the exporter, which takes seconds: take towers from finished bundles."""
    from sim_bench.encoders import export

    def take(*, image, text):
        def copy(model, kind, path, *, batch):
            path.parent.mkdir(exist_ok=True)
            source = (image if kind == "image" else text).bundle
            path.write_bytes(source.path(VISUAL if kind == "image" else TEXTUAL).read_bytes())

        monkeypatch.setattr(export, "write_tower", copy)
        return export

    return take


def nothing_but(folder, *names):
    assert sorted(path.name for path in folder.iterdir()) == sorted(names)


@pytest.mark.torch
def test_the_bundle_is_complete_sealed_and_alone(exported):
    bundle = exported.bundle
    bundle.verify()
    files = {str(p.relative_to(bundle.folder)) for p in bundle.folder.rglob("*") if p.is_file()}
    assert files == {*REQUIRED, GOLDEN, MANIFEST}
    assert (bundle.name, bundle.licence, bundle.dim) == ("tiny-test/random-0", "MIT", 32)
    assert bundle.source.startswith("exported from open_clip 3")
    nothing_but(bundle.folder.parent, "tiny")


@pytest.mark.torch
def test_parity_is_measured(exported):
    parity = exported.parity
    assert parity.passed
    assert parity.image == pytest.approx(1, abs=1e-7)
    assert parity.text == pytest.approx(1, abs=1e-7)
    assert (parity.pixels, parity.token_rows) == (0, 0)
    assert "pixels within 0/255, 0 texts tokenised differently" in str(parity)


@pytest.mark.torch
def test_golden_vectors_are_the_models_not_the_bundles(exported):
    from sim_bench.encoders.golden import check

    golden = json.loads((exported.bundle.folder / GOLDEN).read_text())
    assert "open_clip" in golden["made_by"]["fingerprint"]
    assert check(OpenVINOEncoder(exported.bundle), exported.bundle).passed


@pytest.mark.torch
def test_the_graphs_are_as_published_bundles_except_for_the_free_batch(exported):
    from sim_bench.encoders.openvino_runtime import ov

    core = ov.Core()
    visual, textual = (core.read_model(exported.bundle.path(name)) for name in (VISUAL, TEXTUAL))
    assert visual.input(0).any_name == "image"
    assert textual.input(0).any_name == "text"
    assert textual.input(0).element_type == ov.Type.i32
    assert visual.output(0).any_name == textual.output(0).any_name == "embedding"
    assert str(visual.input(0).partial_shape) == "[?,3,32,32]"
    assert str(textual.input(0).partial_shape) == "[?,77]"
    rows = np.random.default_rng(0).standard_normal((3, 3, 32, 32)).astype(np.float32)
    raw = core.compile_model(visual, "CPU")(rows)[0]
    np.testing.assert_allclose(np.linalg.norm(raw, axis=1), 1, atol=1e-3)


@pytest.mark.torch
def test_the_graphs_hold_weights_inside_and_no_path_of_this_machine(exported):
    import onnx

    for name in (VISUAL, TEXTUAL):
        content = exported.bundle.path(name).read_bytes()
        assert b".py" not in content
        assert b"site-packages" not in content
        (opset,) = onnx.load_from_string(content).opset_import
        assert opset.version == 18


@pytest.mark.torch
def test_a_fixed_batch_and_weights_beside_the_file(model, tmp_path, monkeypatch):
    """The second is for towers above 2 GB; here the limit is set to 10 bytes."""
    from sim_bench.encoders import export, export_towers
    from sim_bench.encoders.openvino_runtime import ov

    monkeypatch.setattr(export_towers, "_INLINE", 10)
    done = export.export_model(model, tmp_path / "fixed", batch=1)
    assert (
        str(ov.Core().read_model(done.bundle.path(VISUAL)).input(0).partial_shape) == "[1,3,32,32]"
    )
    assert done.parity.passed
    assert (done.bundle.folder / "visual/model.onnx.data").is_file()
    assert "textual/model.onnx.data" in done.bundle.manifest.files
    done.bundle.verify()
    with pytest.raises(ValueError, match="at least 1"):
        export.export_model(model, tmp_path / "zero", batch=0)


@pytest.mark.torch
def test_the_models_own_preprocessing_is_kept(exported, copied_towers, tmp_path):
    ours = {"mean": (0.5, 0.4, 0.3), "interpolation": "bilinear", "resize_mode": "squash"}
    export = copied_towers(image=exported, text=exported)
    bundle = export.export_model(tiny_model(preprocess=ours), tmp_path / "squash").bundle
    settings = json.loads(bundle.path("visual/preprocess_cfg.json").read_text())
    assert settings["mean"] == [0.5, 0.4, 0.3]
    assert (settings["interpolation"], settings["resize_mode"]) == ("bilinear", "squash")


@pytest.mark.torch
def test_an_export_by_tag_takes_activation_and_licence_along(
    model, exported, exported_quick, copied_towers, tmp_path, monkeypatch
):
    import torch

    from sim_bench.encoders import catalogue

    torch.save(model.network.state_dict(), tmp_path / "weights.pt")
    know_tags(monkeypatch, tmp_path / "weights.pt")
    known = catalogue.KnownModel(TINY, "quick", "owner/name", "Apache-2.0", 1, "nothing")
    monkeypatch.setattr(catalogue, "KNOWN", (known,))
    export = copied_towers(image=exported_quick, text=exported_quick)
    bundle = export.export_bundle(TINY, "quick", tmp_path / "quick").bundle
    assert bundle.licence == "Apache-2.0"
    assert json.loads(bundle.path("config.json").read_text())["quick_gelu"] is True
    export = copied_towers(image=exported, text=exported)
    bundle = export.export_bundle(TINY, "plain", tmp_path / "plain").bundle
    assert bundle.licence == "unknown"


@pytest.mark.torch
def test_a_tower_that_answers_differently_is_found_and_removed(
    model, exported, exported_quick, copied_towers, tmp_path
):
    """The other model differs in one activation function only."""
    for image, text in ((exported_quick, exported), (exported, exported_quick)):
        export = copied_towers(image=image, text=text)
        with pytest.raises(BundleError, match="does not answer as the model does, and was removed"):
            export.export_model(model, tmp_path / "wrong")
        nothing_but(tmp_path)


@pytest.mark.torch
def test_a_tokenizer_that_answers_differently_is_found_and_removed(
    model, exported, copied_towers, tmp_path, monkeypatch
):
    from sim_bench.encoders import export_tokenizer

    monkeypatch.setattr(export_tokenizer, "_WORDS", r"[^\s]+")
    export = copied_towers(image=exported, text=exported)
    with pytest.raises(BundleError, match=r"[1-9] texts tokenised differently"):
        export.export_model(model, tmp_path / "wrong")
    nothing_but(tmp_path)


@pytest.mark.torch
def test_preprocessing_that_is_lost_is_found_and_removed(
    exported, copied_towers, tmp_path, monkeypatch
):
    export = copied_towers(image=exported, text=exported)
    write = export.write_json

    def forget(path, content):
        lost = path.name == "preprocess_cfg.json"
        write(path, {**content, "resize_mode": "shortest"} if lost else content)

    monkeypatch.setattr(export, "write_json", forget)
    with pytest.raises(BundleError, match=r"pixels within \d{2,3}/255"):
        export.export_model(tiny_model(preprocess={"resize_mode": "squash"}), tmp_path / "wrong")
    nothing_but(tmp_path)


@pytest.mark.torch
def test_a_network_that_onnx_cannot_express_is_an_error(tmp_path):
    model = tiny_model()
    import torch

    from sim_bench.encoders.export import export_model

    class Odd(torch.nn.Module):
        def forward(self, x):
            return torch.special.bessel_j0(x)

    model.network.transformer.resblocks.append(Odd())
    model.network.visual.ln_post = Odd()
    with pytest.raises(ModelError, match="image tower of tiny-test/random-0 cannot be written"):
        export_model(model, tmp_path / "odd")
    nothing_but(tmp_path)


@pytest.mark.torch
def test_an_existing_folder_is_not_touched(model, tmp_path):
    from sim_bench.encoders.export import export_bundle, export_model

    (tmp_path / "mine").mkdir()
    with pytest.raises(BundleError, match="mine exists already"):
        export_model(model, tmp_path / "mine")
    with pytest.raises(BundleError, match="mine exists already"):  # before anything is fetched
        export_bundle("ViT-B-32", "openai", tmp_path / "mine")
    nothing_but(tmp_path, "mine")


@pytest.mark.torch
def test_an_unknown_model_leaves_nothing(tmp_path):
    from sim_bench.encoders.export import export_bundle

    know_tiny()
    with pytest.raises(UnknownNameError):
        export_bundle("ViT-B-33", "openai", tmp_path / "out")
    nothing_but(tmp_path)


@pytest.mark.torch
@pytest.mark.parametrize("clean", ["lower", "whitespace", "canonicalize"])
def test_the_text_cleaning_is_written_down(tmp_path, clean):
    from sim_bench.encoders.export_tokenizer import write_tokenizer

    open_clip = know_tiny()
    tokenizer = open_clip.SimpleTokenizer(context_length=64, clean=clean)
    assert write_tokenizer(tokenizer, tmp_path) == {
        "context_length": 64,
        "tokenizer_kwargs": {"clean": clean},
    }
    settings = json.loads((tmp_path / "tokenizer_config.json").read_text())
    assert settings["pad_token"] == "!"  # the token whose id is 0, with which open_clip pads


@pytest.mark.torch
def test_tokenizers_that_a_bundle_cannot_express(tmp_path):
    from sim_bench.encoders.export_tokenizer import write_tokenizer

    open_clip = know_tiny()
    with pytest.raises(ModelError, match="drops words"):
        write_tokenizer(open_clip.SimpleTokenizer(reduction_mask="simple"), tmp_path)
    moving = open_clip.tokenizer.HFTokenizer.__new__(open_clip.tokenizer.HFTokenizer)
    moving.strip_sep_token, moving.tokenizer_mode = True, ""
    with pytest.raises(ModelError, match="moves its special tokens"):
        write_tokenizer(moving, tmp_path)
    with pytest.raises(ModelError, match="open_clip's SimpleNamespace"):
        write_tokenizer(SimpleNamespace(), tmp_path)


def sentence_tokenizer():
    """Of SigLIP's kind: nothing before a text, one end token behind."""
    from tokenizers import Tokenizer, models, pre_tokenizers, processors

    words = ["<pad>", "</s>", "<unk>", "the", "photo", "nopunctuation", "please"]
    vocabulary = {word: index for index, word in enumerate(words)}
    built = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    built.pre_tokenizer = pre_tokenizers.Whitespace()
    end = [("</s>", 1)]
    built.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=end)
    return built


@pytest.mark.torch
@pytest.mark.parametrize(
    "pad_token",
    [
        "<pad>",
        "</s>",  # SigLIP's: its text tower reads the padding
    ],
)
def test_a_tokenizer_of_transformers_is_taken_over(tmp_path, pad_token):
    transformers = pytest.importorskip("transformers")
    from sim_bench.encoders.export_tokenizer import write_tokenizer
    from sim_bench.encoders.tokenizer import BundleTokenizer
    from tests.encoders.tiny import write_bundle

    open_clip = know_tiny()
    fast = transformers.PreTrainedTokenizerFast(
        tokenizer_object=sentence_tokenizer(), pad_token=pad_token, eos_token="</s>"
    )
    fast.save_pretrained(tmp_path / "theirs")
    theirs = open_clip.tokenizer.HFTokenizer(
        str(tmp_path / "theirs"), context_length=8, clean="canonicalize"
    )
    folder = write_bundle(tmp_path / "bundle")
    text_cfg = write_tokenizer(theirs, folder / "textual")
    assert text_cfg == {"context_length": 8, "tokenizer_kwargs": {"clean": "canonicalize"}}
    (folder / "config.json").write_text(json.dumps({"embed_dim": 6, "text_cfg": text_cfg}))
    texts = ["The photo", "", "no-punctuation, please!", "photo " * 20]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LongPromptWarning)
        ours = BundleTokenizer(open_bundle(folder))(texts)
    np.testing.assert_array_equal(ours, theirs(texts).numpy())


@pytest.mark.parametrize("missing", ["torch", "onnxscript", "onnx"])
def test_without_the_extra_the_error_is_its_install_line(monkeypatch, tmp_path, missing):
    from sim_bench.encoders.export import export_bundle

    if missing != "torch":
        pytest.importorskip("torch")
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(MissingDependencyError, match=r"pip install 'sim-bench\[torch\]'"):
        export_bundle("ViT-B-32", "openai", tmp_path / "out")
