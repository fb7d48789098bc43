"""LAION heads with random weights, for tests: never what a user could get."""

import hashlib
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

from sim_bench.networks.laion_head import AffineHead
from sim_bench.quality_assessment.laion_aesthetic import LAIONAestheticAssessor
from sim_bench.weights.kept import Kept
from tests.fakes import FakeEncoder


def kept(arrays, path):
    """Write arrays in the published layout as the cabinet keeps them."""
    save_file({name: np.ascontiguousarray(array) for name, array in arrays.items()}, path)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return Kept("random head", path, digest, "CC0-1.0", ())


def random_laion_assessor(dim=8, encoder=None, **options):
    """A v1 head of random weights, not from a file, over a small random encoder."""
    head = Kept("random head", Path("nowhere"), "", "CC0-1.0", ())
    encoder = FakeEncoder(dim) if encoder is None else encoder
    made = LAIONAestheticAssessor("v1", encoder=encoder, head=head, **options)
    made.affine = AffineHead(np.random.default_rng(0).normal(0, 3, dim), 5.0)
    return made
