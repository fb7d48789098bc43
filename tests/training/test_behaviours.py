"""Scenes and drawn screens, and how the score behaves on them, on cases done by hand."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from training.embedded import behaviours
from training.embedded.behaviours import CHANGES, SCENES, SCREENS, scene_figures, scenes


def content() -> dict[str, list[str]]:
    return {name: [f"{name}.jpg"] for name in behaviours.Scenes.model_fields}


def images() -> pd.Series:
    return pd.Series(["first.jpg", *(f"{name}.jpg" for name in behaviours.Scenes.model_fields)])


def test_the_shipped_scenes_name_each_photo_once_per_scene() -> None:
    named = yaml.safe_load(SCENES.read_text(encoding="utf-8"))
    every = pd.Series(sorted({name for names in named.values() for name in names}))
    assert {k: len(v) for k, v in scenes(every).items()} == {k: len(v) for k, v in named.items()}
    assert every.str.fullmatch(r"ss03_\d+\.jpg").all()


def test_scenes_are_positions(tmp_path: Path) -> None:
    (tmp_path / "scenes.yaml").write_text(yaml.safe_dump(content()))
    found = scenes(images(), tmp_path / "scenes.yaml")
    assert found["night"].tolist() == [1]
    assert found["text_or_screen"].tolist() == [6]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"sunset": ["night.jpg"]}, "does not hold scenes"),
        ({"night": []}, "does not hold scenes"),
        ({"night": ["night.jpg", "night.jpg"]}, "night holds a photo twice"),
        ({"night": ["gone.jpg"]}, r"night holds gone\.jpg, which is no development photo"),
    ],
)
def test_other_scenes_are_refused(
    tmp_path: Path, change: dict[str, list[str]], message: str
) -> None:
    (tmp_path / "scenes.yaml").write_text(yaml.safe_dump(content() | change))
    with pytest.raises(ValueError, match=message):
        scenes(images(), tmp_path / "scenes.yaml")


def test_the_gap_of_photos_that_trade_places() -> None:
    """Of ten photos in order, the score swaps fifth and sixth: +0.1 and -0.1 in one of five."""
    dev = pd.DataFrame(
        {"image": [f"{i}" for i in range(10)], "series_id": "", "mos": np.arange(10.0)}
    )
    scores = np.array([0.0, 1, 2, 3, 5, 4, 6, 7, 8, 9])
    kinds = {"low": np.arange(5), "high": np.arange(5, 10), "all": np.arange(10)}
    found = scene_figures(dev, scores, kinds, draws=5)
    gaps = {kind: parts["gap"]["value"] for kind, parts in found.items()}
    assert gaps == pytest.approx({"low": 0.02, "high": -0.02, "all": 0.0})
    assert found["low"]["srcc"]["value"] == pytest.approx(1.0)
    assert found["low"]["photos"] == found["low"]["gap"]["n"] == 5


def test_excess_is_free_of_the_pull_to_the_middle() -> None:
    """Scores in the human order, but of a model that errs alike on all: no kind stands out."""
    rng = np.random.default_rng(0)
    mos = rng.random(2000)
    dev = pd.DataFrame({"image": [f"{i}" for i in range(2000)], "series_id": "", "mos": mos})
    best = {"best": np.flatnonzero(mos > 0.8)}
    found = scene_figures(dev, mos + rng.normal(0, 0.4, 2000), best, draws=20)["best"]
    assert found["gap"]["value"] < -0.1
    assert abs(found["excess"]["value"]) < 0.03


@pytest.mark.parametrize("name", SCREENS)
def test_screens_are_drawn_alike_each_time(name: str) -> None:
    screen = SCREENS[name]()
    assert screen.dtype == np.uint8
    assert screen.ndim == 3
    assert np.array_equal(screen, SCREENS[name]())


@pytest.mark.parametrize("name", CHANGES)
def test_altered_photos_keep_their_size(name: str) -> None:
    rgb = np.random.default_rng(0).integers(0, 256, (300, 280, 3), dtype=np.uint8)
    altered = CHANGES[name](rgb)
    assert altered.shape == rgb.shape
    assert altered.dtype == np.uint8
