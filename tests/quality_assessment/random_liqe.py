"""LIQE with random weights: small, or of the published size."""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from sim_bench.networks.clip_vision import VisionSize
from sim_bench.networks.liqe_encoder import LIQEEncoder, TextSize
from sim_bench.quality_assessment.liqe import LIQEAssessor
from sim_bench.weights.tensors import Tensors
from tests.reference.liqe.weights import SMALL, state_dict

REFERENCE = Path(__file__).parents[1] / "reference" / "liqe"
HEAD = 64
"""Numbers of a head, as in openai/CLIP."""


@dataclass(frozen=True)
class InMemory:
    """As `Kept`, without a file behind it."""

    name: str
    arrays: Any
    sha256: str
    path: Path = REFERENCE / "tokenizer.json"
    licence: str = "CC0-1.0"
    trained_on: tuple[str, ...] | None = ()

    def tensors(self):
        return Tensors(self.arrays, f"{self.name} (random)")


@cache
def arrays_of(shape):
    return state_dict(shape)


TOKENIZER = InMemory("random tokenizer", {}, "1" * 64)


def encoder_of(arrays, shape=SMALL, preprocess="demo", kind=LIQEEncoder):
    """An encoder with these arrays."""
    sha256 = hashlib.sha256(repr((shape, sorted(arrays))).encode()).hexdigest()
    return kind(
        InMemory("random LIQE", arrays, sha256),
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
