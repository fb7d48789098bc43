"""Bursts in folders, what methods choose from them, and why."""

from pathlib import Path

import pandas as pd
import pytest
from PIL import Image

from sim_bench.errors import DiscoveryError
from sim_bench.quality_assessment.base import Explanation, QualityAssessor, Reason
from sim_bench.quality_assessment.choice import best_of
from sim_bench.selection.burst import Burst, choose, find_bursts, hits, why


@pytest.fixture
def folder(tmp_path):
    for name in ("b/1.png", "b/2.png", "a/x/1.png", "a/x/2.png", "a/x/3.png", "single/1.png"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (12, 12), (int(path.stem) * 40, 90, 10)).save(path)
    return tmp_path


def test_each_folder_with_two_photos_is_a_burst(folder):
    bursts = find_bursts(folder)
    assert [(burst.name, len(burst.paths)) for burst in bursts] == [("a/x", 3), ("b", 2)]


def test_a_folder_of_photos_is_itself_a_burst(folder):
    (burst,) = find_bursts(folder / "b")
    assert burst.name == "b"


def test_no_burst_is_an_error_that_says_what_one_is(folder):
    with pytest.raises(DiscoveryError, match="a burst is a folder with two photos or more"):
        find_bursts(folder / "single")


def table(**columns):
    paths = ["one.jpg", "two.jpg", "three.jpg"]
    return pd.DataFrame({"path": paths, "reason": ["", "", ""], **columns})


BURST = Burst("b", (Path("one.jpg"), Path("two.jpg"), Path("three.jpg")))
NAN = float("nan")


@pytest.mark.parametrize(
    ("clip", "noise", "agree"),
    [
        ([1.0, 3.0, 2.0], [5.0, 1.0, 2.0], True),
        ([1.0, 3.0, 2.0], [1.0, 5.0, 2.0], False),
        ([3.0, 3.0, 2.0], [5.0, 1.0, 1.0], True),
        ([1.0, 3.0, 2.0], [NAN, NAN, NAN], None),
    ],
    ids=["same", "different", "tied with", "nothing scored"],
)
def test_agreement_by_hand(clip, noise, agree):
    choice = choose(BURST, table(clip=clip, noise=noise), {"clip": "higher", "noise": "lower"})
    assert choice.agree is agree


def test_hits_count_only_a_photo_that_is_first_alone():
    first = choose(BURST, table(clip=[1.0, 3.0, 2.0]), {"clip": "higher"})
    tied = choose(BURST, table(clip=[3.0, 3.0, 2.0]), {"clip": "higher"})
    assert hits([first], "clip", {"b": Path("two.jpg")}) == 1
    assert hits([first], "clip", {"b": Path("one.jpg")}) == 0
    assert hits([tied], "clip", {"b": Path("two.jpg")}) == 0
    assert hits([first], "clip", {"another": Path("two.jpg")}) == 0


class Recalled(QualityAssessor):
    """Explains photos from a table of reasons."""

    name = "recalled"
    kind = "rule-based"
    score_range = (0.0, 10.0)
    reasons = {
        "one.jpg": (Reason("light", 1.0, "dim"), Reason("focus", 2.0, "soft")),
        "two.jpg": (Reason("light", 1.5, "even"), Reason("focus", 5.0, "sharp")),
    }

    def explain(self, path):
        return Explanation(0.0, self.reasons[Path(path).name])

    def observe(self, planes):
        raise NotImplementedError

    def score_observed(self, observed):
        raise NotImplementedError

    def details_observed(self, observed):
        raise NotImplementedError

    def explain_observed(self, observed):
        raise NotImplementedError


def test_why_is_the_difference_to_the_runner_up():
    best = best_of(table(m=[3.0, 6.5, NAN]), "m")
    reasons = why(Recalled(), best)
    assert [(r.name, r.contribution) for r in reasons] == [("focus", 3.0), ("light", 0.5)]
    assert sum(r.contribution for r in reasons) == best.margin
    assert reasons[0].detail == "sharp; the next: soft"


def test_why_turns_the_sign_where_lower_is_better():
    class Lower(Recalled):
        direction = "lower"

    reasons = why(Lower(), best_of(table(m=[3.0, 6.5, NAN]), "m", "lower"))
    assert [(r.name, r.contribution) for r in reasons] == [("focus", 3.0), ("light", 0.5)]


def test_why_without_a_runner_up_is_the_photos_own_reasons():
    best = best_of(table(m=[NAN, 6.5, NAN]), "m")
    assert why(Recalled(), best) == list(Recalled.reasons["two.jpg"])


def test_why_of_nothing_is_refused():
    with pytest.raises(ValueError, match="nothing to explain"):
        why(Recalled(), best_of(table(m=[NAN, NAN, NAN]), "m"))
