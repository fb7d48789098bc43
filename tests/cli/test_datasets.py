"""`sim-bench datasets`: what is listed, and what a check prints and exits with."""

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from sim_bench.cli.datasets import app
from sim_bench.errors import UnknownNameError
from sim_bench.registry import DATASETS, dataset_class


def datasets(*arguments, width=250):
    return CliRunner().invoke(app, [str(each) for each in arguments], env={"COLUMNS": str(width)})


@pytest.fixture
def kadid(tmp_path):
    """Two photos of KADID-10k and their labels."""
    rows = ["dist_img,ref_img,dmos,var", "I01_01_01.png,I01.png,4.57,0.496"]
    (tmp_path / "dmos.csv").write_text("\n".join([*rows, "I01_01_02.png,I01.png,4.33,0.869\n"]))
    (tmp_path / "images").mkdir()
    for name in ["I01_01_01.png", "I01_01_02.png"]:
        Image.fromarray(np.zeros((16, 16, 3), np.uint8)).save(tmp_path / "images" / name)
    return tmp_path


@pytest.mark.parametrize("name", DATASETS)
def test_every_data_set_says_what_it_is(name):
    info = dataset_class(name).info
    assert info.name == name
    assert all([info.title, info.paper, info.licence, info.source])


def test_list_shows_every_data_set_with_its_terms_and_source():
    result = datasets("list")
    assert result.exit_code == 0
    rows = [line.split() for line in result.stdout.splitlines()]
    assert rows[0] == ["name", "shape", "title", "splits", "licence", "source"]
    assert set(DATASETS) <= {row[0] for row in rows if row}
    assert "https://database.mmsp-kn.de/kadid-10k-database.html" in result.stdout


def test_a_narrow_terminal_cuts_nothing():
    result = datasets("list", width=60)
    assert "…" not in result.stdout


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
    assert result.stdout.splitlines()[-1] == f"KADID-10k in {tmp_path}: not usable"


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


def test_without_a_command_the_help_is_shown():
    assert "check" in datasets().output
