"""Which damage is asked for: names, numbers, and their order."""

import pytest

from sim_bench.datasets.damage import damages_of
from sim_bench.images.degrade import DEFECTS


def test_every_kind_in_two_degrees_unless_asked_otherwise():
    found = damages_of(None, ["mild", "strong"])
    assert list(found) == list(DEFECTS)
    for kind, (mild, strong) in found.items():
        assert (mild.severity, strong.severity) == (DEFECTS[kind].mild, DEFECTS[kind].strong)
        assert (mild.label, strong.label) == ("mild", "strong")


def test_the_mildest_comes_first_also_where_a_smaller_number_is_worse():
    found = damages_of(None, {"defocus": [6, 2], "jpeg": [10, 50], "shot_noise": [30, 500]})
    assert [one.severity for one in found["defocus"]] == [2, 6]
    assert [one.severity for one in found["jpeg"]] == [50, 10]
    assert [one.label for one in found["shot_noise"]] == ["500 photons", "30 photons"]
    assert [one.label for one in damages_of(["jpeg"], ["strong", "mild"])["jpeg"]] == [
        "mild",
        "strong",
    ]


def test_different_severities_have_different_files():
    files = [one.file for one in damages_of(None, {"defocus": [2, 2.0000001]})["defocus"]]
    assert files == ["defocus-2.0.jpg", "defocus-2.0000001.jpg"]


@pytest.mark.parametrize(
    ("defects", "severities", "message"),
    [
        (["blur"], ["mild"], "No defect 'blur'. Known: defocus"),
        (None, {"blur": [1]}, "No defect 'blur'"),
        (["jpeg"], {"blur": [1], "jpeg": [5]}, "No defect 'blur'"),
        ([], ["mild"], "at least one, and none twice"),
        (["jpeg", "jpeg"], ["mild"], "at least one, and none twice"),
        (None, ["weak"], "'mild' and 'strong', or numbers by kind. Got 'weak'"),
        (None, [], "at least one. Got"),
        (None, {"jpeg": [96]}, "numbers from 1 to 95 quality, at least one. Got .96"),
        (None, {"jpeg": [float("nan")]}, "numbers from 1 to 95"),
        (None, {"jpeg": [5, 5.0]}, "different numbers"),
        (["jpeg", "tilt"], {"jpeg": [5]}, "severities of 'tilt'"),
    ],
)
def test_what_makes_no_sense_is_refused(defects, severities, message):
    with pytest.raises(ValueError, match=message):
        damages_of(defects, severities)
