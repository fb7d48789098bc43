"""`sim-bench compare`."""

import pandas as pd
import pytest

from sim_bench.benchmark.run import run_benchmark
from sim_bench.report.run_folder import write_run
from tests.benchmark.small import OPINIONS, config, recorded, write


@pytest.fixture
def folders(tmp_path):
    root = write(tmp_path / "small")
    for name, method in (("before", "sharp"), ("after", "sharp"), ("other", "another")):
        settings = config(root, tmp_path / name, OPINIONS, methods=[recorded(method)])
        write_run(run_benchmark(settings), title=name)
    return tmp_path


def test_two_runs_are_laid_out_and_written(run, folders):
    file = folders / "tables" / "comparison.csv"
    result = run("compare", folders / "before", folders / "after", "--output", file)
    assert result.exit_code == 0
    assert "before / after: first less second" in result.stdout
    table = pd.read_csv(file)
    assert table["measure"].tolist() == ["srcc", "accuracy"]
    assert table["difference"].tolist() == [0.0, 0.0]
    assert table["n"].tolist()[0] == 24


def test_runs_of_one_name_are_numbered(run, folders):
    result = run("compare", folders / "before", folders / "before")
    assert "before [1] / before [2]" in result.stdout


def test_one_run_is_wrong_usage(run, folders):
    result = run("compare", folders / "before")
    assert result.exit_code == 2
    assert "two run folders or more" in result.output


def test_nothing_in_common_is_a_failure_in_words(run, folders):
    result = run("compare", folders / "before", folders / "other")
    assert result.exit_code == 1
    assert "the runs share no method on the same data set" in result.output
