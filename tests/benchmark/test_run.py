"""A whole benchmark over 24 tiny photos."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy.stats import kendalltau, spearmanr

import sim_bench.encoders.load
from sim_bench.benchmark.run import run_benchmark
from sim_bench.errors import ConfigError, DataMissingError
from sim_bench.quality_assessment.sharpness import SharpnessAssessor
from tests.benchmark.small import COUNT, OPINIONS, PAIRS, RULES, SERIES, config, recorded, write
from tests.fakes import FakeEncoder

pytestmark = pytest.mark.filterwarnings("ignore::sim_bench.quality_assessment.remarks.RunRemark")


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return write(tmp_path_factory.mktemp("data"))


@pytest.fixture
def own(tmp_path):
    """A copy that a test may spoil."""
    return write(tmp_path / "data")


@pytest.fixture
def run(root, tmp_path):
    def call(*datasets, **options):
        where = options.pop("root", root)
        return run_benchmark(config(where, tmp_path / "out", *datasets, **options))

    return call


@pytest.fixture
def encoder(monkeypatch):
    found = FakeEncoder()
    monkeypatch.setattr(sim_bench.encoders.load, "load_encoder", lambda *a, **k: found)
    return found


def row(rows, method):
    return next(one for one in rows if one.method == method)


def clip(name, **params):
    return {"name": name, "class": "CLIPAestheticAssessor", "params": params}


def test_agreement_with_opinions_is_scipys(run, root):
    found = run()
    (data,) = found.results.datasets
    labels = pd.read_csv(root / "labels.csv").set_index("image")["mean"]
    paths = [root / "photos" / image for image in labels.index]
    alone = SharpnessAssessor().assess_batch(paths)["sharpness"].to_numpy()
    measured = row(data.opinion, "sharp")
    assert measured.srcc.value == pytest.approx(spearmanr(alone, labels).statistic, abs=1e-9)
    assert measured.krcc.value == pytest.approx(kendalltau(alone, labels).statistic, abs=1e-9)
    assert (data.photos, data.scored, data.unscored) == (COUNT, COUNT, 0)
    assert found.complete


def test_pairs_and_series_of_opinions_by_hand(run, root):
    (data,) = run().results.datasets
    labels = pd.read_csv(root / "labels.csv")
    labels["score"] = SharpnessAssessor().assess_batch(
        [root / "photos" / image for image in labels["image"]]
    )["sharpness"]
    right, regrets, best = [], [], []
    for _, group in labels.groupby("series"):
        people, ours = group["mean"].to_numpy(), group["score"].to_numpy()
        for i, j in ((0, 1), (0, 2), (1, 2)):
            if abs(people[i] - people[j]) >= 0.05:
                right.append((people[i] > people[j]) == (ours[i] > ours[j]))
        regrets.append(people.max() - people[ours.argmax()])
        best.append(people.argmax() == ours.argmax())
    pairs, series = row(data.pairs, "sharp"), row(data.series, "sharp")
    assert (pairs.n, pairs.accuracy.value) == (len(right), pytest.approx(np.mean(right)))
    assert sum(data.left_out.values()) == SERIES * 3 - len(right)
    assert series.regret.value == pytest.approx(np.mean(regrets))
    assert series.top1.value == pytest.approx(np.mean(best))
    assert series.within.value == pytest.approx(np.mean(np.array(regrets) <= 0.1))
    assert data.regret_unit == "mean opinion"


def test_preferences_with_their_ceiling_and_strengths(run, root):
    (data,) = run(PAIRS).results.datasets
    table = pd.read_csv(root / "pairs.csv")
    pairs = row(data.pairs, "sharp")
    assert pairs.n == len(table)
    assert pairs.divided == (table["wins"] == 3).sum()
    assert data.regret_unit.startswith("Bradley-Terry log-odds")
    assert row(data.series, "sharp").n == SERIES
    # One of six votes, drawn at random, against the majority of the other five.
    agreed = []
    for wins in table["wins"]:
        said = np.array([1] * wins + [0] * (6 - wins))
        agreed += [float(v == (np.delete(said, k).mean() > 0.5)) for k, v in enumerate(said)]
    assert data.human_ceiling.value == pytest.approx(np.mean(agreed))
    assert "24 pairs" in data.ceiling_note
    assert data.opinion == ()


def test_a_method_for_which_less_is_better_is_turned_round(run):
    methods = [recorded("good"), recorded("bad", "badness", "lower"), recorded("odd", "badness")]
    found = run(methods=methods)
    (data,) = found.results.datasets
    for rows in (data.opinion, data.pairs, data.series):
        good, bad, odd = (row(rows, name).model_dump() for name in ("good", "bad", "odd"))
        assert {**bad, "method": "good"} == good
        assert odd != good
    assert row(data.opinion, "good").srcc.value == pytest.approx(1.0)
    assert row(data.opinion, "odd").srcc.value == pytest.approx(-1.0)
    assert row(data.series, "good").regret.value == 0.0
    assert row(data.pairs, "odd").accuracy.value == 0.0
    table = found.datasets["mine"].scores
    assert (table["bad"] == -table["good"]).all()  # what is written is as it was given
    assert [m.direction for m in found.results.methods] == ["higher", "lower", "higher"]


def test_every_count_adds_up(run, own):
    (own / "photos" / "03.png").write_bytes(b"no photo")
    (own / "photos" / "10.png").unlink()
    scores = pd.read_csv(own / "recorded.csv")
    scores.loc[5, "score"] = math.nan
    scores.drop(index=20).to_csv(own / "recorded.csv", index=False)
    found = run(root=own, methods=[*RULES, recorded("people")])
    (data,) = found.results.datasets
    assert not found.complete
    assert data.photos == data.scored + data.unscored == COUNT
    assert data.unscored == 4
    for rows in (data.opinion, data.pairs, data.series):
        assert len({one.n + one.unscored for one in rows}) == 1
    assert {one.method: one.unscored for one in data.opinion} == {"sharp": 2, "all": 2, "people": 2}
    table = found.datasets["mine"].scores.set_index("image")
    assert (table["status"] == "unscored").sum() == 4
    assert all(table.loc[table["status"] == "unscored", "reason"])
    assert table.loc["20.png", "reason"] == "no finite score by people"
    for one in data.pairs:
        assert sum(s.n for s in one.strengths) == one.n
    for one in data.series:
        assert sum(s.n for s in one.by_size) == one.n
    for one in data.subgroups:
        assert one.n <= COUNT


def test_methods_that_cannot_run_are_reported_and_the_others_run(run, tmp_path):
    methods = [
        *RULES,
        {"name": "nima", "class": "NIMAAssessor"},
        clip("far", model_name=str(tmp_path / "absent")),
    ]
    found = run(methods=methods)
    named = {m.name: m for m in found.results.methods}
    assert list(named) == ["sharp", "all", "nima", "far"]
    assert [m.status for m in named.values()] == ["ran", "ran", "failed", "failed"]
    assert "nima-mobilenet-aesthetic" in named["nima"].reason
    assert "absent" in named["far"].reason
    assert not found.complete
    assert [one.method for one in found.results.datasets[0].opinion] == ["sharp", "all"]


def test_a_method_that_raises_in_the_middle_is_reported_and_the_others_go_on(run, monkeypatch):
    observe = SharpnessAssessor.observe

    def fails(self, planes):
        if round(float(planes.rgb.mean())) > 125:
            raise RuntimeError("cannot bear the light")
        return observe(self, planes)

    plain = run(methods=[{"name": "contrast", "class": "ContrastAssessor"}])
    monkeypatch.setattr(SharpnessAssessor, "observe", fails)
    found = run(methods=[RULES[0], {"name": "contrast", "class": "ContrastAssessor"}])
    sharp, contrast = found.results.methods
    assert (sharp.status, sharp.reason) == ("failed", "RuntimeError: cannot bear the light")
    assert contrast.status == "ran"
    (data,), (alone,) = found.results.datasets, plain.results.datasets
    assert data.opinion == alone.opinion
    assert data.pairs == alone.pairs
    assert data.unscored == 0
    assert not found.complete


def test_scores_of_other_photos_are_a_failed_method(run, own):
    (own / "recorded.csv").write_text("image,score\nelsewhere.png,1\n")
    found = run(root=own, methods=[RULES[0], recorded("people")])
    assert [m.status for m in found.results.methods] == ["ran", "failed"]
    assert "none of its rows" in found.results.methods[1].reason


def test_scores_that_are_no_numbers_are_a_failed_method(run, own):
    (own / "recorded.csv").write_text("image,score\n00.png,fine\n")
    found = run(root=own, methods=[RULES[0], recorded("people")])
    assert "recorded.csv" in found.results.methods[1].reason
    assert "fine" in found.results.methods[1].reason


def test_without_a_method_that_runs_there_is_nothing_to_say(run, tmp_path):
    absent = clip("far", model_name=str(tmp_path / "absent"))
    with pytest.raises(ConfigError, match=r"no method .* could run \(.*far: .*absent"):
        run(methods=[absent])


def test_two_runs_give_equal_results_but_for_cost(run, encoder):
    methods = [*RULES, clip("clip"), recorded("people")]
    first, second = run(methods=methods).results, run(methods=methods).results
    assert without_cost(first) == without_cost(second)
    assert [m.cost is None for m in first.methods] == [False, False, False, True]


def without_cost(results):
    content = results.model_dump()
    for method in content["methods"]:
        method["cost"] = None
    return content


def test_another_seed_moves_intervals_and_nothing_else(run):
    first = run().results.datasets[0].opinion[0]
    other = run(statistics={"resamples": 200, "permutations": 500, "seed": 1})
    second = other.results.datasets[0].opinion[0]
    assert first.srcc.value == second.srcc.value
    assert first.srcc.low != second.srcc.low
    assert other.manifest["seeds"]["statistics"] == 1


def test_a_single_method_is_compared_with_nothing(run):
    (data,) = run(methods=RULES[:1]).results.datasets
    assert data.comparisons == ()
    assert data.matrices == ()
    assert data.ensembles == ()
    assert len(data.opinion) == len(data.pairs) == len(data.series) == 1


def test_comparisons_of_three_tasks_and_a_matrix_of_two_kinds(run):
    (data,) = run().results.datasets
    assert [(c.task, c.measure) for c in data.comparisons] == [
        ("opinion", "srcc"),
        ("pairs", "accuracy"),
        ("series", "regret"),
    ]
    assert [m.kind for m in data.matrices] == ["srcc", "pairs"]
    opinion = data.comparisons[0]
    assert opinion.difference.value == pytest.approx(
        row(data.opinion, "sharp").srcc.value - row(data.opinion, "all").srcc.value
    )


def test_parts_of_every_method_that_is_a_sum(run, encoder):
    (data,) = run(methods=[RULES[1], clip("clip", aggregation_method="mean")]).results.datasets
    found = {(p.task, p.method) for p in data.parts}
    assert found == {("opinion", "all"), ("opinion", "clip"), ("pairs", "all"), ("pairs", "clip")}
    weights = [p.weight for p in data.parts if (p.task, p.method) == ("opinion", "clip")]
    assert weights == pytest.approx([1 / 11] * 11)


def test_subgroups_by_attribute_and_brightness(run):
    (data,) = run().results.datasets
    split = {(s.task, s.attribute, s.value) for s in data.subgroups}
    assert {("opinion", "place", "in"), ("opinion", "place", "out")} <= split
    assert "brightness" not in {s.method for s in data.subgroups}


def test_two_data_sets_share_their_photos_and_not_their_scores(run, encoder):
    found = run(OPINIONS, PAIRS, methods=[clip("clip"), recorded("people")])
    mine, votes = found.results.datasets
    assert [one.method for one in mine.pairs] == ["clip", "people"]
    assert [one.method for one in votes.pairs] == ["clip"]
    mirrored = 16
    assert encoder.images_encoded <= COUNT + mirrored + 2 * 16  # once, and twice to time it


def test_photos_without_labels_say_how_alike_methods_are(run):
    found = run({"name": "photos", "reader": "folder"})
    (data,) = found.results.datasets
    assert (data.opinion, data.pairs, data.series, data.comparisons) == ((), (), (), ())
    (matrix,) = data.matrices
    assert matrix.kind == "srcc"
    assert matrix.n == ((COUNT, COUNT), (COUNT, COUNT))


def test_people_divided_on_all_pairs(run, own):
    table = pd.read_csv(own / "pairs.csv")
    table.assign(wins=3).to_csv(own / "pairs.csv", index=False)
    (data,) = run(PAIRS, root=own).results.datasets
    for one in data.pairs:
        assert (one.divided, one.accuracy.value, one.p_chance) == (one.n, 0.5, 1.0)
        assert one.auc.value is None
    for one in data.series:
        assert one.regret.value == pytest.approx(0.0, abs=1e-9)
    assert all(c.p in (None, 1.0) for c in data.comparisons)


def test_a_data_set_of_one_pair(run, own):
    pd.read_csv(own / "pairs.csv").head(1).assign(wins=6).to_csv(own / "pairs.csv", index=False)
    (data,) = run(PAIRS, root=own).results.datasets
    assert data.photos == 2
    for one in data.pairs:
        assert one.n == 1
        assert one.accuracy.value in (0.0, 1.0)
        assert (one.accuracy.low, one.p_chance) == (None, 1.0)
        assert one.accuracy.reason


def test_two_photos_with_opinions(run, own):
    labels = pd.read_csv(own / "labels.csv")
    labels.head(2).to_csv(own / "labels.csv", index=False)
    (data,) = run(root=own).results.datasets
    assert {one.srcc.value for one in data.opinion} == {None}
    assert {one.n for one in data.series} == {1}


def test_constant_scores_are_no_crash_and_no_skill(run, own):
    scores = pd.read_csv(own / "recorded.csv").assign(score=7)
    scores.to_csv(own / "recorded.csv", index=False)
    (data,) = run(root=own, methods=[recorded("flat"), *RULES]).results.datasets
    flat = row(data.pairs, "flat")
    assert (flat.ties, flat.accuracy.value) == (flat.n, 0.5)
    assert row(data.opinion, "flat").srcc.reason
    series = row(data.series, "flat")
    assert series.regret.value == pytest.approx(series.regret_random)


def test_a_method_that_scored_nothing_has_rows_with_reasons(run, own):
    scores = pd.read_csv(own / "recorded.csv").assign(score=math.nan)
    scores.to_csv(own / "recorded.csv", index=False)
    found = run(root=own, methods=[recorded("none"), *RULES])
    (data,) = found.results.datasets
    assert row(data.opinion, "none").unscored == COUNT
    assert row(data.opinion, "none").srcc.reason
    assert row(data.pairs, "none").accuracy.reason
    assert row(data.series, "none").regret.reason
    assert data.unscored == COUNT
    assert row(data.opinion, "sharp").n == COUNT


def test_what_a_method_has_met_is_flagged(run, encoder):
    encoder.trained_on = ("mine:dev", "elsewhere")
    found = run(methods=[clip("clip"), *RULES])
    (data,) = found.results.datasets
    assert data.contamination == {"clip": "trained on or chosen by photos of this data: mine:dev"}
    assert found.results.methods[0].trained_on == ("mine:dev", "elsewhere")
    assert found.results.methods[1].trained_on == ()


def test_what_is_not_on_record_is_said_so(run, encoder):
    encoder.trained_on = None
    found = run(methods=[clip("clip"), recorded("people")])
    assert [m.trained_on for m in found.results.methods] == [None, None]
    assert found.results.datasets[0].contamination == {}


def test_the_manifest_names_labels_scores_and_methods(run, root):
    found = run(methods=[RULES[0], recorded("people")]).manifest
    assert set(found["datasets"]["mine"]) == {
        str(root / "labels.csv"),
        str(root / "recorded.csv"),
    }
    assert list(found["methods"]) == ["sharp"]


def test_missing_labels_end_the_run_before_anything_is_scored(run, own, monkeypatch):
    settings = config(own, own / "out")
    (own / "labels.csv").unlink()
    monkeypatch.setattr("sim_bench.benchmark.run.score_photos", None)
    with pytest.raises(DataMissingError, match=r"labels\.csv"):
        run_benchmark(settings)
