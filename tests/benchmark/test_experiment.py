"""The three tests of the note, over an encoder of a few lines."""

import warnings

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from sim_bench.benchmark.experiment import CLIP, COMPOSITE, run_experiment, write_results
from sim_bench.quality_assessment.aggregate import AGGREGATIONS
from sim_bench.quality_assessment.clip_aesthetic import CLIPAestheticAssessor
from sim_bench.quality_assessment.remarks import RunRemark
from sim_bench.selection.burst import find_bursts
from tests.fakes import FakeEncoder


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("experiment")
    rng = np.random.default_rng(0)
    for burst in range(2):
        (folder / f"burst{burst}").mkdir()
        for k in range(4):
            pixels = rng.normal(100 + 20 * burst, 5 + 20 * k, (24, 24, 3)).clip(0, 255)
            Image.fromarray(pixels.astype(np.uint8)).save(folder / f"burst{burst}" / f"{k}.png")
    return folder


@pytest.fixture(scope="module")
def encoder():
    return FakeEncoder(dim=32)


@pytest.fixture(scope="module")
def result(folder, encoder):
    bursts = find_bursts(folder)
    photos = [path for burst in bursts for path in burst.paths]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RunRemark)
        return run_experiment(encoder, photos, bursts)


def test_every_photo_has_every_score(result):
    assert len(result.photos) == 8
    assert result.photos[[CLIP, *result.rules, *AGGREGATIONS]].notna().all(axis=None)
    assert result.model == "fake"


def test_scores_are_those_of_the_methods_alone(result, encoder):
    for name in AGGREGATIONS:
        alone = CLIPAestheticAssessor(encoder=encoder, aggregation_method=name)
        expected = [alone.assess_image(path) for path in result.photos["path"]]
        assert result.photos[name].tolist() == pytest.approx(expected, abs=1e-6)
    assert result.photos[CLIP].tolist() == result.photos["weighted"].tolist()


def test_correlations_are_scipys(result):
    from scipy.stats import pearsonr, spearmanr

    pearson, spearman = result.correlations[CLIP, "sharpness"]
    x, y = result.photos[CLIP], result.photos["sharpness"]
    assert pearson.estimate == pytest.approx(pearsonr(x, y).statistic)
    assert spearman.estimate == pytest.approx(spearmanr(x, y).statistic)
    assert pearson.n == 8


def test_each_burst_has_a_choice_by_both_methods(result):
    assert [choice.burst.name for choice in result.choices] == ["burst0", "burst1"]
    for choice in result.choices:
        assert set(choice.best) == {CLIP, COMPOSITE}
        assert choice.table[CLIP].max() == choice.best[CLIP].score


def test_files_name_the_model_and_hold_every_row(result, tmp_path, folder):
    files = write_results(result, tmp_path, {"burst0": folder / "burst0" / "3.png"})
    tables = {file.stem: pd.read_csv(file) for file in files}
    assert list(tables) == [
        "test1_scores",
        "test1_correlations",
        "test2_bursts",
        "test3_aggregations",
        "test3_correlations",
    ]
    assert all((table["model"] == "fake").all() for table in tables.values())
    assert len(tables["test1_scores"]) == 8
    assert len(tables["test1_correlations"]) == 2 * len(result.rules)
    assert tables["test2_bursts"]["known_best"].tolist()[0] == "3.png"
    assert len(tables["test3_correlations"]) == 2 * 3


def test_without_bursts_test_2_is_left_out(folder, encoder, tmp_path):
    photos = sorted((folder / "burst0").iterdir())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RunRemark)
        result = run_experiment(encoder, photos)
    assert result.choices == []
    assert "test2_bursts" not in {file.stem for file in write_results(result, tmp_path)}
