from collections.abc import Iterator
from pathlib import Path

import pytest

from sim_bench.encoders import Bundle, catalogue, open_bundle
from tests.encoders.hub_server import Hub, serve
from tests.encoders.tiny import write_bundle


@pytest.fixture(autouse=True)
def user_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Nothing that a test finds out about its models is kept on the machine."""
    folder = tmp_path_factory.mktemp("user-cache")
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder))
    return folder


@pytest.fixture
def bundle(tmp_path: Path) -> Bundle:
    """A tiny bundle whose batch is free."""
    return open_bundle(write_bundle(tmp_path / "tiny"))


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache of the hub's, with nothing that the machine's own settings would change."""
    from huggingface_hub import constants

    folder = tmp_path / "cache"
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(folder))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True, raising=False)
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    monkeypatch.delenv("SIM_BENCH_MODELS", raising=False)
    return folder


@pytest.fixture
def hub(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """A hub that serves a tiny bundle as ViT-B-32's usual weights, among files not needed."""
    folder = write_bundle(tmp_path / "published", "fixed")
    (folder / "visual/fp16").mkdir()
    (folder / "visual/Constant_7_attr__value").write_bytes(b"external weights")
    for name in ("README.md", "visual/model.armnn", "visual/fp16/model.armnn"):
        (folder / name).write_bytes(b"not needed")
    monkeypatch.setattr(catalogue, "PINNED", {})
    with serve("immich-app/ViT-B-32__laion2b-s34b-b79k", folder) as running:
        monkeypatch.setenv("HF_ENDPOINT", running.endpoint)
        yield running
