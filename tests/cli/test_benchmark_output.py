"""Folders of results that cannot be written into."""

import pytest

from sim_bench.errors import ConfigError

CONFIG = """
dataset: {{name: mine, reader: score_table, root: {root}}}
methods: [{{name: sharpness, class: SharpnessAssessor}}]
output: {{dir: {root}/results}}
"""


def finish(result):
    """Raise what the command raised; `sim-bench` prints that in one line."""
    if result.exception is not None:
        raise result.exception


@pytest.fixture
def config(tmp_path):
    (tmp_path / "labels.csv").write_text("image,mean\na.png,1\n", encoding="utf-8")
    path = tmp_path / "mine.yaml"
    path.write_text(CONFIG.format(root=tmp_path), encoding="utf-8")
    return path


@pytest.mark.parametrize("below", ["", "deeper"])
def test_a_file_in_place_of_the_folder_is_refused_in_words(run, config, tmp_path, below):
    (tmp_path / "taken").write_text("a letter", encoding="utf-8")
    with pytest.raises(ConfigError, match="results cannot be written there .*by --output"):
        finish(run("benchmark", config, "--output", tmp_path / "taken" / below))
    assert (tmp_path / "taken").read_text(encoding="utf-8") == "a letter"


def test_a_folder_in_place_of_the_log_is_refused_in_words(run, config, tmp_path):
    (tmp_path / "results" / "benchmark.log").mkdir(parents=True)
    with pytest.raises(ConfigError, match="results cannot be written there"):
        finish(run("benchmark", config))
