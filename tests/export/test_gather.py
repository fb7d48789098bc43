"""Photos gathered in a folder: all there, nothing overwritten, and no original touched."""

import os
import stat
from collections import Counter
from pathlib import Path

import pytest

from sim_bench.export.gather import gather
from sim_bench.export.outcome import ExportError
from sim_bench.export.placement import placements
from sim_bench.export.rows import Row
from tests.export.samples import photo, tree


@pytest.fixture
def card(tmp_path):
    """Two folders in which cameras used the same names."""
    root = tmp_path / "card"
    rows = [
        Row(photo(root / "one" / "IMG_1.JPG"), "pick"),
        Row(photo(root / "one" / "IMG_1.CR2"), "pick"),
        Row(photo(root / "two" / "img_1.jpg"), "pick"),
        Row(photo(root / "two" / "IMG_2.JPG"), "reject"),
        Row(photo(root / "two" / "IMG_3.JPG"), "pick"),
    ]
    for row in rows:
        with row.path.open("ab") as stream:
            stream.write(row.path.parent.name.encode())
    (root / "one" / "IMG_1.xmp").write_text("shared")
    (root / "one" / "IMG_1.CR2.xmp").write_text("raw")
    (root / "two" / "img_1.XMP").write_text("other")
    return rows, root, tmp_path / "picks"


def contents(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(tree(folder))}


@pytest.mark.parametrize("how", ["copy", "link"])
def test_photos_and_sidecars_stay_together_and_names_do_not_clash(card, how):
    rows, root, picks = card
    before = tree(root)
    outcomes = list(gather(rows, picks, how))
    assert Counter(outcome.status for outcome in outcomes) == {"done": 7}
    found = contents(picks)
    assert {name: data for name, data in found.items() if "xmp" in name.lower()} == {
        "IMG_1.xmp": b"shared",
        "IMG_1.CR2.xmp": b"raw",
        "img_1-2.XMP": b"other",
    }
    assert {name: data for name, data in found.items() if "xmp" not in name.lower()} == {
        "IMG_1.JPG": before[root / "one" / "IMG_1.JPG"],
        "IMG_1.CR2": before[root / "one" / "IMG_1.CR2"],
        "img_1-2.jpg": before[root / "two" / "img_1.jpg"],
        "IMG_3.JPG": before[root / "two" / "IMG_3.JPG"],
    }
    assert tree(root) == before
    linked = (picks / "IMG_1.JPG").samefile(root / "one" / "IMG_1.JPG")
    assert linked == (how == "link")
    assert not (picks / "IMG_1.xmp").samefile(root / "one" / "IMG_1.xmp")

    again = list(gather(rows, picks, how))
    assert Counter(outcome.status for outcome in again) == {"unchanged": 7}
    assert [outcome.path for outcome in again] == [outcome.path for outcome in outcomes]
    assert contents(picks) == found


def test_sub_folders_keep_names_apart(card):
    rows, root, picks = card
    assert {outcome.status for outcome in gather(rows, picks, layout="tree")} == {"done"}
    assert set(contents(picks)) == {
        "one/IMG_1.JPG",
        "one/IMG_1.CR2",
        "one/IMG_1.xmp",
        "one/IMG_1.CR2.xmp",
        "two/img_1.jpg",
        "two/img_1.XMP",
        "two/IMG_3.JPG",
    }
    assert {outcome.status for outcome in gather(rows, picks, layout="tree")} == {"unchanged"}
    wider = picks / "wider"
    list(gather(rows, wider, layout="tree", root=root.parent))
    assert (wider / "card" / "one" / "IMG_1.JPG").is_file()
    with pytest.raises(ValueError, match="is not below root"):
        list(gather(rows, picks, layout="tree", root=root / "one"))


def test_which_verdicts_is_the_users_to_choose(card):
    rows, _, picks = card
    assert [o.path.name for o in gather(rows, picks, verdicts={"reject"})] == ["IMG_2.JPG"]
    assert list(gather(rows, picks, verdicts=())) == []


def test_where_a_photo_goes_can_be_asked_first(card):
    rows, _, picks = card
    found = list(placements(rows, picks))
    assert {placement.state for placement in found} == {"absent"}
    assert not picks.exists()
    assert [p.target for p in found] == [outcome.path for outcome in gather(rows, picks)]
    assert {placement.state for placement in placements(rows, picks)} == {"same"}


def test_nothing_that_is_there_is_overwritten(card):
    rows, _, picks = card
    mine = {"IMG_1.JPG": b"mine", "IMG_3.xmp": b"mine too", "img_1-2.XMP": b"rated since"}
    picks.mkdir()
    for name, data in mine.items():
        (picks / name).write_bytes(data)
    outcomes = {outcome.path.name: outcome for outcome in gather(rows, picks)}
    found = contents(picks)
    assert {name: found[name] for name in mine} == mine
    assert set(outcomes) == {
        *("IMG_1-3.JPG", "IMG_1-3.CR2", "IMG_1-3.xmp", "IMG_1-3.CR2.xmp"),
        *("img_1-4.jpg", "img_1-4.XMP", "IMG_3-2.JPG"),
    }
    assert {outcome.status for outcome in outcomes.values()} == {"done"}
    (picks / "IMG_1-3.xmp").write_bytes(b"rated since")
    outcomes = {outcome.path.name: outcome for outcome in gather(rows, picks)}
    assert (outcomes["IMG_1-3.xmp"].status, outcomes["IMG_1-3.xmp"].reason) == (
        "failed",
        "another sidecar is there, which is not overwritten",
    )
    assert Counter(outcome.status for outcome in outcomes.values()) == {"unchanged": 6, "failed": 1}
    assert (picks / "IMG_1-3.xmp").read_bytes() == b"rated since"


def test_a_link_or_a_folder_of_that_name_is_in_the_way_and_stays(card, tmp_path):
    rows, _, picks = card
    (picks / "IMG_1.JPG").mkdir(parents=True)
    (picks / "IMG_3.JPG").symlink_to(tmp_path / "nothing")
    names = {outcome.path.name for outcome in gather(rows, picks)}
    assert {"IMG_1-2.JPG", "IMG_3-2.JPG"} <= names
    assert not (tmp_path / "nothing").exists()
    assert (picks / "IMG_1.JPG").is_dir()


def test_gathering_into_their_own_folder_changes_nothing(card):
    rows, root, _ = card
    before = tree(root)
    own = [row for row in rows if row.path.parent.name == "one"]
    assert {outcome.status for outcome in gather(own, root / "one")} == {"unchanged"}
    assert tree(root) == before


def test_a_photo_that_cannot_be_read_is_told_and_the_rest_is_done(card):
    rows, root, picks = card
    (root / "one" / "IMG_1.JPG").unlink()
    (root / "two" / "IMG_3.JPG").unlink()
    (root / "two" / "IMG_3.JPG").mkdir()
    outcomes = {outcome.path.name: outcome for outcome in gather(rows, picks)}
    assert outcomes["IMG_1.JPG"].reason == "it cannot be read: No such file or directory"
    assert outcomes["IMG_3.JPG"].reason == "it cannot be read: 'IMG_3.JPG' is no file"
    assert {name for name, outcome in outcomes.items() if outcome.status == "done"} == {
        "IMG_1.CR2",
        "IMG_1.CR2.xmp",
        "img_1-2.jpg",
        "img_1-2.XMP",
    } | ({"IMG_1.xmp"} if outcomes["IMG_1.xmp"].status == "done" else set())
    assert set(contents(picks)) == {n for n, o in outcomes.items() if o.status == "done"}


def test_a_link_to_a_photo_is_gathered_as_the_photo(tmp_path):
    real = photo(tmp_path / "real" / "x.jpg")
    (tmp_path / "a.jpg").symlink_to(real)
    for how in ("copy", "link"):
        (outcome,) = gather([Row(tmp_path / "a.jpg", "pick")], tmp_path / how, how)
        assert outcome.status == "done"
        assert not outcome.path.is_symlink()
        assert outcome.path.read_bytes() == real.read_bytes()
    assert (tmp_path / "link" / "a.jpg").samefile(real)


@pytest.mark.skipif(os.name == "nt", reason="modes are of POSIX")
def test_a_copy_keeps_time_and_mode(tmp_path):
    one = photo(tmp_path / "a.jpg")
    one.chmod(0o444)
    os.utime(one, ns=(10**18, 10**18))
    (outcome,) = gather([Row(one, "pick")], tmp_path / "picks")
    assert outcome.path.stat().st_mtime_ns == 10**18
    assert stat.S_IMODE(outcome.path.stat().st_mode) == 0o444


def test_another_disk_takes_no_hard_links(tmp_path):
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK) or memory.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("there is no second disk to link to")
    target = memory / f"sim-bench-{os.getpid()}"
    try:
        (outcome,) = gather([Row(photo(tmp_path / "a.jpg"), "pick")], target, "link")
    finally:
        target.rmdir()
    assert outcome.reason == "a hard link cannot lead to another disk; copy instead"


def test_a_disk_without_hard_links_gets_copies_all_the_same(card, monkeypatch):
    rows, _, picks = card

    def no_links(*_):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("sim_bench.export.gather.os.link", no_links)
    assert {outcome.status for outcome in gather(rows, picks)} == {"done"}
    assert len(contents(picks)) == 7
    found = list(gather(rows, picks.with_name("links"), "link"))
    assert found[0].reason == (
        "hard links are not possible here (Operation not permitted); copy instead"
    )


def test_what_got_the_name_meanwhile_is_not_overwritten(card, monkeypatch):
    rows, _, picks = card
    from sim_bench.export import gather as module

    copy = module.shutil.copystat

    def somebody_is_faster(source, growing):
        (growing.parent / source.name).write_bytes(b"mine")
        copy(source, growing)

    monkeypatch.setattr(module.shutil, "copystat", somebody_is_faster)
    for link in (os.link, None):
        if link is None:
            monkeypatch.setattr(module.os, "link", lambda *_: (_ for _ in ()).throw(OSError(1, "")))
        (outcome,) = gather(rows[4:], picks)
        assert outcome.reason == "something else got that name meanwhile, and is not overwritten"
        assert contents(picks) == {"IMG_3.JPG": b"mine"}
        (picks / "IMG_3.JPG").unlink()


def test_a_photo_that_changes_while_it_is_copied_is_not_taken(card, monkeypatch):
    rows, _, picks = card
    from sim_bench.export import gather as module

    def grows(reading, writing, _):
        writing.write(reading.read())
        with rows[4].path.open("ab") as stream:
            stream.write(b"more")

    monkeypatch.setattr(module.shutil, "copyfileobj", grows)
    (outcome,) = gather(rows[4:], picks)
    assert outcome.reason == "it changed while it was copied; try again"
    assert contents(picks) == {}


def test_odd_names_are_copied_as_they_are(tmp_path):
    names = ["-rf.jpg", 'it\'s "so".jpg', "\U0001f4f7\n.jpg", "b\udcff.jpg", "scan", ".jpg"]
    rows = [Row(photo(tmp_path / "card" / name), "pick") for name in names]
    assert [o.path.name for o in gather(rows, tmp_path / "picks")] == names
    assert sorted(contents(tmp_path / "picks")) == sorted(names)


def test_a_folder_that_cannot_be_made_or_is_busy_is_an_error(card, tmp_path):
    rows, _, picks = card
    (tmp_path / "file").touch()
    with pytest.raises(ExportError, match="file: the folder cannot be made: File exists"):
        list(gather(rows, tmp_path / "file"))
    with pytest.raises(ValueError, match="how must be 'copy' or 'link'. Got 'move'"):
        list(gather(rows, picks, "move"))
    first = gather(rows, picks)
    next(first)
    with pytest.raises(ExportError, match="gathered here already"):
        list(gather(rows, picks))
    first.close()
    assert {outcome.status for outcome in gather(rows, picks)} == {"done", "unchanged"}
