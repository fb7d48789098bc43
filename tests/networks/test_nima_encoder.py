"""NIMA's networks as encoders; a narrow MobileNet and a short VGG stand for all three."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from sim_bench.encoders.base import ImageEncoder
from sim_bench.errors import WeightsError
from sim_bench.networks.nima_encoder import ARCHITECTURES, NIMAEncoder
from sim_bench.networks.vgg16 import vgg16
from tests.networks.nima_networks import kept, narrow_mobilenet, narrow_weights, small_encoder
from tests.reference.photos import photos

STAGES = ((4, 1), (6, 1))


def short_vgg():
    random = np.random.default_rng(5)
    shapes = {
        "base_model.features_0.weight": (4, 3, 3, 3),
        "base_model.features_0.bias": (4,),
        "base_model.features_3.weight": (6, 4, 3, 3),
        "base_model.features_3.bias": (6,),
        "classifier.2.weight": (10, 6),
        "classifier.2.bias": (10,),
    }
    arrays = {name: random.normal(size=shape).astype("f4") for name, shape in shapes.items()}
    architecture = replace(
        ARCHITECTURES["vgg16"], size=32, features=partial(vgg16, stages=STAGES), channels=6
    )
    return NIMAEncoder(kept(arrays), architecture)


@pytest.fixture(scope="module", params=["mobilenet", "vgg16"])
def encoder(request):
    return small_encoder() if request.param == "mobilenet" else short_vgg()


@pytest.fixture(scope="module")
def pictures():
    return photos()[:6]


def test_it_is_an_encoder_of_photos(encoder):
    assert isinstance(encoder, ImageEncoder)
    assert encoder.name == "random"
    assert encoder.licence == "Apache-2.0"
    assert encoder.trained_on == ("ava",)
    assert encoder.dim == 10
    assert encoder.input_size == (encoder.architecture.size, encoder.architecture.size)
    assert encoder.fingerprint == "0000000000000000-NIMAEncoder1-openvino-f32"


def test_vectors_are_probabilities_that_differ_between_photos(encoder, pictures):
    shares = encoder.encode_images(pictures)
    assert shares.shape == (len(pictures), 10)
    assert shares.dtype == np.float32
    assert (shares >= 0).all()
    assert shares.sum(axis=1) == pytest.approx(1.0, abs=1e-6)
    assert (np.ptp(shares, axis=0) > 1e-4).any()


def test_no_photos_give_no_rows(encoder):
    assert encoder.encode_images([]).shape == (0, 10)


def test_company_and_order_do_not_matter_to_the_last_bit(encoder, pictures):
    together = encoder.encode_images(pictures)
    assert (encoder.encode_images(pictures[::-1])[::-1] == together).all()
    alone = np.concatenate([encoder.encode_images([picture]) for picture in pictures])
    assert (alone == together).all()


def test_a_prepared_photo_gives_the_same_vector(encoder, pictures):
    prepared = [encoder.prepare(picture) for picture in pictures]
    assert all(each.dtype == np.uint8 for each in prepared)
    assert (encoder.encode_images(prepared) == encoder.encode_images(pictures)).all()


def test_several_threads_may_encode_at_once(pictures):
    encoder = narrow_mobilenet(narrow_weights())
    expected = small_encoder().encode_images(pictures)
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda _: encoder.encode_images(pictures), range(8)))
    assert all((result == expected).all() for result in results)


def test_loading_reads_the_weights_and_finds_the_damage_at_once():
    arrays = narrow_weights()
    arrays["dense_1/dense_1/bias:0"] = arrays["dense_1/dense_1/bias:0"][:9]
    encoder = narrow_mobilenet(arrays)
    with pytest.raises(WeightsError, match=r"random\.safetensors.*dense_1/dense_1/bias:0.*\(9,\)"):
        encoder.load()


def test_loading_twice_reads_once():
    encoder = narrow_mobilenet(narrow_weights())
    assert encoder.load() is encoder.load()


def test_weights_that_lead_to_no_number_are_refused(pictures):
    arrays = narrow_weights()
    arrays["conv_pw_13_bn/conv_pw_13_bn/gamma:0"] *= np.float32(1e30)
    arrays["dense_1/dense_1/kernel:0"] = arrays["dense_1/dense_1/kernel:0"] * np.float32(3e37)
    with pytest.raises(WeightsError, match=r"random\.safetensors gives a value that is not finite"):
        narrow_mobilenet(arrays).encode_images(pictures[:1])


def test_every_architecture_is_fed_what_its_authors_fed_it():
    """Sizes, and the levels at which the input of the network is 0 and 1 (or nearest to them)."""
    sizes = {name: one.size for name, one in ARCHITECTURES.items()}
    assert sizes == {"mobilenet": 224, "inception_resnet_v2": 299, "vgg16": 224}
    assert ARCHITECTURES["mobilenet"].deepest == 255
    assert {ARCHITECTURES[name].deepest for name in ("inception_resnet_v2", "vgg16")} == {65535}
