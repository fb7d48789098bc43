"""Intents of groups made dark, bright or streaked on purpose, and of one photo that differs."""

import numpy as np
import pytest

from sim_bench.selection.intent import Tone, allowed, intents_of, shared_intents, tone_of

DARK = Tone(20.0, 0.0, 0.2, 0.0)
USUAL = Tone(130.0, 0.0, 0.2, 0.0)
BRIGHT = Tone(230.0, 0.3, 0.2, 0.0)


def _streaks(direction):
    return Tone(130.0, 0.0, 0.8, direction)


@pytest.mark.parametrize(
    ("tones", "found"),
    [
        ([DARK, DARK], {"dark"}),
        ([DARK, USUAL], set()),
        ([BRIGHT, BRIGHT], {"bright"}),
        ([BRIGHT, BRIGHT, USUAL], set()),
        ([_streaks(0.0), _streaks(15.0)], {"panned"}),
        ([_streaks(88.0), _streaks(-88.0)], {"panned"}),
        ([_streaks(0.0), _streaks(45.0)], set()),
        ([_streaks(0.0), USUAL], set()),
        ([DARK], set()),
        ([], set()),
    ],
)
def test_what_all_photos_share_may_be_meant(tones, found):
    assert shared_intents(tones) == found
    assert intents_of(range(len(tones)), lambda at: tones[at]) == found


def test_tones_of_made_photos():
    rows = np.random.default_rng(0).integers(0, 256, (200, 1, 1))
    lines = np.broadcast_to(rows, (200, 300, 3)).astype(np.uint8)
    found = tone_of(lines)
    assert found.streaked > 0.99
    assert abs(found.direction) < 1
    turned = tone_of(np.ascontiguousarray(lines.swapaxes(0, 1)))
    assert abs(turned.direction) > 89
    white = tone_of(np.full((200, 300, 3), 255, np.uint8))
    assert (white.median, white.blown, white.streaked) == (255.0, 1.0, 0.0)


def test_contrast_is_no_fault_only_beside_a_difference_in_light():
    assert allowed({"darkness", "contrast", "focus"}, {"dark"}) == {"darkness", "contrast"}
    assert allowed({"contrast"}, {"dark"}) == set()
    assert allowed({"darkness", "motion"}, {"panned"}) == {"motion"}
