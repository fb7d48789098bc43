"""Preparing the cache, planned and labelled on a made-up data folder."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from PIL import Image

from training.embedded import data
from training.embedded.concepts import NAMES
from training.embedded.data import (
    NATIVE_KINDS,
    RANGES,
    SIZE,
    VIEW,
    data_folder,
    fit,
    labels,
    measure,
    plan,
    prepare,
    severity,
)
from training.embedded.targets import targets


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    photos = tmp_path / "biq2021" / "photos"
    photos.mkdir(parents=True)
    (tmp_path / "clean_photos").mkdir()
    random = np.random.default_rng(0)
    lines = ["image,mos,subset,series_id,split,size"]
    for i, (mos, subset, series, split, size, side) in enumerate(
        [
            (0.80, "ss03", "", "train", "reduced to 256", 256),
            (0.85, "ss03", "", "train", "reduced to 256", 256),
            (0.30, "ss01", "S1", "train", "native", 300),
            (0.70, "ss01", "S1", "train", "native", 300),
            (0.90, "ss03", "", "dev", "native", 300),
        ]
    ):
        pixels = random.integers(0, 256, (side, side, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(photos / f"{i}.jpg")
        lines.append(f"{i}.jpg,{mos},{subset},{series},{split},{size}")
    (tmp_path / "biq2021" / "labels.csv").write_text("\n".join(lines) + "\n")
    Image.fromarray(pixels).save(tmp_path / "clean_photos" / "a.jpg")
    return tmp_path


def test_the_development_split_is_never_planned(folder: Path) -> None:
    files = {row.file for row in plan(folder, 0)}
    assert "biq2021/photos/4.jpg" not in files
    assert files == {f"biq2021/photos/{i}.jpg" for i in range(4)} | {"clean_photos/a.jpg"}
    assert list(labels(folder, "dev")["image"]) == ["4.jpg"]


def test_only_good_photos_are_damaged(folder: Path) -> None:
    assert all(row.mos >= 0.65 for row in plan(folder, 0) if row.kind)


def test_cache_is_made_once_and_labelled(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data, "GROUPS", {})
    monkeypatch.setattr(data, "OTHERS", 2)
    calls = []

    def run(pixels: NDArray[np.uint8]) -> list[NDArray[np.float32]]:
        calls.append(len(pixels))
        assert pixels.shape[1:] == (VIEW, VIEW, 3)
        maps = pixels[:, :4, :4].transpose(0, 3, 1, 2).astype(np.float32)
        return [maps, maps[:, :, :2, :2], pixels.mean(axis=(1, 2), dtype=np.float32)]

    cache = prepare(folder, tmp_path / "cache", 0, run, workers=1)
    table = cache.table
    assert sum(calls) == len(table) == len(cache.fine) == len(cache.statistics)
    luma = cache.statistics @ np.array([0.299, 0.587, 0.114], dtype=np.float32)
    assert np.allclose(luma, table["luma"], atol=0.01)  # rows and features belong together
    again = prepare(folder, tmp_path / "cache", 0, run, workers=1)
    assert sum(calls) == len(table)
    assert np.array_equal(cache.fine, again.fine)
    aims = targets(table)
    quality = aims.values[:, NAMES.index("quality")]
    groups = [g for _, g in table[table["group"] >= 0].groupby("group")]
    assert len(groups) == 2 * len(RANGES) + 2 * NATIVE_KINDS  # one native photo, one clean one
    for group in groups:
        assert (np.diff(quality[group.index]) < 0).all()
        assert group["strength"].is_monotonic_increasing
        assert group["view"].nunique() == group["recipe"].nunique() == 1


def test_labels_of_a_damaged_photo() -> None:
    """Half on a line, (0.55 - 0.55) / 0.35 = 0, and half by rank, 2 * 0.5 - 1 = 0: quality 0.

    Defocus at strength 1 takes 1.2 and puts the focus at -1; shake is then undecided.
    """
    table = pd.DataFrame(
        {
            "group": [-1, -1, -1, 0],
            "mos": [0.2, 0.55, 0.9, 0.55],
            "kind": ["", "", "", "defocus"],
            "strength": [0, 0, 0, 1.0],
            "luma": [50, 100, 150, 100],
            "spread": [10, 20, 30, 20],
            "colourfulness": [10, 20, 30, 20],
        }
    )
    aims = targets(table)
    quality = aims.values[:, NAMES.index("quality")]
    assert quality[1] == pytest.approx(0.0)
    assert quality[3] == pytest.approx(-1.2)
    assert aims.values[3, NAMES.index("focus")] == pytest.approx(-1.0)
    assert aims.values[3, NAMES.index("cleanness")] == pytest.approx(0.5)
    assert aims.known[3, NAMES.index("steadiness")] == pytest.approx(0.3)


def test_measures_by_hand() -> None:
    """Half black, half white: mean 127.5, spread 127.5, no colour, half of each extreme."""
    rgb = np.zeros((8, 8, 3), dtype=np.uint8)
    rgb[:, 4:] = 255
    luma, spread, colour, detail, black, white = measure(rgb)
    assert (luma, spread) == pytest.approx((127.5, 127.5), rel=1e-5)
    assert colour == pytest.approx(0.0, abs=1e-4)
    assert (black, white) == (0.5, 0.5)
    # Laplacian on the inner 6 x 6: two columns of +-255, the rest 0: variance 255^2 / 3.
    assert detail == pytest.approx(np.log1p(255.0**2 / 3), rel=1e-5)


def test_fit_takes_the_middle() -> None:
    wide = np.zeros((SIZE, 3 * SIZE, 3), dtype=np.uint8)
    wide[:, SIZE : 2 * SIZE] = 200
    assert np.all(fit(wide) == 200)


def test_severity_grows_with_the_photo() -> None:
    assert severity("defocus", 1.0, 1.0) == pytest.approx(5.0)
    assert severity("defocus", 1.0, 2.0) == pytest.approx(10.0)
    assert severity("jpeg", 0.0, 2.0) == pytest.approx(30.0)


def test_missing_data_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="SIM_BENCH_DATA"):
        data_folder(tmp_path)
