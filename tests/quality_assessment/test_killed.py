"""Processes that die in the middle, or share a store: the table is that of an undisturbed run."""

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PIL import Image

from sim_bench.quality_assessment.photo import Asked
from sim_bench.quality_assessment.run import score_table
from sim_bench.store.store import Store
from sim_bench.store.upkeep import verify
from tests.fakes import FakeEncoder
from tests.quality_assessment.samples import scene
from tests.slow_run import digest, methods

pytestmark = pytest.mark.filterwarnings("ignore::sim_bench.quality_assessment.remarks.RunRemark")

COUNT = 120
KILLS = 20
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    root = tmp_path_factory.mktemp("photos")
    for seed in range(COUNT):
        path = root / f"{seed:03d}.png"
        Image.fromarray(scene(30, 40, seed)).save(path)
        os.utime(path, (1_600_000_000, 1_600_000_000))
    (root / "broken.jpg").write_text("no photo")
    return root


@pytest.fixture(scope="module")
def undisturbed(folder, tmp_path_factory):
    scratch = tmp_path_factory.mktemp("undisturbed")
    table = score_table(sorted(folder.iterdir()), methods(scratch / "log"), batch=5)
    table.to_csv(scratch / "table.csv", index=False)
    return (scratch / "table.csv").read_text()


def start(folder, store, table, log):
    command = [sys.executable, "-m", "tests.slow_run", folder, store, table, log]
    return subprocess.Popen(list(map(str, command)), cwd=ROOT)


def stored(folder, store, log):
    """Digests of the prepared pixels of every photo whose vector the store has."""
    asked = Asked(methods(log))
    [(key, encoder)] = asked.encoders.items()
    paths = sorted(folder.glob("*.png"))
    states = [(str(path), path.stat().st_size, path.stat().st_mtime_ns) for path in paths]
    with Store(store) as kept:
        contents = kept.find_files(states)
        vectors = kept.vectors([c.id for c in contents if c], key, encoder.dim)
    return {
        digest(FakeEncoder().prepare(_pixels(path)))
        for path, content in zip(paths, contents, strict=True)
        if content and content.id in vectors
    }


def _pixels(path):
    from sim_bench.images.decode import read_picture

    return read_picture(path).rgb


def test_killed_at_random_moments_and_started_again(folder, undisturbed, tmp_path):
    random.seed(4)
    store, table = tmp_path / "store.sqlite", tmp_path / "table.csv"
    known = set()
    killed = 0
    for attempt in range(KILLS):
        log = tmp_path / f"{attempt}.log"
        process = start(folder, store, table, log)
        while not log.exists() and process.poll() is None:
            time.sleep(0.005)  # the first photos are being encoded
        time.sleep(random.uniform(0.0, 0.06))
        process.kill()
        killed += process.wait() == -9
        encoded = log.read_text().splitlines() if log.exists() else []
        assert not known & set(encoded)
        if store.exists():
            with Store(store) as kept:
                assert verify(kept).sound
            known |= stored(folder, store, tmp_path / "unused.log")
    assert killed > 5
    assert len(known) > 0
    log = tmp_path / "last.log"
    assert start(folder, store, table, log).wait() == 0
    assert table.read_text() == undisturbed
    assert not log.exists() or not known & set(log.read_text().splitlines())


def test_two_processes_on_one_store(folder, undisturbed, tmp_path):
    store = tmp_path / "store.sqlite"
    tables = [tmp_path / f"table{k}.csv" for k in range(2)]
    processes = [start(folder, store, t, tmp_path / f"{t.stem}.log") for t in tables]
    assert [process.wait() for process in processes] == [0, 0]
    assert [table.read_text() for table in tables] == [undisturbed] * 2
    assert len(stored(folder, store, tmp_path / "unused.log")) == COUNT
    with Store(store) as kept:
        assert verify(kept).sound
