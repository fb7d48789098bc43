"""Sidecars are written, and taken back to the byte."""

import json
import os
import stat
from collections import Counter

import pytest

from sim_bench.export.apply import apply
from sim_bench.export.marks import Mark
from sim_bench.export.outcome import ExportError
from sim_bench.export.plan import plan
from sim_bench.export.rows import Row
from sim_bench.export.undo import undo
from sim_bench.export.xmp import read_values
from tests.export.samples import ADOBE, DARKTABLE, EXIFTOOL, photo, sidecar, tree

ALL = ("pick", "reject", "close", "protected", "single", "unscored")


@pytest.fixture
def card(tmp_path):
    """Photos in a folder with some sidecars of other programs."""
    folder = tmp_path / "card"
    rows = [Row(photo(folder / f"{number}.jpg"), ALL[number % len(ALL)]) for number in range(12)]
    (folder / "0.xmp").write_text(ADOBE, encoding="utf-8")
    (folder / "0.jpg.xmp").write_text(DARKTABLE, encoding="utf-8")
    (folder / "1.jpg.xmp").write_bytes(EXIFTOOL.encode("utf-16"))
    (folder / "2.xmp").write_text("<broken", encoding="utf-8")
    (folder / "6.xmp").write_text(sidecar("", ' xmp:Rating="4" xmp:Label="Green"'))
    return rows, folder, tmp_path / "undo" / "journal.jsonl"


def statuses(outcomes):
    return Counter(outcome.status for outcome in outcomes)


def test_what_was_planned_is_done_and_undone(card):
    rows, folder, journal = card
    before = tree(folder)
    changes = plan(rows)
    outcomes = list(apply(changes, journal))
    assert [outcome.path for outcome in outcomes] == [change.path for change in changes]
    assert statuses(outcomes) == {"done": 5, "failed": 1, "unchanged": 7}
    after = tree(folder)
    assert read_values(after[folder / "0.xmp"]) == ("4", "Green")
    assert read_values(after[folder / "0.jpg.xmp"]) == ("4", "Green")
    assert read_values(after[folder / "1.jpg.xmp"]) == ("-1", "Red")
    assert read_values(after[folder / "8.xmp"]) == ("3", "Yellow")
    changed = {path.name for path in after if after[path] != before.get(path)}
    assert changed == {"0.xmp", "0.jpg.xmp", "1.jpg.xmp", "7.xmp", "8.xmp"}
    assert {change.action for change in plan(rows)} == {"same", "leave", "refuse"}

    taken_back = list(undo(journal))
    assert statuses(taken_back) == {"done": 5}
    assert tree(folder) == before
    assert statuses(undo(journal)) == {"unchanged": 5}
    assert tree(folder) == before


def test_nothing_to_write_makes_no_journal(tmp_path):
    changes = plan([Row(photo(tmp_path / "a.jpg"), "single")])
    assert statuses(apply(changes, tmp_path / "journal")) == {"unchanged": 1}
    assert set(tree(tmp_path)) == {tmp_path / "a.jpg"}


def test_nothing_happens_before_it_is_asked_for(card):
    rows, folder, journal = card
    before = tree(folder)
    outcomes = apply(plan(rows), journal)
    assert tree(folder) == before
    assert not journal.exists()
    assert next(outcomes).status == "done"
    outcomes.close()
    assert len(set(tree(folder).items()) ^ set(before.items())) == 2
    assert statuses(undo(journal)) == {"done": 1}


def test_one_journal_takes_several_exports_back_at_once(card):
    rows, folder, journal = card
    before = tree(folder)
    list(apply(plan(rows), journal))
    other = {"pick": Mark(1, "Blue"), "single": Mark(2)}
    assert statuses(apply(plan(rows, "both", marks=other), journal))["done"] > 0
    list(apply(plan(rows), journal))
    assert {outcome.status for outcome in undo(journal)} == {"done"}
    assert tree(folder) == before


def test_journals_are_taken_back_in_the_reverse_order(card):
    rows, folder, journal = card
    before = tree(folder)
    list(apply(plan(rows), journal))
    between, second = tree(folder), journal.with_name("second")
    list(apply(plan(rows, marks={"pick": Mark(1)}), second))
    assert {o.status for o in undo(journal) if o.path.name == "0.xmp"} == {"failed"}
    assert {o.status for o in undo(second)} == {"done"}
    assert {path: data for path, data in tree(folder).items() if path.stem[0] in "06"} == {
        path: data for path, data in between.items() if path.stem[0] in "06"
    }
    list(undo(journal))
    assert tree(folder) == before


def test_what_somebody_else_changed_since_is_left_alone(card):
    rows, folder, journal = card
    before = tree(folder)
    list(apply(plan(rows), journal))
    mine = (folder / "0.xmp").read_bytes().replace(b"0.35", b"0.50")
    (folder / "0.xmp").write_bytes(mine)
    (folder / "1.jpg.xmp").unlink()
    outcomes = {outcome.path.name: outcome for outcome in undo(journal)}
    assert outcomes["0.xmp"].status == outcomes["1.jpg.xmp"].status == "failed"
    assert "changed by something else" in outcomes["0.xmp"].reason
    assert "is gone" in outcomes["1.jpg.xmp"].reason
    expected = {**before, folder / "0.xmp": mine}
    del expected[folder / "1.jpg.xmp"]
    assert tree(folder) == expected


def test_a_sidecar_that_changed_between_two_exports_is_left_as_it_became(tmp_path):
    rows = [Row(photo(tmp_path / "a.jpg"), "pick")]
    path, journal = tmp_path / "a.xmp", tmp_path / "journal"
    list(apply(plan(rows), journal))
    path.write_text(ADOBE, encoding="utf-8")
    list(apply(plan(rows), journal))
    written = path.read_bytes()
    assert [outcome.status for outcome in undo(journal)] == ["failed"]
    assert path.read_bytes() == written


def test_a_sidecar_that_changed_since_the_plan_is_left_alone(card):
    rows, folder, journal = card
    changes = plan(rows)
    (folder / "0.xmp").write_text(EXIFTOOL, encoding="utf-8")
    (folder / "7.xmp").write_text(ADOBE, encoding="utf-8")
    (folder / "1.jpg.xmp").unlink()
    outcomes = {outcome.path.name: outcome for outcome in apply(changes, journal)}
    for name in ("0.xmp", "7.xmp", "1.jpg.xmp"):
        assert outcomes[name].status == "failed"
        assert "changed since the plan" in outcomes[name].reason
    assert (folder / "0.xmp").read_text(encoding="utf-8") == EXIFTOOL
    assert not (folder / "1.jpg.xmp").exists()


def test_photos_are_never_opened_for_writing(card):
    rows, folder, journal = card
    for path in folder.glob("*.jpg"):
        os.utime(path, ns=(1, 1))
        path.chmod(0o444)
    list(apply(plan(rows, "both"), journal))
    list(undo(journal))
    for path in folder.glob("*.jpg"):
        assert path.stat().st_mtime_ns == 1
        assert stat.S_IMODE(path.stat().st_mode) == 0o444


@pytest.mark.skipif(os.name == "nt", reason="modes are of POSIX")
def test_the_mode_of_a_sidecar_stays_and_a_new_one_has_the_usual(card):
    rows, folder, journal = card
    (folder / "0.xmp").chmod(0o640)
    mask = os.umask(0o027)
    try:
        list(apply(plan(rows), journal))
    finally:
        os.umask(mask)
    assert stat.S_IMODE((folder / "0.xmp").stat().st_mode) == 0o640
    assert stat.S_IMODE((folder / "7.xmp").stat().st_mode) == 0o640
    list(undo(journal))
    assert stat.S_IMODE((folder / "0.xmp").stat().st_mode) == 0o640


def test_other_programs_see_that_a_sidecar_is_new(card):
    rows, folder, journal = card
    os.utime(folder / "0.xmp", (1, 1))
    list(apply(plan(rows), journal))
    assert (folder / "0.xmp").stat().st_mtime > 1e9


def test_the_journal_is_on_the_disk_before_its_sidecar_changes(card, monkeypatch):
    """At the moment of each replacement the journal holds the former bytes, and was synced."""
    from sim_bench.export import apply as module
    from sim_bench.export.journal_lines import read_lines

    rows, _, journal = card
    synced, seen = [], []
    really = module.replace
    fsync = os.fsync
    monkeypatch.setattr(os, "fsync", lambda number: (synced.append(number), fsync(number))[1])

    def watched(path, data, temporary):
        assert synced
        synced.clear()
        with journal.open("rb") as stream:
            entry = read_lines(stream, journal).entries[-1]
        assert (entry.path, entry.between) == (path, temporary)
        seen.append(path)
        really(path, data, temporary)

    monkeypatch.setattr(module, "replace", watched)
    outcomes = list(apply(plan(rows), journal))
    assert seen == [outcome.path for outcome in outcomes if outcome.status == "done"]


@pytest.mark.parametrize(
    "content", [b"path,verdict\n", b"{}\n", b"\xff\xfe", b'{"sim-bench": 1}', ADOBE.encode()]
)
def test_what_is_no_journal_is_neither_used_nor_changed(card, content):
    rows, folder, journal = card
    journal.parent.mkdir()
    journal.write_bytes(content)
    before = tree(folder)
    with pytest.raises(ExportError, match=r"journal\.jsonl: this is not an undo journal"):
        list(apply(plan(rows), journal))
    with pytest.raises(ExportError, match="this is not an undo journal"):
        list(undo(journal))
    assert journal.read_bytes() == content
    assert tree(folder) == before


def test_a_journal_that_cannot_be_opened_stops_everything_before_it_begins(card):
    rows, folder, journal = card
    before = tree(folder)
    journal.mkdir(parents=True)
    with pytest.raises(ExportError, match="journal cannot be used: Is a directory"):
        list(apply(plan(rows), journal))
    with pytest.raises(ExportError, match="journal cannot be used: No such file"):
        list(undo(journal.with_name("none")))
    assert tree(folder) == before


def test_two_processes_do_not_share_a_journal(card):
    rows, _, journal = card
    outcomes = apply(plan(rows), journal)
    next(outcomes)
    with pytest.raises(ExportError, match="another export or undo is using"):
        list(undo(journal))
    list(outcomes)
    list(undo(journal))


def test_a_damaged_line_costs_its_own_sidecar_only(card):
    rows, folder, journal = card
    before = tree(folder)
    list(apply(plan(rows), journal))
    lines = journal.read_bytes().splitlines(keepends=True)
    lines[1] = b"\0" * 20 + b"\n"
    bad = json.loads(lines[2])
    bad["before"] = "AAAA" + bad["before"][4:]
    lines[2] = json.dumps(bad).encode() + b"\n"
    journal.write_bytes(b"".join(lines))
    outcomes = list(undo(journal))
    assert statuses(outcomes) == {"done": 3, "failed": 2}
    assert "former bytes" in next(o.reason for o in outcomes if o.path.name == "0.jpg.xmp")
    assert outcomes[-1].path == journal
    assert "line 2 is damaged" in outcomes[-1].reason
    after = tree(folder)
    assert {path.name for path in after if after[path] != before.get(path)} == {
        "0.xmp",
        "0.jpg.xmp",
    }


@pytest.mark.parametrize(
    ("key", "value"),
    [("sidecar", "{}/0.jpg"), ("sidecar", "7.xmp"), ("temporary", "../card/0.jpg")],
)
def test_a_forged_line_cannot_name_anything_but_a_sidecar(card, key, value):
    rows, folder, journal = card
    list(apply(plan(rows), journal))
    lines = journal.read_bytes().splitlines(keepends=True)
    forged = json.loads(lines[1])
    forged[key] = value.format(folder)
    journal.write_bytes(b"".join([lines[0], json.dumps(forged).encode() + b"\n"]))
    before = tree(folder)
    assert statuses(undo(journal)) == {"failed": 1}
    assert tree(folder) == before
