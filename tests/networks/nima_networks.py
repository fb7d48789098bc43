"""NIMA's networks with random weights, for tests: in memory, at full size or small."""

import json
from dataclasses import replace
from functools import cache, partial

import numpy as np

from sim_bench.networks.inception_resnet_v2 import inception_resnet_v2
from sim_bench.networks.mobilenet import mobilenet
from sim_bench.networks.nima_encoder import ARCHITECTURES, NIMAEncoder
from tests.reference.nima.weights import FOLDER, checksum, layout, random_weights
from tests.reference.photos import photos
from tests.weights.in_memory import InMemory

TOLERANCE = 1e-4
WIDTH, SIDE = 0.125, 64


def kept(arrays, licence="Apache-2.0"):
    """Weights by name as if they were a file of the cabinet."""
    return InMemory(licence=licence, trained_on=("ava",), arrays=arrays)


def full_encoder(name, arrays):
    """The network of this name at its full size."""
    return NIMAEncoder(kept(arrays), ARCHITECTURES[name])


def small_inception(arrays, repeats, size):
    """An Inception-ResNet-v2 with fewer residual blocks, for smaller pictures."""
    features = partial(inception_resnet_v2, repeats=repeats)
    architecture = replace(ARCHITECTURES["inception_resnet_v2"], size=size, features=features)
    return NIMAEncoder(kept(arrays), architecture)


def small_vgg16(arrays, size):
    """A VGG-16 for smaller pictures."""
    return NIMAEncoder(kept(arrays), replace(ARCHITECTURES["vgg16"], size=size))


def narrow(shapes, width):
    """The layout of a MobileNet with fewer channels."""

    def narrower(name, shape):
        if name.startswith("dense"):
            return (int(shape[0] * width), shape[1]) if len(shape) == 2 else shape
        return tuple(size if size < 32 else int(size * width) for size in shape)

    return {name: narrower(name, shape) for name, shape in shapes.items()}


def narrow_mobilenet(arrays, width=WIDTH, size=SIDE):
    """A MobileNet with fewer channels, for smaller pictures."""
    features = partial(mobilenet, width=width)
    channels = int(1024 * width)
    base = ARCHITECTURES["mobilenet"]
    architecture = replace(base, size=size, features=features, channels=channels)
    return NIMAEncoder(kept(arrays), architecture)


def narrow_weights(width=WIDTH):
    """Random weights of a MobileNet with fewer channels."""
    return random_weights("mobilenet", narrow(layout("mobilenet"), width))


@cache
def small_encoder():
    """A MobileNet that takes a moment to build, the same one each time, for the contract tests."""
    return narrow_mobilenet(narrow_weights())


def mean_ratings(shares):
    """Mean rating of each row of ten probabilities."""
    return (shares.astype(np.float64) * np.arange(1, 11)).sum(axis=1) / shares.sum(axis=1)


def recorded(name):
    """What the other implementation said, and of what; see `tests/reference/nima`."""
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def check_parity(encoder, arrays, said, expected_weights):
    """Compare scores and probabilities of the twenty pictures, made of the same weights."""
    assert checksum(arrays) == expected_weights, "another generator: these are other weights"
    scores, shares = np.array(said["scores"]), np.array(said["probabilities"])
    assert np.std(scores) > 50 * TOLERANCE, "scores so alike could not tell a wrong network"
    ours = encoder.encode_images(photos())
    assert np.abs(ours - shares).max() <= TOLERANCE
    assert np.abs(mean_ratings(ours) - scores).max() <= TOLERANCE
