"""MUSIQ with random weights: tiny, or of the sizes that are recorded."""

from dataclasses import asdict
from functools import cache

import numpy as np

from sim_bench.networks.musiq import MusiqSize
from sim_bench.networks.musiq_encoder import MUSIQEncoder
from sim_bench.quality_assessment.musiq import MUSIQAssessor
from tests.reference.musiq.random_weights import Size, digest, random_weights
from tests.weights.in_memory import InMemory

TINY = Size(channels=8, width=24, mlp=32, heads=2, layers=1)
TINY_AVA = Size(outputs=10, channels=8, width=24, mlp=32, heads=2, layers=1)


def network_size(size):
    """The same for the network; a tiny stem has as many channels in a group as a published one."""
    return MusiqSize(**asdict(size), groups=size.channels // 2)


def encoder_of(arrays, size=TINY, variant="official"):
    """An encoder with these arrays, which may be broken."""
    kept = InMemory("random-musiq", arrays=arrays)
    return MUSIQEncoder(kept, variant, size=network_size(size))


@cache
def random_encoder(size=TINY, seed=0, variant="official"):
    """An encoder with random weights, made once."""
    arrays = random_weights(size, seed)
    kept = InMemory("random-musiq", sha256=digest(arrays), arrays=arrays)
    return MUSIQEncoder(kept, variant, size=network_size(size))


def random_musiq(weights="koniq", variant="official"):
    """A tiny MUSIQ with random weights."""
    size = TINY_AVA if weights == "ava" else TINY
    return MUSIQAssessor(weights, variant, encoder=random_encoder(size, variant=variant))


def said_of(encoder, photos):
    """What the head says of each photo, shape (n, outputs)."""
    return np.concatenate([encoder.encode_images([photo]) for photo in photos])
