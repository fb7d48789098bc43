"""The YAML of a benchmark: the note's own file, what is filled in, and what is refused."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from sim_bench.benchmark.config import BenchmarkConfig, load_config
from sim_bench.errors import ConfigError

CONFIGS = Path(__file__).parents[2] / "configs"
NOTE = CONFIGS / "quality_benchmark.clip_test.yaml"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """The current folder: photos, and a table of pairs with scores."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SIM_BENCH_DATA", raising=False)
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "pairs.csv").write_text(
        "pair_id,left,right,wins,votes,score_a,score_b\n1_1_2,a.jpg,b.jpg,3,4,0.1,0.2\n"
    )
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
  - {name: mine, reader: pair_table, root: photos, params: {labels: pairs.csv}}
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


def test_what_is_left_out_is_filled_in():
    config = load_config(written(GOOD))
    assert config.resolved() == {
        "datasets": [
            {"name": "mine", "reader": "folder", "root": str(Path("photos").absolute())}
            | {"params": {}}
        ],
        "methods": [{"name": "sharp", "class": "SharpnessAssessor", "params": {}}],
        "ties": "half",
        "statistics": {"level": 0.95, "resamples": 2000, "permutations": 10000, "seed": 0},
        "output": {"dir": str(Path("out").absolute())},
    }
    assert config.datasets[0].open() is None


def test_the_notes_data_set_is_photos_only_until_its_labels_are_there(folder):
    text = GOOD.replace("mine", "phototriage")
    assert load_config(written(text)).datasets[0].reader == "folder"
    for name in ("train_pairlist.txt", "val_pairlist.txt"):
        (folder / "photos" / name).write_text("1 1 2 0.7 1 2\n")
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
    copy = tmp_path / "resolved.yaml"
    copy.write_text(yaml.safe_dump(config.resolved(), sort_keys=False))
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    again = load_config(copy)
    assert again.resolved() == config.resolved()
    assert again.digest == config.digest


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
    (("class: Sharp", "type: Sharp"), 3, "methods.0.type", "unknown key 'type'"),
    (
        ("}]", ", params: {size: 3}}]"),
        3,
        "methods.0.params.size",
        "no parameter 'size'; allowed: n",
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
    assert {one.split(": ")[1] for one in found} <= {place, place.rpartition(".")[0], "methods.0"}


TWO_SETS = """
  - {name: two, reader: folder, root: .}
methods:
  - {name: recorded, scores: {file: labels.csv}}"""
LIST_MISTAKE = [
    (("reader: pair_table, ", ""), 3, "datasets.0.reader", "none is called 'mine'"),
    (("pairs.csv}", "pears.csv}"), 3, "datasets.0.root", "has no pears.csv"),
    (("pairs.csv}", "3}"), 3, "datasets.0.params.labels", "got 3; allowed: text"),
    (("params", "split: dev, params"), 3, "datasets.0.split", "no split 'dev'; allowed: none"),
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
        *(6, "methods.0.scores", "say which data set they are for: `dataset`; allowed: mine, two"),
    ),
]


@pytest.mark.parametrize(("change", "line", "place", "what"), LIST_MISTAKE)
def test_a_mistake_in_a_list_of_data_sets_is_named(change, line, place, what):
    assert LIST.count(change[0]) == 1
    (found,) = problems(LIST.replace(*change))
    assert re.match(rf"config\.yaml:{line}: {re.escape(place)}: .*{what}", found), found


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
