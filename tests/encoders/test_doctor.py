import json
import shutil
import sys
import warnings

import pytest

from sim_bench.encoders import doctor
from sim_bench.encoders.bundle import GOLDEN, VISUAL, seal
from sim_bench.encoders.catalogue import KNOWN
from sim_bench.encoders.doctor import check_models, find_models
from sim_bench.encoders.hub import fetch
from sim_bench.encoders.tokenizer import LongPromptWarning
from tests.encoders.tiny import DIM, write_bundle

USUAL = "ViT-B-32/laion2b_s34b_b79k"


@pytest.fixture(autouse=True)
def embedded(cache, tmp_path, monkeypatch):
    """A tiny sealed bundle in the place of the embedded model, and an empty cache."""
    folder = write_bundle(tmp_path / "embedded")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LongPromptWarning)  # its context is 12
        seal(folder, name="tiny", licence="MIT", source="made for a test")
    monkeypatch.setattr(doctor, "EMBEDDED", folder)
    return folder


def by_name(statuses):
    named = {status.name: status for status in statuses}
    assert len(named) == len(statuses)
    return named


def change(path, key, value):
    path.write_text(json.dumps({**json.loads(path.read_text()), key: value}))


def test_the_list_is_the_embedded_model_and_the_catalogue(embedded):
    found = find_models()
    assert [status.name for status in found] == ["embedded", *(known.name for known in KNOWN)]
    assert (found[0].state, found[0].where, found[0].folder) == (
        "ready",
        "with sim-bench",
        embedded,
    )
    assert found[0].licence == "MIT"
    assert (found[0].checksums, found[0].golden) == ("", "")  # not looked at
    for status, known in zip(found[1:], KNOWN, strict=True):
        assert (status.state, status.where) == ("absent", "can be downloaded")
        assert (status.licence, status.megabytes) == (known.licence, known.megabytes)


def test_offline_is_said(monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert find_models()[1].where == "offline (HF_HUB_OFFLINE is set)"


def test_a_sound_bundle_is_verified_and_answers_as_recorded():
    status = check_models()[0]
    assert (status.state, status.checksums, status.problem) == ("ready", "verified", "")
    assert status.golden.startswith("1 - cosine: image ")


def test_a_bundle_without_records_is_run_and_that_is_said(tmp_path):
    folder = write_bundle(tmp_path / "[mine]")
    status = by_name(check_models([folder]))[str(folder)]
    assert (status.state, status.where, status.licence) == ("ready", "folder", "unknown")
    assert (status.checksums, status.golden) == ("none recorded", "none recorded (it runs)")


def test_an_altered_file_is_found(embedded):
    content = bytearray((embedded / VISUAL).read_bytes())
    content[len(content) // 2] ^= 1
    (embedded / VISUAL).write_bytes(content)
    assert find_models()[0].state == "ready"  # its size is right
    status = check_models()[0]
    assert status.state == "bad"
    assert "SHA-256 differs" in status.problem


def test_other_golden_vectors_are_found(embedded):
    """As after an update of a library that resizes otherwise: the files are right."""
    change(embedded / GOLDEN, "image", [1.0] * DIM)
    (embedded / "manifest.json").unlink()
    status = check_models()[0]
    assert (status.state, status.checksums) == ("bad", "none recorded")
    assert "golden vectors differ by" in status.problem
    assert "0.001 is allowed" in status.problem


def test_broken_bundles_are_reported_and_the_rest_goes_on(tmp_path, embedded):
    folders = {}
    for name in ("empty", "cut", "garbage", "text", "settings"):
        folders[name] = write_bundle(tmp_path / name)
    shutil.rmtree(folders["empty"])
    folders["empty"].mkdir()
    shutil.rmtree(folders["cut"] / "visual")
    (folders["garbage"] / VISUAL).write_bytes(b"not a graph")
    (folders["text"] / "textual/tokenizer.json").write_text("{}")
    change(folders["settings"] / "visual/preprocess_cfg.json", "resize_mode", "sideways")
    absent = tmp_path / "absent"
    named = by_name(check_models([*folders.values(), absent]))
    assert len(named) == 1 + len(KNOWN) + 6
    assert named["embedded"].state == "ready"
    reasons = {
        "empty": "is no complete bundle",
        "cut": "visual/model.onnx, visual/preprocess_cfg.json missing",
        "garbage": "cannot be read",
        "text": "cannot be read by the tokenizers library",
        "settings": "key 'resize_mode'",
        "absent": "is not a folder",
    }
    for name, reason in reasons.items():
        status = named[str(tmp_path / name)]
        assert status.state == "bad", name
        assert reason in status.problem
        assert "\n" not in status.problem


def test_a_fetched_bundle_is_in_the_cache_and_verified(hub):
    fetch(KNOWN[0])
    status = by_name(check_models())[USUAL]
    assert (status.state, status.where, status.checksums) == ("ready", "hub cache", "verified")
    assert status.golden == "none recorded (it runs)"
    assert (status.licence, status.megabytes) == ("MIT", 1)


def test_a_bundle_that_another_program_left_in_the_cache(cache):
    home = cache / "models--immich-app--ViT-B-32__laion2b-s34b-b79k"
    write_bundle(home / "snapshots" / ("0" * 40))
    (home / "refs").mkdir()
    (home / "refs/main").write_text("0" * 40)
    status = by_name(check_models())[USUAL]
    assert (status.state, status.where) == ("ready", "hub cache, left there by another program")
    assert (status.checksums, status.licence) == ("none recorded", "MIT")


def test_a_record_that_cannot_be_read_is_reported(cache):
    home = cache / "models--immich-app--ViT-B-32__laion2b-s34b-b79k"
    home.mkdir(parents=True)
    (home / "sim-bench.lock.json").write_text("{")
    status = by_name(check_models())[USUAL]
    assert (status.state, status.where) == ("bad", "hub cache")
    assert "sim-bench.lock.json" in status.problem


def test_copies_are_listed_once_by_their_name_or_folder(tmp_path, monkeypatch):
    copies = tmp_path / "copies"
    write_bundle(copies / "ViT-B-32__laion2b-s34b-b79k")
    write_bundle(copies / "mine")
    (copies / "not-a-bundle").mkdir()
    monkeypatch.setenv("SIM_BENCH_MODELS", str(copies))
    named = by_name(find_models([copies / "mine"]))
    assert len(named) == 1 + len(KNOWN) + 1
    assert named[USUAL].where == named[str(copies / "mine")].where == "offline folder"
    monkeypatch.setenv("SIM_BENCH_MODELS", str(tmp_path / "absent"))
    assert len(find_models()) == 1 + len(KNOWN)


def test_backends_say_what_they_offer_or_lack(monkeypatch):
    from sim_bench.encoders import openvino_cpu

    monkeypatch.setattr(openvino_cpu, "supports_bf16", lambda: False)
    monkeypatch.setattr(doctor, "find_spec", lambda name: None)
    assert doctor.backends() == {
        "openvino": "ready: CPU, f32",
        "open_clip": "not installed: pip install 'sim-bench[torch]'",
    }
    monkeypatch.setattr(openvino_cpu, "supports_bf16", lambda: True)
    assert doctor.backends()["openvino"] == "ready: CPU, f32, bf16"


@pytest.mark.torch
@pytest.mark.parametrize("cuda", [True, False])
def test_the_open_clip_backend_says_where_it_computes(monkeypatch, cuda):
    torch = pytest.importorskip("torch")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
    offer = doctor.backends()["open_clip"]
    assert offer.startswith(f"ready: PyTorch {torch.__version__}")
    assert offer.endswith("CUDA" if cuda else "no CUDA device")


def test_listing_loads_no_runtime():
    import subprocess

    code = (
        "import sys; from sim_bench.encoders.doctor import find_models; find_models();"
        "print(*sorted({'openvino', 'torch'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
