"""What would change, said before anything does."""

from collections import Counter

import pytest

from sim_bench.errors import UnknownNameError
from sim_bench.export.marks import Mark
from sim_bench.export.plan import plan
from sim_bench.export.rows import Row
from tests.export.samples import ADOBE, photo, sidecar, tree

ALL = ("pick", "reject", "close", "protected", "single", "unscored")


def by_name(changes):
    return {change.path.name: change for change in changes}


def test_a_plan_touches_nothing_and_accounts_for_every_photo(tmp_path):
    rows = [Row(photo(tmp_path / f"{verdict}.jpg"), verdict) for verdict in ALL]
    (tmp_path / "close.xmp").write_text(ADOBE, encoding="utf-8")
    (tmp_path / "reject.xmp").write_text("<broken", encoding="utf-8")
    before = tree(tmp_path)
    changes = plan(rows)
    assert tree(tmp_path) == before
    assert [change.photos for change in changes] == [(row.path,) for row in rows]
    assert Counter(change.action for change in changes) == {
        "create": 1,
        "refuse": 1,
        "edit": 1,
        "leave": 3,
    }
    found = by_name(changes)
    assert found["pick.xmp"].mark == Mark(4, "Green")
    assert found["pick.xmp"].before == (None, None)
    assert found["close.xmp"].mark == Mark(3, "Yellow")
    assert found["close.xmp"].before == ("3", "Blue")
    assert "broken XML" in found["reject.xmp"].note
    assert found["single.xmp"].note == "nothing is written for a photo that is single"


def test_a_sidecar_that_says_so_already_stays(tmp_path):
    (tmp_path / "a.xmp").write_text(sidecar("", ' xmp:Rating="4" xmp:Label="Green"'))
    (change,) = plan([Row(photo(tmp_path / "a.jpg"), "pick")])
    assert change.action == "same"


def test_marks_are_the_users_to_choose(tmp_path):
    rows = [Row(photo(tmp_path / f"{verdict}.jpg"), verdict) for verdict in ALL]
    changes = by_name(plan(rows, marks={"single": Mark(label="Blue"), "pick": Mark(5)}))
    assert {name: str(change.mark) for name, change in changes.items() if change.mark} == {
        "single.xmp": "label Blue",
        "pick.xmp": "rating 5",
    }
    assert {change.action for change in changes.values()} == {"create", "leave"}


@pytest.mark.parametrize(
    ("attributes", "action"),
    [
        (' xmp:Rating="5"', "leave"),
        (' xmp:Rating="-1"', "leave"),
        (' xmp:Label="Blue"', "leave"),
        (' xmp:Rating="0"', "edit"),
        (' xmp:Rating="" xmp:Label=""', "edit"),
        ("", "edit"),
    ],
)
def test_a_persons_own_rating_can_be_kept(tmp_path, attributes, action):
    (tmp_path / "a.xmp").write_text(sidecar("", attributes))
    rows = [Row(photo(tmp_path / "a.jpg"), "pick")]
    assert [change.action for change in plan(rows, keep=True)] == [action]
    assert [change.action for change in plan(rows)] == ["edit"]


def test_two_photos_with_one_sidecar_both_get_it(tmp_path):
    rows = [Row(photo(tmp_path / name), "pick") for name in ("a.jpg", "a.cr2")]
    (change,) = plan(rows, "adobe")
    assert change.photos == (tmp_path / "a.jpg", tmp_path / "a.cr2")
    assert (change.mark, change.note) == (Mark(4, "Green"), "")
    assert len(plan(rows, "darktable")) == 2
    assert len(plan(rows, "both")) == 3


@pytest.mark.parametrize(
    ("verdicts", "mark"),
    [
        (("pick", "reject"), Mark(4, "Green")),
        (("reject", "pick"), Mark(4, "Green")),
        (("reject", "close"), Mark(3, "Yellow")),
        (("reject", "unscored"), Mark(-1, "Red")),
        (("pick", "protected"), Mark(4, "Green")),
        (("reject", "protected"), Mark()),
        (("single", "reject"), Mark()),
    ],
)
def test_where_verdicts_of_one_sidecar_differ_the_better_is_written_and_said(
    tmp_path, verdicts, mark
):
    names = ("a.jpg", "a.cr2")
    rows = [
        Row(photo(tmp_path / name), verdict) for name, verdict in zip(names, verdicts, strict=True)
    ]
    (change,) = plan(rows)
    assert change.mark == mark
    assert change.action == ("create" if mark else "leave")
    assert change.note.startswith(f"'a.jpg' is {verdicts[0]}, 'a.cr2' is {verdicts[1]}: they share")


def test_a_photo_that_is_gone_is_refused_and_the_other_done(tmp_path):
    there, gone = photo(tmp_path / "a.jpg"), tmp_path / "a.cr2"
    changes = plan([Row(there, "reject"), Row(gone, "pick"), Row(tmp_path / "b.jpg", "single")])
    assert [(c.photos, c.action, c.mark.rating) for c in changes] == [
        ((gone,), "refuse", None),
        ((there,), "create", -1),
        ((tmp_path / "b.jpg",), "leave", None),
    ]
    assert changes[0].note == "there is no photo 'a.cr2'"


def test_a_photo_is_never_taken_for_a_sidecar(tmp_path):
    one, two = photo(tmp_path / "a.xmp"), photo(tmp_path / "a.jpg")
    changes = plan([Row(one, "pick"), Row(two, "pick")])
    assert [(change.action, change.note) for change in changes] == [
        ("refuse", "it is one of the photos itself")
    ]


def test_a_link_and_a_folder_are_no_sidecars(tmp_path):
    (tmp_path / "real").write_text(ADOBE, encoding="utf-8")
    (tmp_path / "a.xmp").symlink_to(tmp_path / "real")
    (tmp_path / "b.xmp").symlink_to(tmp_path / "nothing")
    (tmp_path / "c.xmp").mkdir()
    changes = plan([Row(photo(tmp_path / f"{name}.jpg"), "pick") for name in "abc"])
    assert [change.action for change in changes] == ["refuse"] * 3
    assert ["symbolic link" in change.note for change in changes] == [True, True, False]
    assert "a folder" in changes[2].note


def test_odd_names_are_names(tmp_path):
    names = ["-rf.jpg", 'it\'s "so".jpg', "\U0001f4f7\n.jpg", "a b\t.jpg", "b\udcff.jpg"]
    changes = plan([Row(photo(tmp_path / name), "pick") for name in names])
    assert [change.action for change in changes] == ["create"] * 5
    assert [change.path.name for change in changes] == [name[:-4] + ".xmp" for name in names]


def test_names_that_no_system_takes_are_refused(tmp_path):
    rows = [Row(tmp_path / name, "pick") for name in ("a\0.jpg", "\ud800.jpg", "a" * 300)]
    assert [change.action for change in plan(rows)] == ["refuse"] * 3
    longest = photo(tmp_path / ("a" * 251 + ".jpg"))
    (short, long) = plan([Row(longest, "pick")], "both")
    assert (short.action, long.action) == ("create", "refuse")
    assert long.note == "it cannot be read: File name too long"


def test_relative_paths_become_absolute_ones(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = photo(tmp_path / "a.jpg").relative_to(tmp_path)
    (change,) = plan([Row(path, "pick")])
    assert (change.path, change.photos) == (tmp_path / "a.xmp", (tmp_path / "a.jpg",))


def test_what_is_no_style_or_no_verdict_is_refused(tmp_path):
    with pytest.raises(UnknownNameError, match="style of sidecars 'abode'"):
        plan([], "abode")
    with pytest.raises(UnknownNameError, match="verdict 'best'"):
        plan([], marks={"best": Mark(5)})
    assert plan([]) == ()
