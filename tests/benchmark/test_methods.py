"""Methods made from their configuration, with their parts."""

import pytest

import sim_bench.encoders.load
from sim_bench.benchmark.config import MethodConfig
from sim_bench.benchmark.methods import build, build_all, with_parts
from sim_bench.errors import ConfigError, ModelError, UnknownNameError
from sim_bench.quality_assessment.clip_aesthetic import CLIPAestheticAssessor
from sim_bench.quality_assessment.composite import CompositeAssessor
from sim_bench.quality_assessment.sharpness import SharpnessAssessor
from tests.fakes import FakeEncoder


def configured(name, cls="", params=None, **more):
    return MethodConfig.model_validate({"name": name, "class": cls, "params": params or {}, **more})


def test_a_method_is_made_with_its_parameters():
    built = build(configured("mine", "CompositeAssessor", {"weights": {"noise": 1}}))
    assert built.weights == {"noise": 1}


@pytest.mark.parametrize(
    ("cls", "params", "error", "message"),
    [
        ("NoSuchAssessor", {}, UnknownNameError, "No method 'NoSuchAssessor'"),
        ("SharpnessAssessor", {"size": 3}, ConfigError, "no parameter 'size'; it has none"),
        ("CompositeAssessor", {"sizes": 3}, ConfigError, "no parameter 'sizes'; it has weights"),
        ("CompositeAssessor", {"weights": {"noise": -1}}, ConfigError, "zero or more. Got -1"),
        ("CLIPAestheticAssessor", {"aggregation_method": "sum"}, ConfigError, "'sum'"),
    ],
)
def test_what_cannot_be_made_says_why(cls, params, error, message):
    with pytest.raises(error, match=message):
        build(configured("mine", cls, params))


def test_one_that_fails_does_not_keep_the_others_from_being_made(monkeypatch):
    def refuse(*arguments, **options):
        raise ModelError("no weights here; get them with `sim-bench models get`")

    monkeypatch.setattr(sim_bench.encoders.load, "load_encoder", refuse)
    found = build_all(
        (
            configured("sharp", "SharpnessAssessor"),
            configured("odd", "NoSuchAssessor"),
            configured("clip", "CLIPAestheticAssessor"),
            configured("kind", "CompositeAssessor", {"weights": 3}),
            configured("recorded", scores={"file": "scores.csv"}),
        ),
        None,
    )
    assert list(found.whole) == ["sharp"]
    assert list(found.failed) == ["odd", "clip", "kind"]
    assert found.failed["clip"] == "no weights here; get them with `sim-bench models get`"
    assert found.failed["kind"].startswith("AttributeError: ")


def test_a_model_is_loaded_before_anything_is_scored(monkeypatch):
    loaded = FakeEncoder()
    monkeypatch.setattr(sim_bench.encoders.load, "load_encoder", lambda *a, **k: loaded)
    build(configured("clip", "CLIPAestheticAssessor"))
    assert loaded.texts_encoded > 0


def test_methods_of_one_part_or_none_have_none():
    found = with_parts({"a": SharpnessAssessor(), "b": CompositeAssessor({"noise": 1})}, {})
    assert found.parts == {}
    assert found.of_parts == {}


def test_equal_parts_are_scored_once():
    encoder = FakeEncoder()
    found = with_parts(
        {
            "weighted": CLIPAestheticAssessor(encoder=encoder),
            "mean": CLIPAestheticAssessor(encoder=encoder, aggregation_method="mean"),
            "one": CompositeAssessor({"noise": 1, "contrast": 1}),
            "two": CompositeAssessor({"noise": 3, "contrast": 1}),
        },
        {},
    )
    assert len(found.parts["weighted"]) == len(found.parts["mean"]) == 11
    assert len(found.of_parts) == 11 + 2
    columns = {m: {p: part.column for p, part in of.items()} for m, of in found.parts.items()}
    assert columns["weighted"] == columns["mean"]
    assert columns["one"] == columns["two"]
    assert found.parts["two"]["noise"].weight == pytest.approx(0.75)


@pytest.mark.parametrize(
    "others",
    [
        {"encoder": FakeEncoder(dim=9)},
        {"decode": "exact"},
        {"positive_attributes": ["b", "c"], "negative_attributes": ["a"]},
    ],
)
def test_parts_of_equal_names_that_score_differently_are_apart(others):
    """Another encoder, other pixels, and the same prompt once as a good and once as a bad sign."""
    given = {
        "encoder": FakeEncoder(),
        "contrastive_pairs": [],
        "positive_attributes": ["a", "b"],
        "negative_attributes": ["c"],
        "aggregation_method": "mean",
    }
    one, other = CLIPAestheticAssessor(**given), CLIPAestheticAssessor(**{**given, **others})
    found = with_parts({"one": one, "other": other}, {})
    for part in ("a", "c"):
        assert found.parts["one"][part].column != found.parts["other"][part].column
