"""`sim-bench models`: what is listed, fetched, exported and checked."""

import warnings

import pytest
from typer.testing import CliRunner

from sim_bench.cli.models import app
from sim_bench.encoders import doctor
from sim_bench.encoders.bundle import VISUAL, seal
from sim_bench.encoders.tokenizer import LongPromptWarning
from sim_bench.errors import LicenceError, UnknownNameError, WeightsUnavailableError
from sim_bench.weights.table import TABLE
from tests.encoders.conftest import cache, hub  # noqa: F401
from tests.encoders.tiny import write_bundle
from tests.encoders.torch_models import TINY, know_tags, tiny_model
from tests.weights.file_server import Answer, serve
from tests.weights.made import write

NIMA = "nima-mobilenet-aesthetic"


@pytest.fixture
def embedded(cache, tmp_path, monkeypatch):  # noqa: F811
    """A tiny sealed bundle in the place of the embedded model, and an empty cache."""
    folder = write_bundle(tmp_path / "embedded")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LongPromptWarning)  # its context is 12
        seal(folder, name="tiny", licence="MIT", source="made for a test")
    monkeypatch.setattr(doctor, "EMBEDDED", folder)
    monkeypatch.setenv("SIM_BENCH_WEIGHTS", str(tmp_path / "cabinet"))
    return folder


@pytest.fixture
def mirror(embedded, tmp_path, monkeypatch):
    """A server of NIMA's MobileNet weights, which are not those that were published."""
    content = write(tmp_path / "published" / "any.hdf5").read_bytes()
    with serve({"/weights_mobilenet_aesthetic_0.07.hdf5": Answer(content)}) as site:
        monkeypatch.setenv("SIM_BENCH_WEIGHTS_MIRROR", site.url)
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.delenv(name, raising=False)
        yield site


def models(*arguments, width=200):
    return CliRunner().invoke(app, [str(each) for each in arguments], env={"COLUMNS": str(width)})


def test_list_shows_every_model_with_state_and_licence(embedded):
    result = models("list")
    assert result.exit_code == 0
    rows = [line.split() for line in result.stdout.splitlines()]
    assert rows[0] == ["model", "state", "where", "MB", "licence"]
    assert rows[1] == ["embedded", "ready", "with", "sim-bench", "1", "MIT"]
    assert [
        "ViT-B-16-SigLIP/webli",
        "absent",
        "can",
        "be",
        "downloaded",
        "810",
        "Apache-2.0",
    ] in rows


def test_a_narrow_terminal_folds_cells_and_cuts_none(embedded):
    result = models("list", width=40)
    assert max(len(line) for line in result.stdout.splitlines()[:-2]) <= 40
    assert "…" not in result.stdout
    assert "laion2b" in result.stdout.replace("\n", "")


def test_doctor_is_content_with_what_is_sound(embedded):
    result = models("doctor")
    assert result.exit_code == 0
    assert "openvino: ready: CPU, f32" in result.stdout
    assert "verified" in result.stdout
    assert "Not here: 16 models, can be downloaded" in result.stdout


def test_doctor_names_what_is_bad_and_exits_1(embedded, tmp_path):
    (embedded / VISUAL).write_bytes(b"not a graph")
    mine = write_bundle(tmp_path / "[bold] mine")
    result = models("doctor", mine)
    assert result.exit_code == 1
    assert f"embedded: {embedded / VISUAL} is missing or not of the" in result.stdout
    assert "[bold] mine" in result.stdout  # a name with brackets is no markup
    assert "none recorded (it runs)" in result.stdout


def test_get_fetches_and_says_where(embedded, hub):  # noqa: F811
    result = models("get", "ViT-B-32", "--pretrained", "laion2b_s34b_b79k")
    assert result.exit_code == 0
    assert result.stdout.startswith("ViT-B-32/laion2b_s34b_b79k (MIT) is in ")
    assert "hub cache" in models("list").stdout


def test_get_copies_for_another_machine(embedded, hub, tmp_path, monkeypatch):  # noqa: F811
    result = models("get", "ViT-B-32", "--to", tmp_path / "stick")
    assert result.exit_code == 0
    folder = tmp_path / "stick" / "ViT-B-32__laion2b-s34b-b79k"
    assert f"Copied to {folder}." in result.stdout
    assert f"SIM_BENCH_MODELS={tmp_path / 'stick'}" in result.stdout
    monkeypatch.setenv("SIM_BENCH_MODELS", str(tmp_path / "stick"))
    assert "offline folder" in models("list").stdout


def test_list_shows_every_weight_file_with_state_and_licence(embedded):
    rows = [line.split() for line in models("list").stdout.splitlines()]
    assert ["liqe-mix", "absent", "can", "be", "downloaded", "354", "CC-BY-NC-SA-4.0"] in rows
    assert {row[0] for row in rows if row} >= set(TABLE)


def test_list_leaves_out_what_is_not_permissive_and_says_so(embedded):
    everything, some = models("list").stdout, models("list", "--permissive-only").stdout
    assert "liqe-mix" in everything
    assert "liqe-mix" not in some
    assert "musiq-koniq" in some
    assert "Left out, their licence not being permissive: 4" in some


def test_get_fetches_a_weight_file_and_the_doctor_checks_it(mirror, tmp_path):
    path = tmp_path / "cabinet" / NIMA / "weights_mobilenet_aesthetic_0.07.hdf5"
    result = models("get", NIMA)
    assert result.exit_code == 0, result.output
    assert result.stdout == f"{NIMA} (Apache-2.0) is in {path}\n"
    assert f"{NIMA} ready cabinet" in " ".join(models("list").stdout.split())
    checked = models("doctor")
    assert checked.exit_code == 0
    assert "verified, 4 arrays" in checked.stdout
    assert f"Not here: {len(TABLE) - 1} weight files" in checked.stdout
    path.write_bytes(path.read_bytes()[:-100])
    checked = models("doctor")
    assert checked.exit_code == 1
    assert f"{NIMA}: {path} has changed since" in checked.stdout


def test_get_copies_a_weight_file_for_another_machine(mirror, tmp_path, monkeypatch):
    result = models("get", NIMA, "--to", tmp_path / "stick")
    assert result.exit_code == 0
    copy = tmp_path / "stick" / "weights" / "weights_mobilenet_aesthetic_0.07.hdf5"
    assert f"Copied to {copy}. On another machine: SIM_BENCH_MODELS={tmp_path / 'stick'}" in (
        result.stdout
    )
    monkeypatch.setenv("SIM_BENCH_MODELS", str(tmp_path / "stick"))
    monkeypatch.setenv("SIM_BENCH_WEIGHTS", str(tmp_path / "another-machine"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert models("get", NIMA).stdout.endswith(f"{copy}\n")
    assert len(mirror.requests) == 1


def test_get_refuses_what_is_not_permissive_before_it_is_fetched(mirror, hub):  # noqa: F811
    result = models("get", "liqe-mix", "--permissive-only")
    assert isinstance(result.exception, LicenceError)
    assert "'CC-BY-NC-SA-4.0'" in str(result.exception)
    assert mirror.requests == []
    assert models("get", NIMA, "--permissive-only").exit_code == 0
    assert models("get", "ViT-B-32", "--permissive-only").exit_code == 0


def test_an_empty_weight_file_is_listed_with_its_size_and_found_bad(mirror, tmp_path):
    path = tmp_path / "cabinet" / NIMA / "weights_mobilenet_aesthetic_0.07.hdf5"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"x")
    assert f"{NIMA} ready cabinet <0.001" in " ".join(models("list").stdout.split())
    checked = models("doctor")
    assert checked.exit_code == 1
    assert f"{path} cannot be read as weights" in checked.stdout


def test_get_offers_the_closest_weight_file(embedded):
    message = str(models("get", "nima-mobilnet-aesthetic").exception)
    assert message.startswith("No weight file 'nima-mobilnet-aesthetic'. Did you mean 'nima-mob")
    message = str(models("get", "NIMA").exception)
    assert message.startswith("No weight file 'NIMA'. Known: nima-inception-resnet-v2-ava, nima-")
    message = str(models("get", "laion_aesthetic").exception)
    assert message.endswith("laion-v1-vit-b-32, laion-v1-vit-l-14, laion-v2-vit-l-14.")
    assert models("get", NIMA, "--pretrained", "x").exit_code == 2


def test_get_without_a_connection_passes_the_error_on(embedded, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    result = models("get", "ViT-B-32")
    assert isinstance(result.exception, WeightsUnavailableError)
    assert "--model embedded" in str(result.exception)
    assert isinstance(models("get", "ViT-B-3").exception, UnknownNameError)


@pytest.mark.torch
def test_export_makes_a_bundle_and_tells_its_parity(tmp_path, monkeypatch):
    model = tiny_model()
    import torch

    torch.save(model.network.state_dict(), tmp_path / "weights.pt")
    know_tags(monkeypatch, tmp_path / "weights.pt")
    output = tmp_path / "out"
    arguments = [
        "--pretrained",
        "plain",
        "--output",
        output,
        "--licence",
        "CC0-1.0",
        "--batch",
        "1",
    ]
    result = models("export", TINY, *arguments)
    assert result.exit_code == 0
    assert "Same answers as the model: image 1 - cosine" in result.stdout
    assert f"tiny-test/plain is in {output}. Use it: --model {output}" in result.stdout
    checked = models("doctor", output)
    assert "CC0-1.0" in checked.stdout


def test_export_wants_an_output(embedded):
    result = models("export", "ViT-B-32")
    assert result.exit_code == 2
    assert "--output" in result.output


def test_without_a_command_the_help_is_shown():
    result = models()
    assert "doctor" in result.output
    assert "export" in result.output
