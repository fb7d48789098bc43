"""Reasons that are true of both photos: of copies blurred and darkened on purpose."""

from pathlib import Path

import pytest
from PIL import Image

from sim_bench.benchmark.samples import scene
from sim_bench.encoders.load import load_encoder
from sim_bench.images.degrade import degrade
from sim_bench.selection.choosing_reasons import technical_reasons
from sim_bench.selection.choosing_words import words_of


@pytest.fixture(scope="module")
def reasons():
    return technical_reasons(load_encoder("embedded"))


def _pair(folder: Path, kind, severity):
    rgb = scene("chelsea")
    sound, damaged = folder / "sound.png", folder / "damaged.png"
    Image.fromarray(rgb).save(sound)
    Image.fromarray(degrade(rgb, kind, severity)).save(damaged)
    return sound, damaged


@pytest.mark.parametrize(
    ("kind", "severity", "topics"),
    [("defocus", 6, {"focus", "motion"}), ("gaussian_noise", 30, {"noise"})],
)
def test_the_first_reason_names_the_damage(reasons, tmp_path, kind, severity, topics):
    sound, damaged = _pair(tmp_path, kind, severity)
    first = reasons(sound, damaged)[0]
    assert words_of(first.name).topic in topics
    assert first.contribution > 0
    assert not {words_of(one.name).topic for one in reasons(damaged, sound)} & topics


def test_a_photo_is_not_better_than_itself(reasons, tmp_path):
    sound, _ = _pair(tmp_path, "defocus", 6)
    assert reasons(sound, sound) == ()
