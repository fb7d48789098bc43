"""MUSIQ's two faces: one number, and ten probabilities; what the contract does not cover."""

import math

import numpy as np
import pytest

from sim_bench.quality_assessment.luma import Planes
from sim_bench.quality_assessment.musiq import MUSIQAssessor
from tests.quality_assessment.random_musiq import TINY, TINY_AVA, random_encoder, random_musiq
from tests.quality_assessment.samples import scene


def probabilities(*pairs):
    """A vector of ten, from rating and probability."""
    vector = np.zeros(10, dtype=np.float32)
    for rating, share in pairs:
        vector[rating - 1] = share
    return vector


def test_one_number_is_the_score_as_it_is():
    method = random_musiq("koniq")
    assert method.score_vectors(np.array([[71.25], [-3.5]], dtype=np.float32)).tolist() == [
        71.25,
        -3.5,
    ]
    assert method.details_observed(np.array([71.25], dtype=np.float32)) == {"overall": 71.25}
    explained = method.explain_observed(np.array([71.25], dtype=np.float32))
    assert [(reason.name, reason.contribution) for reason in explained.reasons] == [
        ("opinion", 71.25)
    ]


def test_ten_probabilities_have_a_mean_and_a_spread():
    """Ratings 4 and 8, a quarter and three quarters: mean 7, deviation the root of 3."""
    method = random_musiq("ava")
    vector = probabilities((4, 0.25), (8, 0.75))
    assert method.score_vectors(vector[None])[0] == pytest.approx(7.0, abs=1e-12)
    details = method.details_observed(vector)
    assert details["spread"] == pytest.approx(math.sqrt(3.0), abs=1e-12)
    assert (details["p4"], details["p8"], details["p1"]) == (0.25, 0.75, 0.0)
    reasons = method.explain_observed(vector).reasons
    assert [(reason.name, reason.contribution) for reason in reasons[:2]] == [
        ("rating 8", 6.0),
        ("rating 4", 1.0),
    ]


@pytest.mark.parametrize("rating", [1, 10])
def test_ratings_stay_in_their_range_whatever_the_rounding(rating):
    method = random_musiq("ava")
    for share in (1.0, np.nextafter(np.float32(1), np.float32(2)), 1 - 6e-8):
        score = method.score_vectors(probabilities((rating, share))[None])[0]
        assert score == rating


def test_the_range_is_that_of_the_weights():
    assert random_musiq("koniq").score_range == (-math.inf, math.inf)
    assert MUSIQAssessor("spaq").score_range == (-math.inf, math.inf)
    assert MUSIQAssessor("ava").score_range == (1.0, 10.0)


def test_every_argument_can_be_read_back():
    method = MUSIQAssessor("ava", "pyiqa")
    assert (method.weights, method.variant) == ("ava", "pyiqa")
    assert repr(method) == "MUSIQAssessor(weights='ava', variant='pyiqa')"
    assert repr(MUSIQAssessor()) == "MUSIQAssessor(weights='koniq', variant='official')"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"weights": "live"}, r"weights must be one of koniq, spaq, ava. Got 'live' instead"),
        ({"variant": "torch"}, r"variant must be one of official, pyiqa. Got 'torch' instead"),
    ],
)
def test_unknown_arguments_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        MUSIQAssessor(**arguments)


@pytest.mark.parametrize(("weights", "size"), [("ava", TINY), ("koniq", TINY_AVA)])
def test_an_encoder_for_other_weights_is_refused(weights, size):
    with pytest.raises(ValueError, match=f"length {10 if weights == 'ava' else 1} for weights"):
        MUSIQAssessor(weights, encoder=random_encoder(size))


@pytest.mark.parametrize("weights", ["koniq", "spaq", "ava"])
def test_without_weights_it_says_what_to_fetch(weights, monkeypatch):
    asked = []
    monkeypatch.setattr("sim_bench.weights.cabinet.missing_weights", asked.append)
    MUSIQAssessor(weights).missing()
    assert asked == [f"musiq-{weights}"]
    assert random_musiq().missing() is None


def test_it_looks_at_every_pixel_of_a_photo():
    method = random_musiq()
    assert method.at_least is None
    assert method.encoder.input_size is None
    rgb = scene(70, 90)
    changed = rgb.copy()
    changed[35, 45] = 255 - changed[35, 45]
    scores = method.score_observed([method.observe(Planes(each)) for each in (rgb, changed)])
    assert scores[0] != scores[1]


@pytest.mark.parametrize("weights", ["koniq", "ava"])
def test_reasons_add_up_to_the_score(weights):
    method = random_musiq(weights)
    for seed in range(3):
        observed = method.observe(Planes(scene(60, 80, seed)))
        explained = method.explain_observed(observed)
        total = math.fsum(reason.contribution for reason in explained.reasons)
        assert total == pytest.approx(explained.score, abs=1e-9)
        assert explained.score == method.score_observed([observed])[0]


def test_variants_score_the_same_photo_otherwise():
    observed = Planes(scene(120, 90))
    official, other = random_musiq("ava"), random_musiq("ava", "pyiqa")
    difference = official.observe(observed) - other.observe(observed)
    assert np.abs(difference).max() > 1e-4
