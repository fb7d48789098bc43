"""`sim-bench experiment` and `demo`, and the scripts of the note: headings, files, statuses."""

import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from PIL import Image
from typer import Typer
from typer.testing import CliRunner

from sim_bench.cli.console import warnings_as_notes

ROOT = Path(__file__).parents[2]

EXPERIMENT = ("experiment", "--model", "embedded")

HEADINGS = [
    "RESULTS SUMMARY",
    "CORRELATIONS",
    "BEST IMAGE SELECTION",
    "AGGREGATION METHOD COMPARISON",
    "CORRELATIONS BETWEEN AGGREGATION METHODS",
]


def test_the_experiment_prints_the_notes_headings_and_writes_its_files(run, photos, scratch):
    result = run(*EXPERIMENT, "--photos", photos, "--bursts", photos, "--output", "out")
    assert result.exit_code == 0
    places = [result.stdout.index(f"\n{heading}\n{'=' * 80}\n") for heading in HEADINGS]
    assert places == sorted(places)
    assert "Model: fake" in result.stdout
    assert re.search(r"image +clip_aesthetic +sharpness +contrast", result.stdout)
    assert "Best by CLIP Aesthetic: " in result.stdout
    assert re.search(r"Methods Agree: (YES|NO)", result.stdout)
    assert re.search(r"image +contrastive_only +weighted +mean", result.stdout)
    assert re.search(r"sharpness +[+-]0\.\d\d \[[+-]\d\.\d\d, [+-]\d\.\d\d\]", result.stdout)
    assert len(pd.read_csv(scratch / "out" / "test1_scores.csv")) == 6
    with Image.open(scratch / "out" / "experiment.png") as figure:
        assert figure.width > 1000


def test_photos_without_bursts_skip_test_2(run, photos):
    result = run(*EXPERIMENT, "--photos", photos)
    assert "BEST IMAGE SELECTION" not in result.stdout
    assert "RESULTS SUMMARY" in result.stdout


def test_bursts_without_photos_run_test_2_alone(run, photos):
    result = run(*EXPERIMENT, "--bursts", photos)
    assert "BEST IMAGE SELECTION" in result.stdout
    assert "RESULTS SUMMARY" not in result.stdout


def test_unscored_photos_are_listed_with_status_3(run, photos):
    (photos / "empty.jpg").touch()
    result = run(*EXPERIMENT, "--photos", photos)
    assert result.exit_code == 3
    assert "7 photos: 6 scored, 1 unscored" in result.stdout
    assert re.search(r"empty\.jpg: \S", result.stdout)


def test_too_few_photos_have_no_correlation_and_say_so(run, scratch):
    (scratch / "two").mkdir()
    for k in range(2):
        Image.new("RGB", (20, 20), (99 * k, 50, 9)).save(scratch / "two" / f"{k}.png")
    result = run(*EXPERIMENT, "--photos", "two")
    assert result.exit_code == 0
    assert "undefined: 2 pairs" in result.stdout
    assert "undecided" in result.stdout


def test_auto_without_weights_says_so_in_a_banner(run, photos, asked, monkeypatch):
    from sim_bench.encoders import resolve

    stand_in = resolve.ResolvedModel("embedded", None, Path("x"), "MIT", note="STAND-IN, because")
    monkeypatch.setattr(resolve, "resolve", lambda *a, **k: stand_in)
    result = run("experiment", "--photos", photos, "--model", "auto")
    assert f"{'*' * 80}\nSTAND-IN, because\n" in result.stderr
    assert asked[-1][0] == "embedded"


def test_the_demo_finds_most_undamaged_photos_and_explains_a_choice(scratch):
    """The real embedded model on photos it was not trained on: 80% of bursts or more."""
    from sim_bench.cli.app import app

    with warnings_as_notes():
        result = CliRunner().invoke(app, ["demo"])
    assert result.exit_code == 0, result.output
    first = re.search(
        r"clip_aesthetic puts the undamaged photo first in (\d+) of 28", result.stdout
    )
    assert int(first.group(1)) / 28 >= 0.8
    assert "Margin: " in result.stdout
    assert (scratch / "outputs" / "demo" / "results" / "experiment.png").is_file()
    assert len(pd.read_csv("outputs/demo/results/test2_bursts.csv")) == 28


@pytest.fixture
def script(asked):
    """Run a function as a program of its own, as the scripts at the root do."""

    def call(command, *arguments):
        app = Typer()
        app.command()(command)
        with warnings_as_notes():
            return CliRunner().invoke(app, [str(argument) for argument in arguments])

    return call


def test_the_notes_module_shows_every_number(script, photos):
    from sim_bench.cli.clip_aesthetic import assess

    result = script(assess, photos / "1.png", photos / "2.png", "--model", "embedded")
    assert result.exit_code == 0
    assert result.stdout.count("'contrast_a well-composed photograph': ") == 2
    assert result.stdout.count("'overall': ") == 2


def test_the_notes_module_takes_a_sample_without_a_photo(script, scratch):
    from sim_bench.cli.clip_aesthetic import assess

    result = script(assess, "--model", "embedded")
    assert "No photo given: using outputs/samples/coffee.jpg" in result.stdout


NOTE = ROOT / "configs" / "quality_benchmark.clip_test.yaml"


def test_the_notes_configuration_says_what_is_missing(script, scratch):
    from sim_bench.cli.benchmark import benchmark

    result = script(benchmark, NOTE)
    assert result.exit_code == 1
    assert "set dataset.root" in str(result.exception)


def test_the_notes_configuration_over_photos(script, photos, scratch, monkeypatch):
    """NIMA lacks its weights: it is reported, the others run. Photos without labels are noted."""
    from sim_bench.cli.benchmark import benchmark

    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    text = NOTE.read_text()
    Path("config.yaml").write_text(text.replace("D:/PhotoTriage", str(photos)))
    result = script(benchmark, "config.yaml")
    assert result.exit_code == 3
    assert "nima: The weights nima-mobilenet-aesthetic cannot be used" in result.stdout
    assert "sim-bench models get nima-mobilenet-aesthetic" in result.stdout
    assert "NOTE " in result.stdout
    assert "no labels of PhotoTriage" in result.stdout
    assert "6 photos: 6 scored" in result.stdout
    folder = Path("outputs/quality_benchmarks/clip_test")
    scores = pd.read_parquet(folder / "scores.parquet")
    assert scores[["sharpness", "clip_aesthetic"]].notna().all(axis=None)
    assert len(scores) == 6
    summary = pd.read_csv(folder / "methods_summary.csv")
    assert summary["status"].tolist() == ["ran", "failed", "ran"]
    assert "weights_mobilenet_aesthetic_0.07.hdf5" in summary["reason"][1]


def test_the_notes_configuration_runs_once_the_weights_are_in_the_cabinet(
    script, photos, scratch, monkeypatch
):
    """With random weights in idealo's layout, put there by hand. Exit 3 is for want of labels."""
    from sim_bench.cli.benchmark import benchmark
    from tests.reference.nima.keras_file import write_keras_file
    from tests.reference.nima.weights import layout, random_weights

    monkeypatch.setenv("SIM_BENCH_WEIGHTS", str(scratch / "cabinet"))
    home = scratch / "cabinet" / "nima-mobilenet-aesthetic"
    home.mkdir(parents=True)
    arrays = random_weights("mobilenet", layout("mobilenet"))
    write_keras_file(home / "weights_mobilenet_aesthetic_0.07.hdf5", arrays)
    text = NOTE.read_text().replace("D:/PhotoTriage", str(photos))
    Path("config.yaml").write_text(text)
    result = script(benchmark, "config.yaml")
    assert result.exit_code == 3
    assert "6 photos: 6 scored by every method that ran, 0 not" in result.stdout
    summary = pd.read_csv("outputs/quality_benchmarks/clip_test/methods_summary.csv")
    assert summary["status"].tolist() == ["ran", "ran", "ran"]
    assert summary["licence"][1] == "Apache-2.0"
    scores = pd.read_parquet("outputs/quality_benchmarks/clip_test/scores.parquet")
    assert scores["nima"].between(1, 10).all()


def test_the_notes_command_is_a_script_at_the_root(scratch):
    """`python run_quality_benchmark.py CONFIG`: one line and status 1 without the photos."""
    command = [sys.executable, ROOT / "run_quality_benchmark.py", NOTE]
    done = subprocess.run(command, capture_output=True, text=True, cwd=scratch)
    assert done.returncode == 1
    assert done.stderr.startswith("error: ")
    assert "set dataset.root" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_configuration_without_a_method_that_runs_fails(script, photos, asked, monkeypatch):
    import sim_bench.encoders.load
    from sim_bench.cli.benchmark import benchmark
    from sim_bench.errors import ConfigError, ModelError

    def refuse(*arguments, **options):
        raise ModelError("no weights")

    monkeypatch.setattr(sim_bench.encoders.load, "load_encoder", refuse)
    Path("config.yaml").write_text(
        f"dataset: {{name: mine, root: {photos}}}\n"
        "methods: [{name: x, class: CLIPAestheticAssessor}]\noutput: {dir: out}\n"
    )
    result = script(benchmark, "config.yaml")
    assert result.exit_code == 1
    assert isinstance(result.exception, ConfigError)
    assert "no method of the configuration could run (x: no weights)" in str(result.exception)
    assert "no weights" in Path("out/benchmark.log").read_text()
