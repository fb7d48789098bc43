"""KonIQ-10k on miniatures of its two files, which have two scales."""

import numpy as np
import pytest

from sim_bench.datasets.koniq10k import KonIQ10k
from sim_bench.errors import DataMissingError, DatasetError

SETS = "koniq10k_distributions_sets.csv"
SCORES = "koniq10k_scores_and_distributions.csv"
SETS_TEXT = """image_name,c1,c2,c3,c4,c5,c_total,MOS,SD,set
a.jpg,0,0,25,73,7,105,77.4,0.5,training
b.jpg,1,3,40,60,5,109,63.2,0.7,validation
c.jpg,60,40,5,0,0,105,12.1,0.6,test
"""
SCORES_TEXT = """image_name,c1,c2,c3,c4,c5,c_total,MOS,SD,MOS_zscore
a.jpg,0,0,25,73,7,105,3.83,0.5,77.4
c.jpg,60,40,5,0,0,105,1.48,0.6,12.1
"""


def test_the_scale_is_1_to_100_from_either_file(tmp_path):
    for number, (name, text) in enumerate([(SETS, SETS_TEXT), (SCORES, SCORES_TEXT)]):
        root = tmp_path / str(number)
        root.mkdir()
        (root / name).write_text(text)
        table = KonIQ10k(root).read().table.set_index("image")
        assert (table.loc["a.jpg", "mean"], table.loc["c.jpg", "mean"]) == (77.4, 12.1)


def test_the_file_with_the_sets_is_preferred_and_found_below_metadata(tmp_path):
    (tmp_path / SCORES).write_text(SCORES_TEXT)
    (tmp_path / "metadata").mkdir()
    (tmp_path / "metadata" / SETS).write_text(SETS_TEXT)
    assert len(KonIQ10k(tmp_path).read().table) == 3


@pytest.mark.parametrize(
    ("split", "images"),
    [("training", ["a.jpg"]), ("validation", ["b.jpg"]), ("test", ["c.jpg"])],
)
def test_official_splits(tmp_path, split, images):
    (tmp_path / SETS).write_text(SETS_TEXT)
    found = KonIQ10k(tmp_path, split).read().table
    assert list(found["image"]) == images
    assert list(found.index) == [0]


def test_a_split_needs_the_file_with_the_sets(tmp_path):
    (tmp_path / SCORES).write_text(SCORES_TEXT)
    with pytest.raises(DataMissingError, match=f"put {SETS} into"):
        KonIQ10k(tmp_path, "test").read()


def test_a_scale_of_5_under_the_name_of_the_sets_is_refused(tmp_path):
    text = SETS_TEXT.replace("77.4", "3.83").replace("63.2", "3.6").replace("12.1", "1.48")
    (tmp_path / SETS).write_text(text)
    with pytest.raises(DatasetError, match=r"MOS is 1 to 100 in this file, but never exceeds 3\.8"):
        KonIQ10k(tmp_path).read()


def test_a_scale_of_100_in_the_column_of_5_is_refused(tmp_path):
    (tmp_path / SCORES).write_text(SCORES_TEXT.replace("3.83", "77.4"))
    with pytest.raises(DatasetError, match=r"line 2: MOS is '77.4'; a number from 1 to 5"):
        KonIQ10k(tmp_path).read()


def test_standardised_scores_on_the_scale_of_5_are_refused(tmp_path):
    (tmp_path / SCORES).write_text(SCORES_TEXT.replace("77.4", "3.8").replace("12.1", "1.5"))
    with pytest.raises(DatasetError, match=r"MOS_zscore is 1 to 100 in this file, but never"):
        KonIQ10k(tmp_path).read()


def test_a_file_whose_scale_cannot_be_told_is_refused(tmp_path):
    (tmp_path / SETS).write_text(SETS_TEXT.replace("SD,set", "SD,fold"))
    with pytest.raises(DatasetError, match="neither the column set"):
        KonIQ10k(tmp_path).read()


def test_an_unknown_set_is_refused(tmp_path):
    (tmp_path / SETS).write_text(SETS_TEXT.replace(",test", ",tset"))
    with pytest.raises(DatasetError, match="line 4: set is 'tset', not training, validation, test"):
        KonIQ10k(tmp_path, "test").read()


def test_the_number_of_ratings_is_known_and_the_spread_is_not(tmp_path):
    """The published SD of counts 0, 0, 25, 73, 7 is .527278: that of ratings of 1 to 5. Next to
    a mean of 77.4 of 100 it would be wrong.
    """
    ratings = np.repeat([1, 2, 3, 4, 5], [0, 0, 25, 73, 7])
    assert ratings.std(ddof=1) == pytest.approx(0.527278, abs=5e-7)
    (tmp_path / SETS).write_text(SETS_TEXT)
    table = KonIQ10k(tmp_path).read().table
    assert list(table["n"]) == [105, 109, 105]
    assert table["spread"].isna().all()


def test_the_larger_photos_come_first_and_the_smaller_ones_are_found(tmp_path):
    assert KonIQ10k(tmp_path).photos == tmp_path / "1024x768"
    (tmp_path / "512x384").mkdir()
    assert KonIQ10k(tmp_path).photos == tmp_path / "512x384"
    (tmp_path / "1024x768").mkdir()
    assert KonIQ10k(tmp_path).photos == tmp_path / "1024x768"
