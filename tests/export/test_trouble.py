"""Disks that are full or read-only: a clear message per file, the rest is done, counts add up."""

import errno
import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from sim_bench.export.apply import apply
from sim_bench.export.gather import gather
from sim_bench.export.plan import plan
from sim_bench.export.rows import Row
from sim_bench.export.undo import undo
from sim_bench.export.xmp import read_values
from tests.export.samples import ADOBE, photo, tree
from tests.export.trouble import PHOTOS

ROOT = Path(__file__).parents[2]
NAMESPACE = ["unshare", "--mount", "--map-root-user"]
FULL = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def trouble(what, tmp_path):
    """What became of an export on such a disk; skipped where none can be mounted."""
    disk, elsewhere = tmp_path / "disk", tmp_path / "elsewhere"
    disk.mkdir()
    elsewhere.mkdir()
    probe = [*NAMESPACE, "mount", "-t", "tmpfs", "none", str(disk)]
    if shutil.which("unshare") is None or subprocess.run(probe, capture_output=True).returncode:
        pytest.skip("no disk can be mounted here: it needs Linux with user namespaces")
    command = [*NAMESPACE, sys.executable, "-m", "tests.export.trouble", what, disk, elsewhere]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_a_disk_that_is_really_full(tmp_path):
    found = trouble("full", tmp_path)
    written = {name: (status, reason) for name, status, reason in found["written"]}
    assert len(found["written"]) == len(written) == PHOTOS
    counts = Counter(status for status, _ in written.values())
    assert counts["done"] > 3
    assert counts["failed"] > 3
    assert counts.total() == PHOTOS
    assert {reason for status, reason in written.values() if status == "failed"} == {
        "it cannot be written: No space left on device"
    }
    for path, data in found["after"].items():
        if path.endswith(".xmp"):
            done = written[Path(path).name][0] == "done"
            assert (found["before"].get(path) != data) == done
            read_values(bytes.fromhex(data))
        else:
            assert found["before"][path] == data
    assert not any(".sim-bench" in path for path in found["after"])
    assert {status for _, status, _ in found["restored"]} == {"done", "unchanged"}
    assert found["same"]

    failed = [name for name, status, _ in found["gathered"] if status == "failed"]
    done = [name for name, status, _ in found["gathered"] if status == "done"]
    assert failed
    assert sorted(done) == sorted(found["whole"])
    assert len(found["gathered"]) == PHOTOS + PHOTOS // 2

    assert "No space left on device" in str(found["no_journal"])
    assert found["untouched"]


def test_a_disk_that_is_really_read_only(tmp_path):
    found = trouble("readonly", tmp_path)
    assert {tuple(rest) for _, *rest in found["planned"]} == {
        ("refuse", "its folder is write-protected")
    }
    assert {tuple(rest) for _, *rest in found["written"]} == {
        ("failed", "it cannot be written: Read-only file system")
    }
    assert {tuple(rest) for _, *rest in found["restored"]} == {
        ("unchanged", "it is as it was before the export")
    }
    assert [len(rows) for rows in found.values()] == [PHOTOS] * 3


def two_photos(folder):
    (folder / "a.xmp").parent.mkdir(exist_ok=True)
    (folder / "a.xmp").write_text(ADOBE, encoding="utf-8")
    return [Row(photo(folder / "a.jpg"), "pick"), Row(photo(folder / "b.jpg"), "pick")]


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("sim_bench.export.file.os", "open"),
        ("sim_bench.export.file.os", "fsync"),
        ("sim_bench.export.file.shutil", "copystat"),
        ("sim_bench.export.file.Path", "replace"),
    ],
)
def test_whatever_step_fails_the_sidecar_is_as_it_was_and_the_next_is_done(
    tmp_path, monkeypatch, module, name
):
    """One sidecar fails at this step; the journal, which is synced too, does not."""
    card, journal = tmp_path / "card", tmp_path / "journal"
    rows = [Row(photo(card / "0.jpg"), "pick"), *two_photos(card)]
    changes, before = plan(rows), tree(card)
    outcomes = apply(changes, journal)
    assert next(outcomes).status == "done"
    between = tree(card)
    really = getattr(*_named(module, name))

    def fails(*args, **kwargs):
        if name == "fsync" and os.path.samestat(os.fstat(args[0]), journal.stat()):
            return really(*args, **kwargs)
        raise FULL

    with monkeypatch.context() as patch:
        patch.setattr(f"{module}.{name}", fails)
        second = next(outcomes)
    assert (second.path.name, second.status) == ("a.xmp", "failed")
    assert second.reason == "it cannot be written: No space left on device"
    assert tree(card) == between
    assert [outcome.status for outcome in outcomes] == ["done"]
    assert Counter(outcome.status for outcome in undo(journal)) == {"done": 2, "unchanged": 1}
    assert tree(card) == before


def _named(module, name):
    holder, _, last = module.rpartition(".")
    return getattr(__import__(holder, fromlist=[last]), last), name


def test_without_room_for_the_journal_a_sidecar_is_not_touched(tmp_path, monkeypatch):
    rows = two_photos(tmp_path / "card")
    changes, before = plan(rows), tree(tmp_path / "card")
    from sim_bench.export import journal as module

    synced = []

    def fsync(number):
        synced.append(number)
        if len(synced) == 3:  # the first line, the folder, then the line of the first sidecar
            raise FULL

    with monkeypatch.context() as patch:
        patch.setattr(module.os, "fsync", fsync)
        outcomes = list(apply(changes, tmp_path / "journal"))
    assert [outcome.status for outcome in outcomes] == ["failed", "done"]
    assert outcomes[0].reason == (
        "the undo journal cannot be written, so it is left alone: No space left on device"
    )
    assert [outcome.path.name for outcome in undo(tmp_path / "journal")] == ["b.xmp"]
    assert tree(tmp_path / "card") == before


def test_a_journal_that_takes_half_a_line_is_none_the_worse(tmp_path):
    """A limit on the size of files cuts a write short, as a full disk does."""
    resource = pytest.importorskip("resource")
    rows = two_photos(tmp_path / "card")
    changes, before = plan(rows), tree(tmp_path / "card")
    journal = tmp_path / "journal"
    outcomes = apply(changes, journal)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (700, hard))
    try:
        first = next(outcomes)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert first.reason == (
        "the undo journal cannot be written, so it is left alone: File too large"
    )
    assert journal.stat().st_size == 700
    assert [outcome.status for outcome in outcomes] == ["done"]
    assert [outcome.status for outcome in undo(journal)] == ["done"]
    assert tree(tmp_path / "card") == before


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write")
def test_what_is_write_protected_is_refused(tmp_path):
    rows = two_photos(tmp_path / "card")
    (tmp_path / "card" / "a.xmp").chmod(0o400)
    assert [change.action for change in plan(rows)] == ["refuse", "create"]
    (tmp_path / "card").chmod(0o500)
    try:
        notes = [change.note for change in plan(rows)]
    finally:
        (tmp_path / "card").chmod(0o700)
    assert notes == ["its folder is write-protected"] * 2


def test_write_protection_counts_where_the_system_says_so(tmp_path, monkeypatch):
    """As above, for the administrator, whom no mode keeps out."""
    rows = two_photos(tmp_path)
    from sim_bench.export import file as module

    monkeypatch.setattr(module.os, "access", lambda path, _: Path(path).name != "a.xmp")
    assert [change.note for change in plan(rows)] == ["it is write-protected", ""]
    monkeypatch.setattr(module.os, "access", lambda path, _: False)
    assert [change.note for change in plan(rows)] == ["its folder is write-protected"] * 2


def test_a_folder_that_is_gone_is_told_for_each_file(tmp_path):
    rows = two_photos(tmp_path / "card")
    changes = plan(rows)
    shutil.rmtree(tmp_path / "card")
    outcomes = list(apply(changes, tmp_path / "journal"))
    assert [outcome.reason for outcome in outcomes] == [
        "it has changed since the plan was made; plan again",
        "it cannot be written: No such file or directory",
    ]


def test_a_copy_that_fails_leaves_nothing(tmp_path, monkeypatch):
    rows = two_photos(tmp_path / "card")
    from sim_bench.export import gather as module

    def fails(*_):
        raise FULL

    with monkeypatch.context() as patch:
        patch.setattr(module.shutil, "copyfileobj", fails)
        outcomes = list(gather(rows, tmp_path / "picks"))
    assert [(o.path.name, o.status) for o in outcomes] == [
        ("a.jpg", "failed"),
        ("a.xmp", "failed"),
        ("b.jpg", "failed"),
    ]
    assert outcomes[0].reason == "it cannot be written: No space left on device"
    assert "its photo could not be brought" in outcomes[1].reason
    assert tree(tmp_path / "picks") == {}
