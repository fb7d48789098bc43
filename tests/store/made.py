"""Photos that were never taken, and what would have been computed for them."""

from hashlib import sha256

import numpy as np

from sim_bench.store.store import Entry

ENCODER = "an encoder's fingerprint"
ASSESSOR = "a method's fingerprint"
DIM = 8


def vector(seed, dim=DIM):
    drawn = np.random.default_rng(seed).standard_normal(dim).astype(np.float32)
    return drawn / np.linalg.norm(drawn)


def digest(number):
    return sha256(str(number).encode()).digest()


def file(number):
    return f"/photos/{number % 3}/IMG_{number:04d}.JPG", 1000 + number, 10**18 + number


def entry(number, **changes):
    given = {
        "digest": digest(number),
        "camera": False,
        "width": 40 + number,
        "height": 30,
        "notes": ("turned",) if number % 2 else (),
        "file": file(number),
        "vectors": {ENCODER: vector(number)},
        "scores": {ASSESSOR: number / 3},
    }
    return Entry(**(given | changes))
