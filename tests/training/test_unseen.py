"""Unseen wordings, on an encoder whose vectors are known by hand."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from training.embedded.unseen import Group, load, measure, medians, normalised, occurring

GROUP = Group(
    canonical=("good", "bad"),
    choose=(("fine", "bad"), ("bad", "good")),
    report=(("lovely", "lovely"),),
)
WORDS = {"good": (1, 0), "bad": (-1, 0), "fine": (0, 1), "sour": (0, -1), "lovely": (0, 1)}
PHOTOS = np.array([[1, 0], [-1, 0], [0, 1], [0, -1]], dtype=np.float32)


def encode(texts: Sequence[str]) -> NDArray[np.float32]:
    return np.array([WORDS[t] for t in texts], dtype=np.float32)


def test_the_file_holds_two_rewordings_of_each_pair_for_either_split() -> None:
    groups = load()
    assert len(groups) == 20
    assert {len(g.choose) for g in groups} == {len(g.report) for g in groups} == {2}
    ends = [e for g in groups for p in (*g.choose, *g.report) for e in p]
    assert len({normalised(e) for e in ends}) == len(ends) == 160


def test_no_rewording_is_a_canonical_wording() -> None:
    groups = load()
    canonical = [end for g in groups for end in g.canonical]
    assert occurring(groups, canonical, "choose") == occurring(groups, canonical, "report") == []


def test_correlations_by_hand() -> None:
    """Contrasts over the photos: 1 -1 0 0; (1 -1 1 -1) / 2, so r is 1 / sqrt 2; and -1 1 0 0."""
    found = measure([GROUP], encode, PHOTOS, "choose")
    assert [w.correlation for w in found] == pytest.approx([np.sqrt(0.5), -1.0])
    assert {w.reason for w in found} == {""}


def test_a_constant_contrast_counts_as_zero_with_a_reason() -> None:
    (found,) = measure([GROUP], encode, PHOTOS, "report")
    assert (found.correlation, found.reason) == (0.0, "its contrast is the same for all photos")
    flat = Group(canonical=("good", "good"), choose=(("good", "bad"),), report=(("good", "bad"),))
    (found,) = measure([flat], encode, PHOTOS, "report")
    assert found.correlation == 0.0
    assert found.reason.startswith("the canonical pair's")


def test_the_medians_draw_canonical_pairs_whole() -> None:
    found = measure([GROUP], encode, PHOTOS, "choose")
    figure = medians(found, draws=10)["own pair"]
    assert figure.n == 1
    assert figure.value == figure.low == figure.high == pytest.approx((np.sqrt(0.5) - 1) / 2)


def test_a_rewording_is_compared_with_the_other_pairs_too() -> None:
    """Fine against bad leans as much to the second axis as to the first: 1 / sqrt 2 each."""
    second = Group(canonical=("fine", "sour"), choose=(("good", "bad"),), report=(("a", "b"),))
    found = measure([GROUP, second], encode, PHOTOS, "choose")
    assert [w.elsewhere for w in found] == pytest.approx([np.sqrt(0.5), 0.0, 1.0])
    assert found[2].correlation == pytest.approx(0.0)


def test_words_are_compared_without_case_punctuation_and_frame() -> None:
    assert normalised("This is a photo with well-kept, Soft light!") == "well kept soft light"
    assert normalised("A photo of the picture") == ""
    assert occurring([GROUP], ["a FINE photo.", "lovely day"], "choose") == [("fine", "bad")]
    assert occurring([GROUP], ["a fine day"], "choose") == []


def test_a_long_text_within_another_occurs() -> None:
    ends = (("so much light that I squint", "gloomy"),)
    group = Group(canonical=("good", "bad"), choose=ends, report=ends)
    assert occurring([group], ["that I squint"], "report") == list(ends)
    assert occurring([group], ["There is so much light that I squint at it"], "report") == list(
        ends
    )
    assert occurring([group], ["I squint"], "report") == []


@pytest.mark.parametrize(
    "content",
    [
        "- canonical: [a, b]\n  choose: [[c, d]]\n",
        "- canonical: [a]\n  choose: [[c, d]]\n  report: [[e, f]]\n",
        "- canonical: [a, b]\n  choose: [[c, d]]\n  report: [[e, f]]\n  other: 1\n",
        "- canonical: [u, v]\n  choose: [[c, d]]\n  report: [['C.', 'D!']]\n",
        "- [",
    ],
)
def test_a_file_with_anything_else_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "pairs.yaml"
    path.write_text(content)
    with pytest.raises(ValueError, match=r"pairs\.yaml"):
        load(path)
