"""From a run to the ensemble that it learned: the same order of photos, and an honest file."""

import numpy as np
import pandas as pd
import pytest
import yaml

import sim_bench.benchmark.measures.ensembles as combinations
from sim_bench.benchmark.config import load_config
from sim_bench.benchmark.learned_ensemble import ensemble_from_run
from sim_bench.benchmark.run import run_benchmark
from sim_bench.errors import ConfigError, DataMissingError, UnknownNameError
from sim_bench.evaluation.ensemble import opinion_ensemble, pair_ensemble
from sim_bench.quality_assessment.ensemble import EnsembleAssessor
from sim_bench.quality_assessment.ensemble_file import read_ensemble
from sim_bench.quality_assessment.noise import NoiseAssessor
from sim_bench.report.run_folder import write_run
from tests.benchmark.small import OPINIONS, PAIRS, config, recorded, write

RULES = [
    {"name": "sharp", "class": "SharpnessAssessor"},
    {"name": "quiet", "class": "NoiseAssessor"},
    {"name": "all", "class": "CompositeAssessor", "params": {"weights": {"contrast": 1}}},
]

FEW = {"resamples": 20, "permutations": 20, "seed": 0}


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return write(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def finished(root, tmp_path_factory):
    """One run of two data sets, whose few series are enough for once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(combinations, "LEAST_GROUPS", 3)
        patch.setattr(NoiseAssessor, "direction", "lower")
        out = tmp_path_factory.mktemp("runs") / "out"
        found = run_benchmark(config(root, out, OPINIONS, PAIRS, methods=RULES, statistics=FEW))
        write_run(found, title="a test")
        yield out, found


def details(out, dataset):
    table = pd.read_csv(out / "detailed_results.csv", dtype={"image": str})
    return table[table["dataset"] == dataset]


def merits(table):
    return table[["sharp", "quiet", "all"]].to_numpy() * [1.0, -1.0, 1.0]


def scores(path, table):
    """By the ensemble, of the scores in a table."""
    made = EnsembleAssessor(file=path)
    return made, made.combine({name: table[name].to_numpy() for name in made.members()})


def test_it_orders_photos_as_the_combination_of_opinions_did(finished):
    out, run = finished
    table = details(out, "mine")
    made, found = scores(ensemble_from_run(out, "mine", "opinion"), table)
    learned = opinion_ensemble(merits(table), table["mean"], table["group"], seed=0)
    expected = merits(table) @ learned.raw_weights
    assert np.corrcoef(found, expected)[0, 1] == pytest.approx(1.0, abs=1e-9)
    assert np.ptp(found) > 0.1
    [said] = [one for one in run.results.datasets[0].ensembles if one.task == "opinion"]
    sizes = sum(map(abs, said.weights.values()))
    assert made.shares == pytest.approx({k: w / sizes for k, w in said.weights.items()})


def test_it_orders_photos_as_the_combination_of_pairs_did(finished):
    out, _ = finished
    table = details(out, "votes")
    _, found = scores(ensemble_from_run(out, "votes", "pairs", output=out / "votes.yaml"), table)
    pairs = pd.read_csv(out / "pairs.csv", dtype={"left": str, "right": str, "burst": str})
    pairs = pairs[pairs["dataset"] == "votes"]
    of = pd.DataFrame(merits(table), index=table["image"])
    differences = of.loc[pairs["left"]].to_numpy() - of.loc[pairs["right"]].to_numpy()
    learned = pair_ensemble(differences, pairs["preference"], pairs["burst"], seed=0)
    expected = merits(table) @ learned.raw_weights
    assert np.corrcoef(found, expected)[0, 1] == pytest.approx(1.0, abs=1e-9)


def test_photos_without_an_opinion_do_not_change_the_order(finished, tmp_path):
    """Nothing was learned from them: they only count for the mean and the spread on record."""
    out, _ = finished
    for name in ("results.json", "config.yaml", "pairs.csv"):
        (tmp_path / name).write_bytes((out / name).read_bytes())
    every = pd.read_csv(out / "detailed_results.csv", dtype={"image": str})
    more = every[every["dataset"] == "mine"].assign(mean=np.nan)
    more["sharp"] = np.where(np.arange(len(more)) % 2, 0.0, 1.0)
    pd.concat([every, more]).to_csv(tmp_path / "detailed_results.csv", index=False)
    table = details(out, "mine")
    _, before = scores(ensemble_from_run(out, "mine", "opinion"), table)
    made, after = scores(ensemble_from_run(tmp_path, "mine", "opinion"), table)
    assert np.corrcoef(before, after)[0, 1] == pytest.approx(1.0, abs=1e-9)
    spread = {one.name: one.spread for one in read_ensemble(made.file).members}["sharp"]
    assert spread > 1.1 * table["sharp"].std(ddof=0)


def test_mean_and_spread_are_those_of_the_runs_photos(finished):
    out, _ = finished
    path = ensemble_from_run(out, "mine", "opinion", output=out / "figures.yaml")
    table = details(out, "mine")
    members = {one.name: one for one in read_ensemble(path).members}
    assert list(members) == ["sharp", "quiet", "all"]
    for name, one in members.items():
        assert one.mean == pytest.approx(table[name].mean())
        assert one.spread == pytest.approx(table[name].std(ddof=0))
        assert (one.quantiles[0], one.quantiles[-1]) == (table[name].min(), table[name].max())
        assert one.quantiles[10] == pytest.approx(table[name].median())
    assert members["all"].method.weights == {"contrast": 1}


def test_the_file_says_what_it_was_learned_on(finished):
    out, _ = finished
    path = ensemble_from_run(out, "mine", "opinion")
    assert path == out / "ensemble.yaml"
    found = read_ensemble(path)
    assert found.trained_on == ("mine",)
    assert "from opinions on mine" in found.note
    assert "srcc" in found.note
    assert EnsembleAssessor(file=path, combine="rank").combination == "rank"


def test_a_benchmark_accepts_the_file_and_marks_the_ensemble(finished, root):
    """It scores as the sum of its members, and what it was learned on is no fair test of it."""
    out, _ = finished
    path = ensemble_from_run(out, "mine", "opinion")
    mixed = {"name": "mixed", "class": "EnsembleAssessor", "params": {"file": str(path)}}
    again = run_benchmark(
        config(root, out.parent / "again", OPINIONS, methods=[*RULES, mixed], statistics=FEW)
    )
    [data] = again.results.datasets
    assert "mixed" in data.contamination
    [mine] = again.datasets.values()
    _, expected = scores(path, mine.scores)
    assert np.abs(mine.scores["mixed"] - expected).max() < 1e-9
    assert {row.part for row in data.parts if row.method == "mixed"} == {"sharp", "quiet", "all"}


def test_a_configuration_may_list_the_members_itself(root, tmp_path):
    member = {"class": "NoiseAssessor", "mean": 0.5, "spread": 0.1}
    block = {"name": "own", "class": "EnsembleAssessor", "params": {"members": [member]}}
    found = config(root, tmp_path / "out", OPINIONS, methods=[block])
    assert found.methods[0].params == block["params"]
    member["maen"] = member.pop("mean")
    with pytest.raises(ConfigError, match=r"methods\.0\.params: .*members\.0\.maen: unknown key"):
        config(root, tmp_path / "out", OPINIONS, methods=[block])


def test_which_combination_must_be_said_where_there_are_several(finished):
    out, _ = finished
    with pytest.raises(ValueError, match=r"several combinations: mine \(opinion\), .*say which"):
        ensemble_from_run(out)
    with pytest.raises(UnknownNameError, match="Did you mean 'votes'"):
        ensemble_from_run(out, "vote")
    with pytest.raises(DataMissingError, match="no combination opinion on votes"):
        ensemble_from_run(out, "votes", "opinion")


def test_a_folder_without_a_run_is_refused(tmp_path):
    with pytest.raises(DataMissingError, match="no finished run"):
        ensemble_from_run(tmp_path)


def test_recorded_scores_cannot_be_a_member(root, tmp_path, monkeypatch):
    monkeypatch.setattr(combinations, "LEAST_GROUPS", 3)
    methods = [*RULES, recorded("people")]
    out = tmp_path / "out"
    write_run(
        run_benchmark(config(root, out, OPINIONS, methods=methods, statistics=FEW)), title="a test"
    )
    with pytest.raises(DataMissingError, match="the scores of 'people' came from a file"):
        ensemble_from_run(out, task="opinion")
    assert not (out / "ensemble.yaml").exists()


def test_the_names_of_a_known_data_set_are_recorded(finished, tmp_path):
    """Its reader's, with the split; not that of a reader of tables, which others share."""
    out, run = finished
    copy = tmp_path / "copy"
    copy.mkdir()
    for file in out.iterdir():
        (copy / file.name).write_bytes(file.read_bytes())
    content = yaml.safe_load((copy / "config.yaml").read_text())
    content["datasets"][0] |= {"reader": "biq2021", "photos_from": ["holidays"]}
    (copy / "config.yaml").write_text(yaml.safe_dump(content))
    text = (copy / "results.json").read_text()
    assert run.results.datasets[0].split == ""
    (copy / "results.json").write_text(text.replace('"split": ""', '"split": "dev"', 1))
    found = read_ensemble(ensemble_from_run(copy, "mine", "opinion"))
    assert found.trained_on == ("mine:dev", "biq2021:dev", "holidays")


def test_a_broken_configuration_of_the_run_is_told(finished, tmp_path):
    out, _ = finished
    for name in ("results.json", "detailed_results.csv", "pairs.csv"):
        (tmp_path / name).write_bytes((out / name).read_bytes())
    with pytest.raises(DataMissingError, match=r"config\.yaml: .*cannot be read"):
        ensemble_from_run(tmp_path, "mine", "opinion")
    (tmp_path / "config.yaml").write_text("- nothing")
    with pytest.raises(DataMissingError, match="no configuration of a run"):
        ensemble_from_run(tmp_path, "mine", "opinion")
    assert load_config(out / "config.yaml")
