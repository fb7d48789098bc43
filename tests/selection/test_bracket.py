"""Exposure brackets: recognised by their exposures, their pixels and what the camera says."""

import numpy as np
import pytest

from sim_bench.selection.bracket import exposure_value
from sim_bench.selection.grouping import GroupingSettings, group
from tests.selection.made_shots import exposed, scene, shot, tries, without_time


def bracket(stops, *, seconds=0.2, biased=True, pixels=None, first=1, start=0.0, **capture):
    """Frames of one scene at these stops; `pixels` where the picture is of other ones."""
    rgb = tries(3, len(stops))
    return [
        shot(
            f"B{first + k:04}.JPG",
            exposed(rgb[k], (pixels or stops)[k]),
            after=start + seconds * k,
            number=first + k,
            exposure_time=0.01 * 2.0**value,
            aperture=8.0,
            iso=100.0,
            bias=value if biased else 0.0,
            **capture,
        )
        for k, value in enumerate(stops)
    ]


def kinds(shots):
    return [(one.kind, len(one.paths)) for one in group(shots)]


@pytest.mark.parametrize(
    "stops",
    [
        (-1.0, 0.0, 1.0),
        (2.0, 0.0, -2.0),
        (0.0, -2 / 3, 2 / 3),
        (0.0, 1.0, -1.0, 2.0, -2.0),
        (-2.0, -1.0, 0.0, 1.0, 2.0),
        (-2.0, -4 / 3, -2 / 3, 0.0, 2 / 3, 4 / 3, 2.0),
        (-0.3, 0.0, 0.3),
        (-2.0, -1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0),
        (-2.0, -1.0, 0.0),
    ],
)
@pytest.mark.parametrize("marked", [True, False])
def test_a_bracket_of_regular_steps_is_found(stops, marked):
    assert kinds(bracket(stops, bracketing=marked)) == [("bracket", len(stops))]


@pytest.mark.parametrize("stops", [(-1.0, 0.0, 1.0), (0.0, -2.0, 2.0)])
def test_a_bracket_without_compensation_is_found_by_its_exposure_times(stops):
    assert kinds(bracket(stops, biased=False)) == [("bracket", len(stops))]


def test_the_reason_says_the_steps_and_how_long_it_took():
    (one,) = group(bracket((-2.0, -1.0, 0.0, 1.0, 2.0), bracketing=True))
    assert one.reason == (
        "5 photos from -2 to +2 EV in steps of 1, marked as a bracket, within 0.8 s, "
        "0.2 s apart at most, B0001.JPG to B0005.JPG"
    )
    (other,) = group(bracket((-1.0, 0.0, 1.0), biased=False))
    assert other.reason.startswith("3 photos over 2 EV in steps of 1, within")


def test_two_brackets_one_after_the_other_are_two():
    stops = (0.0, -1.0, 1.0)
    shots = [*bracket(stops), *bracket(stops, first=4, start=0.6)]
    assert kinds(shots) == [("bracket", 3), ("bracket", 3)]


def test_a_photo_before_a_bracket_is_not_part_of_it():
    shots = [*bracket((0.0,)), *bracket((-1.0, 0.0, 1.0), first=2, start=0.2)]
    assert kinds(shots) == [("single", 1), ("bracket", 3)]


def test_a_bracket_of_a_white_sheet_is_found_though_it_cannot_get_whiter():
    """Of mean grey level 230: all white from a stop more on."""
    rgb = np.clip(tries(3, 1)[0] * 0.15 + 210, 0, 255).astype(np.uint8)
    stops = (0.0, -1.0, 1.0, -2.0, 2.0, -3.0, 3.0)
    shots = [
        shot(f"B{k}.JPG", exposed(rgb, value), after=0.2 * k, number=k, bias=value)
        for k, value in enumerate(stops)
    ]
    assert kinds(shots) == [("bracket", 7)]


def test_an_automatic_exposure_that_follows_the_light_is_no_bracket():
    """Exposure times in steps of a stop, and pictures that are no brighter for it."""
    shots = bracket((-1.0, 0.0, 1.0), biased=False, pixels=(0.0, 0.0, 0.0))
    assert kinds(shots) == [("burst", 3)]


@pytest.mark.parametrize(
    "stops",
    [(-1.0, 0.0, 2.0), (0.0, 0.0, 0.0), (0.0, 1.0, 0.0, 1.0, 0.0), (0.0, 0.2, 0.4), (0.0, 1.0)],
)
def test_what_is_not_regular_is_no_bracket(stops):
    assert {kind for kind, _ in kinds(bracket(stops))} == {"burst"}


def test_regular_steps_over_other_scenes_are_no_bracket():
    shots = [
        shot(
            f"B{k}.JPG", exposed(scene(240, 320, 40 + k), k - 1.0), after=k, number=k, bias=k - 1.0
        )
        for k in range(3)
    ]
    assert kinds(shots) == [("single", 1)] * 3


def test_steps_minutes_apart_are_no_bracket():
    assert "bracket" not in {kind for kind, _ in kinds(bracket((-1.0, 0.0, 1.0), seconds=45.0))}


def test_photos_that_the_camera_calls_a_bracket_are_protected_without_a_rule():
    (one,) = group(bracket((0.0, 0.0), bracketing=True))
    assert one.kind == "bracket"
    assert "that the camera marked as a bracket" in one.reason


def test_a_bracket_without_a_time_is_found_by_its_numbers():
    shots = bracket((0.0, -1.0, 1.0), bracketing=True)
    (one,) = group([without_time(shot) for shot in shots])
    assert one.kind == "bracket"


def test_a_bracket_may_be_left_unprotected():
    (one,) = group(bracket((0.0, -1.0, 1.0)), GroupingSettings(protect=False))
    assert one.kind == "burst"


def test_exposure_value_by_hand():
    """1/4 s at f/2 and ISO 200: (1/4) 200 / 4 = 12.5; to 1/8 s at f/4, ISO 800: the same."""
    a = shot("a", exposure_time=0.25, aperture=2.0, iso=200.0)
    b = shot("b", exposure_time=0.125, aperture=4.0, iso=1600.0)
    assert exposure_value(a) == pytest.approx(exposure_value(b), abs=1e-12)
    assert exposure_value(a) == pytest.approx(3.643856, abs=1e-6)
    assert exposure_value(shot("c")) is None
