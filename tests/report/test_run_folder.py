"""The folder of a run: every table says what the results say."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

import sim_bench.encoders.load
from sim_bench.benchmark.config import load_config
from sim_bench.benchmark.results import Results
from sim_bench.benchmark.run import run_benchmark
from sim_bench.benchmark.scoring import forget_journal
from sim_bench.report import run_folder
from sim_bench.report.run_folder import write_run
from tests.benchmark.small import COUNT, OPINIONS, PAIRS, RULES, SERIES, config, recorded, write
from tests.fakes import FakeEncoder

pytestmark = pytest.mark.filterwarnings("ignore::sim_bench.quality_assessment.remarks.RunRemark")

TABLES = {
    *("methods_summary.csv", "detailed_results.csv", "series.csv", "pairs.csv"),
    *("comparisons.csv", "subgroups.csv", "parts.csv"),
}
FILES = TABLES | {"config.yaml", "manifest.json", "scores.parquet", "results.json", "report.html"}
CLIP = {"name": "clip", "class": "CLIPAestheticAssessor", "params": {"aggregation_method": "mean"}}


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """Two data sets, a photo that cannot be read, and a method that has met one of them."""
    root = write(tmp_path_factory.mktemp("data"))
    (root / "photos" / "03.png").write_bytes(b"no photo")
    encoder = FakeEncoder()
    encoder.trained_on = ("mine:dev",)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sim_bench.encoders.load, "load_encoder", lambda *a, **k: encoder)
        methods = [*RULES, CLIP, recorded("people", "badness", "lower")]
        out = tmp_path_factory.mktemp("out") / "run"
        found = run_benchmark(config(root, out, OPINIONS, PAIRS, methods=methods))
        files = write_run(found, title="Mine & votes")
        forget_journal(out)
        return found, files


@pytest.fixture(scope="module")
def run(done):
    return done[0]


@pytest.fixture(scope="module")
def folder(run):
    return run.config.output.dir


def again(run, tmp_path, *only):
    """The same run, to be written elsewhere, with some of its data sets."""
    output = run.config.output.model_copy(update={"dir": tmp_path})
    settings = run.config.model_copy(update={"output": output})
    datasets = {name: run.datasets[name] for name in only or run.datasets}
    return replace(run, config=settings, datasets=datasets)


def test_every_file_is_there_and_the_results_are_last(done, folder):
    assert {path.name for path in folder.iterdir()} == FILES
    assert {path.name for path in done[1]} == FILES
    assert done[1][-1] == folder / "results.json"


def test_the_configuration_can_be_run_again(run, folder):
    loaded = load_config(folder / "config.yaml")
    assert loaded.resolved() == run.config.resolved()
    assert loaded.digest == run.config.digest
    assert loaded.datasets == run.config.datasets
    assert loaded.statistics == run.config.statistics
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest == run.manifest
    assert manifest["configuration"] == run.config.digest


def test_the_results_come_back_whole(run, folder):
    text = (folder / "results.json").read_text()
    assert Results.model_validate_json(text) == run.results
    assert "NaN" not in text
    assert "Infinity" not in text


def test_scores_are_of_every_photo_and_method(run, folder):
    table = pd.read_parquet(folder / "scores.parquet")
    assert len(table) == 2 * COUNT
    assert list(table.columns[:7]) == [
        *("dataset", "image", "path", "status", "reason", "width", "height")
    ]
    mine = table[table["dataset"] == "mine"].reset_index(drop=True)
    for name in ("sharp", "all", "clip", "people"):
        expected = run.datasets["mine"].scores[name]
        pd.testing.assert_series_equal(mine[name].astype(float), expected)
    unread = mine[mine["status"] == "unscored"]
    assert unread["image"].tolist() == ["03.png"]
    assert unread["reason"].iloc[0]
    assert unread["sharp"].isna().all()
    assert table.loc[table["dataset"] == "votes", "people"].isna().all()


def test_without_pyarrow_scores_are_a_csv_file(run, tmp_path, monkeypatch):
    (tmp_path / "scores.parquet").write_bytes(b"of an earlier run")
    with monkeypatch.context() as patch:
        patch.setitem(sys.modules, "pyarrow", None)
        names = {path.name for path in write_run(again(run, tmp_path), title="t")}
    assert names == {path.name for path in tmp_path.iterdir()}
    assert names == FILES - {"scores.parquet"} | {"scores.csv"}
    table = pd.read_csv(tmp_path / "scores.csv")
    assert len(table) == 2 * COUNT
    expected = run.datasets["mine"].scores["sharp"]
    assert table["sharp"].head(COUNT).tolist() == pytest.approx(expected.tolist(), nan_ok=True)


def test_details_say_what_people_said_beside_the_scores(run, folder):
    table = pd.read_csv(folder / "detailed_results.csv")
    mine = table[table["dataset"] == "mine"].reset_index(drop=True)
    opinions = run.datasets["mine"].material.opinions.table
    assert mine["image"].tolist() == opinions["image"].tolist()
    assert mine["mean"].tolist() == pytest.approx(opinions["mean"].tolist())
    assert mine["attribute_place"].tolist() == opinions["place"].tolist()
    assert mine["people"].tolist() == pytest.approx((-mine["mean"]).tolist())
    assert table.loc[table["dataset"] == "votes", "mean"].isna().all()


def test_credits_of_pairs_add_up_to_the_accuracy(run, folder):
    table = pd.read_csv(folder / "pairs.csv")
    for data in run.results.datasets:
        rows = table[table["dataset"] == data.name]
        for one in data.pairs:
            assert len(rows) == one.n + one.unscored
            assert rows[f"{one.method}_credit"].count() == one.n
            assert rows[f"{one.method}_credit"].mean() == pytest.approx(one.accuracy.value)
    votes = table[table["dataset"] == "votes"]
    assert (votes["preference"] == votes["wins"] / votes["votes"]).all()
    left = votes[votes["sharp_left"] > votes["sharp_right"]]
    expected = (left["preference"] > 0.5) * 0.5 + (left["preference"] >= 0.5) * 0.5
    assert left["sharp_credit"].tolist() == expected.tolist()


def test_regrets_of_series_add_up_to_the_mean(run, folder):
    table = pd.read_csv(folder / "series.csv")
    for data in run.results.datasets:
        for one in data.series:
            rows = table[(table["dataset"] == data.name) & (table["method"] == one.method)]
            assert len(rows) == one.n + one.unscored == SERIES
            assert rows["regret"].mean() == pytest.approx(one.regret.value)
            assert rows["top1"].mean() == pytest.approx(one.top1.value)


def test_the_summary_has_a_row_for_every_data_set_and_method(run, folder):
    table = pd.read_csv(folder / "methods_summary.csv")
    assert list(zip(table["dataset"], table["method"], strict=True)) == [
        (data, method)
        for data in ("mine", "votes")
        for method in ("sharp", "all", "clip", "people")
    ]
    needed = ["method", "pairwise_accuracy", "ci_low", "ci_high", "ties", "n"]
    assert set(needed) <= set(table.columns)
    assert table.loc[7, needed[1:]].isna().all()  # people: not scored for votes
    assert table.loc[0, "pairwise_accuracy"] == run.results.datasets[0].pairs[0].accuracy.value


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("methods_summary.csv", "method"),
        ("series.csv", "method"),
        ("subgroups.csv", "method"),
        ("parts.csv", "method"),
        ("comparisons.csv", None),
    ],
)
def test_every_table_flags_what_a_method_has_met(folder, name, column):
    """The method clip has met the data set mine, and no other has met anything."""
    table = pd.read_csv(folder / name, keep_default_na=False)
    named = table[[column] if column else ["first", "second"]]
    met = (table["dataset"] == "mine") & (named == "clip").any(axis=1)
    assert met.any()
    assert ((table["trained_on_it"] != "") == met).all()
    assert table.loc[met, "trained_on_it"].str.contains("mine:dev").all()


def test_the_page_flags_what_a_method_has_met(folder):
    page = (folder / "report.html").read_text()
    assert "trained on or chosen by photos of this data: mine:dev" in page


def test_tables_of_an_earlier_run_do_not_stay(run, tmp_path):
    """A run without pairs or series has neither table, and not an old one either."""
    for name in ("pairs.csv", "series.csv", "scores.csv"):
        (tmp_path / name).write_text("of an earlier run")
    bare = again(run, tmp_path, "mine")
    one = bare.datasets["mine"]
    joined = replace(one.joined, pairs=None, series=None)
    written = write_run(replace(bare, datasets={"mine": replace(one, joined=joined)}), title="t")
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {path.name for path in written} == FILES - {"pairs.csv", "series.csv"}


def test_a_folder_that_was_not_finished_has_no_results(run, tmp_path, monkeypatch):
    def fails(*arguments, **options):
        raise OSError("disk full")

    (tmp_path / "results.json").write_text("of an earlier run")
    monkeypatch.setattr(run_folder, "write_benchmark_page", fails)
    with pytest.raises(OSError, match="disk full"):
        write_run(again(run, tmp_path), title="t")
    assert not (tmp_path / "results.json").exists()


def test_results_cut_off_while_they_are_written_are_not_there(run, tmp_path, monkeypatch):
    write_text = Path.write_text

    def cut_off(path, text, **options):
        if path.name.startswith("results.json"):
            write_text(path, text[:100], **options)
            raise KeyboardInterrupt
        return write_text(path, text, **options)

    monkeypatch.setattr(Path, "write_text", cut_off)
    with pytest.raises(KeyboardInterrupt):
        write_run(again(run, tmp_path), title="t")
    assert not (tmp_path / "results.json").exists()
