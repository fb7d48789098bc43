"""Photos into moments: by time and likeness, by likeness alone, and never a photo lost."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim_bench.benchmark.simulated_card import write_card
from sim_bench.benchmark.simulated_pairs import pair_f1
from sim_bench.images.capture import Capture, read_capture
from sim_bench.images.decode import read_picture
from sim_bench.selection.group import PROTECTED
from sim_bench.selection.grouping import GroupingSettings, group
from sim_bench.selection.look import LookEncoder
from sim_bench.selection.shot import Shot
from tests.selection.made_shots import (
    NOON,
    burst,
    exposed,
    names,
    scene,
    shot,
    tries,
    wide,
    without_time,
)

NEW_YEAR = datetime(2000, 1, 1, tzinfo=UTC).timestamp() - NOON


def kinds(groups):
    return [one.kind for one in groups]


@pytest.fixture(scope="module")
def day():
    """Two bursts of one camera, one of another at the same time, and two photos alone."""
    rows = [burst(1), burst(2, after=5.0, first=5), burst(3, camera="B 2")]
    alone = [shot(f"S9_{k}.JPG", wide(90 + k), after=60.0 * k) for k in (2, 5)]
    return [one for row in rows for one in row] + alone


def test_bursts_are_found_and_every_photo_is_in_one_group(day):
    groups = group(day)
    assert sorted(path for one in groups for path in one.paths) == sorted(one.path for one in day)
    assert kinds(groups) == ["burst", "burst", "burst", "single", "single"]
    assert names(groups)[0] == ["S1_0001.JPG", "S1_0002.JPG", "S1_0003.JPG", "S1_0004.JPG"]


def test_groups_are_named_in_the_order_in_which_they_were_taken(day):
    groups = group(day)
    assert [one.name for one in groups] == ["0001", "0002", "0003", "0004", "0005"]
    times = {one.path: one.capture.taken for one in day}
    firsts = [times[one.paths[0]] for one in groups]
    assert firsts == sorted(firsts)


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_the_photos_does_not_matter(day, seed):
    loose = [without_time(one) for one in burst(4)]
    mixed = [(day + loose)[k] for k in np.random.default_rng(seed).permutation(len(day) + 4)]
    assert group(mixed) == group(day + loose)


def test_the_reason_says_what_was_seen(day):
    reason = group(day)[0].reason
    assert reason == (
        "4 photos within 0.3 s, 0.1 s apart at most, alike, S1_0001.JPG to S1_0004.JPG"
    )


def test_no_photos_are_no_groups():
    assert group([]) == ()


def test_stamps_of_one_whole_second_alone_group_nothing():
    shots = [
        shot(f"P{k}.JPG", scene(240, 320, 20 + k), after=0.0, resolution=1.0, number=k)
        for k in range(6)
    ]
    assert kinds(group(shots)) == ["single"] * 6


def test_stamps_of_whole_seconds_group_what_is_alike():
    shots = [
        shot(f"P{k}.JPG", rgb, after=float(k // 3), resolution=1.0, number=k)
        for k, rgb in enumerate(tries(5, 6))
    ]
    groups = group(shots)
    assert kinds(groups) == ["burst"]
    assert names(groups) == [[f"P{k}.JPG" for k in range(6)]]


def test_numbers_order_photos_of_one_second_also_where_the_counter_begins_anew():
    rgb = tries(6, 4)
    numbers = (9998, 9999, 1, 2)
    shots = [
        shot(f"P{number:04}.JPG", one, after=0.0, resolution=1.0, number=number)
        for number, one in zip(numbers, rgb, strict=True)
    ]
    assert names(group(shots[::-1])) == [["P9998.JPG", "P9999.JPG", "P0001.JPG", "P0002.JPG"]]


def test_one_scene_minutes_later_is_another_moment():
    first, later = burst(7), burst(7, after=180.0, first=50)
    assert kinds(group(first + later)) == ["burst", "burst"]


def test_two_cameras_are_not_joined_by_their_clocks():
    first, other = burst(7), burst(7, first=50, camera="B 2")
    assert kinds(group(first + other)) == ["burst", "burst"]


def test_a_spoilt_photo_does_not_cut_a_burst():
    shots = burst(8, 5)
    black = shot("S8_0003.JPG", np.zeros((240, 320, 3), np.uint8), after=0.2, number=3)
    shots[2] = black
    groups = group(shots)
    assert max(len(one.paths) for one in groups) >= 4
    assert {"S8_0002.JPG", "S8_0004.JPG"} <= set(max(names(groups), key=len))


def test_without_times_likeness_alone_groups():
    shots = [without_time(one, number=None) for row in (burst(1), burst(2)) for one in row]
    groups = group(shots)
    assert sorted(map(len, names(groups))) == [4, 4]
    assert "not known" in groups[0].reason


@pytest.mark.parametrize("stamp", [NEW_YEAR, NEW_YEAR - 20 * 366 * 86400 + 15 * 86400])
def test_a_clock_that_stands_at_new_year_tells_nothing(stamp):
    """1 January 2000, and of 1980: 20 years of which 5 are leap years, 7305 days."""
    assert datetime.fromtimestamp(NOON + stamp, UTC).strftime("%m-%d %H:%M:%S") == "01-01 00:00:00"
    rows = (
        burst(1, 3, after=stamp, pace=0.0, resolution=1.0),
        burst(2, 3, after=stamp, pace=0.0, resolution=1.0, first=10),
    )
    groups = group([one for row in rows for one in row])
    assert kinds(groups) == ["burst", "burst"]
    assert "not known" in groups[0].reason


def test_more_photos_of_a_second_than_a_camera_takes_have_no_time():
    """130 photos of 13 scenes, scanned in one second: by likeness they are 13 groups."""
    rgb = [one for seed in range(13) for one in tries(30 + seed, 2) * 5]
    shots = [
        shot(f"P{k}-{k % 2}x.JPG", one, after=0.0, resolution=1.0, digest=str(k))
        for k, one in enumerate(rgb)
    ]
    assert sorted(map(len, names(group(shots)))) == [10] * 13


def test_photos_named_by_numbers_only_are_grouped_without_times():
    shots = [
        replace(without_time(one, camera=""), path=Path(f"{k:04}.JPG"))
        for k, one in enumerate([*burst(1, 3), *burst(2, 3)])
    ]
    assert sorted(map(len, names(group(shots)))) == [3, 3]


def test_a_photo_that_lost_its_time_joins_the_burst_that_it_is_from():
    shots = burst(1, 5)
    shots[2] = without_time(shots[2], camera="", number=None)
    groups = group([*shots, *burst(2, after=30.0)])
    assert sorted(map(len, names(groups))) == [4, 5]
    assert "1 of them without a time" in groups[0].reason


def test_a_photo_without_pixels_is_alone():
    groups = group([*burst(1, 3), shot("broken.JPG", after=0.15)])
    assert sorted(kinds(groups)) == ["burst", "single"]
    alone = next(one for one in groups if one.kind == "single")
    assert alone.reason == "it gave no pixels to compare"


def test_the_same_bytes_are_duplicates_wherever_they_lie_even_without_pixels():
    first = shot("a.JPG", wide(1), after=0.0, digest="one")
    copy = shot("copies/b.JPG", wide(1), after=500.0, digest="one")
    blind = shot("c.RAW", digest="two"), shot("d.RAW", digest="two")
    groups = group([copy, first, *blind])
    assert kinds(groups) == ["duplicates", "duplicates"]
    assert groups[0].reason == "2 files of one picture: all have the same bytes"


def test_a_file_saved_again_is_a_duplicate():
    rgb = wide(1, 240, 320)
    first = shot("P1.JPG", rgb, after=0.0, number=1)
    again = shot("P1 (1).JPG", rgb, after=0.0)
    bare = without_time(shot("P1 web.JPG", rgb), camera="")
    groups = group([first, again, bare])
    assert kinds(groups) == ["duplicates"]
    assert groups[0].reason == "3 files of one picture: saved again"


def test_two_photos_of_a_tripod_are_no_duplicates():
    rgb = wide(1, 240, 320)
    shots = [shot(f"P{k}.JPG", rgb, after=0.2 * k, number=k) for k in range(3)]
    assert kinds(group(shots)) == ["burst"]


def test_a_copy_of_one_photo_of_a_burst_is_part_of_the_burst():
    shots = burst(1)
    copy = replace(shots[1], path=shots[1].path.with_name("S1_0002 (1).JPG"))
    groups = group([*shots, copy])
    assert kinds(groups) == ["burst"]
    assert names(groups)[0][1:3] == ["S1_0002.JPG", "S1_0002 (1).JPG"]
    assert "1 of them a copy of another" in groups[0].reason


def test_a_raw_file_and_its_jpeg_are_one_picture_and_do_not_disturb_a_bracket():
    stops = (0.0, -1.0, 1.0)
    shots = [
        shot(
            f"P{k}.{suffix}",
            exposed(rgb[4 * crop :], stops[k]),
            after=0.2 * k,
            number=k,
            bias=stops[k],
            digest=f"{k}{suffix}",
        )
        for k, rgb in enumerate(tries(3, 3))
        for crop, suffix in enumerate(("JPG", "ARW"))
    ]
    assert kinds(group(shots)) == ["bracket"]
    assert kinds(group(shots[:2])) == ["duplicates"]


def test_a_path_that_is_given_twice_is_refused():
    one = shot("a.JPG", wide(1))
    with pytest.raises(ValueError, match=r"a\.JPG is given twice; give each photo once"):
        group([one, one])


@pytest.mark.parametrize("threshold", [0.0, 1.5, float("nan")])
def test_a_threshold_beyond_its_range_is_refused(threshold):
    with pytest.raises(ValueError, match="above 0 and at most 1"):
        GroupingSettings(threshold=threshold)


@pytest.fixture(scope="module")
def some_looks():
    pixels = [*tries(1, 2), *(exposed(tries(2, 1)[0], stops) for stops in (-1, 0, 1)), wide(3)]
    flat = np.full((240, 320, 3), 128, np.uint8)
    return [*LookEncoder().encode_images([*pixels, flat]), None]


@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=60)
def test_whatever_the_facts_each_photo_is_in_one_group_and_the_order_does_not_matter(
    some_looks, seed
):
    random = np.random.default_rng(seed)

    def one_of(*values):
        return values[int(random.integers(len(values)))]

    def fact(*values):
        return None if random.random() < 0.2 else float(one_of(*values))

    shots = []
    for k in range(int(random.integers(1, 15))):
        taken = fact(0.0, 0.3, 1.0, 2.5, 40.0, NEW_YEAR)
        facts = Capture(
            taken=None if taken is None else NOON + taken,
            resolution=None if taken is None else one_of(1.0, 0.001),
            camera=one_of("", "A", "B"),
            number=one_of(None, k, 9999 - k),
            exposure_time=fact(0.01, 0.02, 0.005),
            bias=fact(-1, 0, 1),
            distance=fact(1, 2, 3),
            bracketing=one_of(None, False, True),
        )
        name = f"{one_of('a', 'b')}/{one_of('', 'X')}{k:04}{one_of('.JPG', ' (1).JPG', '.ARW')}"
        look = one_of(*some_looks)
        shots.append(Shot(Path(name), facts, look, one_of(None, b"1", b"2", bytes([k]))))
    groups = group(shots)
    assert sorted(path for one in groups for path in one.paths) == sorted(s.path for s in shots)
    assert all(one.reason and (one.kind == "single") == (len(one.paths) == 1) for one in groups)
    assert group([shots[k] for k in random.permutation(len(shots))]) == groups


def taken_from(card):
    encoder = LookEncoder()
    return [
        Shot(path, read_capture(path), encoder.encode_images([read_picture(path).rgb])[0])
        for path in card.group_of
    ]


def assert_grouped(card, shots):
    groups = group(shots)
    found = {path: one.name for one in groups for path in one.paths}
    assert pair_f1(found, card.group_of) >= 0.95
    kind_of = {path: one.kind for one in groups for path in one.paths}
    sequences = [path for path in kind_of if card.kind_of[card.group_of[path]] in PROTECTED]
    assert sequences
    assert [path.name for path in sequences if kind_of[path] == "burst"] == []


def test_a_small_simulated_card_is_grouped(tmp_path):
    card = write_card(tmp_path / "card", [wide(k, 240, 320) for k in range(30)], photos=100)
    assert_grouped(card, taken_from(card))


@pytest.mark.data
@pytest.mark.parametrize("seed", [31])
def test_a_simulated_card_of_600_real_photos_is_grouped(tmp_path, data_dir, seed):
    sources = sorted((data_dir / "clean_photos").rglob("*.jpg"))
    card = write_card(tmp_path / "card", sources, seed=seed)
    assert_grouped(card, taken_from(card))
