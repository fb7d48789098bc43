"""Runs of many photos: one row per input, whatever the input is."""

import numpy as np
import pytest
from PIL import Image

from sim_bench.errors import ModelError
from sim_bench.quality_assessment.base import Explanation, QualityAssessor
from sim_bench.quality_assessment.record import COLUMNS
from sim_bench.quality_assessment.run import score_stream, score_table


class Red(QualityAssessor):
    """Mean of the red channel; NaN for a photo that is all black, as a method might fail."""

    name = "red"
    kind = "rule-based"
    score_range = (0.0, 255.0)

    def __init__(self):
        self.batches = []

    def observe(self, planes):
        return float(planes.rgb[..., 0].mean())

    def score_observed(self, observed):
        self.batches.append(len(observed))
        return np.array([value if value > 0 else np.nan for value in observed])

    def details_observed(self, observed):
        return {"overall": observed}

    def explain_observed(self, observed):
        return Explanation(observed, ())


@pytest.fixture
def photos(tmp_path):
    """Ten red photos, value 10 * k: number 0 is black; and three files that are not photos."""
    paths = []
    for k in range(10):
        path = tmp_path / f"{k}.png"
        Image.new("RGB", (20 + k, 30), (10 * k, 0, 0)).save(path)
        paths.append(path)
    (tmp_path / "empty.jpg").touch()
    (tmp_path / "text.jpg").write_text("not a photo")
    broken = [tmp_path / name for name in ("empty.jpg", "text.jpg", "absent.jpg")]
    return [*paths[:5], *broken, *paths[5:]]


@pytest.fixture
def table(photos):
    return score_table(photos, {"red": Red()}, batch=4)


def test_one_row_per_input_in_order(table, photos):
    assert list(table.columns) == [*COLUMNS, "red"]
    assert list(table["path"]) == [str(path) for path in photos]


def test_rows_are_scored_or_have_a_reason(table):
    assert (table["status"] == "scored").sum() == 9
    unscored = table[table["status"] == "unscored"]
    assert len(unscored) == 4
    assert (unscored["reason"] != "").all()
    assert unscored["red"].isna().all()
    assert (table.loc[table["status"] == "scored", "reason"] == "").all()


def test_scores_belong_to_their_photos(table):
    scored = table[table["status"] == "scored"]
    assert scored["red"].tolist() == [10, 20, 30, 40, 50, 60, 70, 80, 90]
    assert scored["width"].tolist() == list(range(21, 30))


def test_a_method_without_a_finite_score_is_named(table):
    black = table[table["path"].str.endswith("0.png")].iloc[0]
    assert (black["status"], black["reason"]) == ("unscored", "no finite score by red")
    assert black["width"] == 20


def test_batches_hold_what_could_be_read(photos):
    method = Red()
    list(score_stream(photos, {"red": method}, batch=4))
    assert method.batches == [4, 4, 2]


def test_no_photos_give_an_empty_table_with_its_columns():
    table = score_table([], {"red": Red()})
    assert list(table.columns) == [*COLUMNS, "red"]
    assert len(table) == 0


def test_assess_batch_select_best_and_single_agree(photos):
    method = Red()
    table = method.assess_batch(photos)
    assert method.assess_image(photos[-1]) == table["red"].iloc[-1] == 90.0
    best = method.select_best(photos)
    assert best.path == photos[-1]
    assert len(best.unscored) == 4


def test_select_best_of_nothing_is_refused():
    with pytest.raises(ValueError, match="no photos"):
        Red().select_best([])


def test_a_method_that_cannot_run_says_so_before_the_first_record():
    class Absent(Red):
        def load(self, store=None):
            raise ModelError("no weights")

    with pytest.raises(ModelError, match="no weights"):
        score_stream([], {"red": Absent()})


def test_an_interrupted_run_stops_reading(photos):
    stream = score_stream(photos * 50, {"red": Red()}, batch=2)
    next(stream)
    stream.close()
