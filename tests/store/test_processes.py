"""Several processes use one store at once; any of them may be killed at any moment."""

import random
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from sim_bench.store.store import Store
from sim_bench.store.upkeep import verify
from tests.store.made import ASSESSOR, DIM, ENCODER, entry, file, vector

ROOT = Path(__file__).parents[2]


def start(path, first, batches):
    command = [sys.executable, "-m", "tests.store.writer", str(path), str(first), str(batches)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def check(store, numbers):
    """All of these photos are there, as they were added."""
    contents = store.find_files([file(number) for number in numbers])
    assert None not in contents
    assert [content.width - 40 for content in contents] == list(numbers)
    ids = [content.id for content in contents]
    assert len(set(ids)) == len(ids)
    vectors = store.vectors(ids, ENCODER, DIM)
    scores = store.scores(ids, ASSESSOR)
    for number, id_ in zip(numbers, ids, strict=True):
        np.testing.assert_array_equal(vectors[id_], vector(number))
        assert scores[id_] == number / 3


def test_processes_may_make_and_fill_a_store_at_once(tmp_path):
    """Three begin with no file at all; two of them add the same photos."""
    path = tmp_path / "store.sqlite"
    workers = [start(path, first, 12) for first in (0, 0, 1000)]
    for worker in workers:
        worker.communicate(timeout=100)
    assert [worker.returncode for worker in workers] == [0, 0, 0]
    with Store(path) as store:
        check(store, [*range(12 * 16), *range(1000, 1000 + 12 * 16)])
        found = verify(store)
    assert found.sound
    assert found.orphans == 0
    rows = {table.name: table.rows for table in found.tables}
    assert rows["files"] == rows["contents"] == rows["vectors"] == rows["scores"] == 2 * 12 * 16


@pytest.mark.parametrize("seed", range(5))
def test_a_killed_process_leaves_all_that_it_had_added_and_nothing_half(tmp_path, seed):
    path = tmp_path / "store.sqlite"
    worker = start(path, 0, 100_000)
    lines = [worker.stdout.readline()]  # it has begun
    time.sleep(random.Random(seed).uniform(0, 0.4))
    worker.kill()
    lines += worker.communicate(timeout=60)[0].splitlines(keepends=True)
    told = [int(line) for line in lines if line.endswith("\n")]
    with Store(path) as store:
        check(store, range(told[-1] + 1))
        found = verify(store)
        assert found.sound
        assert found.orphans == 0
        rows = {table.name: table.rows for table in found.tables}
        assert rows["files"] == rows["contents"] == rows["vectors"] == rows["scores"]
        assert rows["files"] % 16 == 0
        store.add([entry(10**6)])
        check(store, [10**6])


@pytest.mark.parametrize("seed", range(4))
def test_a_process_killed_while_it_makes_the_store_leaves_one_that_can_be_opened(tmp_path, seed):
    path = tmp_path / "store.sqlite"
    worker = start(path, 0, 1)
    deadline = time.monotonic() + 60
    while not path.exists() and time.monotonic() < deadline:
        time.sleep(0.0005)
    time.sleep(seed * 0.004)
    worker.kill()
    worker.communicate(timeout=60)
    with Store(path) as store:
        store.add([entry(1)])
        check(store, [1])
        assert verify(store).sound
