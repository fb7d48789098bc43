"""LAION heads with random weights, for tests: never what a user could get."""

import hashlib
import tempfile
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

from sim_bench.quality_assessment.laion_aesthetic import LAIONAestheticAssessor
from sim_bench.weights.kept import Kept
from tests.fakes import FakeEncoder


def kept(arrays, path):
    """Write arrays in the published layout as the cabinet keeps them."""
    save_file({name: np.ascontiguousarray(array) for name, array in arrays.items()}, path)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return Kept("random head", path, digest, "CC0-1.0", ())


def random_laion_assessor(dim=8, **options):
    """A v1 head of random weights over a small random encoder."""
    random = np.random.default_rng(0)
    arrays = {"weight": random.normal(0, 3, (1, dim)), "bias": np.array([5.0])}
    folder = Path(tempfile.mkdtemp(prefix="laion-head-"))
    head = kept({k: a.astype(np.float32) for k, a in arrays.items()}, folder / "head.safetensors")
    return LAIONAestheticAssessor("v1", encoder=FakeEncoder(dim), head=head, **options)
