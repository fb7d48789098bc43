import numpy as np
import pytest

from sim_bench.errors import UnknownNameError
from sim_bench.images.degrade import degrade
from sim_bench.quality_assessment import luma as luma_module
from sim_bench.quality_assessment.composite import MEASURES, CompositeAssessor
from sim_bench.quality_assessment.luma import Planes
from tests.quality_assessment.samples import flat, grey, scene


def score(assessor, rgb):
    return float(assessor.score_observed([assessor.observe(Planes(rgb))])[0])


def test_it_is_the_weighted_mean_of_the_calibrated_values():
    parts = {name: measure for name, measure in MEASURES.items() if name != "tenengrad"}
    values = {
        name: measure.score_observed([measure.observe(Planes(scene()))])[0]
        for name, measure in parts.items()
    }
    expected = np.average(
        [values[name] for name in parts],
        weights=[CompositeAssessor.WEIGHTS[name] for name in parts],
    )
    assert score(CompositeAssessor(), scene()) == pytest.approx(expected, rel=1e-12)


def test_default_weights_add_up_to_one_and_name_measures():
    assert sum(CompositeAssessor.WEIGHTS.values()) == pytest.approx(1.0)
    assert set(CompositeAssessor.WEIGHTS) <= set(MEASURES)


@pytest.mark.parametrize("factor", [0.01, 1, 7])
def test_only_the_ratios_of_weights_matter(factor):
    weights = {"sharpness": 2 * factor, "noise": 1 * factor}
    both = score(CompositeAssessor(weights), scene())
    assert both == pytest.approx(score(CompositeAssessor({"sharpness": 2, "noise": 1}), scene()))


def test_a_perfect_part_reaches_one_whatever_the_weight():
    """The original counted a weight that named no metric, so that scores ended at 0.85."""
    assert score(CompositeAssessor({"noise": 0.15}), flat()) == pytest.approx(1.0, rel=1e-12)


def test_measures_of_no_weight_are_not_computed(monkeypatch):
    def refuse(planes):
        raise AssertionError("computed")

    monkeypatch.setattr(MEASURES["noise"], "observe", refuse)
    composite = CompositeAssessor({"contrast": 1, "noise": 0})
    assert set(composite.details_observed(composite.observe(Planes(scene())))) == {
        "contrast",
        "contrast_raw",
        "overall",
    }


def test_luma_is_computed_once_for_all(monkeypatch):
    calls = []
    original = luma_module.luma
    monkeypatch.setattr(luma_module, "luma", lambda rgb: calls.append(1) or original(rgb))
    CompositeAssessor(dict.fromkeys(MEASURES, 1.0)).observe(Planes(scene()))
    assert len(calls) == 1


def test_reasons_add_up_and_tell_the_observation():
    composite = CompositeAssessor()
    explanation = composite.explain_observed(composite.observe(Planes(scene())))
    total = sum(reason.contribution for reason in explanation.reasons)
    assert total == pytest.approx(explanation.score, abs=1e-12)
    assert {reason.name for reason in explanation.reasons} == set(CompositeAssessor.WEIGHTS)
    details = {reason.name: reason.detail for reason in explanation.reasons}
    assert details["sharpness"].endswith("squared grey levels")
    assert "at weight 0.50: " in details["sharpness"]


def test_one_part_without_a_value_leaves_the_photo_unscored():
    """Two rows have no inner pixels to find grain in; a mean of the rest would not compare."""
    assert np.isnan(score(CompositeAssessor(), grey(np.zeros((2, 9)))))
    assert np.isfinite(score(CompositeAssessor({"contrast": 1}), grey(np.zeros((2, 9)))))


def test_unknown_measure_is_an_error_with_a_hint():
    with pytest.raises(UnknownNameError, match=r"No measure 'sharpnes'\. Did you mean 'sharpness'"):
        CompositeAssessor({"sharpnes": 1.0})


@pytest.mark.parametrize("weight", [-0.1, float("nan"), float("inf")])
def test_impossible_weights_are_refused(weight):
    with pytest.raises(ValueError, match=r"weight of 'noise' must be zero or more\. Got"):
        CompositeAssessor({"noise": weight, "contrast": 1})


@pytest.mark.parametrize("weights", [{}, {"noise": 0.0}])
def test_no_weight_at_all_is_refused(weights):
    with pytest.raises(ValueError, match="At least one weight must be above 0"):
        CompositeAssessor(weights)


def test_weights_are_kept_as_given_and_shown():
    weights = {"noise": 3.0, "contrast": 1.0}
    assert CompositeAssessor(weights).weights == weights
    assert repr(CompositeAssessor(weights)) == (
        "CompositeAssessor(weights={'noise': 3.0, 'contrast': 1.0})"
    )
    assert repr(CompositeAssessor()) == "CompositeAssessor()"


def test_a_subclass_can_bring_its_own_weights():
    class OnlyContrast(CompositeAssessor):
        WEIGHTS = {"contrast": 1.0}

    assert score(OnlyContrast(), scene()) == score(CompositeAssessor({"contrast": 1}), scene())


@pytest.mark.parametrize(
    ("kind", "severity"),
    [("defocus", 3), ("motion_blur", 9), ("underexposure", 2), ("low_contrast", 0.4)],
)
def test_damage_lowers_it(kind, severity):
    composite = CompositeAssessor()
    assert score(composite, degrade(scene(), kind, severity)) < score(composite, scene())


@pytest.mark.parametrize("weights", [None, {"sharpness": 2, "noise": 5, "contrast": 0}])
def test_parts_add_up_to_the_score(weights):
    composite = CompositeAssessor(weights)
    total = sum(share * score(part, scene()) for share, part in composite.parts().values())
    assert total == pytest.approx(score(composite, scene()), abs=1e-9)


def test_parts_are_the_measures_with_a_weight_and_their_shares():
    parts = CompositeAssessor({"sharpness": 2, "noise": 6, "contrast": 0}).parts()
    assert {name: share for name, (share, _) in parts.items()} == {"sharpness": 0.25, "noise": 0.75}
    assert parts["noise"][1] is MEASURES["noise"]
