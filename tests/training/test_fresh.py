"""Freshly damaged photos carry the labels of their damage."""

import numpy as np
import pandas as pd

from training.embedded.concepts import DAMAGED_AXIS, NAMES
from training.embedded.data import SIZE
from training.embedded.fresh import PHOTOS, draw, eligible
from training.embedded.targets import Targets


def test_only_good_photos_as_they_were_taken_are_damaged() -> None:
    table = pd.DataFrame({"group": [-1, -1, 0], "mos": [0.9, 0.5, 0.9]})
    assert eligible(table).tolist() == [0]


def test_more_damage_means_less_quality() -> None:
    random = np.random.default_rng(0)
    pixels = random.integers(0, 256, (8, SIZE, SIZE, 3), dtype=np.uint8)
    values = np.full((8, len(NAMES)), 0.5, dtype=np.float32)
    aims = Targets(values, np.full_like(values, 0.25))
    fresh = draw(pixels, aims, np.arange(8), 64, random)
    assert fresh.pixels.shape == (3 * PHOTOS, 64, 64, 3)
    quality = fresh.values[:, NAMES.index("quality")]
    assert (quality[fresh.better] > quality[fresh.worse]).all()
    for i, kind in enumerate(fresh.kinds):
        if kind:
            axis = NAMES.index(DAMAGED_AXIS[kind][0])
            assert fresh.values[i, axis] < 0
            assert fresh.known[i, axis] == 1.0
    assert (values == 0.5).all()


def test_equal_generators_give_equal_damage() -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (6, SIZE, SIZE, 3), dtype=np.uint8)
    values = np.zeros((6, len(NAMES)), dtype=np.float32)
    aims = Targets(values, values)
    first, second = (
        draw(pixels, aims, np.arange(6), 48, np.random.default_rng(9)) for _ in range(2)
    )
    assert np.array_equal(first.pixels, second.pixels)
    assert first.kinds == second.kinds
