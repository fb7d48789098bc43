"""Scores computed elsewhere, joined by image or by pair."""

import math
from pathlib import Path

import pandas as pd
import pytest

from sim_bench.benchmark.config import Scores
from sim_bench.benchmark.material import Material
from sim_bench.benchmark.recorded import recorded_scores
from sim_bench.datasets.judgements import PAIR_COLUMNS, Pairs
from sim_bench.errors import DatasetError


def pairs(*rows):
    table = pd.DataFrame([(*row, 1.0, 1.0, "s") for row in rows], columns=list(PAIR_COLUMNS))
    return Pairs(table, Path("photos"))


ALL = pairs(("1", "a", "b"), ("2", "b", "c"), ("3", "c", "d"))


def material(images="abc", all_pairs=ALL):
    return Material(
        "mine", "pair_table", "", "", {i: Path(i) for i in images}, pairs=ALL, all_pairs=all_pairs
    )


@pytest.fixture
def by_image(tmp_path):
    def read(text, **columns):
        file = tmp_path / "scores.csv"
        file.write_text(text)
        return recorded_scores(Scores.model_validate({"file": file, **columns}), file, material())

    return read


@pytest.fixture
def by_pair(tmp_path):
    def read(text, **given):
        file = tmp_path / "scores.csv"
        file.write_text(text)
        scores = Scores.model_validate({"file": file, "pair": "id", "left": "l", "right": "r"})
        return recorded_scores(scores, file, material(**given))

    return read


def test_scores_by_image_are_of_the_photos_that_take_part(by_image):
    found = by_image("image,score\nb,2\na,1.5\nstrange,9\n")
    assert found.to_dict() == {"b": 2.0, "a": 1.5}


def test_rows_about_other_photos_are_counted_in_the_log(by_image, by_pair, caplog):
    """A pair outside the sample is not strange; one that the data set does not have is."""
    with caplog.at_level("INFO", logger="sim_bench"):
        by_image("image,score\nb,2\na,1.5\nstrange,9\n")
        by_pair("id,l,r\n1,1,2\n3,7,8\n4,1,1\n5,1,1\n")
        by_image("image,score\nb,2\n")
    told = [message.partition(": ")[2] for message in caplog.messages]
    assert told == ["1 of 3 rows are about nothing here", "2 of 4 rows are about nothing here"]


def test_columns_can_be_named(by_image):
    assert by_image("file,x\na,1\n", image="file", score="x").to_dict() == {"a": 1.0}


def test_ids_that_look_like_numbers_stay_as_they_are(tmp_path):
    file = tmp_path / "scores.csv"
    file.write_text("image,score\n007,1\n7,2\n")
    found = recorded_scores(
        Scores(file=file, image="image", score="score"), file, material(["007"])
    )
    assert found.to_dict() == {"007": 1.0}


def test_missing_and_infinite_scores_are_none(by_image):
    found = by_image("image,score\na,\nb,inf\nc,-inf\n")
    assert list(found.index) == ["a", "b", "c"]
    assert all(math.isnan(score) for score in found)


def test_scores_by_pair_are_of_both_photos(by_pair):
    assert by_pair("id,l,r\n1,1,2\n2,2,3\n").to_dict() == {"a": 1.0, "b": 2.0, "c": 3.0}


def test_a_pair_outside_the_sample_tells_of_photos_inside(by_pair):
    """Photo d takes no part; that pair 3 names c as well does."""
    assert by_pair("id,l,r\n3,7,8\n").to_dict() == {"c": 7.0}


def test_a_score_that_is_missing_in_one_row_is_found_in_another(by_pair):
    assert by_pair("id,l,r\n1,1,\n2,2,3\n").to_dict() == {"a": 1.0, "b": 2.0, "c": 3.0}


def test_a_photo_with_two_scores_is_refused(by_pair):
    with pytest.raises(DatasetError, match=r"1 photos have two .* 'b' with 2\.0 and 2\.5"):
        by_pair("id,l,r\n1,1,2\n2,2.5,3\n")


@pytest.mark.parametrize("text", ["image,score\nA.jpg,1\n", "image,score\n"])
def test_scores_of_other_photos_are_refused(by_image, text):
    with pytest.raises(DatasetError, match=r"scores\.csv: none of its rows .* of mine"):
        by_image(text)


def test_scores_by_pair_need_pairs(by_pair):
    with pytest.raises(DatasetError, match="but mine has no pairs; list them by image"):
        by_pair("id,l,r\n1,1,2\n", all_pairs=None)


def test_a_score_that_is_no_number_is_refused(by_image):
    with pytest.raises(ValueError, match="good"):
        by_image("image,score\na,good\n")
