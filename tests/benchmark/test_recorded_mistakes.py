"""Files of scores as people have them: saved by other programs, cut, joined by hand."""

import math
from pathlib import Path

import pytest

from sim_bench.benchmark.config import Scores
from sim_bench.benchmark.material import Material
from sim_bench.benchmark.recorded import recorded_scores
from sim_bench.errors import DatasetError

MINE = Material("mine", "score_table", "", "", {i: Path(i) for i in ("a", "b", "NA", "c")})


@pytest.fixture
def read(tmp_path):
    def reading(text):
        file = tmp_path / "scores.csv"
        file.write_bytes(text.encode("utf-8-sig"))
        return recorded_scores(Scores(file=file), file, MINE)

    return reading


def test_blank_lines_line_ends_of_windows_and_words_for_no_score_are_read(read):
    found = read("image,score\r\na,1\r\n\r\n./b,n/a\r\nNA,2\r\nc,NULL\r\n")
    assert {image: score for image, score in found.items() if math.isfinite(score)} == {
        "a": 1.0,
        "NA": 2.0,
    }
    assert set(found.index) == {"a", "b", "NA", "c"}


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("image,score\na,1\nb,high\n", ValueError, "line 3: column 'score'.* Got 'high'"),
        ("image,score\na,1,2\nb,2,3\n", DatasetError, "line 2: 3 cells, but the header names 2"),
        ("image,score,score\na,1,2\n", DatasetError, "more than one column 'score'"),
        ("image;score\na;1\n", DatasetError, "separated by semicolons"),
        ("image,score\nx.jpg,1\n", DatasetError, "such as 'a'. Got 'x.jpg'"),
        ("image,score\n", DatasetError, "such as 'a'; it has no rows"),
    ],
)
def test_what_is_wrong_is_named(read, text, error, message):
    with pytest.raises(error, match=message):
        read(text)
