import re
import time
from pathlib import Path

import numpy as np
import pytest

from sim_bench.encoders import catalogue
from sim_bench.encoders import hub as downloads
from sim_bench.encoders.catalogue import find
from sim_bench.encoders.load import load_encoder, what_is_missing
from sim_bench.encoders.resolve import resolve
from sim_bench.encoders.settings import FileRecord
from sim_bench.errors import BundleError, WeightsUnavailableError
from tests.encoders.hub_server import COMMIT, NEXT_COMMIT, Hub

KNOWN = find("ViT-B-32")
DEAD = "http://127.0.0.1:9"  # the discard port: nobody listens


def lock_of(cache: Path) -> Path:
    return cache / "models--immich-app--ViT-B-32__laion2b-s34b-b79k" / downloads.LOCK


def test_a_model_is_fetched_checked_and_recorded(hub: Hub, cache: Path) -> None:
    resolved = resolve("ViT-B-32")
    bundle = resolved.open()
    assert (resolved.title, resolved.licence) == ("ViT-B-32/laion2b_s34b_b79k", "MIT")
    assert bundle.manifest is not None
    assert bundle.manifest.version == COMMIT
    assert set(bundle.manifest.files) == {
        "config.json",
        "textual/model.onnx",
        "textual/tokenizer.json",
        "textual/tokenizer_config.json",
        "visual/Constant_7_attr__value",
        "visual/model.onnx",
        "visual/preprocess_cfg.json",
    }
    bundle.verify()
    assert lock_of(cache).is_file()
    assert not any("armnn" in request for request in hub.requests)


def test_what_is_here_is_not_asked_for_again(hub: Hub) -> None:
    assert what_is_missing("ViT-B-32").startswith("The weights of ViT-B-32/laion2b_s34b_b79k")
    resolve("ViT-B-32")
    hub.requests.clear()
    assert what_is_missing("ViT-B-32") is None
    assert load_encoder("ViT-B-32", device="cpu").name == "ViT-B-32/laion2b_s34b_b79k"
    assert resolve("auto").note is None
    assert hub.requests == []


def test_a_fetched_model_encodes(hub: Hub) -> None:
    encoder = load_encoder("ViT-B-32", "laion2b_s34b_b79k", device="cpu")
    vectors = encoder.encode_images([np.full((20, 30, 3), 90, np.uint8)])
    assert np.linalg.norm(vectors) == pytest.approx(1.0, abs=1e-6)


@pytest.mark.parametrize("name", ["visual/model.onnx", "textual/tokenizer.json"])
def test_a_file_altered_on_the_way_is_refused_and_removed(hub: Hub, cache: Path, name: str) -> None:
    content = bytearray(hub.files[name])
    content[len(content) // 2] ^= 1
    hub.altered[name] = bytes(content)
    with pytest.raises(BundleError, match="checksum that the hub declares"):
        resolve("ViT-B-32")
    assert not lock_of(cache).exists()
    assert what_is_missing("ViT-B-32") is not None
    hub.altered.clear()
    resolve("ViT-B-32").open().verify()


def test_an_interrupted_download_is_no_bundle_and_is_resumed(
    hub: Hub, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    hub.cut["visual/model.onnx"] = 1000
    with pytest.raises(WeightsUnavailableError, match="could not be fetched"):
        resolve("ViT-B-32")
    assert not lock_of(cache).exists()
    assert what_is_missing("ViT-B-32") is not None
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(WeightsUnavailableError, match="HF_HUB_OFFLINE is set"):
        resolve("ViT-B-32")
    monkeypatch.delenv("HF_HUB_OFFLINE")
    hub.cut.clear()
    resolve("ViT-B-32").open().verify()


def test_the_record_of_the_first_download_holds(hub: Hub, cache: Path) -> None:
    resolve("ViT-B-32")
    # The hub moves on and one of our files is lost: the recorded commit is fetched again.
    hub.commit = NEXT_COMMIT
    lost = resolve("ViT-B-32").folder / "visual/preprocess_cfg.json"
    lost.resolve().unlink()
    lost.unlink()
    again = resolve("ViT-B-32")
    assert again.folder.name == COMMIT
    assert lost.is_file()
    # Someone rewrites history: the same commit, other content with matching checksums.
    lost.resolve().unlink()
    lost.unlink()
    name = "visual/preprocess_cfg.json"
    hub.files[name] = hub.files[name].replace(b"bicubic", b"random ")
    with pytest.raises(BundleError, match="recorded checksum"):
        resolve("ViT-B-32")


def test_without_a_connection_the_error_names_the_ways_out(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", DEAD)
    start = time.monotonic()
    with pytest.raises(WeightsUnavailableError) as caught:
        resolve("ViT-B-32")
    assert time.monotonic() - start < 8
    for part in (DEAD, str(cache), "--model embedded", "sim-bench models get", "SIM_BENCH_MODELS"):
        assert part in str(caught.value)


def test_offline_says_so_at_once(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(WeightsUnavailableError, match="HF_HUB_OFFLINE is set"):
        resolve("ViT-B-32")


def test_a_copied_folder_is_found_by_name(
    hub: Hub, tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetched = resolve("ViT-B-32").open()
    copy = downloads.copy_bundle(fetched, tmp_path / "stick")
    copy.verify()
    assert [path.name for path in (tmp_path / "stick").iterdir()] == [copy.folder.name]
    assert downloads.copy_bundle(copy, tmp_path / "stick").folder == copy.folder
    assert copy.fingerprint == fetched.fingerprint
    assert copy.text_fingerprint == fetched.text_fingerprint
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("SIM_BENCH_MODELS", str(tmp_path / "stick"))
    found = resolve("ViT-B-32", "laion2b_s34b_b79k")
    assert found.folder == tmp_path / "stick" / "ViT-B-32__laion2b-s34b-b79k"
    assert found.open().name == "ViT-B-32/laion2b_s34b_b79k"


def test_a_copy_of_what_was_altered_is_refused(hub: Hub, tmp_path: Path) -> None:
    fetched = resolve("ViT-B-32").open()
    fetched.path("visual/model.onnx").write_bytes(
        fetched.path("visual/model.onnx").read_bytes()[::-1]
    )
    with pytest.raises(BundleError, match="is not what .* should hold"):
        downloads.copy_bundle(fetched, tmp_path / "stick")
    assert not (tmp_path / "stick" / "ViT-B-32__laion2b-s34b-b79k").exists()


def test_a_cache_filled_by_other_tools_is_used_offline(
    hub: Hub, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = resolve("ViT-B-32").folder
    lock_of(cache).unlink()
    (lock_of(cache).parent / "refs").mkdir(exist_ok=True)
    (lock_of(cache).parent / "refs" / "main").write_text(COMMIT)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert resolve("ViT-B-32").folder == folder
    monkeypatch.delenv("HF_HUB_OFFLINE")
    monkeypatch.setenv("HF_ENDPOINT", DEAD)
    assert resolve("ViT-B-32").open().name == "ViT-B-32/laion2b_s34b_b79k"


def test_a_repository_that_is_not_there(hub: Hub) -> None:
    with pytest.raises(WeightsUnavailableError, match="ViT-L-14/openai"):
        resolve("ViT-L-14", "openai")


def test_a_repository_that_lacks_a_file(hub: Hub) -> None:
    del hub.files["config.json"]
    with pytest.raises(BundleError, match=r"lacks config\.json"):
        resolve("ViT-B-32")


def test_a_pinned_revision_is_the_one_that_is_asked_for(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue, "PINNED", {KNOWN.name: (NEXT_COMMIT, {})})
    assert any(f"/revision/{NEXT_COMMIT}" in r for r in _requests_of_resolve(hub))


def test_a_file_that_is_not_the_pinned_one_is_refused(
    hub: Hub, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = FileRecord(sha256="0" * 64, bytes=1)
    monkeypatch.setattr(catalogue, "PINNED", {KNOWN.name: (COMMIT, {"visual/model.onnx": other})})
    with pytest.raises(BundleError, match=r"model\.onnx .* does not have the recorded checksum"):
        resolve("ViT-B-32")
    assert not lock_of(cache).exists()


def test_the_notes_model_is_pinned() -> None:
    assert re.fullmatch("[0-9a-f]{40}", KNOWN.revision or "")
    assert {name: record.bytes for name, record in KNOWN.files.items()} == {
        "visual/model.onnx": 351_613_724,
        "textual/model.onnx": 254_193_396,
    }


def _requests_of_resolve(hub: Hub) -> list[str]:
    resolve("ViT-B-32")
    return hub.requests
