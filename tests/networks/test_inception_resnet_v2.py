"""Inception-ResNet-v2 against pyiqa's NIMA; record: tests/reference/nima/record_pyiqa.py."""

import pytest

from sim_bench.errors import WeightsError
from tests.networks.nima_networks import check_parity, full_encoder, recorded, small_inception
from tests.reference import photos
from tests.reference.nima.weights import layout, random_weights, shortened

NAME = "inception_resnet_v2"
SAID = recorded(NAME)
REPEATS = tuple(SAID["small_repeats"])


@pytest.fixture(scope="module")
def small():
    return random_weights(NAME, shortened(layout(NAME), REPEATS))


def built(arrays, repeats=REPEATS):
    return small_inception(arrays, repeats, SAID["small_size"])


def test_scores_of_fewer_blocks_are_those_of_pyiqa(small):
    assert photos.digest() == SAID["photos"], "other pictures"
    check_parity(built(small), small, SAID["small"], SAID["small_weights"])


@pytest.mark.slow
def test_scores_are_those_of_pyiqa():
    arrays = random_weights(NAME)
    assert photos.digest() == SAID["photos"], "other pictures"
    check_parity(full_encoder(NAME, arrays), arrays, SAID["full"], SAID["weights"])


def test_fewer_blocks_than_the_weights_are_of_are_refused(small):
    fewer = (REPEATS[0], REPEATS[1] - 1, REPEATS[2])
    with pytest.raises(WeightsError, match=rf"repeat_1\.{REPEATS[1] - 1}\..* has no place"):
        built(small, fewer).load()


def test_more_blocks_than_the_weights_are_of_are_refused(small):
    more = (REPEATS[0] + 1, *REPEATS[1:])
    with pytest.raises(WeightsError, match=rf"has no 'base_model\.repeat\.{REPEATS[0]}\."):
        built(small, more).load()


def test_counters_of_training_steps_are_the_only_arrays_not_used(small):
    built(small).load()
    extra = {**small, "base_model.conv2d_7b.bn.extra": small["base_model.conv2d_7b.bn.bias"]}
    with pytest.raises(WeightsError, match=r"conv2d_7b\.bn\.extra"):
        built(extra).load()
    without = {name: array for name, array in small.items() if "num_batches" not in name}
    assert len(without) < len(small)
    built(without).load()
