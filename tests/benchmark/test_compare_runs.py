"""Two finished runs side by side."""

import pytest
from scipy.stats import spearmanr

from sim_bench.benchmark.compare_runs import compare_runs, read_run
from sim_bench.benchmark.measures.common import Settings
from sim_bench.benchmark.run import run_benchmark
from sim_bench.errors import DataMissingError
from sim_bench.report.run_folder import write_run
from tests.benchmark.small import OPINIONS, PAIRS, config, recorded, write

SETTINGS = Settings(resamples=200, permutations=500)


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return write(tmp_path_factory.mktemp("small"))


def finished(root, out, *datasets, **more):
    settings = config(root, out, *datasets, **more)
    write_run(run_benchmark(settings), title="a run")
    return read_run(out)


@pytest.fixture(scope="module")
def runs(root, tmp_path_factory):
    """The measure of sharpness before; the recorded opinions themselves after, under its name."""
    out = tmp_path_factory.mktemp("runs")
    sharp = {"name": "sharp", "class": "SharpnessAssessor"}
    before = finished(root, out / "before", OPINIONS, methods=[sharp])
    after = finished(root, out / "after", OPINIONS, methods=[recorded("sharp")])
    return before, after


def test_a_method_is_compared_on_opinions_and_pairs(runs):
    opinion, pairs = compare_runs(runs, SETTINGS)
    assert (opinion.task, opinion.measure, opinion.method) == ("opinion", "srcc", "sharp")
    assert (pairs.task, pairs.measure, pairs.first, pairs.second) == (
        *("pairs", "accuracy", "before", "after"),
    )
    scores = runs[0].details
    expected = spearmanr(scores["sharp"], scores["mean"]).statistic
    assert opinion.values == (pytest.approx(expected, abs=1e-12), pytest.approx(1.0))
    assert opinion.difference.value == pytest.approx(expected - 1.0, abs=1e-12)
    assert opinion.n == 24
    assert opinion.unmatched == 0
    credits_before = runs[0].pairs["sharp_credit"]
    assert pairs.values == (pytest.approx(credits_before.mean()), pytest.approx(1.0))
    assert pairs.difference.value == pytest.approx(credits_before.mean() - 1.0)
    least, most = sorted([opinion.p, pairs.p])
    by_holm = [min(1.0, 2 * least), max(min(1.0, 2 * least), most)]
    assert sorted([opinion.p_holm, pairs.p_holm]) == pytest.approx(by_holm)


def test_a_run_beside_itself_differs_in_nothing(runs):
    for one in compare_runs((runs[0], runs[0]), SETTINGS):
        assert one.difference.value == 0.0
        assert one.p == 1.0


def test_a_score_that_is_better_when_smaller_is_turned(root, tmp_path, runs):
    lower = recorded("sharp", score="badness", direction="lower")
    turned = finished(root, tmp_path / "turned", OPINIONS, methods=[lower])
    for one in compare_runs((runs[1], turned), SETTINGS):
        assert one.values == (pytest.approx(1.0), pytest.approx(1.0))


def test_items_that_were_judged_differently_do_not_count(runs):
    before, after = runs
    changed = after.details.copy()
    changed.loc[:3, "mean"] += 0.5
    flipped = after.pairs.copy()
    flipped.loc[0, "preference"] = 1 - flipped.loc[0, "preference"]
    other = type(after)(after.name, after.results, flipped, changed)
    opinion, pairs = compare_runs((before, other), SETTINGS)
    assert (opinion.n, opinion.unmatched) == (20, 4)
    assert (pairs.n, pairs.unmatched) == (len(after.pairs) - 1, 1)


def test_runs_over_different_samples_share_what_they_share(root, tmp_path, runs):
    sample = {"number": 5, "of": "groups", "seed": 1}
    part = finished(
        root, tmp_path / "part", OPINIONS | {"sample": sample}, methods=[recorded("sharp")]
    )
    opinion = compare_runs((runs[1], part), SETTINGS)[0]
    assert (opinion.n, opinion.unmatched) == (15, 9)


def test_runs_without_a_method_or_data_set_in_common_give_no_row(root, tmp_path, runs):
    other = finished(root, tmp_path / "other", OPINIONS, methods=[recorded("another")])
    elsewhere = finished(
        root, tmp_path / "votes", PAIRS, methods=[recorded("sharp", dataset="votes")]
    )
    assert compare_runs((runs[0], other), SETTINGS) == []
    assert compare_runs((runs[0], elsewhere), SETTINGS) == []


def test_a_photo_called_na_stays(runs, tmp_path):
    folder = tmp_path / "na"
    folder.mkdir()
    (folder / "results.json").write_text(runs[0].results.model_dump_json())
    details = runs[0].details.copy()
    details.loc[0, "image"] = "NA"
    details.to_csv(folder / "detailed_results.csv", index=False)
    assert read_run(folder).details["image"].tolist()[0] == "NA"


def test_a_folder_without_a_finished_run_says_how_to_make_one(tmp_path):
    with pytest.raises(DataMissingError, match="no results.json.*sim-bench benchmark"):
        read_run(tmp_path)


def test_a_run_in_another_format_is_to_be_made_again(tmp_path):
    (tmp_path / "results.json").write_text('{"version": "0.0.1"}')
    with pytest.raises(DataMissingError, match="not in the format of this version .*again"):
        read_run(tmp_path)
