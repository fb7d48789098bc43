"""The journal of a run: what it gives back, and what it refuses to."""

import json
import math
import os
from dataclasses import replace

import pytest

from sim_bench.benchmark.journal import Journal
from sim_bench.quality_assessment.record import Record


@pytest.fixture
def records(tmp_path):
    """One scored, one scored in part, one of a file that is not there."""
    for name in ("a.png", "b é.png"):
        (tmp_path / name).write_bytes(b"pixels")
    return [
        Record(tmp_path / "a.png", "scored", "", 40, 30, {"m": 0.1 + 0.2, "n": -1.0}, ("note",)),
        Record(
            tmp_path / "b é.png", "unscored", "no score by n", 40, 30, {"m": 1.0, "n": math.nan}
        ),
        Record(tmp_path / "c.png", "unscored", "no such file", None, None, {"m": math.nan}),
    ]


def write(path, records, belongs_to="this"):
    with Journal(path, belongs_to, resume=False) as journal:
        assert list(journal.keep(records)) == records


def read(path, belongs_to="this", *, resume=True):
    with Journal(path, belongs_to, resume=resume) as journal:
        return journal.done


def shown(record):
    return repr(replace(record, known=True))


def test_what_was_kept_comes_back_to_the_last_bit(tmp_path, records):
    path = tmp_path / "journal"
    write(path, records)
    done = read(path)
    assert [shown(record) for record in done.values()] == [shown(record) for record in records]
    assert list(done) == [record.path for record in records]


def test_it_can_be_read_again_and_again_and_goes_on(tmp_path, records):
    path = tmp_path / "journal"
    write(path, records[:1])
    with Journal(path, "this", resume=True) as journal:
        assert list(journal.done) == [records[0].path]
        list(journal.keep(records[1:]))
    assert len(read(path)) == len(read(path)) == 3


def test_a_record_is_written_before_it_is_handed_on(tmp_path, records):
    path = tmp_path / "journal"
    with Journal(path, "this", resume=False) as journal:
        next(journal.keep(records))
        assert len(path.read_text().splitlines()) == 2


def test_nothing_is_used_of_other_methods_or_without_being_asked(tmp_path, records):
    path = tmp_path / "journal"
    write(path, records)
    assert read(path, "other methods") == {}
    assert read(path, "this") == {}  # begun anew for the others
    write(path, records)
    assert read(path, resume=False) == {}


@pytest.mark.parametrize("cut", range(1, 60, 7))
def test_a_line_that_was_cut_off_is_not_read(tmp_path, records, cut):
    path = tmp_path / "journal"
    write(path, records)
    path.write_bytes(path.read_bytes()[:-cut])
    assert list(read(path)) == [record.path for record in records[:2]]
    assert len(path.read_text().splitlines()) == 3  # the torn line is gone, so that more can follow


@pytest.mark.parametrize("torn", [b"", b'{"belongs_to": "th', b"\x00\xff\x00\n", b"[]\n"])
def test_a_journal_without_a_head_is_begun_anew(tmp_path, torn):
    path = tmp_path / "journal"
    path.write_bytes(torn)
    assert read(path) == {}
    assert json.loads(path.read_text()) == {"belongs_to": "this"}


def test_garbage_in_the_middle_ends_what_is_used(tmp_path, records):
    path = tmp_path / "journal"
    write(path, records)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines[:2], b"\xff\x00\n", *lines[2:]]))
    assert list(read(path)) == [records[0].path]


def test_a_photo_that_has_changed_since_is_not_known(tmp_path, records):
    """Another size; the same size at another time; a file that came."""
    path = tmp_path / "journal"
    write(path, records)
    (tmp_path / "a.png").write_bytes(b"other pixels")
    os.utime(tmp_path / "b é.png", ns=(1, 1))
    (tmp_path / "c.png").write_bytes(b"pixels")
    assert read(path) == {}


def test_beginning_anew_is_one_step(tmp_path, records, monkeypatch):
    """Killed while it is written anew, the old one is still there."""
    path = tmp_path / "journal"
    write(path, records)

    def killed(record):
        raise KeyboardInterrupt

    monkeypatch.setattr("sim_bench.benchmark.journal._line", killed)
    with pytest.raises(KeyboardInterrupt):
        Journal(path, "this", resume=True)
    monkeypatch.undo()
    assert len(read(path)) == 3
