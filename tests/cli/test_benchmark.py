"""`sim-bench benchmark`: what it prints, writes and returns, also when it was killed before."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from PIL import Image

import sim_bench.encoders.load
from sim_bench.benchmark.journal import NAME
from sim_bench.report.benchmark_text import TRAINED
from tests.benchmark.small import OPINIONS, PAIRS, RULES, STATISTICS, recorded, write
from tests.fakes import FakeEncoder

pytestmark = pytest.mark.filterwarnings("ignore::sim_bench.quality_assessment.remarks.RunRemark")

ROOT = Path(__file__).parents[2]
CLIP = {"name": "clip", "class": "CLIPAestheticAssessor"}


@pytest.fixture
def data(scratch):
    return write(scratch / "data")


@pytest.fixture
def configured(scratch, data):
    """Write a configuration and return its path."""

    def call(*datasets, methods=RULES, **more):
        blocks = [{"root": str(data), **block} for block in datasets or (OPINIONS,)]
        content = {"datasets": blocks, "methods": list(methods), "statistics": STATISTICS}
        path = scratch / "config.yaml"
        path.write_text(yaml.safe_dump({**content, "output": {"dir": "configured"}, **more}))
        return path

    return call


@pytest.fixture
def encoder(run, monkeypatch):
    """The encoder of every CLIP method."""
    found = FakeEncoder()
    monkeypatch.setattr(sim_bench.encoders.load, "load_encoder", lambda *a, **k: found)
    return found


def results_of(folder):
    """The results, without cost."""
    content = json.loads((Path(folder) / "results.json").read_text())
    for method in content["methods"]:
        del method["cost"]
    return content


def test_a_run_in_full(run, configured):
    result = run("benchmark", configured(methods=[*RULES, CLIP]), "--output", "out")
    assert result.exit_code == 0, result.output
    assert "QUALITY BENCHMARK: mine" in result.stdout
    assert "24 photos: 24 scored by every method that ran, 0 not" in result.stdout
    for part in ("against mean opinions", "between two photos", "the best of each series"):
        assert part in result.stdout
    assert not Path("configured").exists()
    assert not (Path("out") / NAME).exists()
    names = {path.name for path in Path("out").iterdir()}
    assert names >= {"benchmark.log", "results.json", "report.html", "methods_summary.csv"}
    for name in names - {"benchmark.log"}:
        assert name in result.stdout
    log = (Path("out") / "benchmark.log").read_text()
    assert "INFO begun" in log
    assert "INFO mine: 24 photos take part" in log
    assert log.rstrip().endswith("INFO finished")


def test_the_configured_folder_is_used_without_another(run, configured):
    assert run("benchmark", configured(PAIRS), "--no-store").exit_code == 0
    assert (Path("configured") / "results.json").is_file()


def test_unscored_photos_and_failed_methods_are_status_3(run, configured, data, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    (data / "photos" / "07.png").write_bytes(b"no photo")
    result = run("benchmark", configured(), "--output", "out")
    assert result.exit_code == 3
    assert "24 photos: 23 scored by every method that ran, 1 not" in result.stdout
    failing = [*RULES, {"name": "nima", "class": "NIMAAssessor"}]
    result = run("benchmark", configured(methods=failing), "--output", "out")
    assert result.exit_code == 3
    assert "1 of 3 methods failed" in result.stdout
    log = Path("out/benchmark.log").read_text()
    assert "nima failed: The weights nima-mobilenet-aesthetic cannot be used" in log


def test_a_method_that_raises_in_the_middle_is_status_3_and_in_the_log(
    run, configured, monkeypatch
):
    from sim_bench.quality_assessment.sharpness import SharpnessAssessor

    def fails(self, observed):
        raise RuntimeError("out of order")

    monkeypatch.setattr(SharpnessAssessor, "score_observed", fails)
    methods = [RULES[0], {"name": "contrast", "class": "ContrastAssessor"}]
    result = run("benchmark", configured(methods=methods), "--output", "out", "--no-store")
    assert result.exit_code == 3
    assert "sharp: RuntimeError: out of order" in result.stdout
    assert "sharp failed: RuntimeError: out of order" in Path("out/benchmark.log").read_text()
    assert [m["status"] for m in results_of("out")["methods"]] == ["failed", "ran"]


def test_a_configuration_that_cannot_be_used_writes_nothing(run, configured):
    result = run("benchmark", configured(colour="red"), "--output", "out")
    assert result.exit_code == 1
    assert "colour" in str(result.exception)
    assert not Path("out").exists()


def test_what_a_method_has_met_is_flagged_on_the_console(run, configured, encoder):
    encoder.trained_on = ("mine:train",)
    result = run("benchmark", configured(methods=[*RULES, CLIP]), "--output", "out")
    flagged = [line for line in result.stdout.splitlines() if line.endswith(TRAINED)]
    assert len(flagged) == 3  # one for each table
    assert all(line.startswith("clip ") for line in flagged)


def test_what_is_not_on_record_is_not_flagged(run, configured, encoder):
    encoder.trained_on = None
    result = run("benchmark", configured(methods=[*RULES, CLIP]), "--output", "out")
    assert TRAINED not in result.stdout
    assert "is not on record" in Path("out/report.html").read_text()


def test_a_remark_on_the_run_is_a_note_and_in_the_log(run, configured, encoder):
    """A single prompt pair and a random encoder: scores within noise of each other."""
    none = {"positive_attributes": [], "negative_attributes": []}
    params = {**none, "contrastive_pairs": [["a", "b"]], "aggregation_method": "mean"}
    result = run("benchmark", configured(methods=[{**CLIP, "params": params}]), "--output", "out")
    assert "note: clip: all scores lie within noise" in result.stderr
    assert "WARNING RunRemark: clip: all scores lie within noise" in log_of("out")


def test_two_runs_into_two_folders_are_equal(run, configured):
    config = configured(OPINIONS, PAIRS, methods=[*RULES, CLIP, recorded("people")])
    for folder in ("one", "two"):
        assert run("benchmark", config, "--output", folder).exit_code in (0, 3)
    assert results_of("one") == results_of("two")
    for name in ("pairs.csv", "series.csv", "detailed_results.csv", "subgroups.csv", "parts.csv"):
        assert Path("one", name).read_bytes() == Path("two", name).read_bytes()


def test_a_log_goes_on_with_resume_and_begins_anew_without(run, configured):
    config = configured()
    for option, begun in (((), 1), (("--resume",), 2), ((), 1)):
        run("benchmark", config, "--output", "out", *option)
        assert Path("out/benchmark.log").read_text().count("INFO begun") == begun


@pytest.fixture
def many(scratch):
    """300 photos, enough for a run to be killed in the middle."""
    rng = np.random.default_rng(0)
    folder = scratch / "many"
    folder.mkdir()
    rows = []
    for k in range(300):
        pixels = rng.normal(120, 10 + k % 40, (120, 160, 3)).clip(0, 255).astype(np.uint8)
        Image.fromarray(pixels).save(folder / f"{k:03}.png")
        rows.append((f"{k:03}.png", (k % 40) / 40, f"s{k // 3}"))
    columns = ["image", "mean", "series"]
    pd.DataFrame(rows, columns=columns).to_csv(folder / "labels.csv", index=False)
    return folder


def test_a_killed_run_goes_on_without_scoring_twice(run, many, scratch):
    """A real process, killed. What it wrote down cannot be opened again: it is made unreadable."""
    config = scratch / "config.yaml"
    content = {
        "datasets": [
            {
                "name": "many",
                "reader": "score_table",
                "root": str(many),
                "params": {"group": "series"},
                "pairs_from": 0.05,
            }
        ],
        "methods": [*RULES, {"name": "detail", "class": "TenengradAssessor"}],
        "statistics": {**STATISTICS, "resamples": 50, "permutations": 50},
        "output": {"dir": "unused"},
    }
    config.write_text(yaml.safe_dump(content))
    assert run("benchmark", config, "--no-store", "--output", "undisturbed").exit_code == 0
    journal = scratch / "killed" / NAME
    command = [sys.executable, "-m", "sim_bench", "benchmark", config, "--no-store"]
    process = subprocess.Popen(
        [*command, "--output", "killed"], cwd=scratch, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    while process.poll() is None and lines_of(journal) < 60:
        time.sleep(0.002)
    process.kill()
    assert process.wait() == -9
    assert not (scratch / "killed" / "results.json").exists()
    known = [json.loads(line)["path"] for line in journal.read_text().split("\n")[1:-1]]
    assert 0 < len(known) < 300
    whole = {path: Path(path).read_bytes() for path in known}
    for path in known:
        state = Path(path).stat()
        Path(path).write_bytes(b"\0" * state.st_size)
        os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))
    result = run("benchmark", config, "--no-store", "--output", "killed", "--resume")
    assert result.exit_code == 0, result.output
    assert f"{len(known)} of 300 photos were scored before" in log_of("killed")
    assert results_of("killed") == results_of("undisturbed")
    for name in ("detailed_results.csv", "pairs.csv", "series.csv", "subgroups.csv"):
        assert Path("killed", name).read_bytes() == Path("undisturbed", name).read_bytes()
    assert not journal.exists()
    for path, content in whole.items():
        Path(path).write_bytes(content)


def lines_of(journal):
    return journal.read_bytes().count(b"\n") if journal.exists() else 0


def log_of(folder):
    return (Path(folder) / "benchmark.log").read_text()


@pytest.fixture(scope="module")
def recorded_run(data_dir, tmp_path_factory):
    """The shipped configuration of recorded scores over PhotoTriage, with fewer permutations."""
    from typer.testing import CliRunner

    from sim_bench.cli.app import app

    text = (ROOT / "configs" / "phototriage_recorded.yaml").read_text()
    content = yaml.safe_load(text)
    content["statistics"] |= {"resamples": 1000, "permutations": 2000}
    folder = tmp_path_factory.mktemp("phototriage")
    (folder / "config.yaml").write_text(yaml.safe_dump(content))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SIM_BENCH_DATA", str(data_dir))
        command = ["benchmark", str(folder / "config.yaml"), "--output", str(folder / "out")]
        result = CliRunner().invoke(app, command)
    assert result.exit_code == 0, result.output
    return folder / "out", result.stdout


@pytest.mark.data
def test_published_figures_of_phototriage_are_reproduced(recorded_run):
    """Of 4,000 pairs, from the original's recorded scores; percent, clustered by series."""
    table = pd.read_csv(recorded_run[0] / "methods_summary.csv").set_index("method")
    accuracy = 100 * table["pairwise_accuracy"]
    published = {
        "combined": 59.2,
        "sharpness": 56.7,
        "colourfulness": 56.5,
        "exposure": 56.0,
        "contrast": 49.4,
    }
    for name, expected in published.items():
        assert accuracy[name] == pytest.approx(expected, abs=0.3), name
    assert 100 * table.loc["combined", "ci_low"] == pytest.approx(57.6, abs=0.3)
    assert 100 * table.loc["combined", "ci_high"] == pytest.approx(60.9, abs=0.3)
    assert set(table["n"]) == {4000}
    assert table.loc[["sharpness", "contrast", "combined"], "ties"].tolist() == [1403, 350, 0]
    assert 100 * table.loc["sharpness", "accuracy_without_ties"] == pytest.approx(61.1, abs=0.3)
    assert 100 * table.loc["sharpness", "accuracy_ties_half"] == pytest.approx(57.2, abs=0.3)


@pytest.mark.data
def test_the_accuracies_are_those_of_the_files_joined_by_hand(recorded_run, data_dir):
    """The pair id is series_photo_photo; ties go to the second photo, an even split is a half."""
    folder = data_dir / "phototriage"
    columns = ["series", "first", "second", "share", "rank1", "rank2"]
    published = pd.read_csv(folder / "train_pairlist.txt", sep=r"\s+", names=columns)
    ids = published[["series", "first", "second"]].astype(str).agg("_".join, axis=1)
    share = published["share"].set_axis(ids)
    table = pd.read_csv(recorded_run[0] / "methods_summary.csv").set_index("method")
    files = {
        "combined": "Combined-RuleBased",
        "sharpness": "Sharpness",
        "colourfulness": "Colorfulness",
        "exposure": "Exposure",
        "contrast": "Contrast",
    }
    for name, file in files.items():
        scores = pd.read_csv(folder / "recorded" / f"{file}.csv")
        people = share.loc[scores["pair_id"]].to_numpy()
        first = (scores["score_a"] > scores["score_b"]).to_numpy()
        credit = np.where(people == 0.5, 0.5, first == (people > 0.5))
        assert table.loc[name, "pairwise_accuracy"] == pytest.approx(credit.mean(), abs=1e-9), name
        assert table.loc[name, "ties"] == (scores["score_a"] == scores["score_b"]).sum()
        assert table.loc[name, "divided"] == (people == 0.5).sum()


@pytest.mark.data
def test_what_phototriage_shows_after_correction(recorded_run):
    """Contrast does not differ from chance; combined beats sharpness."""
    folder, stdout = recorded_run
    table = pd.read_csv(folder / "methods_summary.csv").set_index("method")
    assert table.loc["contrast", "p_chance"] > 0.05
    assert (table["p_chance"].drop("contrast") < 0.01).all()
    pairs = pd.read_csv(folder / "comparisons.csv")
    pairs = pairs[pairs["task"] == "pairs"].set_index(["first", "second"])
    assert len(pairs) == 10
    against = pairs.loc[("combined", "sharpness")]
    assert against["p_holm"] < 0.05
    assert against["low"] > 0
    assert against["shown_better"] == "combined"
    assert "Best: combined" in stdout
    assert "Not shown to differ from chance: contrast." in " ".join(stdout.split())
    contrast = next(line for line in stdout.splitlines() if line.startswith("contrast "))
    assert "49.4%" in contrast
