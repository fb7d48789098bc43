"""Paths from a column of a table."""

import sys
from pathlib import Path

import pytest

from sim_bench.errors import DiscoveryError, MissingDependencyError
from sim_bench.images.discover import discover
from sim_bench.images.tables import paths_in_table


def table(folder: Path, text: str, name: str = "photos.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "header", ["path", "Image", "FILE", "Image Name", "file-name", " filename "]
)
def test_the_column_is_found_by_its_name(tmp_path: Path, header: str) -> None:
    path = table(tmp_path, f"id,{header},score\n1,b.jpg,0.3\n2,a.jpg,0.4\n")
    assert paths_in_table(path) == [tmp_path / "b.jpg", tmp_path / "a.jpg"]


def test_the_mark_that_excel_puts_first_is_no_part_of_a_name(tmp_path: Path) -> None:
    path = table(tmp_path, "\ufeffpath;n\na.jpg;1\n")
    assert discover([f"{path}::path"]).paths == (tmp_path / "a.jpg",)


def test_path_goes_before_image(tmp_path: Path) -> None:
    path = table(tmp_path, "image,path\nx,a.jpg\n")
    assert paths_in_table(path) == [tmp_path / "a.jpg"]


@pytest.mark.parametrize(
    ("name", "sign"), [("t.csv", ","), ("t.csv", ";"), ("t.csv", "\t"), ("t.TSV", "\t")]
)
def test_separators(tmp_path: Path, name: str, sign: str) -> None:
    path = table(tmp_path, f'n{sign}path\r\n1{sign}"a{sign} b ö.jpg"\r\n\r\n2{sign}c.jpg\r\n', name)
    assert paths_in_table(path) == [tmp_path / f"a{sign} b ö.jpg", tmp_path / "c.jpg"]


def test_relative_to_the_table_absolute_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "lists").mkdir()
    path = table(tmp_path / "lists", "path\n../a.jpg\n/photos/b.jpg\n")
    assert paths_in_table(path) == [tmp_path / "lists/../a.jpg", Path("/photos/b.jpg")]


def test_discover_takes_a_table_in_its_order(tmp_path: Path) -> None:
    """Rows stay rows: missing files too, and a bracket is no glob."""
    path = table(tmp_path, "path\nz.jpg\na[1].jpg\nz.jpg\nmissing.txt\n")
    found = discover([path])
    assert [photo.name for photo in found.paths] == ["z.jpg", "a[1].jpg", "missing.txt"]
    assert found.repeated == 1


def test_a_column_may_be_named(tmp_path: Path) -> None:
    path = table(tmp_path, "path,thumb\na.jpg,a_small.jpg\n")
    assert discover([f"{path}::thumb"]).paths == (tmp_path / "a_small.jpg",)
    assert discover([f"{path}::THUMB"]).paths == (tmp_path / "a_small.jpg",)


@pytest.mark.parametrize(
    ("text", "column", "words"),
    [
        (
            "path,n\na.jpg,1\n,2\n  ,3\n",
            None,
            r"Row 3 of .*photos\.csv names no photo \(2 such rows of 3",
        ),
        ("n,path\n1,a.jpg\n2\n", None, "Row 3 of"),
        ("a,b\n1,2\n", None, r"no column of paths .* Columns: a, b\. Say which, as in .*::COLUMN"),
        ("", None, "Columns: none"),
        ("path,thumb\na,b\n", "thum", "has no column 'thum'. Did you mean 'thumb'"),
        ("path,path\na,b\n", None, "has 2 columns 'path'"),
        ('path\n"a.jpg\n', None, "cannot be read: unexpected end of data"),
    ],
)
def test_tables_that_cannot_be_used(
    tmp_path: Path, text: str, column: str | None, words: str
) -> None:
    with pytest.raises(DiscoveryError, match=words):
        paths_in_table(table(tmp_path, text), column)


def test_a_table_in_another_encoding(tmp_path: Path) -> None:
    path = tmp_path / "photos.csv"
    path.write_bytes("path\nGröße.jpg\n".encode("latin-1"))
    with pytest.raises(DiscoveryError, match="cannot be read: 'utf-8' codec"):
        discover([path])


def test_a_missing_table(tmp_path: Path) -> None:
    for given in ("no.csv", "no.parquet", "no.csv::path"):
        with pytest.raises(DiscoveryError, match="The table .* does not exist"):
            discover([str(tmp_path / given)])


def test_a_column_of_something_that_is_no_table(tmp_path: Path) -> None:
    with pytest.raises(DiscoveryError, match=r"must be one of \.csv, \.parquet, \.tsv"):
        discover([str(tmp_path / "photos.xlsx::path")])


def test_a_table_without_rows_names_nothing(tmp_path: Path) -> None:
    with pytest.raises(DiscoveryError, match="Nothing to score"):
        discover([table(tmp_path, "path\n")])


def parquet(target: Path, **columns: list[object]) -> Path:
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet as files

    files.write_table(pyarrow.table(columns), target)
    return target


def test_parquet(tmp_path: Path) -> None:
    path = parquet(tmp_path / "t.parquet", n=[1, 2], image=["b.jpg", "ä/a.jpg"], thumb=["x", "y"])
    assert discover([path]).paths == (tmp_path / "b.jpg", tmp_path / "ä/a.jpg")
    assert discover([f"{path}::thumb"]).paths == (tmp_path / "x", tmp_path / "y")


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        (["a.jpg", None, "b.jpg"], r"Row 2 of .* names no photo \(1 such rows of 3\)"),
        ([0, 2], "Column 'path' of .* holds int, not paths"),
    ],
)
def test_parquet_that_cannot_be_used(tmp_path: Path, cells: list[object], words: str) -> None:
    with pytest.raises(DiscoveryError, match=words):
        discover([parquet(tmp_path / "t.parquet", path=cells)])


def test_parquet_that_is_none(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    path = table(tmp_path, "path\na.jpg\n", "photos.parquet")
    with pytest.raises(DiscoveryError, match="cannot be read"):
        discover([path])


def test_parquet_without_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    path = table(tmp_path, "", "photos.parquet")
    with pytest.raises(MissingDependencyError, match=r"pip install 'sim-bench\[parquet\]'"):
        discover([path])
