"""MobileNet against Keras' own, on random weights; record: tests/reference/nima/record_keras.py."""

import h5py
import numpy as np
import pytest

from sim_bench.errors import WeightsError
from sim_bench.networks.layers import constant
from sim_bench.networks.mobilenet import mobilenet
from sim_bench.weights.read import read_tensors
from sim_bench.weights.tensors import Tensors
from tests.networks.nima_networks import (
    WIDTH,
    check_parity,
    full_encoder,
    narrow_mobilenet,
    narrow_weights,
    recorded,
)
from tests.reference import photos
from tests.reference.nima.keras_file import write_keras_file
from tests.reference.nima.weights import layout, random_weights


@pytest.fixture(scope="module")
def arrays():
    return narrow_weights()


def features(arrays, **options):
    x = constant(np.zeros((1, 3, 64, 64)))
    return mobilenet(x, Tensors(arrays, "weights.hdf5"), **options)


def test_scores_are_those_of_keras():
    said, arrays = recorded("mobilenet"), random_weights("mobilenet")
    assert photos.digest() == said["photos"], "other pictures"
    check_parity(full_encoder("mobilenet", arrays), arrays, said["full"], said["weights"])


def test_a_file_as_keras_writes_it_is_read_whole(tmp_path):
    """The layout was recorded from Keras' `save_weights`; Keras loaded what the writer writes."""
    path, arrays = tmp_path / "nima.hdf5", random_weights("mobilenet")
    write_keras_file(path, arrays)
    with h5py.File(path) as file:
        named = {
            f"{layer.decode()}/{weight.decode()}": file[layer][weight].shape
            for layer in file.attrs["layer_names"]
            for weight in file[layer].attrs["weight_names"]
        }
    assert list(named.items()) == list(layout("mobilenet").items())
    tensors = read_tensors(path)
    for name, array in arrays.items():
        assert (tensors.take(name, *array.shape) == array).all()
    tensors.finish()


def test_a_linear_layer_without_a_number_is_found_too(arrays):
    """Keras 2.1 called it dense_1, today's calls it dense."""
    renamed = {name.replace("dense_1", "dense"): array for name, array in arrays.items()}
    assert renamed.keys() != arrays.keys()
    old, new = (
        narrow_mobilenet(each).encode_images(photos.photos()[:2]) for each in (arrays, renamed)
    )
    assert (old == new).all()


def test_features_have_a_32nd_of_the_size(arrays):
    body = {name: array for name, array in arrays.items() if not name.startswith("dense")}
    shape = features(body, width=WIDTH).get_output_shape(0)
    assert list(shape) == [1, int(1024 * WIDTH), 2, 2]


def test_weights_of_another_width_are_refused(arrays):
    with pytest.raises(WeightsError, match=r"weights\.hdf5.*'conv1/conv1/kernel:0' has shape"):
        features(arrays, width=2 * WIDTH)


@pytest.mark.parametrize("name", ["conv_pw_13/conv_pw_13/kernel:0", "conv1_bn/conv1_bn/beta:0"])
def test_weights_with_an_array_missing_are_refused(arrays, name):
    fewer = {key: array for key, array in arrays.items() if key != name}
    with pytest.raises(WeightsError, match=name):
        narrow_mobilenet(fewer).load()


def test_weights_with_an_array_too_many_are_refused(arrays):
    more = arrays | {"conv_pw_14/conv_pw_14/kernel:0": arrays["conv_pw_13/conv_pw_13/kernel:0"]}
    with pytest.raises(WeightsError, match="conv_pw_14"):
        narrow_mobilenet(more).load()


def test_weights_with_nan_are_refused(arrays):
    damaged = {name: array.copy() for name, array in arrays.items()}
    damaged["conv_dw_3/conv_dw_3/depthwise_kernel:0"][0, 0, 0, 0] = np.nan
    with pytest.raises(WeightsError, match="random.safetensors.*depthwise_kernel:0.*not finite"):
        narrow_mobilenet(damaged).load()
