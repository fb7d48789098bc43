"""MUSIQ's network with random weights beside pyiqa's and beside TensorFlow; broken weights."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from sim_bench.errors import WeightsError
from sim_bench.networks.musiq_stem import standardised
from tests.quality_assessment.random_musiq import (
    TINY,
    TINY_AVA,
    encoder_of,
    random_encoder,
    said_of,
)
from tests.reference.musiq.random_weights import CASES, digest, random_weights
from tests.reference.musiq.records import pictures, recorded

TOLERANCE = 3e-5
"""Of scores and probabilities; rounding in 32 bits stayed below 1e-5 where it was recorded."""
SPREAD = 50 * TOLERANCE
"""Least standard deviation of the scores, so that they tell networks apart."""
OTHERS = [("pyiqa", "pyiqa"), ("tensorflow", "official")]
RATINGS = np.arange(1.0, 11.0)


def scores_of(said):
    return said.astype(float) @ RATINGS[: said.shape[1]]


def compare(by, variant, name):
    known = recorded(by)["networks"][name]
    case = CASES[name]
    arrays, shown = case.weights(), case.pictures(pictures())
    assert digest(arrays) == known["weights"], "the weights are not those that were recorded"
    said = said_of(encoder_of(arrays, case.size, variant), shown)
    assert np.std(known["scores"]) > SPREAD
    assert len(known["scores"]) == len(shown) == (7 if case.quiet else 20)
    assert scores_of(said) == pytest.approx(known["scores"], abs=TOLERANCE)
    if "probabilities" in known:
        assert said == pytest.approx(np.array(known["probabilities"]), abs=TOLERANCE)


@pytest.mark.parametrize(
    ("by", "variant", "name"),
    [("pyiqa", "pyiqa", "small-ava"), ("tensorflow", "official", "small")],
)
def test_a_small_network_says_what_the_other_implementation_says(by, variant, name):
    compare(by, variant, name)


@pytest.mark.parametrize(("by", "variant"), OTHERS)
def test_so_does_one_whose_norms_have_almost_nothing_to_norm(by, variant):
    """Seven faint pictures: what norms add to the variance matters."""
    compare(by, variant, "quiet")


@pytest.mark.slow
@pytest.mark.parametrize(("by", "variant"), OTHERS)
@pytest.mark.parametrize("name", ["full", "full-ava"])
def test_a_network_of_full_size_says_what_the_other_implementation_says(by, variant, name):
    compare(by, variant, name)


@pytest.mark.parametrize("name", ["full", "full-ava", "small", "small-ava"])
def test_the_official_variant_and_pyiqa_are_told_apart(name):
    """Their records differ by far more than the tolerance, so neither passes for the other."""
    official, other = (recorded(by)["networks"][name]["scores"] for by, _ in OTHERS)
    assert np.abs(np.subtract(official, other)).max() > 100 * TOLERANCE


@pytest.mark.parametrize(
    "part",
    ["Transformer/posembed_input/pos_embedding", "Transformer/scaleembed_input/scale_embedding"],
)
def test_place_and_size_of_a_patch_matter(part):
    """Their embeddings in another order give other scores."""
    arrays = random_weights(TINY, 0)
    before = said_of(encoder_of(arrays), pictures()[:4])
    arrays[f"opt/target/{part}"] = arrays[f"opt/target/{part}"][:, ::-1]
    after = said_of(encoder_of(arrays), pictures()[:4])
    assert np.abs(after - before).max() > 10 * TOLERANCE


def test_neither_company_nor_threads_change_a_bit():
    encoder = random_encoder(TINY_AVA)
    some = pictures()[:6]
    alone = said_of(encoder, some)
    assert (encoder.encode_images(some[::-1]) == alone[::-1]).all()
    with ThreadPoolExecutor(4) as threads:
        rows = threads.map(lambda rgb: encoder.encode_images([rgb])[0], some * 3)
        assert (np.stack(list(rows)) == np.tile(alone, (3, 1))).all()


def test_probabilities_add_up_to_one():
    said = said_of(random_encoder(TINY_AVA), pictures()[:4])
    assert said.shape == (4, 10)
    assert (said > 0).all()
    assert said.sum(axis=1) == pytest.approx(np.ones(4), abs=1e-6)


def test_no_photos_give_no_rows():
    assert random_encoder(TINY_AVA).encode_images([]).shape == (0, 10)


def test_a_standardised_kernel_has_mean_zero_and_deviation_one():
    kernel = np.random.default_rng(0).normal(3.0, 2.0, (3, 3, 4, 5)).astype(np.float32)
    flat = standardised(kernel, 0).reshape(5, -1)
    assert flat.mean(axis=1) == pytest.approx(np.zeros(5), abs=1e-6)
    assert flat.std(axis=1) == pytest.approx(np.ones(5), rel=1e-4)
    order = kernel.transpose(3, 2, 0, 1).reshape(5, -1)
    assert (flat.argsort(axis=1) == order.argsort(axis=1)).all()


def test_the_fingerprint_names_weights_and_variant():
    prints = {
        random_encoder(TINY, seed, variant).fingerprint
        for seed in (0, 1)
        for variant in ("official", "pyiqa")
    }
    assert len(prints) == 4
    assert random_encoder().name == "random-musiq"
    assert random_encoder(variant="pyiqa").name == "random-musiq/pyiqa"


def test_an_unknown_variant_is_refused():
    with pytest.raises(ValueError, match=r"official, pyiqa. Got 'torch'"):
        encoder_of({}, variant="torch")


BIAS = "opt/target/Transformer/encoderblock_0/MlpBlock_3/Dense_1/bias"


def without(arrays):
    return {name: array for name, array in arrays.items() if name != BIAS}


def not_finite(arrays):
    return {**arrays, BIAS: np.full_like(arrays[BIAS], np.nan)}


def of_another_shape(arrays):
    return {**arrays, BIAS: arrays[BIAS][:-1]}


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        (without, "has no 'Transformer/encoderblock_0/MlpBlock_3/Dense_1/bias'"),
        (not_finite, "'Transformer/encoderblock_0/MlpBlock_3/Dense_1/bias' holds values"),
        (of_another_shape, r"has shape \(23,\) instead of \(24,\)"),
        (lambda arrays: {**arrays, "opt/target/pre_logits/kernel": np.eye(2)}, "'pre_logits/ker"),
        (lambda _: random_weights(TINY_AVA, 0), r"'head/kernel' has shape \(24, 10\)"),
        (lambda _: random_weights(replace(TINY, layers=2), 0), "no place in it"),
        (lambda _: {"conv_root/kernel": np.zeros(1)}, "nothing under 'opt/target/'"),
        (lambda _: {}, "nothing under 'opt/target/'"),
    ],
)
def test_broken_weights_are_refused_before_any_photo(broken, message):
    encoder = encoder_of(broken(random_weights(TINY, 0)))
    with pytest.raises(WeightsError, match=message) as told:
        encoder.load()
    assert "random.safetensors" in str(told.value)


def test_weights_that_overflow_are_refused():
    arrays = random_weights(TINY, 0)
    arrays["opt/target/head/kernel"] = np.full_like(arrays["opt/target/head/kernel"], 3e38)
    with pytest.raises(WeightsError, match="not finite"):
        encoder_of(arrays).encode_images(pictures()[:1])


def test_what_the_optimiser_left_in_the_file_is_not_looked_at():
    """Published files hold its state, partly in a 16-bit kind that numpy does not know."""
    arrays = random_weights(TINY, 0)
    more = {"opt/state/param_states/cls/momentum": np.zeros(3, dtype="V2"), "step": np.array(7)}
    plain, filled = encoder_of(arrays), encoder_of({**arrays, **more})
    assert (said_of(plain, pictures()[:1]) == said_of(filled, pictures()[:1])).all()


def test_a_file_is_read_in_the_published_layout(tmp_path):
    """From an .npz file, as published, through the cabinet's reader."""
    from sim_bench.networks.musiq_encoder import MUSIQEncoder
    from sim_bench.weights.kept import Kept
    from tests.quality_assessment.random_musiq import network_size

    arrays = random_weights(TINY, 0)
    path = tmp_path / "koniq_ckpt.npz"
    np.savez(path, **arrays)
    kept = Kept("musiq-koniq", path, "0" * 64, "Apache-2.0", ("koniq10k",))
    encoder = MUSIQEncoder(kept, size=network_size(TINY))
    assert (said_of(encoder, pictures()[:2]) == said_of(encoder_of(arrays), pictures()[:2])).all()
    assert (encoder.licence, encoder.trained_on) == ("Apache-2.0", ("koniq10k",))
