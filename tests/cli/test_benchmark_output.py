"""Folders of results that cannot be written into."""

import numpy as np
import pytest
from PIL import Image

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


def test_a_sample_and_photos_without_a_score_are_told(run, config, tmp_path):
    rows = "".join(f"{name}.png,{k}\n" for k, name in enumerate("abcdefg"))
    (tmp_path / "labels.csv").write_text(f"image,mean\n{rows}", encoding="utf-8")
    for k in range(7):
        pixels = np.random.default_rng(k).integers(0, 30 * k + 20, (24, 32, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(tmp_path / f"{'abcdefg'[k]}.png")
    (tmp_path / "g.png").unlink()
    (tmp_path / "list.csv").write_text("photo\na.png\nb.png\nc.png\ng.png\nd.png\n")
    drawn = config.with_name("drawn.yaml")
    sample = "sample: {of: images, listed_in: {file: list.csv, column: photo}}"
    drawn.write_text(config.read_text().replace("score_table,", f"score_table, {sample},"))
    result = run("benchmark", drawn)
    assert result.exit_code == 3
    assert "mine: a table of scores, the images listed in list.csv\n" in result.stdout
    assert "4 scored by every method that ran, 1 not\nnot scored: 1 (does not exist)\n" in (
        result.stdout
    )
    page = (tmp_path / "results" / "report.html").read_text(encoding="utf-8")
    assert "1 (does not exist)" in page
    alike = run("compare", tmp_path / "results", tmp_path / "results")
    assert "1 items do not count: not scored in both runs" in alike.stdout
    assert "None" not in alike.stdout
