"""One epoch on a made-up cache: it learns, it can be stopped, it goes on the same way."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

from training.embedded import train  # noqa: E402
from training.embedded.concepts import DIM  # noqa: E402
from training.embedded.data import Cache  # noqa: E402
from training.embedded.image_tower import WIDTH, Upper  # noqa: E402
from training.embedded.targets import Targets  # noqa: E402


def made_up_cache() -> Cache:
    random = np.random.default_rng(0)
    rows = [(f"{i}", -1, "A", 0.3 + 0.1 * i, "", 0.0) for i in range(6) for _ in range(2)]
    for group in range(3):
        for kind, strength in (("", 0.0), ("jpeg", 0.3), ("jpeg", 0.9)):
            rows.append(("a", group, "", 0.8, kind, strength))
    table = pd.DataFrame(rows, columns=["file", "group", "series", "mos", "kind", "strength"])
    for name in ("luma", "spread", "colourfulness"):
        table[name] = random.uniform(20, 200, len(table))
    fine = random.normal(size=(len(table), 112, 4, 4)).astype(np.float16)
    coarse = random.normal(size=(len(table), 192, 2, 2)).astype(np.float16)
    statistics = random.normal(size=(len(table), WIDTH)).astype(np.float32)
    return Cache(fine, coarse, statistics, table)


def begin(cache: Cache, folder: Path, seed: int) -> train.Run:
    torch.manual_seed(seed)
    return train.Run(cache, Upper(), folder, seed, 2)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    def words(seed: int, aims: Targets) -> train.Words:
        generator = torch.Generator().manual_seed(seed)

        def unit(*shape: int) -> torch.Tensor:
            drawn = torch.randn(*shape, generator=generator)
            return torch.nn.functional.normalize(drawn, dim=-1)

        axes = sorted({axis for axis, _ in train.DAMAGED_AXIS.values()})
        return train.Words(
            unit(50, DIM), torch.ones(50), unit(2, DIM), {a: unit(3, DIM) for a in axes}
        )

    monkeypatch.setattr(train, "load_words", words)
    monkeypatch.setattr(train, "SINGLE", 3)
    monkeypatch.setattr(train, "FAMILIES", 1)
    monkeypatch.setattr(train, "SERIES", 2)
    monkeypatch.setattr(train, "GROUPS", 2)


def test_pairs_put_less_damage_first(tmp_path: Path) -> None:
    cache = made_up_cache()
    run = begin(cache, tmp_path, 0)
    for batch in train.batches(cache, run.aims, 0, 0):
        better, worse = (cache.table.loc[batch.rows[i]] for i in (batch.better, batch.worse))
        assert len(better)
        assert len(set(cache.table.loc[batch.rows[:3], "file"])) == 3  # a photo in one view
        assert (better["group"].to_numpy() == worse["group"].to_numpy()).all()
        assert (cache.table.loc[batch.rows[: len(batch.families)], "group"] < 0).all()
        assert (better["strength"].to_numpy() < worse["strength"].to_numpy()).all()


def test_a_stopped_run_goes_on_as_if_it_had_not_stopped(tmp_path: Path) -> None:
    cache = made_up_cache()
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    whole = begin(cache, tmp_path / "a", 3)
    for _ in range(2):
        last = whole.run_epoch()
    first = begin(cache, tmp_path / "b", 3)
    first.run_epoch()
    first.save()
    second = begin(cache, tmp_path / "b", 3)
    assert second.epoch == 1
    row = second.run_epoch()
    assert row["similarity"] == pytest.approx(last["similarity"], rel=1e-3)
    for a, b in zip(whole.tower.parameters(), second.tower.parameters(), strict=True):
        assert torch.allclose(a, b, atol=1e-3)


def test_log_may_gain_columns(tmp_path: Path) -> None:
    train.write_log(tmp_path / "log.csv", {"epoch": 1, "loss": 0.5})
    train.write_log(tmp_path / "log.csv", {"epoch": 2, "loss": 0.25, "srcc": 0.6})
    table = pd.read_csv(tmp_path / "log.csv")
    assert list(table.columns) == ["epoch", "loss", "srcc"]
    assert table["loss"].tolist() == [0.5, 0.25]
