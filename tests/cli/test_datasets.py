"""`sim-bench datasets`: what is listed, and what a check prints and exits with."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from sim_bench.cli.datasets import app
from sim_bench.errors import UnknownNameError
from sim_bench.registry import DATASETS, dataset_class

OWN = {"score_table", "pair_table", "burst_folders", "synthetic"}  # their terms are the user's


def datasets(*arguments):
    return CliRunner().invoke(app, [str(each) for each in arguments], env={"COLUMNS": "250"})


@pytest.fixture
def kadid(tmp_path):
    """Two photos of KADID-10k and their labels."""
    rows = ["dist_img,ref_img,dmos,var", "I01_01_01.png,I01.png,4.57,0.496"]
    (tmp_path / "dmos.csv").write_text("\n".join([*rows, "I01_01_02.png,I01.png,4.33,0.869\n"]))
    (tmp_path / "images").mkdir()
    for name in ["I01_01_01.png", "I01_01_02.png"]:
        Image.fromarray(np.zeros((16, 16, 3), np.uint8)).save(tmp_path / "images" / name)
    return tmp_path


def rows_of_the_page():
    """The overview of docs/datasets.md: after a change, paste what this gives."""
    for name in DATASETS:
        info = dataset_class(name).info
        low, high = info.scale or ("", "")
        scale = f"{low:g} to {high:g}" if info.scale else "-"
        splits = ", ".join(info.splits) or "-"
        yield f"| [`{name}`](#{name}) | {info.title} | {info.shape} | {splits} | {scale} |"


def test_the_page_lists_every_data_set_with_its_paper_terms_and_source():
    page = (Path(__file__).parents[2] / "docs" / "datasets.md").read_text(encoding="utf-8")
    for row in rows_of_the_page():
        assert row in page.splitlines()
    for name in DATASETS.keys() - OWN:
        info = dataset_class(name).info
        section = " ".join(page.partition(f"\n### {name}\n")[2].partition("\n### ")[0].split())
        for text in (info.paper, info.licence, info.source):
            assert text in section, name


@pytest.mark.parametrize("name", DATASETS)
def test_every_data_set_says_what_it_is(name):
    info = dataset_class(name).info
    assert info.name == name
    assert all([info.title, info.paper, info.licence, info.source])


def test_list_shows_every_data_set_with_its_splits_terms_and_source():
    result = datasets("list")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0].split() == ["name", "shape", "title", "(official", "splits)"]
    assert [line.split()[0] for line in lines[1:-2] if line[0] != " "] == list(DATASETS)
    at = next(k for k, line in enumerate(lines) if line.startswith("koniq10k"))
    koniq = dataset_class("koniq10k").info
    assert lines[at].split("  ")[-1].strip() == "KonIQ-10k (training, validation, test)"
    assert lines[at + 1].strip() == f"licence: {koniq.licence}"
    assert lines[at + 2].strip() == "source: https://database.mmsp-kn.de/koniq-10k-database.html"


def test_a_whole_data_set_exits_0(kadid):
    result = datasets("check", "kadid10k", kadid)
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "unverified  dmos.csv: no checksum is known",
        "present     labels: 2 opinions in 1 groups, 2 photos",
        f"present     photos in {kadid / 'images'}: 2 of 2",
        f"KADID-10k in {kadid}: all there",
    ]


def test_what_is_usable_but_not_all_there_exits_3(kadid):
    (kadid / "images" / "I01_01_01.png").unlink()
    result = datasets("check", "kadid10k", kadid)
    assert result.exit_code == 3
    assert "1 of 2 are not there, first I01_01_01.png" in result.stdout
    assert result.stdout.splitlines()[-1].endswith("usable, but not all there")


def test_what_is_not_usable_exits_1_and_says_where_to_get_it(tmp_path):
    result = datasets("check", "kadid10k", tmp_path)
    assert result.exit_code == 1
    assert "missing     dmos.csv: https://database.mmsp-kn.de" in result.stdout
    assert result.stdout.splitlines()[-1] == (
        f"KADID-10k in {tmp_path}: not usable: dmos.csv missing, labels missing"
    )


def test_only_a_deep_check_decodes(kadid):
    photo = kadid / "images" / "I01_01_01.png"
    photo.write_bytes(photo.read_bytes()[:-30])
    assert datasets("check", "kadid10k", kadid).exit_code == 0
    assert datasets("check", "kadid10k", kadid, "--deep").exit_code == 3


def test_an_unknown_name_offers_a_close_one(tmp_path):
    result = datasets("check", "kadid10", tmp_path)
    assert isinstance(result.exception, UnknownNameError)
    assert "Did you mean 'kadid10k'?" in str(result.exception)


def test_an_unknown_split_is_refused(tmp_path):
    result = datasets("check", "koniq10k", tmp_path, "--split", "train")
    assert result.exit_code == 2
    assert "koniq10k has no split 'train'; it has training, validation, test" in " ".join(
        result.stderr.replace("│", " ").split()
    )


def test_parameters_of_a_reader_are_given_by_name(tmp_path):
    (tmp_path / "mine.csv").write_text("file,stars\na.jpg,3\nb.jpg,5\n")
    given = ["--param", "labels=mine.csv", "--param", "image=file", "--param", "mean=stars"]
    result = datasets("check", "score_table", tmp_path, *given)
    assert "present     labels: 2 opinions in 2 groups, 2 photos" in result.stdout
    assert result.exit_code == 3  # the photos are not there


@pytest.mark.parametrize(
    ("param", "message"),
    [
        ("labels", "'labels' is not KEY=VALUE"),
        ("labls=x.csv", "score_table has no parameter 'labls'; it has labels, photos, image"),
        ("direction=up", "direction must be 'higher' or 'lower'"),
        ("where=[", "'where=['"),
    ],
)
def test_a_parameter_that_makes_no_sense_is_refused(tmp_path, param, message):
    result = datasets("check", "score_table", tmp_path, "--param", param)
    assert result.exit_code == 2
    assert message in " ".join(result.stderr.replace("│", " ").split())


@pytest.mark.data
def test_pair_lists_without_photos_are_usable_but_not_complete(data_dir):
    """12,075 pairs for training and 483 for validation, in 4,755 series."""
    result = datasets("check", "phototriage", data_dir / "phototriage")
    assert result.exit_code == 3
    assert "present     labels: 12558 pairs in 4755 groups" in result.stdout
    assert "without photos only recorded scores can be compared" in result.stdout


def test_without_a_command_the_help_is_shown():
    assert "check" in datasets().output
