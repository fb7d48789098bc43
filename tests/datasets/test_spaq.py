"""SPAQ on a miniature of its spreadsheet."""

import builtins

import pytest

from sim_bench.datasets.spaq import SPAQ
from sim_bench.errors import DatasetError, MissingDependencyError

HEADER = ["Image name", "MOS", "Brightness", "Colorfulness", "Contrast", "Noisiness", "Sharpness"]
NAME = "MOS and Image attribute scores.xlsx"


@pytest.fixture
def write(tmp_path):
    openpyxl = pytest.importorskip("openpyxl")

    def to_sheet(rows, header=HEADER):
        book = openpyxl.Workbook()
        for row in [header, *rows]:
            book.active.append(row)
        book.create_sheet("another")
        (tmp_path / "Annotations").mkdir(exist_ok=True)
        book.save(tmp_path / "Annotations" / NAME)
        return tmp_path

    return to_sheet


def rows(count):
    return [[f"{k:05d}.jpg", 10.5 * k, 10 * k, 50, 50, 50, 100 - k] for k in range(count)]


def test_means_are_read_as_published(write):
    found = SPAQ(write(rows(3))).read()
    assert list(found.table["image"]) == ["00000.jpg", "00001.jpg", "00002.jpg"]
    assert list(found.table["mean"]) == [0, 10.5, 21]
    assert found.table["spread"].isna().all()
    assert found.table["n"].isna().all()
    assert found.photos.name == "TestImage"


def test_attributes_become_thirds_with_equal_scores_together(write):
    found = SPAQ(write(rows(6))).read()
    assert found.attributes == (
        "brightness",
        "colourfulness",
        "contrast",
        "noisiness",
        "sharpness",
    )
    assert list(found.table["brightness"]) == ["low", "low", "middle", "middle", "high", "high"]
    assert list(found.table["sharpness"]) == ["high", "high", "middle", "middle", "low", "low"]
    assert set(found.table["contrast"]) == {"low"}


def test_empty_rows_are_none(write):
    assert len(SPAQ(write([*rows(2), [None] * 7])).read().table) == 2


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (["a.jpg", None, 1, 1, 1, 1, 1], "line 2: MOS is ''; a number from 0 to 100"),
        (["a.jpg", 101, 1, 1, 1, 1, 1], "line 2: MOS is '101'; a number from 0 to 100"),
        ([None, 1, 1, 1, 1, 1, 1], "line 2: no Image name"),
    ],
)
def test_a_row_that_cannot_be_is_refused(write, row, message):
    with pytest.raises(DatasetError, match=message):
        SPAQ(write([row])).read()


def test_another_sheet_is_refused(write):
    header = ["Image name", "Animal", *HEADER[2:]]
    with pytest.raises(DatasetError, match="no column 'MOS'; its columns are Image name, Animal"):
        SPAQ(write(rows(1), header)).read()


def test_what_is_no_spreadsheet_is_refused(write):
    root = write(rows(1))
    (root / "Annotations" / NAME).write_text("<html>")
    with pytest.raises(DatasetError, match="cannot be read as a spreadsheet"):
        SPAQ(root).read()


def test_without_openpyxl_the_install_line_is_named(write, monkeypatch):
    root, real = write(rows(1)), builtins.__import__

    def without(name, *arguments, **options):
        if name.startswith("openpyxl"):
            raise ImportError(name)
        return real(name, *arguments, **options)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MissingDependencyError, match=r"pip install 'sim-bench\[excel\]'"):
        SPAQ(root).read()
