"""LIQE with random weights: small, or of the published size."""

import hashlib
from functools import cache
from pathlib import Path

import numpy as np

from sim_bench.networks.clip_vision import VisionSize
from sim_bench.networks.liqe_encoder import LIQEEncoder, TextSize
from sim_bench.quality_assessment.liqe import LIQEAssessor
from sim_bench.weights.kept import Kept
from tests.reference.liqe.weights import SMALL, state_dict
from tests.weights.in_memory import InMemory

REFERENCE = Path(__file__).parents[1] / "reference" / "liqe"
HEAD = 64
"""Numbers of a head, as in openai/CLIP."""


@cache
def arrays_of(shape):
    return state_dict(shape)


TOKENIZER = Kept("random tokenizer", REFERENCE / "tokenizer.json", "1" * 64, "CC0-1.0", ())


def encoder_of(arrays, shape=SMALL, preprocess="demo", kind=LIQEEncoder):
    """An encoder with these arrays."""
    sha256 = hashlib.sha256(repr((shape, sorted(arrays))).encode()).hexdigest()
    return kind(
        InMemory("random LIQE", sha256=sha256, arrays=arrays),
        TOKENIZER,
        preprocess,
        vision=VisionSize(
            width=shape.vision_width,
            layers=shape.vision_layers,
            heads=shape.vision_width // HEAD,
            dim=shape.dim,
        ),
        text=TextSize(shape.text_width, shape.text_layers, shape.text_width // HEAD),
    )


class _Remembering(LIQEEncoder):
    """Computes the vectors of the same texts once, for many tests."""

    def encode_texts(self, texts):
        return _vectors_of(self, tuple(texts)).copy()


@cache
def _vectors_of(encoder, texts):
    return LIQEEncoder.encode_texts(encoder, texts)


@cache
def random_encoder(preprocess="demo"):
    """A small encoder, made once; its vectors of texts are computed once."""
    return encoder_of(arrays_of(SMALL), preprocess=preprocess, kind=_Remembering)


def random_liqe(weights="liqe-mix", preprocess="demo"):
    """A small LIQE with random weights."""
    return LIQEAssessor(weights, preprocess, encoder=random_encoder(preprocess))


def vectors_of(encoder, photos):
    """Vectors of photos one at a time, as memory allows."""
    return np.concatenate([encoder.encode_images([photo]) for photo in photos])
