"""Tables written row by row: the same rows in every format."""

import json
import math

import pandas as pd
import pytest

from sim_bench.report.table_file import TableFile

COLUMNS = ["path", "status", "reason", "width", "height", "clip"]
ROWS = [
    {"path": "a ü.jpg", "status": "scored", "reason": "", "width": 4, "height": 3, "clip": 0.25},
    {
        "path": "b,c.jpg",
        "status": "unscored",
        "reason": 'said "no"',
        "width": None,
        "height": None,
        "clip": math.nan,
    },
]


def write(path, rows=ROWS):
    with TableFile(path, COLUMNS, numeric=["clip"]) as table:
        for row in rows:
            table.write(row)
    return path


def check(table):
    assert list(table.columns) == COLUMNS
    assert table["path"].tolist() == ["a ü.jpg", "b,c.jpg"]
    assert table["clip"][0] == 0.25
    assert math.isnan(table["clip"][1])
    assert table["reason"][1] == 'said "no"'


def test_csv(tmp_path):
    path = write(tmp_path / "new" / "scores.csv")
    check(pd.read_csv(path))
    assert path.read_text(encoding="utf-8").splitlines()[1] == "a ü.jpg,scored,,4,3,0.25"


def test_parquet(tmp_path):
    table = pd.read_parquet(write(tmp_path / "scores.parquet"))
    check(table)
    assert table["width"].dropna().tolist() == [4]


def test_json_lines(tmp_path):
    lines = write(tmp_path / "scores.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    assert rows[0] == ROWS[0]
    assert rows[1] == ROWS[1] | {"clip": None}


def test_no_path_is_csv_on_stdout(capsys):
    write(None)
    assert capsys.readouterr().out.splitlines()[0] == ",".join(COLUMNS)


@pytest.mark.parametrize("suffix", ["csv", "parquet", "jsonl"])
def test_what_was_written_before_an_interruption_is_kept(tmp_path, suffix):
    path = tmp_path / f"scores.{suffix}"

    def interrupted():
        yield ROWS[0]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write(path, interrupted())
    read = {
        "csv": pd.read_csv,
        "parquet": pd.read_parquet,
        "jsonl": lambda p: pd.read_json(p, lines=True),
    }[suffix]
    assert len(read(path)) == 1


def test_a_table_longer_than_a_parquet_row_group(tmp_path):
    path = write(tmp_path / "many.parquet", ROWS[:1] * 5000)
    assert len(pd.read_parquet(path)) == 5000


def test_another_suffix_is_refused(tmp_path):
    with pytest.raises(ValueError, match="must be one of .csv, .parquet, .jsonl"):
        TableFile(tmp_path / "scores.xlsx", COLUMNS, numeric=["clip"])
