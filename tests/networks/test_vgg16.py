"""VGG-16 against pyiqa's NIMA, on random weights; record: tests/reference/nima/record_pyiqa.py."""

import numpy as np
import pytest

from sim_bench.errors import WeightsError
from sim_bench.networks.layers import constant
from sim_bench.networks.vgg16 import vgg16
from sim_bench.weights.tensors import Tensors
from tests.networks.nima_networks import check_parity, full_encoder, recorded, small_vgg16
from tests.reference import photos
from tests.reference.nima.weights import layout, random_weights

TWO = ((4, 1), (6, 2))


@pytest.fixture(scope="module")
def small():
    """Weights of a network of two stages."""
    random = np.random.default_rng(0)
    shapes = {"0": (4, 3), "3": (6, 4), "5": (6, 6)}
    return {
        f"base_model.features_{number}.{part}": random.normal(size=shape).astype("f4")
        for number, (out, before) in shapes.items()
        for part, shape in (("weight", (out, before, 3, 3)), ("bias", (out,)))
    }


def features(arrays, stages):
    return vgg16(
        constant(np.zeros((1, 3, 35, 64))), Tensors(arrays, "vgg.safetensors"), stages=stages
    )


def test_scores_of_smaller_pictures_are_those_of_pyiqa():
    said, arrays = recorded("vgg16"), random_weights("vgg16")
    assert photos.digest() == said["photos"], "other pictures"
    encoder = small_vgg16(arrays, said["small_size"])
    check_parity(encoder, arrays, said["small"], said["small_weights"])


@pytest.mark.slow
def test_scores_are_those_of_pyiqa():
    said, arrays = recorded("vgg16"), random_weights("vgg16")
    assert photos.digest() == said["photos"], "other pictures"
    check_parity(full_encoder("vgg16", arrays), arrays, said["full"], said["weights"])


def test_each_stage_halves_the_size(small):
    assert list(features(small, TWO).get_shape()) == [1, 6, 8, 16]


def test_the_published_layout_has_thirteen_convolutions():
    assert sum(len(shape) == 4 for shape in layout("vgg16").values()) == 13


def test_weights_of_another_network_are_refused(small):
    with pytest.raises(WeightsError, match=r"vgg\.safetensors.*features_5"):
        features(small, ((4, 1), (6, 1)))
    with pytest.raises(WeightsError, match=r"features_7.*shape \(6, 6, 3, 3\)"):
        features(small, ((4, 1), (6, 3)))
    with pytest.raises(WeightsError, match=r"features_0.*\(4, 3, 3, 3\) instead of \(5, 3, 3, 3\)"):
        features(small, ((5, 1), (6, 2)))
