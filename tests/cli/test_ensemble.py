"""`sim-bench ensemble` makes a method of what a benchmark learned."""

from pathlib import Path

import numpy as np
import pytest
import yaml
from PIL import Image

from tests.quality_assessment.samples import scene

SERIES = 24


@pytest.fixture
def finished(run, scratch):
    """A run over series of three photos, each paler than the one before and liked less."""
    folder = Path("photos")
    folder.mkdir()
    rows = ["image,mean,group"]
    for k in range(3 * SERIES):
        sharp = scene(60, 80, k // 3).astype(np.float64)
        faded = 128 + (sharp - 128) * (1.0, 0.7, 0.4)[k % 3]
        Image.fromarray(faded.astype(np.uint8)).save(folder / f"{k}.png")
        rows.append(f"{k}.png,{3 - k % 3 + 0.01 * (k % 7)},{k // 3}")
    (folder / "labels.csv").write_text("\n".join(rows))
    params = {"labels": "labels.csv", "image": "image", "mean": "mean", "group": "group"}
    dataset = {"name": "mine", "reader": "score_table", "root": "photos", "params": params}
    methods = [{"name": name, "class": name} for name in ("sharpness", "contrast", "noise")]
    config = {"datasets": [dataset], "methods": methods, "output": {"dir": "out"}}
    Path("config.yaml").write_text(yaml.safe_dump(config))
    assert run("benchmark", "config.yaml").exit_code == 0
    return Path("out")


def test_what_was_learned_scores_photos(run, finished):
    made = run("ensemble", finished)
    assert made.exit_code == 0
    assert "Learned from opinions on mine by the run out" in made.stdout
    assert (finished / "ensemble.yaml").is_file()
    scored = run("score", "photos", "--method", f"learned=ensemble:file={finished}/ensemble.yaml")
    assert scored.exit_code == 0
    rows = [line.split(",") for line in scored.stdout.splitlines()]
    assert rows[0][-1] == "learned"
    scores = {Path(row[0]).stem: float(row[-1]) for row in rows[1:]}
    best = [max(range(3), key=lambda k: scores[f"{3 * one + k}"]) for one in range(SERIES)]
    assert best.count(0) >= 0.9 * SERIES


def test_what_is_no_finished_run_is_refused(run, scratch):
    from sim_bench.errors import DataMissingError

    Path("empty").mkdir()
    result = run("ensemble", "empty")
    assert result.exit_code == 1
    assert isinstance(result.exception, DataMissingError)


def test_a_file_that_cannot_be_written_is_wrong_usage(run, finished):
    result = run("ensemble", finished, "--output", "absent/ensemble.yaml")
    assert result.exit_code == 2
    assert "absent/ensemble.yaml" in result.output
