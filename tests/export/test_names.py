from pathlib import Path

import pytest

from sim_bench.errors import UnknownNameError
from sim_bench.export.names import check_style, habits, sidecar, sidecars
from tests.export.samples import photo


@pytest.mark.parametrize(
    ("name", "adobe", "darktable"),
    [
        ("IMG_1.JPG", "IMG_1.xmp", "IMG_1.JPG.xmp"),
        ("a.b.cr2", "a.b.xmp", "a.b.cr2.xmp"),
        ("scan", "scan.xmp", "scan.xmp"),
        (".jpg", ".jpg.xmp", ".jpg.xmp"),
        ("dot.", "dot..xmp", "dot..xmp"),
        ("-r\n'\"\U0001f600.jpg", "-r\n'\"\U0001f600.xmp", "-r\n'\"\U0001f600.jpg.xmp"),
    ],
)
def test_a_sidecar_is_named_after_its_photo(name, adobe, darktable):
    path = Path("/nowhere") / name
    assert sidecar(path, "adobe") == Path("/nowhere") / adobe
    assert sidecar(path, "darktable") == Path("/nowhere") / darktable
    assert sidecars(path, "both") == tuple(
        dict.fromkeys([Path("/nowhere") / adobe, Path("/nowhere") / darktable])
    )


def test_a_sidecar_in_capitals_is_the_sidecar(tmp_path):
    one = photo(tmp_path / "a.jpg")
    (tmp_path / "a.XMP").touch()
    assert sidecar(one, "adobe").samefile(tmp_path / "a.XMP")
    assert sidecar(one, "darktable") == tmp_path / "a.jpg.xmp"


def test_follow_takes_what_a_photo_has():
    photos = Path("/nowhere/a.jpg")
    assert sidecars(photos, "follow") == (Path("/nowhere/a.xmp"),)
    assert sidecars(photos, "follow", "darktable") == (Path("/nowhere/a.jpg.xmp"),)


def test_follow_takes_both_where_both_are_there(tmp_path):
    one, two = photo(tmp_path / "a.jpg"), photo(tmp_path / "b.jpg")
    for name in ("a.xmp", "a.jpg.xmp", "b.jpg.xmp"):
        (tmp_path / name).touch()
    assert sidecars(one, "follow") == (tmp_path / "a.xmp", tmp_path / "a.jpg.xmp")
    assert sidecars(two, "follow") == (tmp_path / "b.jpg.xmp",)
    assert sidecars(two, "adobe") == (tmp_path / "b.xmp",)


def test_a_folder_has_the_habit_of_its_photos(tmp_path):
    photos = [photo(tmp_path / name) for name in ("x/a.jpg", "x/b.jpg", "y/a.jpg", "z/a.jpg")]
    for name in ("x/a.jpg.xmp", "y/a.jpg.xmp", "y/a.xmp", "z/unrelated.jpg.xmp"):
        (tmp_path / name).touch()
    assert habits(photos) == {
        tmp_path / "x": "darktable",
        tmp_path / "y": "adobe",
        tmp_path / "z": "adobe",
    }


def test_what_is_no_style_is_refused():
    check_style("both")
    with pytest.raises(UnknownNameError, match="Did you mean 'darktable'"):
        check_style("darktabel")
