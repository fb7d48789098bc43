import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

import sim_bench.encoders
from sim_bench.encoders import Bundle, load
from sim_bench.encoders.catalogue import KNOWN, find, is_known
from sim_bench.encoders.openvino import OpenVINOEncoder
from sim_bench.encoders.resolve import resolve
from sim_bench.errors import (
    BundleError,
    DeviceError,
    ModelError,
    UnknownNameError,
    WeightsUnavailableError,
)
from tests.encoders.hub_server import Hub
from tests.encoders.tiny import write_bundle

INSTALLED = importlib.util.find_spec


@pytest.fixture
def embedded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A tiny bundle in the place of the embedded model."""
    folder = write_bundle(tmp_path / "embedded")
    monkeypatch.setattr(sys.modules["sim_bench.encoders.resolve"], "EMBEDDED", folder)
    return folder


@pytest.fixture
def torch(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """PyTorch and open_clip as far as the choice looks at them; `found` says whether CUDA is."""
    state = SimpleNamespace(found=True, installed=True, loaded=[])
    pretend = ModuleType("torch")
    pretend.cuda = SimpleNamespace(is_available=lambda: state.found)
    backend = ModuleType("sim_bench.encoders.open_clip")

    def record(model_name: str, pretrained: str | None, **settings: object) -> SimpleNamespace:
        state.loaded.append((model_name, pretrained, settings))
        return SimpleNamespace()

    backend.OpenClipEncoder = record
    monkeypatch.setitem(sys.modules, "torch", pretend)
    monkeypatch.setitem(sys.modules, "sim_bench.encoders.open_clip", backend)

    def find_spec(name: str) -> object:
        return object() if state.installed else None

    monkeypatch.setattr(load, "find_spec", find_spec)
    return state


def test_names_are_unique_and_the_note_s_default_is_first() -> None:
    assert len({known.name for known in KNOWN}) == len(KNOWN)
    assert len({known.repository for known in KNOWN}) == len(KNOWN)
    known = find("ViT-B-32")
    assert known.name == "ViT-B-32/laion2b_s34b_b79k"
    assert known.repository == "immich-app/ViT-B-32__laion2b-s34b-b79k"
    assert find("ViT-L-14/openai") is find("ViT-L-14", "openai")
    assert is_known("ViT-B-32")
    assert not is_known("ViT-B-32", "laion9b")


def test_unknown_names_get_a_hint() -> None:
    with pytest.raises(UnknownNameError, match=r"No model 'ViT-B32'\. Did you mean 'ViT-B-32'\?"):
        find("ViT-B32")
    with pytest.raises(UnknownNameError, match=r"weights of ViT-B-32 'laion2b_s34b_b79'\. Did you"):
        find("ViT-B-32", "laion2b_s34b_b79")


def test_the_embedded_model(embedded: Path) -> None:
    encoder = load.load_encoder()
    assert isinstance(encoder, OpenVINOEncoder)
    assert encoder.bundle.folder == embedded
    assert load.what_is_missing("embedded") is None
    with pytest.raises(ModelError, match=r"embedded has its own weights. Leave out 'openai'"):
        resolve("embedded", "openai")


def test_a_folder(bundle: Bundle, monkeypatch: pytest.MonkeyPatch) -> None:
    assert load.load_encoder(str(bundle.folder)).name == "tiny"
    monkeypatch.chdir(bundle.folder.parent)
    assert load.load_encoder("tiny").name == "tiny"
    with pytest.raises(BundleError, match=r"absent is not a folder"):
        load.load_encoder("./absent")
    assert load.what_is_missing("./absent").startswith("absent is not a folder")


def test_auto_is_the_embedded_model_under_a_note_where_nothing_else_is_to_be_had(
    embedded: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    resolved = resolve("auto")
    assert (resolved.name, resolved.folder) == ("embedded", embedded)
    assert resolved.note is not None
    assert "stands in for ViT-B-32/laion2b_s34b_b79k" in resolved.note
    assert "HF_HUB_OFFLINE is set" in resolved.note
    assert "\n" not in resolved.note
    assert load.what_is_missing("auto") is None


def test_auto_is_vit_b_32_where_it_can_be_fetched(embedded: Path, hub: Hub) -> None:
    resolved = resolve("auto")
    assert (resolved.title, resolved.note) == ("ViT-B-32/laion2b_s34b_b79k", None)


def test_a_named_model_is_never_replaced(
    embedded: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(ModelError, match="could not be fetched"):
        load.load_encoder("ViT-B-32", device="cpu")


def test_cuda_takes_open_clip(torch: SimpleNamespace) -> None:
    load.load_encoder("ViT-B-32", device="cuda", precision="bf16")
    load.load_encoder("ViT-B-16", "laion400m_e32")
    load.load_encoder("auto", device="cuda")
    load.load_encoder("RN50", "openai", device="cpu")
    bf16 = {"device": "cuda", "precision": "bf16"}
    assert torch.loaded == [
        ("ViT-B-32", "laion2b_s34b_b79k", bf16),
        ("ViT-B-16", "laion400m_e32", {"device": "auto", "precision": "auto"}),
        ("ViT-B-32", "laion2b_s34b_b79k", {"device": "cuda", "precision": "auto"}),
        ("RN50", "openai", {"device": "cpu", "precision": "auto"}),
    ]


def test_auto_falls_back_to_the_bundle_where_only_that_is_here(
    torch: SimpleNamespace, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object, **settings: object) -> None:
        raise WeightsUnavailableError("no connection")

    monkeypatch.setattr(sys.modules["sim_bench.encoders.open_clip"], "OpenClipEncoder", fail)
    with pytest.raises(WeightsUnavailableError, match="no connection"):
        load.load_encoder("ViT-B-32")
    resolve("ViT-B-32")
    assert isinstance(load.load_encoder("ViT-B-32"), OpenVINOEncoder)
    with pytest.raises(WeightsUnavailableError, match="no connection"):
        load.load_encoder("ViT-B-32", device="cuda")


def test_cuda_that_is_not_there(torch: SimpleNamespace, bundle: Bundle) -> None:
    with pytest.raises(DeviceError, match="ONNX bundle, which runs on the CPU"):
        load.load_encoder(str(bundle.folder), device="cuda")
    torch.found = False
    with pytest.raises(DeviceError, match="PyTorch finds no CUDA device"):
        load.load_encoder("ViT-B-32", device="cuda")
    assert load.choose_backend("ViT-B-32") == "openvino"
    torch.installed = False
    with pytest.raises(DeviceError, match=r"pip install 'sim-bench\[torch\]'"):
        load.load_encoder("ViT-B-32", device="cuda")
    assert load.choose_backend("ViT-B-32") == "openvino"
    assert "torch" in load.what_is_missing("ViT-B-32", device="cuda")
    assert "No model 'RN50'" in load.what_is_missing("RN50", "openai")
    with pytest.raises(UnknownNameError, match="No model 'RN50'"):
        load.load_encoder("RN50", "openai")
    with pytest.raises(ValueError, match="device must be"):
        load.load_encoder("ViT-B-32", device="tpu")


def test_public_names() -> None:
    for name in sim_bench.encoders.__all__:
        assert getattr(sim_bench.encoders, name) is not None
    assert dir(sim_bench.encoders) == sorted(sim_bench.encoders.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = sim_bench.encoders.nothing


def test_importing_is_free() -> None:
    program = (
        "import sys, sim_bench.encoders, sim_bench.encoders.load\n"
        "heavy = {'openvino', 'torch', 'huggingface_hub', 'tokenizers', 'pandas'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
