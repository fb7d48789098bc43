"""Broken weights are refused with one clear error before any photo is scored."""

import pickle
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from safetensors.numpy import save

from sim_bench.errors import WeightsError
from tests.quality_assessment.random_musiq import TINY
from tests.quality_assessment.samples import scene
from tests.reference.musiq.random_weights import random_weights as musiq_weights
from tests.reference.nima.keras_file import write_keras_file
from tests.reference.nima.weights import layout, random_weights


class Bomb:
    def __reduce__(self):
        return Path.touch, (Path("exploded"),)


@cache
def nima_arrays():
    return random_weights("mobilenet", layout("mobilenet"))


def keras_file(path, change=lambda arrays: arrays):
    write_keras_file(path, change(dict(nima_arrays())))


def with_nan(arrays):
    name = next(one for one in arrays if "kernel" in one)
    arrays[name] = np.full_like(arrays[name], np.nan)
    return arrays


def without_one(arrays):
    del arrays[next(one for one in arrays if "conv_pw_7" in one)]
    return arrays


def cut(path):
    keras_file(path)
    path.write_bytes(path.read_bytes()[:100_000])


def other_network(path):
    np.savez(path, **musiq_weights(TINY, 0))


BROKEN = {
    "cut short": ("nima", "nima-mobilenet-aesthetic/weights_mobilenet_aesthetic_0.07.hdf5", cut),
    "empty": ("nima", "nima-mobilenet-aesthetic/weights_mobilenet_aesthetic_0.07.hdf5", Path.touch),
    "no number": (
        "nima",
        "nima-mobilenet-aesthetic/weights_mobilenet_aesthetic_0.07.hdf5",
        lambda path: keras_file(path, with_nan),
    ),
    "not whole": (
        "nima",
        "nima-mobilenet-aesthetic/weights_mobilenet_aesthetic_0.07.hdf5",
        lambda path: keras_file(path, without_one),
    ),
    "another network": ("musiq", "musiq-koniq/koniq_ckpt.npz", other_network),
    "a pickle in an npz": (
        "musiq",
        "musiq-koniq/koniq_ckpt.npz",
        lambda path: np.savez(path, bomb=np.array([Bomb()], dtype=object)),
    ),
    "a pickle": (
        "musiq",
        "musiq-koniq/koniq_ckpt.npz",
        lambda path: path.write_bytes(pickle.dumps(Bomb())),
    ),
    "not the published file": (
        "clip_iqa",
        "clip-rn50-openai/clip-rn50-openai.safetensors",
        lambda path: path.write_bytes(save({"one": np.zeros(3, dtype=np.float32)})),
    ),
}


@pytest.mark.parametrize(("method", "file", "make"), BROKEN.values(), ids=BROKEN)
def test_broken_weights_are_refused_before_any_scoring(
    run, scratch, monkeypatch, method, file, make
):
    monkeypatch.setenv("SIM_BENCH_WEIGHTS", str(scratch / "cabinet"))
    path = scratch / "cabinet" / file
    path.parent.mkdir(parents=True)
    make(path)
    Image.fromarray(scene()).save("photo.png")
    Path("table.csv").write_text("earlier")
    result = run("score", "photo.png", "--method", method, "--output", "table.csv")
    assert result.exit_code == 1
    assert isinstance(result.exception, WeightsError)
    assert path.name in str(result.exception)
    assert Path("table.csv").read_text() == "earlier"
    assert not Path("exploded").exists()


def test_a_benchmark_reports_broken_weights_and_runs_the_other_methods(run, scratch, monkeypatch):
    monkeypatch.setenv("SIM_BENCH_WEIGHTS", str(scratch / "cabinet"))
    path = scratch / "cabinet/nima-mobilenet-aesthetic/weights_mobilenet_aesthetic_0.07.hdf5"
    path.parent.mkdir(parents=True)
    keras_file(path, with_nan)
    Path("photos").mkdir()
    for seed in range(3):
        Image.fromarray(scene(60, 80, seed)).save(f"photos/{seed}.png")
    Path("config.yaml").write_text(
        "dataset: {name: mine, root: photos}\n"
        "methods: [{name: sharp, class: sharpness}, {name: nima, class: nima}]\n"
        "output: {dir: out}\n"
    )
    result = run("benchmark", "config.yaml")
    assert result.exit_code == 3
    assert "values that are not finite" in Path("out/methods_summary.csv").read_text()
    assert "3 photos: 3 scored by every method that ran" in result.stdout
