"""kill -9 at any moment: no sidecar is half written, and every byte comes back."""

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from sim_bench.export.apply import apply
from sim_bench.export.plan import plan
from sim_bench.export.undo import undo
from tests.export.killed_export import rows_in
from tests.export.samples import ADOBE, DARKTABLE, EXIFTOOL, photo, tree

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="kills are of POSIX")


class Exports:
    """A card of photos, half of them with sidecars, and a process that exports it again and again.

    Every run begins with the same card, so one plan serves all.
    """

    def __init__(self, folder, photos):
        self.pristine, self.card = folder / "pristine", folder / "card"
        self.journal, self.target = folder / "journal", folder / "target"
        for number in range(photos):
            path = photo(self.pristine / f"{number:04}.jpg")
            if number % 2:
                text = (ADOBE, EXIFTOOL, DARKTABLE)[number % 3]
                path.with_suffix(".xmp").write_text(text, encoding="utf-8")
        self.begin()
        self.before = tree(self.card)
        command = [sys.executable, "-m", "tests.export.killed_export"]
        self.process = subprocess.Popen(
            [*command, str(self.card), str(self.journal), str(self.target)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        started = time.monotonic()
        self.run("apply")  # the first one makes the plan, which takes time too
        self.begin()
        started = time.monotonic()
        assert self.run("apply") == 0
        self.seconds = time.monotonic() - started
        self.after = tree(self.card)
        started = time.monotonic()
        assert self.run("undo") == 0
        self.seconds_back = time.monotonic() - started
        assert tree(self.card) == self.before
        self.begin()

    def begin(self):
        shutil.rmtree(self.card, ignore_errors=True)
        shutil.rmtree(self.target, ignore_errors=True)
        shutil.copytree(self.pristine, self.card)
        self.journal.unlink(missing_ok=True)

    def run(self, what, kill_after=None):
        """Do something in a process; how it ended."""
        self.process.stdin.write(f"{what}\n")
        self.process.stdin.flush()
        number = int(self.process.stdout.readline())
        if kill_after is not None:
            time.sleep(kill_after)
            os.kill(number, signal.SIGKILL)
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    def check_whole(self):
        """Every sidecar is as it was or as it was to be; how many are so."""
        done = 0
        for path, data in tree(self.card).items():
            if path.name.startswith(".sim-bench-"):
                continue
            assert data in (self.before.get(path), self.after[path]), path
            done += data != self.before.get(path)
        return done

    def undo(self):
        assert {outcome.status for outcome in undo(self.journal)} <= {"done", "unchanged"}
        assert tree(self.card) == self.before

    def close(self):
        self.process.kill()
        self.process.communicate()


@pytest.fixture(params=["memory", pytest.param("disk", marks=pytest.mark.slow)])
def exports_of(request, tmp_path):
    """Make exports in a folder in memory, where they take a fraction of the time; or on disk."""
    memory = Path("/dev/shm")
    in_memory = request.param == "memory" and os.access(memory, os.W_OK)
    with tempfile.TemporaryDirectory(dir=memory if in_memory else tmp_path) as folder:
        made = []

        def make(photos):
            made.append(Exports(Path(folder), photos))
            return made[-1]

        yield make
        for exports in made:
            exports.close()


def test_an_export_killed_at_thirty_random_moments(exports_of):
    exports = exports_of(photos=300)
    rng, killed, done = random.Random(7), 0, []
    for attempt in range(30):
        exports.begin()
        ended = exports.run("apply", rng.uniform(0, exports.seconds))
        killed += ended == -signal.SIGKILL
        done.append(exports.check_whole())
        if attempt % 3 == 0 and exports.journal.exists():  # go on, then take all of it back
            outcomes = list(apply(plan(rows_in(exports.card)), exports.journal))
            assert {outcome.status for outcome in outcomes} <= {"done", "unchanged"}
            assert tree(exports.card) == exports.after
        if attempt % 3 == 1 and exports.journal.exists():  # the undo is killed as well
            exports.run("undo", rng.uniform(0, exports.seconds_back))
            exports.check_whole()
        if exports.journal.exists():
            exports.undo()
        assert tree(exports.card) == exports.before
    assert killed >= 20
    assert len({count for count in done if 0 < count < 300}) >= 10  # really in the middle


def test_an_export_and_an_undo_killed_at_every_single_line(exports_of):
    """Three sidecars: every line of the code that touches files is the last one once."""
    exports = exports_of(photos=3)
    for what, found in (("apply", {0, 1, 2, 3}), ("undo", {0, 1, 2, 3})):
        counts, line = set(), 0
        while True:
            line += 1
            exports.begin()
            if what == "undo":
                assert exports.run("apply") == 0
            if exports.run(f"{what} {line}") == 0:
                break
            counts.add(exports.check_whole())
            if exports.journal.exists():
                exports.undo()
            assert tree(exports.card) == exports.before
        assert line > 50
        assert counts == found


def test_a_line_of_the_journal_that_was_cut_off_is_of_a_sidecar_that_was_not_touched(exports_of):
    exports = exports_of(photos=4)
    list(apply(plan(rows_in(exports.card)), exports.journal))
    whole = exports.journal.read_bytes()
    last = max(path for path in exports.after if path.suffix == ".xmp")
    start = whole.rindex(b"\n", 0, -1) + 1
    for cut in (start, start + 1, (start + len(whole)) // 2, len(whole) - 1):
        for again in (False, True):
            exports.begin()
            list(apply(plan(rows_in(exports.card)), exports.journal))
            last.write_bytes(exports.before[last])
            exports.journal.write_bytes(whole[:cut])
            if again:
                list(apply(plan(rows_in(exports.card)), exports.journal))
                assert tree(exports.card) == exports.after
            exports.undo()
    for cut in range(0, whole.index(b"\n") + 1, 7):  # not even its first line is whole
        exports.begin()
        exports.journal.write_bytes(whole[:cut])
        assert list(undo(exports.journal)) == []
        list(apply(plan(rows_in(exports.card)), exports.journal))
        exports.undo()


def test_a_gathering_killed_at_random_moments_goes_on(exports_of):
    exports = exports_of(photos=60)
    exports.begin()
    started = time.monotonic()
    assert exports.run("gather") == 0
    seconds, whole = time.monotonic() - started, tree(exports.target)
    assert len(whole) == len(exports.before)
    rng = random.Random(3)
    for _ in range(10):
        exports.begin()
        exports.run("gather", rng.uniform(0, seconds))
        for path, data in tree(exports.target).items():
            assert path.name.startswith(".sim-bench-copy-") or data == whole[path]
        assert exports.run("gather") == 0
        assert tree(exports.target) == whole
        assert tree(exports.card) == exports.before
