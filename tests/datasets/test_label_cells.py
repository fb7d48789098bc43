"""Columns of official label files: what is refused, and that the line is named."""

import numpy as np
import pandas as pd
import pytest

from sim_bench.datasets.label_cells import LabelCells, opinions_table, read_cells
from sim_bench.errors import DatasetError


@pytest.fixture
def write(tmp_path):
    def to_file(text):
        path = tmp_path / "labels.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return to_file


def test_cells_are_stripped_and_know_their_line(write):
    cells = read_cells(write("\ufeffname , score,\n\na.jpg, 1 ,\nb.jpg,2,\n"), ["name", "score"])
    assert cells.names("name") == ["a.jpg", "b.jpg"]
    assert list(cells.numbers("score")) == [1.0, 2.0]
    assert list(cells.lines) == [3, 4]
    assert set(cells.cells) == {"name", "score"}  # the blank trailing column is none


def test_a_file_without_a_header_is_split_at_spaces(write):
    cells = read_cells(write("1  a\r\n2\tb\r\n"), ["n", "name"], separator=" ", header=False)
    assert cells.names("name") == ["a", "b"]
    assert list(cells.numbers("n", whole=True)) == [1.0, 2.0]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no column 'name'; its columns are none"),
        ("Name,score\na,1\n", "no column 'name'; its columns are Name, score"),
        ("name,score\n", "no row of labels"),
        ("name,score\na,1\nb\n", "line 3: 1 cells where 2 are expected"),
        ("name,score\na,1,2\n", "line 2: 3 cells where 2 are expected"),
        ('name,score\n"a,1\n', "line 2: unexpected end of data"),
    ],
)
def test_a_file_of_another_form_is_refused(write, text, message):
    with pytest.raises(DatasetError, match=message) as error:
        read_cells(write(text), ["name", "score"])
    assert "labels.csv" in str(error.value)


def test_a_file_that_is_no_text_is_refused(tmp_path):
    (tmp_path / "labels.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DatasetError, match=r"labels\.csv cannot be read"):
        read_cells(tmp_path / "labels.csv", ["name"])


@pytest.mark.parametrize("cell", ["", "nan", "inf", "six", "0.5", "11"])
def test_what_is_no_number_of_its_range_is_refused(tmp_path, cell):
    cells = LabelCells(tmp_path / "x.csv", [2, 5], {"mean": ["3", cell]})
    with pytest.raises(DatasetError, match=rf"line 5: mean is '{cell}'; a number from 1 to 10"):
        cells.numbers("mean", 1, 10)


def test_a_fraction_is_no_count(tmp_path):
    cells = LabelCells(tmp_path / "x.csv", [2], {"n": ["2.5"]})
    with pytest.raises(DatasetError, match="line 2: n is '2.5'; a whole number is expected"):
        cells.numbers("n", whole=True)


def test_infinity_is_no_number_even_without_limits(tmp_path):
    with pytest.raises(DatasetError, match="line 2: mean is 'inf'; a number is expected"):
        LabelCells(tmp_path / "x.csv", [2], {"mean": ["inf"]}).numbers("mean")


def test_a_name_must_be_there_and_only_once(tmp_path):
    with pytest.raises(DatasetError, match=r"line 7: image 'a' is in line 2 already"):
        LabelCells(tmp_path, [2, 7], {"image": ["a", "a"]}).names("image")
    with pytest.raises(DatasetError, match="line 2: no image"):
        LabelCells(tmp_path, [2], {"image": [""]}).names("image")


def test_what_is_not_known_of_opinions_is_missing_and_not_zero():
    table = opinions_table(["a", "b"], np.array([1.0, 2.0]))
    assert table["spread"].isna().all()
    assert table["n"].isna().all()
    assert table["n"].dtype == pd.Int64Dtype()
    assert list(table["group"]) == ["a", "b"]
