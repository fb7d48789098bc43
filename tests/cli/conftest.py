"""Commands run in a scratch folder, with an encoder of a few lines in place of a model."""

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

import sim_bench.encoders.load
from tests.fakes import FakeEncoder


@pytest.fixture
def asked(monkeypatch):
    """Every load of a model gives a fake; the list holds what was asked for."""
    calls = []

    def load(model_name="embedded", pretrained=None, **options):
        calls.append((model_name, pretrained, options))
        return FakeEncoder(dim=64)

    monkeypatch.setattr(sim_bench.encoders.load, "load_encoder", load)
    return calls


@pytest.fixture
def scratch(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def photos(scratch):
    """A folder of six photos that differ, one of them in a sub-folder, and a text file."""
    folder = scratch / "photos"
    (folder / "more").mkdir(parents=True)
    rng = np.random.default_rng(0)
    for k in range(6):
        base = np.linspace(0, 40 * k, 48)[None, :, None] + rng.normal(20, 4 + 3 * k, (32, 48, 3))
        name = "more/é 5.png" if k == 5 else f"{k}.png"
        Image.fromarray(base.clip(0, 255).astype(np.uint8)).save(folder / name)
    (folder / "notes.txt").write_text("not a photo")
    return folder


@pytest.fixture
def run(asked):
    """Run `sim-bench` with arguments; the result has exit_code, stdout and stderr."""
    from sim_bench.cli.app import app
    from sim_bench.cli.console import warnings_as_notes

    def call(*arguments):
        with warnings_as_notes():
            return CliRunner().invoke(app, [str(argument) for argument in arguments])

    return call
