"""Panoramas: frames that go on in one direction."""

import pytest

from sim_bench.selection.grouping import group
from sim_bench.selection.panorama_shift import SURE, move_between
from tests.selection.made_shots import burst, grain, scene, shot, tries, wide, without_time


def frames(step, count=5, *, seconds=2.0, upright=False, seed=3, **capture):
    """Views of 240 x 200 that go on by `step` pixels."""
    whole = wide(seed, 240, 1400)
    views = [grain(whole[:, step * k : step * k + 200], k) for k in range(count)]
    if upright:
        views = [view.transpose(1, 0, 2) for view in views]
    return [
        shot(f"P{k:04}.JPG", view, after=seconds * k, number=k, exposure_time=0.01, **capture)
        for k, view in enumerate(views)
    ]


def kinds(shots):
    return [(one.kind, len(one.paths)) for one in group(shots)]


@pytest.mark.parametrize(
    ("step", "back", "upright"),
    [(60, False, False), (100, True, False), (130, False, True), (60, True, True)],
)
def test_frames_that_overlap_and_go_on_are_a_panorama(step, back, upright):
    shots = frames(step, upright=upright)
    if back:
        times = [one.capture for one in shots]
        shots = [
            type(one)(one.path, time, other.look, one.digest)
            for one, time, other in zip(shots, times, shots[::-1], strict=True)
        ]
    assert kinds(shots) == [("panorama", 5)]


def test_the_reason_says_how_far_and_which_way():
    (one,) = group(frames(100))
    assert one.reason == (
        "5 photos each shifted by about 50% of the frame to the right against the one before, "
        "within 8 s, 2 s apart at most, P0000.JPG to P0004.JPG"
    )


def test_a_shift_is_measured():
    a, b = frames(100, 2)
    move = move_between(a, b)
    assert (move.down, move.right) == (0, -16)  # half of 32
    assert move.z > SURE
    assert move_between(b, a).right == 16
    assert move_between(a, shot("x")) is None


def test_other_scenes_one_after_the_other_are_not_a_panorama():
    shots = [shot(f"{k}", scene(96, 128, k), after=2.0 * k, number=k) for k in range(60)]
    assert "panorama" not in {kind for kind, _ in kinds(shots)}


def test_a_fast_burst_that_pans_is_not_a_panorama():
    assert "panorama" not in {kind for kind, _ in kinds(frames(40, seconds=0.1))}


def test_a_slow_burst_of_a_shaking_hand_is_not_a_panorama():
    rgb = tries(4, 5)
    shots = [shot(f"P{k}.JPG", one, after=2.0 * k, number=k) for k, one in enumerate(rgb)]
    assert kinds(shots) == [("burst", 5)]


def test_frames_that_go_to_and_fro_are_not_a_panorama():
    whole = wide(3, 240, 1400)
    places = (0, 100, 0, 100, 0)
    shots = [
        shot(f"P{k}.JPG", grain(whole[:, at : at + 200], k), after=2.0 * k, number=k)
        for k, at in enumerate(places)
    ]
    assert "panorama" not in {kind for kind, _ in kinds(shots)}


def test_two_frames_of_a_panorama_are_not_offered_as_a_burst():
    assert kinds(frames(100, 2)) == [("single", 1), ("single", 1)]


def test_another_focal_length_ends_a_panorama():
    shots = frames(100, 3, focal_length=24.0) + [
        one for one in frames(100, 6, focal_length=50.0) if one.capture.number >= 3
    ]
    assert kinds(shots) == [("panorama", 3), ("panorama", 3)]


def test_a_panorama_without_times_is_found_by_its_numbers():
    shots = frames(100)
    assert kinds([without_time(one) for one in shots]) == [("panorama", 5)]


def test_a_burst_before_a_panorama_stays_one():
    shots = frames(100)
    before = burst(7, after=-3.0, first=900)
    assert sorted(kinds(before + shots)) == [("burst", 4), ("panorama", 5)]
