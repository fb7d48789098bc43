"""KADID-10k on a miniature of its file."""

from itertools import product
from math import sqrt

import pytest

from sim_bench.datasets.kadid10k import DISTORTIONS, KADID10k
from sim_bench.errors import DataMissingError, DatasetError

# The first two data rows as published.
ROWS = "I01_01_01.png,I01.png,4.57,0.496\nI01_01_02.png,I01.png,4.33,0.869\n"


@pytest.fixture
def root(tmp_path):
    text = "dist_img,ref_img,dmos,var\n" + ROWS + "I02_25_05.png,I02.png,1.5,0.5\n"
    (tmp_path / "dmos.csv").write_text(text)
    return tmp_path


def test_a_larger_dmos_is_better(root):
    """The mildest blur of a photo is published with 4.57 of 5: dmos must not be turned about."""
    table = KADID10k(root).read().table
    assert list(table["mean"]) == [4.57, 4.33, 1.5]
    assert KADID10k.info.direction == "higher"


def test_photos_of_one_reference_are_one_group_but_no_series(root):
    found = KADID10k(root).read()
    assert list(found.table["group"]) == ["I01.png", "I01.png", "I02.png"]
    assert not found.series
    assert found.photos == root / "images"


def test_the_defect_and_its_severity_are_read_from_the_name(root):
    found = KADID10k(root).read()
    assert found.attributes == ("defect", "severity")
    assert list(found.table["defect"]) == ["gaussian blur", "gaussian blur", "contrast change"]
    assert list(found.table["severity"]) == ["1", "2", "5"]
    assert len(set(DISTORTIONS)) == 25


def test_var_is_a_standard_deviation():
    """Thirty ratings of 1 to 5 can have the published means with var as their deviation, and
    cannot with var as their variance: by trying every sum of squares.
    """
    for mean, var in [(4.57, 0.496), (4.33, 0.869)]:
        total = round(30 * mean)
        variances = {
            (five * 25 + four * 16 + three * 9 + two * 4 + one) / 30 - (total / 30) ** 2
            for five, four, three, two in product(range(31), repeat=4)
            if (one := 30 - five - four - three - two) >= 0
            and 5 * five + 4 * four + 3 * three + 2 * two + one == total
        }
        unbiased = {variance * 30 / 29 for variance in variances}
        assert any(round(sqrt(variance), 3) == var for variance in variances)
        assert not any(round(variance, 3) == var for variance in variances | unbiased)


def test_spread_is_var_unchanged_and_the_number_of_ratings_unknown(root):
    table = KADID10k(root).read().table
    assert list(table["spread"]) == [0.496, 0.869, 0.5]
    assert table["n"].isna().all()


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("I01_26_01.png,I01.png,3,1", "line 4: 'I01_26_01.png' is not the name"),
        ("I01_01_06.png,I01.png,3,1", "line 4: 'I01_01_06.png' is not the name"),
        ("I01_03_01.png,I02.png,3,1", "line 4: I01_03_01.png is a version of I01.png"),
        ("I01_03_01.png,I01.png,5.1,1", "line 4: dmos is '5.1'; a number from 1 to 5"),
        ("I01_03_01.png,I01.png,3,-1", "line 4: var is '-1'; a number from 0 to 2"),
        ("I01_01_01.png,I01.png,3,1", "line 4: dist_img 'I01_01_01.png' is in line 2 already"),
    ],
)
def test_a_row_that_cannot_be_is_refused(tmp_path, row, message):
    (tmp_path / "dmos.csv").write_text(f"dist_img,ref_img,dmos,var\n{ROWS}{row}\n")
    with pytest.raises(DatasetError, match=message):
        KADID10k(tmp_path).read()


def test_without_its_file_the_place_and_the_source_are_named(tmp_path):
    with pytest.raises(DataMissingError, match=r"dmos\.csv there; https://database\.mmsp-kn\.de"):
        KADID10k(tmp_path).read()


def test_there_are_no_official_splits(tmp_path):
    with pytest.raises(ValueError, match="kadid10k has no split 'test'; it has none"):
        KADID10k(tmp_path, "test")
