"""CLIP-IQA over small random towers of RN50's architecture, for tests."""

from dataclasses import asdict
from functools import cache

from sim_bench.networks.clip_resnet_encoder import ClipResNetEncoder, ClipSize
from sim_bench.quality_assessment.clip_iqa import CLIPIQAAssessor
from sim_bench.weights.kept import Kept
from tests.reference.clip_iqa.weights import SMALL, TOKENIZER, Shape, checksum, state_dict
from tests.weights.in_memory import InMemory

TINY = Shape((1, 1, 1, 1), 8, 64, 1, 16)


def encoder(state=None, shape=SMALL, **options):
    """The encoder over these arrays (random ones by default) and the recorded tokenizer."""
    state = state_dict(shape) if state is None else state
    kept = InMemory(sha256=checksum(state), licence="MIT", arrays=state)
    tokenizer = Kept("tokenizer", TOKENIZER, "0" * 64, "MIT", ())
    return ClipResNetEncoder(kept, tokenizer, size=ClipSize(**asdict(shape)), **options)


@cache
def tiny():
    """One random encoder for all who only want some encoder of this kind."""
    return encoder(shape=TINY)


def random_clip_iqa(**arguments):
    """The method over a random encoder."""
    return CLIPIQAAssessor(encoder=tiny(), **arguments)
