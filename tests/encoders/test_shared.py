"""A shared encoder gives what the encoder inside gives, and asks it once."""

import numpy as np

from sim_bench.encoders.base import Encoder
from sim_bench.encoders.shared import SharedEncoder
from tests.fakes import FakeEncoder


def photos(n):
    return list(np.random.default_rng(0).integers(0, 256, (n, 16, 16, 3), dtype=np.uint8))


def test_it_is_an_encoder_with_the_same_answers():
    inner = FakeEncoder()
    shared = SharedEncoder(inner)
    assert isinstance(shared, Encoder)
    assert (shared.name, shared.dim, shared.fingerprint) == ("fake", 8, inner.fingerprint)
    images = photos(5)
    np.testing.assert_array_equal(shared.encode_images(images), FakeEncoder().encode_images(images))
    np.testing.assert_array_equal(shared.encode_texts(["a"]), FakeEncoder().encode_texts(["a"]))


def test_each_photo_is_encoded_once():
    inner = FakeEncoder()
    shared = SharedEncoder(inner)
    images = photos(4)
    first = shared.encode_images([*images, images[0]])
    again = shared.encode_images(images[::-1])
    assert inner.images_encoded == 4
    np.testing.assert_array_equal(again[::-1], first[:4])
    np.testing.assert_array_equal(first[4], first[0])


def test_it_forgets_beyond_its_capacity():
    inner = FakeEncoder()
    shared = SharedEncoder(inner, capacity=2)
    images = photos(3)
    shared.encode_images(images)
    shared.encode_images(images[:1])
    assert inner.images_encoded == 4


def test_no_photos_give_no_rows():
    assert SharedEncoder(FakeEncoder()).encode_images([]).shape == (0, 8)
