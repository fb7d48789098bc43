"""A folder of good, odd and broken files through the whole program, on the embedded model."""

import io

import pandas as pd
import pytest
from typer.testing import CliRunner

from sim_bench.cli.app import app
from sim_bench.cli.console import warnings_as_notes


def score(*inputs):
    methods = ["clip_aesthetic", "sharpness", "contrast", "exposure", "colourfulness", "noise"]
    arguments = [arg for name in methods for arg in ("--method", name)]
    with warnings_as_notes():
        result = CliRunner().invoke(
            app, ["score", *map(str, inputs), "--model", "embedded", *arguments]
        )
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    table = pd.read_csv(io.StringIO(result.stdout), keep_default_na=False).set_index("path")
    return result, table.replace("", float("nan")), methods


@pytest.fixture(scope="module")
def scored(hostile_folder):
    return score(hostile_folder.folder)


def test_every_file_has_a_row_and_the_status_is_3(scored, hostile_folder):
    result, table, _ = scored
    assert result.exit_code == 3
    assert len(table) == 230
    assert "Traceback" not in result.output


def test_broken_files_have_reasons_and_the_rest_have_scores(scored, hostile_folder):
    _, table, methods = scored
    unscored = table[table["status"] == "unscored"]
    assert set(unscored.index) == {str(path) for path in hostile_folder.broken}
    assert unscored["reason"].notna().all()
    numbers = table.loc[table["status"] == "scored", methods].astype(float)
    assert numbers.notna().all(axis=None)


def test_a_good_photo_scores_alike_whatever_lies_beside_it(scored, hostile_folder):
    _, table, methods = scored
    for path in hostile_folder.good[:200:66]:
        _, alone, _ = score(path)
        difference = table.loc[str(path), methods].astype(float) - alone.loc[
            str(path), methods
        ].astype(float)
        assert difference.abs().max() < 1e-5


def test_all_eight_orientations_of_a_photo_score_the_same(scored, hostile_folder):
    _, table, methods = scored
    turned = table.loc[[str(path) for path in hostile_folder.turned], methods].astype(float)
    assert len(turned) == 8
    assert (turned.max() - turned.min()).max() < 1e-3
