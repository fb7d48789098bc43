"""The YAML of a benchmark: the note's own file, and what is refused."""

from pathlib import Path

import pytest

from sim_bench.benchmark.config import load_config
from sim_bench.errors import ConfigError

NOTE = Path(__file__).parents[2] / "configs" / "quality_benchmark.clip_test.yaml"


def test_the_configuration_of_the_note():
    config = load_config(NOTE)
    assert config.dataset.name == "phototriage"
    assert [method.class_name for method in config.methods] == [
        "SharpnessAssessor",
        "NIMAAssessor",
        "CLIPAestheticAssessor",
    ]
    assert config.methods[2].params == {
        "model_name": "ViT-B-32",
        "pretrained": "laion2b_s34b_b79k",
        "device": "cuda",
        "aggregation_method": "weighted",
    }
    assert config.output.dir == Path("outputs/quality_benchmarks/clip_test")


GOOD = """
dataset: {name: mine, root: photos}
methods: [{name: sharp, class: SharpnessAssessor}]
output: {dir: out}
"""


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("name: mine, ", ""), "dataset.name: Field required"),
        (("{dir: out}", "{dir: out, figure: x}"), "output.figure: Extra inputs"),
        (("class: Sharp", "type: Sharp"), "methods.0.class: Field required.*methods.0.type: Extra"),
        (("}]", "}, {name: sharp, class: NoiseAssessor}]"), "two methods are named 'sharp'"),
        (("[{name: sharp, class: SharpnessAssessor}]", "[]"), "methods: List should have at least"),
        (("dataset:", "data set: ["), "while parsing"),
    ],
)
def test_what_is_refused_names_the_file_and_the_key(tmp_path, change, message):
    path = tmp_path / "config.yaml"
    path.write_text(GOOD.replace(*change))
    with pytest.raises(ConfigError, match=message) as caught:
        load_config(path)
    assert str(path) in str(caught.value)


def test_an_absent_file_is_named(tmp_path):
    with pytest.raises(ConfigError, match="absent.yaml"):
        load_config(tmp_path / "absent.yaml")
