"""Focus stacks: one frame whose sharp part moves on."""

import numpy as np
import pytest

from sim_bench.images.degrade import degrade
from sim_bench.selection.focus_stack import travel
from sim_bench.selection.grouping import group
from sim_bench.selection.look import LookEncoder
from tests.selection.made_shots import grain, shot, wide

SHARP = wide(5, 240, 320)
BLURRED = degrade(SHARP, "defocus", 5.0)


def focused(at, *, radial=False, shallow=2.5):
    """Sharp where a depth from 0 to 1, from left to right or from the middle outwards, is `at`."""
    y, x = np.mgrid[-1 : 1 : 240 * 1j, -1 : 1 : 320 * 1j]
    depth = np.hypot(x, y) / np.sqrt(2) if radial else (x + 1) / 2
    share = np.minimum(np.abs(depth - at) * shallow, 1.0)[..., None]
    return (1 - share) * SHARP + share * BLURRED


def stack(count=6, *, radial=False, told=False, shallow=2.5):
    shots = []
    for k, at in enumerate(np.linspace(0.05, 0.95, count)):
        distance = 0.4 * 1.5**k if told else None
        rgb = grain(focused(at, radial=radial, shallow=shallow), k)
        facts = {"number": k, "exposure_time": 0.01, "distance": distance}
        shots.append(shot(f"F{k:04}.JPG", rgb, after=0.5 * k, **facts))
    return shots


def kinds(shots):
    return [(one.kind, len(one.paths)) for one in group(shots)]


@pytest.mark.parametrize(("count", "shallow"), [(4, 1.5), (6, 2.5), (9, 2.5)])
@pytest.mark.parametrize("radial", [False, True])
def test_a_sharp_part_that_moves_on_is_a_stack(count, shallow, radial):
    (one,) = group(stack(count, shallow=shallow, radial=radial))
    assert one.kind == "focus_stack"
    assert f"{count} photos of one frame, of which the sharp part moves on" in one.reason


def test_three_frames_are_a_stack_where_the_lens_tells_their_distances():
    (one,) = group(stack(3, told=True))
    assert one.kind == "focus_stack"
    assert "focused from 0.4 to 0.9 m" in one.reason
    assert kinds(stack(3)) == [("burst", 3)]


def test_frames_that_are_blurred_as_a_whole_are_no_stack():
    radii = (1.0, 3.0, 6.0, 4.0, 2.0, 5.0)
    shots = [
        shot(f"F{k}.JPG", grain(degrade(SHARP, "defocus", radius), k), after=0.5 * k, number=k)
        for k, radius in enumerate(radii)
    ]
    assert "focus_stack" not in {kind for kind, _ in kinds(shots)}


def test_a_still_scene_is_no_stack_even_if_a_subject_comes_closer():
    shots = [
        shot(f"F{k}.JPG", grain(SHARP, k), after=0.1 * k, number=k, distance=9.0 - k)
        for k in range(6)
    ]
    assert kinds(shots) == [("burst", 6)]


def test_a_sharp_part_that_jumps_is_no_stack():
    places = (0.5, 0.05, 0.95, 0.3, 0.8, 0.1)
    shots = [
        shot(f"F{k}.JPG", grain(focused(at), k), after=0.5 * k, number=k)
        for k, at in enumerate(places)
    ]
    assert "focus_stack" not in {kind for kind, _ in kinds(shots)}


def test_other_exposures_are_no_stack():
    shots = [
        shot(f"F{k}.JPG", grain(focused(at), k), after=0.5 * k, number=k, exposure_time=0.01 * 2**k)
        for k, at in enumerate(np.linspace(0.05, 0.95, 6))
    ]
    assert "focus_stack" not in {kind for kind, _ in kinds(shots)}


def test_travel_of_frames_that_are_all_the_same_is_nothing():
    looks = np.repeat(LookEncoder().encode_images([SHARP]), 4, axis=0)
    assert travel(looks).amount == 0.0


def test_travel_takes_three_frames():
    looks = LookEncoder().encode_images([SHARP, BLURRED])
    with pytest.raises(ValueError, match="three looks or more. Got 2"):
        travel(looks)


def test_travel_is_the_same_backwards():
    looks = np.stack([one.look for one in stack()])
    there, back = travel(looks), travel(looks[::-1])
    for name in ("amount", "roughness", "coherence", "top"):
        assert getattr(there, name) == pytest.approx(getattr(back, name), rel=1e-5)
