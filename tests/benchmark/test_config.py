"""The YAML of a benchmark: the note's own file, what is filled in, and what is refused."""

import functools
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest
import yaml
from pydantic import BaseModel

from sim_bench.benchmark.config import BenchmarkConfig, load_config
from sim_bench.benchmark.config_params import made, parameter_problems
from sim_bench.benchmark.config_places import Problem
from sim_bench.errors import ConfigError, DeviceError
from sim_bench.registry import DATASETS, dataset_class, method_class

CONFIGS = Path(__file__).parents[2] / "configs"
NOTE = CONFIGS / "quality_benchmark.clip_test.yaml"
RULES_AND_CLIP = (
    *("clip_aesthetic", "sharpness", "tenengrad", "contrast", "exposure"),
    *("colourfulness", "noise", "composite"),
)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """The current folder, with labels and scores below `photos`."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SIM_BENCH_DATA", raising=False)
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "pairs.csv").write_text(
        "pair_id,left,right,wins,votes,score_a,score_b\n1_1_2,a.jpg,b.jpg,3,4,0.1,0.2\n"
    )
    (tmp_path / "photos" / "binary.csv").write_bytes(b"\xff\xfe\x00")
    for name in ("train_pairlist.txt", "val_pairlist.txt"):
        (tmp_path / "photos" / name).write_text("1 1 2 0.7 1 2\n")
    (tmp_path / "photos" / "labels.csv").write_text("image,mean,score\na.jpg,0.5,7\n")
    return tmp_path


def written(text):
    path = Path("config.yaml")
    path.write_text(text)
    return path


def problems(text):
    """Return the lines of the error, without its head, which must give their number."""
    with pytest.raises(ConfigError) as caught:
        load_config(written(text))
    head, *lines = str(caught.value).splitlines()
    plural = "problem" if len(lines) == 1 else "problems"
    assert head == f"{len(lines)} {plural} in config.yaml"
    return lines


GOOD = """
dataset: {name: mine, root: photos}
methods: [{name: sharp, class: SharpnessAssessor}]
output: {dir: out}
"""

LIST = """
datasets:
  - {name: mine, reader: phototriage, root: photos, params: {votes: null}}
methods:
  - {name: sharp, class: sharpness}
output: {dir: out}
"""


def test_the_configuration_of_the_note():
    config = load_config(written(NOTE.read_text().replace("D:/PhotoTriage", "photos")))
    assert config.datasets[0].name == "phototriage"
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


def test_the_notes_folder_says_what_to_set():
    (line,) = problems(GOOD.replace("photos", "absent"))
    assert line.startswith("config.yaml:2: dataset.root: absent is not a folder here")
    assert "set dataset.root to the folder that holds them (docs/datasets.md says" in line


def test_the_notes_data_set_below_a_variable_that_is_not_set():
    text = GOOD.replace("mine", "phototriage").replace("photos}", "'${NOT_SET}/photos'}")
    (line,) = problems(text)
    assert line.startswith("config.yaml:2: dataset.root: the environment variable NOT_SET is not")


def test_what_is_left_out_is_filled_in():
    config = load_config(written(GOOD))
    assert config.resolved() == {
        "datasets": [
            {"name": "mine", "reader": "folder", "root": str(Path("photos").absolute())}
            | {"params": {}, "photos_from": []}
        ],
        "methods": [{"name": "sharp", "class": "SharpnessAssessor", "params": {}}],
        "ties": "half",
        "statistics": {"level": 0.95, "resamples": 2000, "permutations": 10000, "seed": 0},
        "permissive_only": False,
        "output": {"dir": str(Path("out").absolute())},
    }
    assert config.datasets[0].open() is None


def test_files_that_methods_read_are_found_from_anywhere_and_count():
    Path("mine.yaml").write_text("positive_attributes: [bright]")
    text = GOOD.replace("SharpnessAssessor", "clip_aesthetic, params: {prompts: mine.yaml}")
    config = load_config(written(text))
    [method] = config.resolved()["methods"]
    assert method["params"] == {"prompts": str(Path("mine.yaml").absolute())}
    before = config.digest
    Path("mine.yaml").write_text("positive_attributes: [dark]")
    assert load_config(written(text)).digest != before


def test_permissive_licences_are_asked_for_in_the_file_or_by_the_caller():
    path = written(GOOD)
    assert not load_config(path).permissive_only
    assert load_config(path, permissive_only=True).permissive_only
    assert load_config(written(GOOD + "permissive_only: true")).permissive_only


def test_the_notes_data_set_is_photos_only_until_its_labels_are_there(folder):
    text = GOOD.replace("mine", "phototriage").replace("photos}", "bare}")
    (folder / "bare").mkdir()
    assert load_config(written(text)).datasets[0].reader == "folder"
    shutil.copytree("photos", "bare", dirs_exist_ok=True)
    dataset = load_config(written(text)).datasets[0]
    assert dataset.reader == "phototriage"
    assert type(dataset.open()).__name__ == "PhotoTriage"


RECORDED = LIST.replace(
    "methods:\n",
    """methods:
  - name: recorded
    scores: {file: pairs.csv, pair: pair_id, left: score_a, right: score_b, direction: lower}
""",
).replace("params:", "sample: {of: pairs, listed_in: {file: pairs.csv, column: pair_id}}, params:")


def test_the_resolved_configuration_is_read_back_equal_from_any_folder(tmp_path, monkeypatch):
    config = load_config(written(RECORDED))
    resolved, digest = config.resolved(), config.digest
    copy = tmp_path / "resolved.yaml"
    copy.write_text(yaml.safe_dump(resolved, sort_keys=False))
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    again = load_config(copy)
    assert again.resolved() == resolved
    assert again.digest == digest


def test_the_digest_changes_with_all_that_decides_results():
    texts = [
        GOOD,
        GOOD + "ties: right\n",
        GOOD + "statistics: {seed: 1}\n",
        GOOD.replace("SharpnessAssessor", "NoiseAssessor"),
        GOOD.replace("root: photos", "root: ."),
    ]
    assert len({load_config(written(text)).digest for text in texts}) == len(texts)


def test_the_digest_does_not_depend_on_the_output_nor_on_writing_out_defaults():
    config = load_config(written(GOOD))
    assert load_config(written(GOOD), output=Path("there")).digest == config.digest
    assert load_config(written(GOOD + "ties: half\n")).digest == config.digest


def test_an_output_given_replaces_that_of_the_file():
    assert load_config(written(GOOD), output=Path("there")).output.dir == Path("there")
    without = GOOD.replace("output: {dir: out}\n", "")
    assert load_config(written(without), output=Path("there")).output.dir == Path("there")


def test_scores_belong_to_the_only_data_set_unless_another_is_named():
    config = load_config(written(RECORDED))
    recorded, sharp = config.methods
    assert config.dataset_of(recorded) is config.datasets[0]
    assert config.scores_file(recorded) == Path("photos/pairs.csv")
    assert config.datasets[0].listed_in == Path("photos/pairs.csv")
    assert (recorded.scores.image, recorded.scores.pair) == (None, "pair_id")
    assert config.dataset_of(sharp) is config.scores_file(sharp) is None


def test_scores_by_image_have_usual_columns():
    block = "scores: {file: labels.csv}"
    config = load_config(written(GOOD.replace("class: SharpnessAssessor", block)))
    scores = config.methods[0].scores
    assert (scores.image, scores.score, scores.direction) == ("image", "score", "higher")


def test_environment_variables_are_put_into_paths(tmp_path, monkeypatch):
    monkeypatch.setenv("SIM_BENCH_DATA", str(tmp_path))
    text = LIST.replace("photos", "${SIM_BENCH_DATA}/photos")
    text = text.replace("{dir: out}", '{dir: "${SIM_BENCH_DATA}/out"}').replace(
        "root: ${SIM_BENCH_DATA}/photos", 'root: "${SIM_BENCH_DATA}/photos"'
    )
    config = load_config(written(text))
    assert config.datasets[0].root == tmp_path / "photos"
    assert config.output.dir == tmp_path / "out"


def test_eight_mistakes_are_reported_at_once_each_with_its_place():
    lines = problems(
        """\
datasets:
  - name: mine
    reader: pair_tabel
    root: ${NO_SUCH_FOLDER}/mine
  - {name: others, reader: folder, root: absent}
methods:
  - name: clip
    class: CLIPAestheticAssessor
    params:
      aggregation_method: wieghted
      modle_name: embedded
  - {name: sharp, class: SharpnesAssessor}
  - name: recorded
    scores: {file: x.csv, dataset: yours}
statistics:
  resamples: "2000"
output: {dir: out}
"""
    )
    expected = [
        (3, "datasets.0.reader", r"no reader 'pair_tabel' \(did you mean 'pair_table'\?\)"),
        (4, "datasets.0.root", "NO_SUCH_FOLDER is not set.* folder of mine"),
        (5, "datasets.1.root", "absent is not a folder here"),
        (10, "methods.0.params.aggregation_method", "'wieghted'; allowed: .*weighted, mean"),
        (11, "methods.0.params.modle_name", r"did you mean 'model_name'\?\); allowed: model_na"),
        (12, "methods.1.class", r"did you mean 'SharpnessAssessor'\?\); allowed: clip_aesthetic"),
        (14, "methods.2.scores.dataset", "'yours'; allowed: mine, others"),
        (16, "statistics.resamples", "got '2000'; allowed: a whole number"),
    ]
    assert len(lines) == len(expected)
    for line, (number, place, what) in zip(lines, expected, strict=True):
        assert re.match(rf"config\.yaml:{number}: {re.escape(place)}: .*{what}", line), line


ONE_MISTAKE = [
    (("name: mine, ", ""), 2, "dataset.name", "required, and not there"),
    (("dir: out", "dir: out, figure: x"), 4, "output.figure", "unknown key 'figure'; allowed: dir"),
    (("name: sharp, class", "name: path, class"), 3, "methods.0.name", "column 'path' already"),
    (("}]", "}, {name: sharp, class: noise}]"), 3, "methods.1.name", "two methods are named"),
    (("[{name: sharp, class: SharpnessAssessor}]", "[]"), 3, "methods", "a list of at least one"),
    (("[{name: sharp, class: SharpnessAssessor}]", "[4]"), 3, "methods.0", "got 4; allowed: a blo"),
    (("{dir: out}", "[out]"), 4, "output", r"got \['out'\]; allowed: a block of"),
    (("{dir: out}", "{dir: ''}"), 4, "output.dir", "got ''; allowed: a path"),
    (("dir: out", "dir: out, dir: x"), 4, "output.dir", "stands twice in its block, first in l"),
    (("name: mine", "name: 3"), 2, "dataset.name", "got 3; allowed: text"),
    (
        ("}\nmeth", "}\nties: both\nmeth"),
        3,
        "ties",
        "got 'both'; allowed: 'half', 'left' or 'right",
    ),
    (
        ("}\nmeth", "}\ndatasets: [{name: x, reader: folder, root: photos}]\nmeth"),
        *(2, "dataset", "given beside `datasets`"),
    ),
    (("dataset: {name: mine, root: photos}", ""), 1, "datasets", "`datasets`, a list, or `datas"),
    (("photos}", "photos, reader: spaqq}"), 2, "dataset.reader", "no reader 'spaqq'.*'spaq'"),
    (("photos}", "photos, split: dev}"), 2, "dataset.split", "photos without labels has none"),
    (("photos}", "photos, pairs_from: -1}"), 2, "dataset.pairs_from", "got -1; allowed: .*above 0"),
    (
        ("class: Sharp", "clas: Sharp"),
        3,
        "methods.0.clas",
        r"unknown key 'clas' \(did you mean 'cla",
    ),
    (("name: mine", "nam: mine"), 2, "dataset.nam", r"unknown key 'nam' \(did you mean 'name'\?\)"),
    (("output: {", "ouput: {"), 4, "ouput", r"unknown key 'ouput' \(did you mean 'output'\?\)"),
    (("class: Sharp", "type: Sharp"), 3, "methods.0.type", "unknown key 'type'"),
    (
        ("}]", ", params: {size: 3}}]"),
        3,
        "methods.0.params.size",
        "no parameter 'size'; allowed: n",
    ),
    (
        ("class: SharpnessAssessor", "params: {size: 3}, scores: {file: labels.csv}"),
        *(3, "methods.0.params", "precomputed scores have none"),
    ),
    (
        ("class: SharpnessAssessor", "class: noise, params: [3]"),
        *(3, "methods.0.params", r"got \[3\]; allowed: a block"),
    ),
    (
        (
            "class: SharpnessAssessor",
            "scores: {file: pairs.csv, image: left, pair: pair_id, left: score_a, right: score_b}",
        ),
        *(3, "methods.0.scores", "give either `image` and `score`, or `pair`"),
    ),
    (
        ("class: SharpnessAssessor", "scores: {file: '${NO_FILE}.csv'}"),
        *(3, "methods.0.scores.file", "NO_FILE is not set; set NO_FILE to a folder, so that"),
    ),
    (
        ("class: SharpnessAssessor", "scores: {file: binary.csv}"),
        *(3, "methods.0.scores.file", "binary.csv cannot be read"),
    ),
    (("}]", ", scores: {file: labels.csv}}]"), 3, "methods.0", "give either `class`"),
    (
        ("class: SharpnessAssessor", "scores: {file: no.csv}"),
        3,
        "methods.0.scores.file",
        "no.csv is",
    ),
    (
        ("class: SharpnessAssessor", "scores: {file: labels.csv, score: points}"),
        *(3, "methods.0.scores.file", "no column 'points'; allowed: image, mean, score"),
    ),
    (
        ("class: SharpnessAssessor", "scores: {file: pairs.csv, pair: pair_id}"),
        *(3, "methods.0.scores", "need pair, left, right; not there: left, right"),
    ),
    (
        ("class: SharpnessAssessor", "class: composite, params: {weights: {sharpnes: 1}}"),
        *(3, "methods.0.params", "No measure 'sharpnes'.*'sharpness'"),
    ),
    (
        ("class: SharpnessAssessor", "class: composite, params: {weights: {sharpness: much}}"),
        *(3, "methods.0.params.weights", "allowed: a block that gives a number by name"),
    ),
    (
        ("class: SharpnessAssessor", "class: composite, params: {weights: {1: 1}}"),
        *(3, "methods.0.params.weights", "got {1: 1}; allowed: keys that are text"),
    ),
    (
        ("class: SharpnessAssessor", "class: clip_aesthetic, params: {prompts: none.yaml}"),
        *(3, "methods.0.params", "none.yaml"),
    ),
    (
        ("class: SharpnessAssessor", "class: clip_aesthetic, params: {positive_attributes: good}"),
        *(3, "methods.0.params.positive_attributes", "got 'good'; allowed: a list of text"),
    ),
]


@pytest.mark.parametrize(("change", "line", "place", "what"), ONE_MISTAKE)
def test_a_mistake_is_named_with_its_line_and_key(change, line, place, what):
    assert GOOD.count(change[0]) >= 1
    found = problems(GOOD.replace(*change))
    pattern = rf"config\.yaml:{line}: {re.escape(place)}: .*{what}"
    assert any(re.match(pattern, one) for one in found), found
    assert len(found) == 1 + change[1].startswith("type")  # a method without a class, moreover


TWO_SETS = """
  - {name: two, reader: folder, root: .}
methods:
  - {name: recorded, scores: {file: labels.csv}}"""
LIST_MISTAKE = [
    (("reader: phototriage, ", ""), 3, "datasets.0.reader", "none is called 'mine'"),
    (("null}", "3}"), 3, "datasets.0.params.votes", "got 3; allowed: text or null"),
    (("null}", "2020-01-01}"), 3, "datasets.0.params.votes", "datetime.*allowed: text or null"),
    (("null}", "by_number}"), 3, "datasets.0.params", "PhotoTriage: .*"),
    (
        ("phototriage", "score_table"),
        *(3, "datasets.0.params.votes", "ScoreTable has no parameter 'votes'.*allowed: labels, "),
    ),
    (("params", "split: dev, params"), 3, "datasets.0.split", "no split 'dev'; allowed: train"),
    (("params", "pairs_from: 0.1, params"), 3, "datasets.0.pairs_from", "only for data sets of op"),
    (("params", "sample: {of: pairs}, params"), 3, "datasets.0.sample", "either `number` or `list"),
    (
        ("params", "sample: {of: images, number: 2}, params"),
        *(3, "datasets.0.sample.of", "got 'images'.*'pairwise'; allowed: groups, pairs"),
    ),
    (
        ("params", "sample: {listed_in: {file: pairs.csv, column: pair}}, params"),
        *(3, "datasets.0.sample.listed_in.file", "no column 'pair'; allowed: pair_id, left"),
    ),
    (
        ("params", "sample: {listed_in: {file: absent.csv, column: pair}}, params"),
        *(3, "datasets.0.sample.listed_in.file", "absent.csv is no file here"),
    ),
    (
        ("methods:", TWO_SETS),
        *(7, "methods.0.scores", "say which data set they are for: `dataset`; allowed: mine, two"),
    ),
]


@pytest.mark.parametrize(("change", "line", "place", "what"), LIST_MISTAKE)
def test_a_mistake_in_a_list_of_data_sets_is_named(change, line, place, what):
    assert LIST.count(change[0]) == 1
    (found,) = problems(LIST.replace(*change))
    assert re.match(rf"config\.yaml:{line}: {re.escape(place)}: .*{what}", found), found


def test_a_value_of_the_wrong_kind_is_not_also_called_missing():
    text = LIST.replace("params", "sample: {number: '4', seed: 0}, params")
    text = text.replace("class: sharpness", "class: 3").replace("votes: null", "votes: matched")
    text = text.replace("output:", "  - {name: two, scores: {file: pairs.csv, pair: 3}}\noutput:")
    assert [line.split(": ")[1] for line in problems(text)] == [
        "datasets.0.sample.number",
        "methods.0.class",
        "methods.1.scores.pair",
        "methods.1.scores",
    ]


def test_what_depends_on_a_wrong_value_is_not_reported():
    text = LIST.replace("name: mine, reader: phototriage", "name: 3, reader: [phototriage]")
    text = text.replace("output:", "  - {name: x, scores: {file: a, dataset: b}}\noutput:")
    assert [line.split(": ")[1] for line in problems(text)] == [
        "datasets.0.name",
        "datasets.0.reader",
    ]


def test_label_files_that_are_missing_are_named(folder):
    (folder / "photos" / "val_pairlist.txt").unlink()
    (line,) = problems(LIST)
    assert line.startswith("config.yaml:3: datasets.0.root: photos has no train_val/val_pairlist")
    assert load_config(written(LIST.replace("params", "split: train, params")))
    (folder / "photos" / "train_pairlist.txt").unlink()
    assert len(problems(LIST.replace("params", "split: train, params"))) == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("data set: [", r"config.yaml:1: not YAML: while parsing a flow node"),
        ("a: &a [*a]", r"config.yaml:1: not YAML: an alias names a block around it"),
        ("", "the file: got nothing; allowed: a block"),
        ("- 1", r"the file: got \[1\]; allowed: a block"),
    ],
)
def test_what_is_no_configuration_at_all_is_refused(text, message):
    with pytest.raises(ConfigError, match=message):
        load_config(written(text))


def test_a_file_that_is_absent_or_no_text_is_named():
    with pytest.raises(ConfigError, match="absent.yaml"):
        load_config(Path("absent.yaml"))
    Path("binary.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="binary.yaml"):
        load_config(Path("binary.yaml"))


def test_keys_merged_from_an_anchor_are_known():
    text = GOOD.replace(
        "[{name: sharp, class: SharpnessAssessor}]",
        "[&one {name: a, class: composite}, {<<: *one, name: b}, {<<: *one, name: c, x: 1}]",
    )
    (line,) = problems(text)
    assert line.startswith("config.yaml:3: methods.2.x: unknown key 'x'; allowed: name, class")


def test_a_configuration_made_in_python_is_checked_for_its_shape():
    content = {"dataset": {"name": "x", "root": "photos"}, "methods": [], "output": {"dir": "o"}}
    with pytest.raises(ValueError, match="methods"):
        BenchmarkConfig.model_validate(content)


def test_reading_a_configuration_loads_no_model():
    code = (
        "import sys; from pathlib import Path; from sim_bench.benchmark.config import load_config;"
        "load_config(Path('config.yaml')); print(*sys.modules)"
    )
    written(GOOD.replace("SharpnessAssessor", "clip_aesthetic, params: {device: cpu}"))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"torch", "openvino", "pandas"} & set(done.stdout.split())


class Strict:
    """A class with a parameter that is needed, and one that only a type checker understands."""

    def __init__(self, root, size: int, later: "Later" = None, *, device: str = "cpu"):  # noqa: F821
        if device == "tpu":
            raise DeviceError("no such device here")


def test_a_parameter_that_is_needed_is_asked_for():
    (problem,) = parameter_problems(("params",), Strict, {"later": 3}, given=("root",))
    assert problem == Problem(("params",), "Strict needs 'size'; allowed: a whole number")


def test_what_cannot_run_here_is_no_mistake_of_the_configuration():
    assert made((), Strict, {"root": ".", "size": 3, "device": "tpu"}) == (None, None)
    thing, problem = made((), Strict, {"root": ".", "size": 3})
    assert isinstance(thing, Strict)
    assert problem is None


STRANGE = [None, 3, -1.5, True, "", "x", [], [None], {}, {"name": "x"}, {1: 2}, "${NOT_SET}/x"]


def places(content, place=()):
    """Yield the place of everything in a configuration."""
    items = content.items() if isinstance(content, dict) else enumerate(content)
    for key, value in items:
        yield (*place, key)
        if isinstance(value, dict | list):
            yield from places(value, (*place, key))


@pytest.mark.parametrize("text", [GOOD, RECORDED])
def test_whatever_stands_in_a_place_is_used_or_refused_with_a_place(text):
    """Every value of both configurations in turn is replaced by every strange one."""
    for *around, last in places(yaml.safe_load(text)):
        for strange in STRANGE:
            content = yaml.safe_load(text)
            block = functools.reduce(lambda inner, key: inner[key], around, content)
            block[last] = strange
            path = written(yaml.safe_dump(content))
            try:
                assert len(load_config(path).digest) == 64
            except ConfigError as error:
                head, *lines = str(error).splitlines()
                assert head.startswith(f"{len(lines)} problem")
                assert all(re.match(r"config\.yaml:\d+: \S+: ", line) for line in lines), lines


def test_the_example_of_the_page_is_a_configuration(folder, monkeypatch):
    page = (CONFIGS.parent / "docs" / "benchmark_config.md").read_text()
    text = page.partition("```yaml\n")[2].partition("```")[0]
    monkeypatch.setenv("SIM_BENCH_DATA", str(folder))
    shutil.copytree("photos", "biq2021")
    shutil.copytree("photos", "phototriage/recorded")
    shutil.copytree("photos", "phototriage", dirs_exist_ok=True)
    shutil.copy("photos/pairs.csv", "phototriage/recorded/Sharpness.csv")
    config = load_config(written(text))
    assert [dataset.reader for dataset in config.datasets] == ["score_table", "phototriage"]


def test_every_key_is_on_the_page():
    page = (CONFIGS.parent / "docs" / "benchmark_config.md").read_text()
    for key in keys_of(BenchmarkConfig):
        assert re.search(rf"[`.…]{key}`", page), key


def keys_of(model):
    """Yield every key that a block and the blocks in it may have."""
    for name, field in model.model_fields.items():
        yield field.alias or name
        for inner in (field.annotation, *get_args(field.annotation)):
            if isinstance(inner, type) and issubclass(inner, BaseModel):
                yield from keys_of(inner)


def make_data(folder, config):
    """Make the roots that a configuration names, with empty label files and recorded scores."""
    content = yaml.safe_load(config.read_text())
    for block in content["datasets"]:
        root = Path(block["root"].replace("${SIM_BENCH_DATA}", str(folder)))
        root.mkdir(parents=True)
        cls = dataset_class(block.get("reader", block["name"]))
        files = [
            place
            for label in cls(root, block.get("split"), **block.get("params", {})).label_files
            for place in label.places[:1]
        ]
        for file in files:
            (root / file).parent.mkdir(parents=True, exist_ok=True)
            (root / file).touch()
    for method in content["methods"]:
        if "scores" in method:
            (root / method["scores"]["file"]).parent.mkdir(exist_ok=True)
            (root / method["scores"]["file"]).write_text("pair_id,series_id,score_a,score_b\n")


SHIPPED = sorted(path for path in CONFIGS.glob("*.yaml") if path != NOTE)


def test_every_data_set_with_judgements_has_a_configuration():
    assert {path.stem for path in SHIPPED} >= DATASETS.keys() - {"ukbench"}


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_configuration_is_ready_to_use(path, folder, monkeypatch):
    monkeypatch.setenv("SIM_BENCH_DATA", str(folder / "data"))
    make_data(folder / "data", path)
    config = load_config(path)
    assert config.output.dir == Path("outputs", path.stem)
    assert all(dataset.open() is not None for dataset in config.datasets)
    if path.stem not in ("phototriage_recorded", "koniq10k_learned"):
        used = {method_class(method.class_name) for method in config.methods}
        assert used == {method_class(name) for name in RULES_AND_CLIP}


def test_the_recorded_configuration_decides_ties_as_the_earlier_tool_did(folder, monkeypatch):
    monkeypatch.setenv("SIM_BENCH_DATA", str(folder / "data"))
    recorded = CONFIGS / "phototriage_recorded.yaml"
    make_data(folder / "data", recorded)
    config = load_config(recorded)
    assert config.ties == "right"
    assert [method.name for method in config.methods] == [
        *("combined", "sharpness", "colourfulness", "exposure", "contrast")
    ]
    assert config.datasets[0].sample.of == "pairs"


@pytest.mark.data
@pytest.mark.parametrize("name", ["phototriage_recorded", "biq2021_dev"])
def test_configurations_of_real_data_load(name, data_dir, monkeypatch):
    monkeypatch.setenv("SIM_BENCH_DATA", str(data_dir))
    assert load_config(CONFIGS / f"{name}.yaml").datasets[0].root.is_dir()
