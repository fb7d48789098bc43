"""Captions say what their direction says."""

from itertools import islice

import numpy as np
import pytest

from training.embedded.captions import FIXED, phrases, sample
from training.embedded.concepts import AXES, DAMAGED_AXIS, NAMES, direction
from training.embedded.prompts import CLIP_IQA, NEGATIVE, PAIRS, POSITIVE


def test_direction_is_never_longer_than_one() -> None:
    assert direction(quality=0.6)[NAMES.index("quality")] == pytest.approx(0.6)
    assert np.linalg.norm(direction(quality=3.0, focus=4.0)) == pytest.approx(1.0)


def test_equal_seeds_give_equal_captions() -> None:
    first, second = (list(islice(sample(np.random.default_rng(3)), 50)) for _ in range(2))
    assert [c.words for c in first] == [c.words for c in second]


def test_captions_are_filled_in_and_at_most_of_length_one() -> None:
    for caption in islice(sample(np.random.default_rng(0)), 3000):
        assert "{noun}" not in caption.words
        assert "{subject}" not in caption.words
        assert caption.words
        assert np.linalg.norm(caption.facts) <= 1 + 1e-5


def test_both_ends_of_every_axis_have_words() -> None:
    facts = np.stack([p.facts for p in phrases()])
    for name in set(AXES) - {"middling"}:
        column = facts[:, NAMES.index(name)]
        assert column.max() > 0.3, name
        assert column.min() < -0.3, name


def test_every_default_prompt_is_learnt_word_for_word() -> None:
    used = [p for pair in (*PAIRS, *CLIP_IQA) for p in pair] + [*POSITIVE, *NEGATIVE]
    assert set(used) <= set(FIXED)


@pytest.mark.parametrize(("good", "bad"), [*PAIRS, *CLIP_IQA])
def test_the_ends_of_a_pair_are_opposite(good: str, bad: str) -> None:
    assert np.allclose(FIXED[good], -FIXED[bad])


def test_damage_is_a_known_axis() -> None:
    assert {axis for axis, _ in DAMAGED_AXIS.values()} < set(NAMES)
