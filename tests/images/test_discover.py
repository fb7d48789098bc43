"""Finding files: what is found, in which order, and what is said about the rest."""

import os
import random
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim_bench.errors import DiscoveryError
from sim_bench.images.discover import Discovery, discover
from sim_bench.images.walk import natural_key, walk


def put(root: Path, *names: str) -> list[Path]:
    """Make empty files, parents included."""
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return [root / name for name in names]


def names(found: Discovery, root: Path) -> list[str]:
    return [path.relative_to(root).as_posix() for path in found.paths]


def test_a_folder_is_searched_to_its_depths(tmp_path: Path) -> None:
    put(tmp_path, "b.JPG", "a.png", "day 1/c.heic", "day 1/noon/d.nef", "Ä ö/写真.webp", "e.avif")
    found = discover([tmp_path])
    assert names(found, tmp_path) == [
        *("a.png", "b.JPG", "day 1/c.heic", "day 1/noon/d.nef", "e.avif", "Ä ö/写真.webp")
    ]
    assert found == Discovery(found.paths)
    assert found.summary() == ""


def test_numbers_sort_by_value(tmp_path: Path) -> None:
    ordered = ["IMG_2.jpg", "img_9.jpg", "IMG_10.jpg", "IMG_10a.jpg", "IMG_100.jpg"]
    put(tmp_path, *random.Random(0).sample(ordered, len(ordered)))
    assert names(discover([tmp_path]), tmp_path) == ordered


def test_the_order_is_not_the_disk_s(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, *(f"{folder}/{name}.jpg" for folder in "cab" for name in ("2", "10", "1")))
    (tmp_path / "0 link").symlink_to(tmp_path / "b")
    expected = discover([tmp_path])
    scan = os.scandir

    class Shuffled:
        def __init__(self, folder: Path) -> None:
            self.entries = list(scan(folder))

        def __enter__(self) -> list[os.DirEntry[str]]:
            return random.Random(len(self.entries)).sample(self.entries, len(self.entries))

        def __exit__(self, *_: object) -> None:
            pass

    monkeypatch.setattr(os, "scandir", Shuffled)
    assert discover([tmp_path]) == expected
    assert len(expected.paths) == 9


@given(st.lists(st.text(st.characters(exclude_characters="/\0"), min_size=1), min_size=2))
def test_natural_order_is_total(parts: list[str]) -> None:
    """Any names can be compared, and only equal ones tie."""
    paths = sorted({Path(part) for part in parts}, key=natural_key)
    keys = [natural_key(path) for path in paths]
    assert all(first < second for first, second in pairwise(keys))


def test_paths_of_different_depth_can_be_compared() -> None:
    paths = [Path("a/b/c.jpg"), Path("a/b.jpg"), Path("a"), Path("1"), Path("a1/b")]
    assert sorted(paths, key=natural_key)[0] == Path("1")


def test_what_is_passed_over_is_counted(tmp_path: Path) -> None:
    put(tmp_path, "a.jpg", "notes.txt", "clip.MP4", "clip.mp4", "README", ".DS_Store", "._a.jpg")
    put(tmp_path, ".git/x.jpg", "@eaDir/a.jpg/thumb.jpg", "__MACOSX/a.jpg", "sub/.thumbnails/t.jpg")
    put(tmp_path, "$RECYCLE.BIN/b.jpg", "lost+found/c.jpg")
    found = discover([tmp_path])
    assert names(found, tmp_path) == ["a.jpg"]
    assert found.skipped == {".mp4": 2, "hidden": 2, ".txt": 1, "no suffix": 1}
    entered = {
        path.relative_to(tmp_path).as_posix(): why for path, why in found.skipped_folders.items()
    }
    assert entered == {
        ".git": "hidden",
        "@eaDir": "a system folder",
        "__MACOSX": "a system folder",
        "$RECYCLE.BIN": "a system folder",
        "lost+found": "a system folder",
        "sub/.thumbnails": "hidden",
    }
    assert "passed over 2 .mp4, 2 hidden, 1 .txt, 1 no suffix" in found.summary()
    assert "2 folder(s) not entered: hidden" in found.summary()


def test_a_hidden_folder_that_is_named_is_read(tmp_path: Path) -> None:
    put(tmp_path, ".cache/a.jpg")
    assert len(discover([tmp_path / ".cache"]).paths) == 1


def test_links_in_a_circle_end(tmp_path: Path) -> None:
    put(tmp_path, "a/b/photo.jpg")
    (tmp_path / "a/b/up").symlink_to(tmp_path)
    (tmp_path / "self").symlink_to(tmp_path / "self")
    found = discover([tmp_path])
    assert names(found, tmp_path) == ["a/b/photo.jpg"]
    assert found.skipped_folders == {tmp_path / "a/b/up": "a link to a folder that is read already"}
    assert found.skipped == {"no suffix": 1}  # `self` leads nowhere


def test_a_link_to_another_place_is_followed_once(tmp_path: Path) -> None:
    put(tmp_path, "elsewhere/photo.jpg", "album/own.jpg")
    for name in ("two", "one"):
        (tmp_path / "album" / name).symlink_to(tmp_path / "elsewhere")
    found = discover([tmp_path / "album"])
    assert names(found, tmp_path) == ["album/one/photo.jpg", "album/own.jpg"]


def test_links_to_files_are_photos_of_their_own(tmp_path: Path) -> None:
    put(tmp_path, "a.jpg")
    (tmp_path / "best.jpg").symlink_to(tmp_path / "a.jpg")
    (tmp_path / "gone.jpg").symlink_to(tmp_path / "nowhere.jpg")
    assert names(discover([tmp_path]), tmp_path) == ["a.jpg", "best.jpg", "gone.jpg"]


def test_an_unreadable_folder_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Simulated, since tests may run as root, whom nothing is forbidden."""
    put(tmp_path, "a.jpg", "locked/b.jpg")
    scan = os.scandir

    def refuse(folder: Path) -> object:
        if Path(folder).name == "locked":
            raise PermissionError(13, "Permission denied")
        return scan(folder)

    monkeypatch.setattr(os, "scandir", refuse)
    found = discover([tmp_path])
    assert names(found, tmp_path) == ["a.jpg"]
    assert found.skipped_folders == {tmp_path / "locked": "cannot be read: Permission denied"}


def test_named_files_are_kept_whatever_they_are(tmp_path: Path) -> None:
    """Missing files and odd suffixes become rows with a reason, not gaps."""
    put(tmp_path, "notes.txt", "photo.jpg")
    given = [
        tmp_path / name for name in ("missing.jpg", "notes.txt", "photo.jpg", "zero\0byte.jpg")
    ]
    assert discover(given).paths == tuple(given)


def test_each_file_once_however_it_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, "album/a.jpg", "album/b.jpg")
    (tmp_path / "link").symlink_to(tmp_path / "album")
    monkeypatch.chdir(tmp_path)
    given = ["album/b.jpg", "album", str(tmp_path / "album/a.jpg"), "album/../album/b.jpg", "link"]
    found = discover(given)
    assert found.paths == (Path("album/b.jpg"), Path("album/a.jpg"))
    assert found.repeated == 5
    assert "5 named more than once" in found.summary()


def test_a_name_that_exists_is_no_glob(tmp_path: Path) -> None:
    put(tmp_path, "IMG [1].jpg", "IMG 1.jpg", "what?.jpg", "set*/a.jpg")
    for name in ("IMG [1].jpg", "what?.jpg"):
        assert names(discover([tmp_path / name]), tmp_path) == [name]
    assert names(discover([tmp_path / "set*"]), tmp_path) == ["set*/a.jpg"]


@pytest.fixture
def album(tmp_path: Path) -> Path:
    put(tmp_path, "a.jpg", "b.jpg", "c.png", "notes.txt", ".hidden.jpg")
    put(tmp_path, "2023/d.jpg", "2023/june/e.jpg", "2024/f.jpg", "2024/@eaDir/f.jpg/t.jpg")
    return tmp_path


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("*.jpg", ["a.jpg", "b.jpg"]),
        ("[ab].*", ["a.jpg", "b.jpg"]),
        ("[!a].jpg", ["b.jpg"]),
        ("?.png", ["c.png"]),
        ("**/*.jpg", ["2023/d.jpg", "2023/june/e.jpg", "2024/f.jpg", "a.jpg", "b.jpg"]),
        ("**", ["2023/d.jpg", "2023/june/e.jpg", "2024/f.jpg", "a.jpg", "b.jpg", "c.png"]),
        ("2023/**", ["2023/d.jpg", "2023/june/e.jpg"]),
        ("**/june/*", ["2023/june/e.jpg"]),
        ("20*/**/[ef].jpg", ["2023/june/e.jpg", "2024/f.jpg"]),
        ("202?", ["2023/d.jpg", "2023/june/e.jpg", "2024/f.jpg"]),
        ("*/d.jpg", ["2023/d.jpg"]),
        ("2024/*/*/*.jpg", None),
        (".*.jpg", [".hidden.jpg"]),
        ("*.tif", None),
        ("**/*.tif", None),
        ("*.txt", None),
        ("nowhere/*.jpg", None),
    ],
)
def test_globs(album: Path, pattern: str, expected: list[str] | None) -> None:
    if expected is None:
        with pytest.raises(DiscoveryError, match="Nothing to score"):
            discover([str(album / pattern)])
    else:
        assert names(discover([str(album / pattern)]), album) == expected


def test_a_relative_glob_gives_relative_paths(album: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(album)
    assert discover(["20*/*.jpg"]).paths == (Path("2023/d.jpg"), Path("2024/f.jpg"))
    assert discover(["."]).paths[0] == Path("2023/d.jpg")


def test_a_glob_counts_what_it_passes_over(album: Path) -> None:
    assert discover([str(album / "*.*")]).skipped == {".txt": 1}


def test_a_deep_glob_does_not_go_in_circles(album: Path) -> None:
    (album / "2023/up").symlink_to(album)
    found = discover([str(album / "**/*.jpg")])
    assert len(found.paths) == 5
    assert found.skipped_folders[album / "2023/up"].startswith("a link")


def test_inputs_keep_their_order_and_empty_ones_are_told(album: Path) -> None:
    (album / "empty").mkdir()
    found = discover([album / "2024", str(album / "*.tiff"), album / "empty", album / "a.jpg"])
    assert names(found, album) == ["2024/f.jpg", "a.jpg"]
    assert found.empty == (str(album / "*.tiff"), str(album / "empty"))
    assert f"no photos in {album / 'empty'}" in found.summary()


def test_home_is_understood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, "photos/a.jpg")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert discover(["~/photos"]).paths == (tmp_path / "photos/a.jpg",)
    assert discover(["~me.jpg"]).paths == (Path("~me.jpg"),)


def test_nothing_found_says_what_was_given_and_what_is_allowed(tmp_path: Path) -> None:
    put(tmp_path, "notes.txt")
    with pytest.raises(DiscoveryError) as caught:
        discover([tmp_path])
    text = str(caught.value)
    assert str(tmp_path) in text
    assert "passed over 1 .txt" in text
    assert "Give photos, folders, globs" in text


def test_no_input_at_all() -> None:
    with pytest.raises(DiscoveryError, match="No input was given. Give photos"):
        discover([])
    with pytest.raises(DiscoveryError, match="An input is empty"):
        discover(["  "])


@pytest.mark.parametrize("given", ["photos", Path("photos")])
def test_one_path_is_not_a_list_of_paths(given: str | Path) -> None:
    with pytest.raises(ValueError, match="must be a list of paths. Got one path: 'photos'"):
        discover(given)


def test_a_folder_that_vanishes_is_told(tmp_path: Path) -> None:
    found = walk(tmp_path / "gone")
    assert found.files == []
    assert found.skipped_folders == {tmp_path / "gone": "cannot be read: No such file or directory"}


def test_an_unreadable_folder_in_a_glob_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Simulated, as above."""
    put(tmp_path, "a/1.jpg", "locked/2.jpg")
    listed = os.listdir

    def refuse(folder: Path) -> list[str]:
        if Path(folder).name == "locked":
            raise PermissionError(13, "Permission denied")
        return listed(folder)

    monkeypatch.setattr(os, "listdir", refuse)
    found = discover([str(tmp_path / "*" / "*.jpg")])
    assert names(found, tmp_path) == ["a/1.jpg"]
    assert found.skipped_folders == {tmp_path / "locked": "cannot be read: Permission denied"}
