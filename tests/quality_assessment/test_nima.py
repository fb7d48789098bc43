"""NIMA: the mean rating, its spread and its reasons; weights through the cabinet."""

import math

import numpy as np
import pytest
from PIL import Image

from sim_bench.errors import WeightsError
from sim_bench.quality_assessment.luma import Planes
from sim_bench.quality_assessment.nima import NIMAAssessor
from sim_bench.quality_assessment.ratings import RATINGS
from sim_bench.weights.table import weight_file
from tests.networks.nima_networks import TOLERANCE, recorded, small_encoder
from tests.quality_assessment.samples import scene
from tests.reference.nima.keras_file import write_keras_file
from tests.reference.nima.weights import random_weights
from tests.reference.photos import photos

AESTHETIC = "weights_mobilenet_aesthetic_0.07.hdf5"


@pytest.fixture
def method():
    return NIMAAssessor(encoder=small_encoder())


@pytest.fixture
def cabinet(tmp_path, monkeypatch):
    """A folder of offline copies, and no other place where weights could be."""
    monkeypatch.setenv("SIM_BENCH_MODELS", str(tmp_path / "copies"))
    monkeypatch.setenv("SIM_BENCH_WEIGHTS", str(tmp_path / "cabinet"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    (tmp_path / "copies").mkdir()
    return tmp_path / "copies"


@pytest.fixture(scope="module")
def whole():
    """Random weights at full size."""
    return random_weights("mobilenet")


def shares(**given):
    """Ten probabilities, those not named 0."""
    row = np.zeros((1, 10), dtype=np.float32)
    for name, value in given.items():
        row[0, int(name[1:]) - 1] = value
    return row


def test_the_score_is_the_mean_rating(method):
    """1 x 0.25 + 4 x 0.5 + 10 x 0.25 = 4.75."""
    assert method.score_vectors(shares(p1=0.25, p4=0.5, p10=0.25))[0] == pytest.approx(4.75)


@pytest.mark.parametrize("rating", [1, 10])
def test_one_certain_rating_is_the_end_of_the_range(method, rating):
    row = shares(**{f"p{rating}": 1.0})
    assert method.score_vectors(row)[0] == rating
    details = method.details_observed(row[0])
    assert details["spread"] == 0
    assert details["overall"] == rating


def test_the_spread_is_the_standard_deviation(method):
    """Half 1 and half 10: both are 4.5 from their mean. All alike: sqrt((10^2 - 1) / 12)."""
    assert method.details_observed(shares(p1=0.5, p10=0.5)[0])["spread"] == pytest.approx(4.5)
    flat = np.full(10, 0.1, dtype=np.float32)
    assert method.details_observed(flat)["spread"] == pytest.approx(math.sqrt(99 / 12))


def test_rounding_in_the_network_does_not_move_the_score(method):
    """Probabilities are divided by their sum, as idealo does."""
    row = np.random.default_rng(0).dirichlet(np.ones(10), 5).astype(np.float32)
    scaled = (row * np.float32(1.00001)).astype(np.float32)
    assert method.score_vectors(scaled) == pytest.approx(method.score_vectors(row), abs=1e-6)


def test_rounding_never_leads_out_of_the_range(method):
    tiny = [2.6822212, 1.3803133, 1.2186942, 1.3701912, 10.808845, 12.470531, 1.1069182, 3.7027491]
    row = np.array([[*(x * 1e-18 for x in tiny), 1.5843853e-16, 0.34009776]], dtype=np.float32)
    wide = row.astype(np.float64)
    assert (wide / wide.sum() * RATINGS).sum() > 10, "or this tests nothing"
    assert method.score_vectors(row)[0] == 10


def test_a_row_does_not_depend_on_its_neighbours(method):
    rows = np.random.default_rng(1).dirichlet(np.ones(10), 100).astype(np.float32)
    alone = np.concatenate([method.score_vectors(row[None]) for row in rows])
    assert (method.score_vectors(rows) == alone).all()


def test_details_hold_every_number_behind_the_score(method):
    observed = method.observe(Planes(scene()))
    details = method.details_observed(observed)
    each = [details[f"p{number}"] for number in range(1, 11)]
    assert each == pytest.approx(observed.tolist())
    assert details["overall"] == details["mean"] == pytest.approx(np.dot(each, RATINGS))
    assert list(details) == ["mean", "spread", *(f"p{n}" for n in range(1, 11)), "overall"]


def test_reasons_are_ratings_by_their_probability(method):
    explanation = method.explain_observed(shares(p2=0.5, p9=0.5)[0])
    assert explanation.score == pytest.approx(5.5)
    first, second = explanation.reasons[:2]
    assert (first.name, first.contribution) == ("rating 9", pytest.approx(4.5))
    assert first.detail == "probability 0.500"
    assert (second.name, second.contribution) == ("rating 2", pytest.approx(1.0))
    assert math.fsum(reason.contribution for reason in explanation.reasons) == pytest.approx(5.5)


def test_arguments_are_kept_under_their_names():
    plain = NIMAAssessor()
    assert (plain.model_name, plain.task) == ("mobilenet", "aesthetic")
    assert repr(plain) == "NIMAAssessor(model_name='mobilenet', task='aesthetic')"
    technical = NIMAAssessor(task="technical")
    assert repr(technical) == "NIMAAssessor(model_name='mobilenet', task='technical')"
    assert NIMAAssessor(model_name="vgg16").weights == "nima-vgg16-ava"
    assert technical.weights == "nima-mobilenet-technical"


def test_an_unknown_model_is_refused():
    with pytest.raises(
        ValueError, match="one of mobilenet, inception_resnet_v2, vgg16. Got 'resnet' instead"
    ):
        NIMAAssessor("resnet")


@pytest.mark.parametrize("model", ["inception_resnet_v2", "vgg16"])
def test_technical_quality_is_for_mobilenet_alone(model):
    with pytest.raises(ValueError, match=f"one of aesthetic for {model}. Got 'technical' instead"):
        NIMAAssessor(model, "technical")


def test_an_unknown_task_is_refused():
    with pytest.raises(ValueError, match="one of aesthetic, technical for mobilenet. Got 'art'"):
        NIMAAssessor(task="art")


def test_the_licence_is_that_of_the_weights():
    assert NIMAAssessor().licence == NIMAAssessor(task="technical").licence == "Apache-2.0"
    assert "NC" in NIMAAssessor("inception_resnet_v2").licence
    assert NIMAAssessor("vgg16").licence == weight_file("nima-vgg16-ava").licence


def test_training_data_are_on_record_without_the_weights(cabinet):
    assert "ava" in NIMAAssessor().trained_on
    assert "tid2013" in NIMAAssessor(task="technical").trained_on
    assert not any("ava" in name for name in NIMAAssessor(task="technical").trained_on)


def test_a_given_encoder_answers_for_its_weights(method):
    assert method.licence == method.encoder.licence
    assert method.trained_on == ("ava",)
    assert method.made_by == "random"


def test_every_pixel_is_decoded(method):
    assert method.decode == "exact"
    assert method.at_least is None


def test_without_weights_it_says_what_to_fetch_and_where_to_put_it(cabinet):
    method = NIMAAssessor()
    assert "nima-mobilenet-aesthetic" in method.missing()
    assert AESTHETIC in method.missing()
    assert not method.is_available()


def test_scores_through_a_file_in_the_cabinet_are_those_of_keras(cabinet, whole):
    """Offline copy, HDF5 in idealo's layout, a PNG file, score: nothing is left out."""
    write_keras_file(cabinet / AESTHETIC, whole)
    method, said = NIMAAssessor(), recorded("mobilenet")["full"]["scores"]
    assert method.missing() is None
    method.load()
    assert method.made_by == "nima-mobilenet-aesthetic"
    assert method.trained_on == weight_file(method.weights).trained_on
    for number, rgb in enumerate(photos()[:3]):
        path = cabinet / f"{number}.png"
        Image.fromarray(rgb).save(path)
        assert method.assess_image(path) == pytest.approx(said[number], abs=TOLERANCE)


def test_weights_of_another_network_are_refused_before_any_photo(cabinet, whole):
    arrays = {name: array for name, array in whole.items() if "conv_dw_7" not in name}
    write_keras_file(cabinet / AESTHETIC, arrays)
    with pytest.raises(WeightsError, match=f"{AESTHETIC}.*conv_dw_7"):
        NIMAAssessor().load()


def test_weights_cut_short_are_refused_before_any_photo(cabinet, whole):
    write_keras_file(cabinet / AESTHETIC, whole)
    content = (cabinet / AESTHETIC).read_bytes()
    (cabinet / AESTHETIC).write_bytes(content[: len(content) // 2])
    with pytest.raises(WeightsError, match=AESTHETIC):
        NIMAAssessor().load()
