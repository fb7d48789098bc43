"""A configured benchmark: what can run does, what cannot says why."""

import pandas as pd
import pytest
from PIL import Image

from sim_bench.benchmark.config import BenchmarkConfig
from sim_bench.benchmark.run import run_benchmark, write_run
from sim_bench.errors import DataMissingError


def config(root, out, *methods):
    return BenchmarkConfig.model_validate(
        {
            "dataset": {"name": "mine", "root": root},
            "methods": [dict(zip(("name", "class", "params"), m, strict=False)) for m in methods],
            "output": {"dir": out},
        }
    )


@pytest.fixture
def photos(tmp_path):
    root = tmp_path / "photos"
    root.mkdir()
    for k in range(4):
        Image.radial_gradient("L").rotate(20 * k).convert("RGB").save(root / f"{k}.png")
    (root / "broken.jpg").touch()
    return root


def test_methods_that_cannot_run_are_reported_and_the_others_run(photos, tmp_path):
    settings = config(
        photos,
        tmp_path / "out",
        ("sharp", "SharpnessAssessor"),
        ("odd", "NoSuchAssessor"),
        ("wrong", "SharpnessAssessor", {"size": 3}),
        ("bad", "CLIPAestheticAssessor", {"aggregation_method": "sum"}),
        ("far", "CLIPAestheticAssessor", {"model_name": str(tmp_path / "absent")}),
    )
    run = run_benchmark(settings)
    assert list(run.failed) == ["odd", "wrong", "bad", "far"]
    assert "No method 'NoSuchAssessor'" in run.failed["odd"]
    assert "no parameter 'size'" in run.failed["wrong"]
    assert "got 'sum'" in run.failed["bad"]
    assert "absent" in run.failed["far"]
    assert run.scores["status"].tolist() == ["scored"] * 4 + ["unscored"]
    write_run(run, settings)
    methods = pd.read_csv(tmp_path / "out" / "methods.csv", keep_default_na=False)
    assert methods["status"].tolist() == ["ran", "failed", "failed", "failed", "failed"]
    assert len(pd.read_csv(tmp_path / "out" / "scores.csv")) == 5


def test_a_missing_folder_says_what_to_set(tmp_path):
    settings = config(tmp_path / "absent", tmp_path, ("sharp", "SharpnessAssessor"))
    with pytest.raises(DataMissingError, match=r"dataset.root: .*absent.*set dataset.root"):
        run_benchmark(settings)
