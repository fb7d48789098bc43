"""A simulated card is what it says: its files are read back by the tool's own reader."""

from collections import Counter, defaultdict
from datetime import UTC, datetime
from itertools import pairwise

import numpy as np
import pytest
from PIL import Image

from sim_bench.benchmark import simulated_frames
from sim_bench.benchmark.simulated_card import TRUTH, write_card
from sim_bench.benchmark.simulated_frames import bracket, burst, duplicates, focus_stack, panorama
from sim_bench.benchmark.simulated_plan import SHARES, PlannedGroup, plan_card
from sim_bench.benchmark.simulated_roll import Roll
from sim_bench.benchmark.simulated_views import side_by_side, view, walk
from sim_bench.images.capture import read_capture
from sim_bench.images.degrade import DEFECTS
from tests.quality_assessment.samples import scene

COUNT = 100


def scenes(count):
    return [scene(96, 128, seed) for seed in range(count)]


@pytest.fixture(scope="module")
def card(tmp_path_factory):
    return write_card(tmp_path_factory.mktemp("card"), scenes(24), photos=COUNT, truth=True)


@pytest.fixture(scope="module")
def groups(card):
    """Photos and their captures by group."""
    found = defaultdict(list)
    for path, group in card.group_of.items():
        found[group].append((path, read_capture(path)))
    return found


def of_kind(card, groups, kind):
    """Captures of the groups of a kind, those without EXIF left out."""
    for name, photos in groups.items():
        if card.kind_of[name] == kind and all(one.taken is not None for _, one in photos):
            yield [one for _, one in photos]


def random(seed=0):
    return np.random.default_rng(seed)


def luma(rgb):
    return float(rgb.mean())


def test_counts_add_up(card):
    there = {path for path in card.folder.iterdir() if path.name != TRUTH}
    assert len(card.group_of) == COUNT
    assert there == set(card.group_of)
    assert set(card.group_of.values()) == set(card.kind_of)
    assert set(card.kind_of.values()) == set(SHARES)


def test_the_known_answer_is_written_beside_the_photos(card):
    lines = (card.folder / TRUTH).read_text().splitlines()
    assert lines[0] == "file,group,kind,best"
    rows = [line.split(",") for line in lines[1:]]
    assert {card.folder / file: group for file, group, _, _ in rows} == card.group_of
    assert all(card.kind_of[group] == kind for _, group, kind, _ in rows)
    best = {group: card.folder / file for file, group, _, best in rows if best == "1"}
    assert best == card.best


def test_the_best_is_a_photo_of_its_own_burst(card):
    assert card.best
    for group, path in card.best.items():
        assert card.group_of[path] == group
        assert card.kind_of[group] == "burst"


def test_two_cameras_count_their_photos(card):
    names = [path.name for path in card.group_of if "(" not in path.name]
    for prefix, first, digits in (("DSC", 1234, 5), ("IMG_", 456, 4)):
        own = sorted(name for name in names if name.startswith(prefix))
        assert own == [f"{prefix}{first + at:0{digits}}.JPG" for at in range(len(own))]
        assert len(own) > 10


def test_equal_seeds_give_equal_bytes_and_paths_equal_arrays(tmp_path):
    files = [tmp_path / f"{seed}.png" for seed in range(9)]
    for path, rgb in zip(files, scenes(9), strict=True):
        Image.fromarray(rgb).save(path)
    cards = {
        "one": write_card(tmp_path / "one", scenes(9), photos=30),
        "two": write_card(tmp_path / "two", files, photos=30),
        "other": write_card(tmp_path / "other", files, photos=30, seed=1),
    }
    contents = {
        name: {path.name: path.read_bytes() for path in card.folder.iterdir()}
        for name, card in cards.items()
    }
    assert contents["one"] == contents["two"]
    assert contents["one"] != contents["other"]
    assert TRUTH not in contents["one"]


def test_bursts_follow_each_other_as_fast_as_cameras_do(card, groups):
    """The slowest pace is 2 s, and 8% more by chance; whole seconds may add one."""
    seen = 0
    for captures in of_kind(card, groups, "burst"):
        for before, after in pairwise(captures):
            assert 0 <= after.taken - before.taken <= 2.16 + (before.resolution or 0)
            assert after.number == before.number + 1
            seen += 1
    assert seen > 30


def test_the_first_camera_records_milliseconds_and_the_second_whole_seconds(groups):
    found = defaultdict(set)
    for photos in groups.values():
        for path, one in photos:
            if one.taken is not None and datetime.fromtimestamp(one.taken, UTC).year == 2024:
                found[path.name[:3]].add(one.resolution)
    assert found == {"DSC": {0.001}, "IMG": {1.0}}


def test_the_second_clock_is_off_by_hours_and_the_cameras_take_turns(groups):
    """Sony's stamps become UTC by their offset of 2 h, Canon's stay local and are 5:12 h behind."""
    true = defaultdict(list)
    for photos in groups.values():
        for path, one in photos:
            if one.taken is not None and datetime.fromtimestamp(one.taken, UTC).year == 2024:
                late = 2 * 3600 if path.name[:3] == "DSC" else 5.2 * 3600
                true[path.name[:3]].append(one.taken + late)
    assert min(true["DSC"]) < max(true["IMG"])
    assert min(true["IMG"]) < max(true["DSC"])
    assert max(map(max, true.values())) - min(map(min, true.values())) < 12 * 3600


def test_faults_keep_to_their_shares():
    plan = plan_card(600, random())
    photos = Counter()
    for group in plan:
        photos[group.fault] += group.size
        assert group.fault != "missing" or group.kind in ("burst", "single", "duplicates")
    assert sum(photos.values()) == 600
    assert 27 <= photos["missing"] <= 30
    assert 7 <= photos["reset"] <= 9
    assert 7 <= photos["equal"] <= 9


def test_faulty_exif_reads_as_such(tmp_path, monkeypatch):
    """Every group of a tiny card is given a fault in turn.

    Midnight of 1980 in a zone two hours ahead is 1979 in UTC.
    """
    faults = ("missing", "reset", "equal", "none")
    plan = plan_card(30, random())
    for at, group in enumerate(plan):
        object.__setattr__(group, "fault", faults[at % 4])
    monkeypatch.setattr("sim_bench.benchmark.simulated_card.plan_card", lambda *_: plan)
    card = write_card(tmp_path, scenes(9), photos=30)
    fault_of = {group.name: group.fault for group in plan}
    stamps = defaultdict(set)
    for path, group in card.group_of.items():
        one = read_capture(path)
        if "(" not in path.name:
            stamps[fault_of[group]].add(one.taken)
            assert (one.camera == "") == (fault_of[group] == "missing")
    years = {
        fault: {datetime.fromtimestamp(stamp, UTC).year for stamp in stamps[fault]}
        for fault in ("reset", "none")
    }
    assert stamps["missing"] == {None}
    assert years["reset"] <= {1979, 1980, 2000}
    assert years["none"] == {2024}
    base = datetime(2000, 1, 1, tzinfo=UTC).timestamp()
    assert stamps["equal"] <= {base, base - 7200}


@pytest.mark.parametrize("size", [3, 5, 7])
def test_a_bracket_is_really_darker_and_brighter(size):
    for seed in range(6):
        frames = sorted(bracket(scene(), size, random(seed)), key=lambda frame: frame.stops)
        steps = np.diff([frame.stops for frame in frames])
        assert steps == pytest.approx(steps[0])
        assert frames[size // 2].stops == 0
        assert np.all(np.diff([luma(frame.rgb) for frame in frames]) > 4)


def test_a_bracket_says_so_in_its_exif(card, groups):
    """Each stop doubles the time; EXIF's fractions of a second are exact to a thousandth."""
    seen = Counter()
    for captures in of_kind(card, groups, "bracket"):
        metered = next(one.exposure_time for one in captures if one.bias == 0)
        for one in captures:
            assert one.exposure_time == pytest.approx(metered * 2**one.bias, rel=2e-3)
            seen[one.bracketing] += 1
        assert len({(one.iso, one.aperture, one.focal_length) for one in captures}) == 1
    assert seen


def test_most_brackets_are_marked_as_such():
    modes = Counter(bracket(scene(96, 96), 3, random(seed))[0].mode for seed in range(60))
    assert 40 <= modes[2] <= 56
    assert modes[1] == 60 - modes[2]


def test_all_of_a_damaged_burst_but_the_best_are_damaged(monkeypatch):
    def invert(rgb, kind, severity, *, seed):
        low, high = sorted((DEFECTS[kind].mild, DEFECTS[kind].strong))
        assert low <= severity <= high
        return 255 - rgb

    monkeypatch.setattr(simulated_frames, "degrade", invert)
    bright = np.full((96, 128, 3), 200, np.uint8)
    for seed in range(20):
        frames = burst(bright, 6, True, random(seed))
        assert [luma(frame.rgb) > 128 for frame in frames] == [frame.best for frame in frames]
        assert sum(frame.best for frame in frames) == 1
        whole = burst(bright, 6, False, random(seed))
        assert all(luma(frame.rgb) > 128 and not frame.best for frame in whole)


def test_the_pace_of_a_burst_is_the_cameras_or_the_fingers():
    """0.05 to 0.55 s, in some 15% of the bursts 0.6 to 2 s, each 8% more or less."""
    slow = 0
    for seed in range(80):
        first, *others = (frame.after for frame in burst(scene(96, 96), 4, False, random(seed)))
        assert first == 0.0
        assert 0.046 <= min(others) <= max(others) <= 2.16
        assert max(others) < 1.18 * min(others)
        slow += min(others) > 0.6
    assert 4 <= slow <= 24


def test_the_view_wanders_by_up_to_a_fiftieth_of_the_scene():
    """In a scene whose brightness is the column, the mean of a view is its middle."""
    ramp = np.repeat(np.repeat(np.arange(250)[None, :, None], 200, 0), 3, 2).astype(np.uint8)
    for axes in ((0, 1, 2), (1, 0, 2)):  # across, then down
        middles = [
            luma(rgb) - 124.5
            for seed in range(10)
            for rgb in walk(ramp.transpose(axes), 8, random(seed))
        ]
        assert max(map(abs, middles)) < 0.02 * 200 + 1
        assert np.std(middles) > 1


def test_frames_of_a_burst_differ_a_little():
    """Noise alone would be a difference of 1.7 levels: sqrt(2) * 1.5 * sqrt(2 / pi)."""
    first, second, *_ = (frame.rgb.astype(int) for frame in burst(scene(), 4, False, random()))
    assert 1.7 < np.abs(first - second).mean() < 20


@pytest.mark.parametrize("shape", [(96, 96), (96, 192), (192, 96), (100, 333)])
def test_no_view_reaches_beyond_its_scene(shape):
    """A white scene stays white up to the corners of all frames."""
    white = np.full((*shape, 3), 255, np.uint8)
    for seed in range(5):
        assert all(view.min() == 255 for view in walk(white, 12, random(seed)))
        for rgb in (frame.rgb for frame in panorama([white, white], 4, random(seed))):
            assert rgb.min() > 240  # white, and noise
    assert view(white, zoom=1.01).min() == 255


def test_the_plane_of_focus_wanders_from_one_side_to_the_other():
    """Detail at the top against detail at the bottom: its share goes one way, frame by frame."""
    for seed in range(4):
        frames = focus_stack(scene(160, 160), 6, random(seed))
        shares = []
        for frame in frames:
            rough = np.abs(np.diff(frame.rgb.astype(float), axis=0)).mean(axis=(1, 2))
            third = len(rough) // 3
            shares.append(rough[:third].mean() / rough[-third:].mean())
        assert np.all(np.diff(shares) < 0.02)
        assert shares[0] > 1.15 > 0.87 > shares[-1]
        assert {frame.stops for frame in frames} == {0.0}


def test_half_of_the_focus_stacks_tell_their_distances():
    told = 0
    for seed in range(30):
        distances = [frame.distance for frame in focus_stack(scene(96, 96), 4, random(seed))]
        if distances[0] is not None:
            assert np.all(np.diff(distances) > 0)
            told += 1
    assert 8 <= told <= 22


def test_neighbours_of_a_panorama_overlap_by_30_to_50_percent():
    """In a scene whose brightness is the place, what a frame shows is its range."""
    ramp = np.linspace(20, 235, 1800)
    wide = np.repeat(np.repeat(ramp[None, :, None], 400, 0), 3, 2).astype(np.uint8)
    for seed in range(6):
        columns = [frame.rgb.mean(axis=(0, 2)) for frame in panorama([wide], 5, random(seed))]
        if columns[0][0] > columns[-1][0]:
            columns.reverse()
        for left, right in pairwise(columns):
            shared = (left[-5:].mean() - right[:5].mean()) / (right[-5:].mean() - right[:5].mean())
            assert 0.27 < shared < 0.53


def test_panoramas_take_some_seconds(card, groups):
    for captures in of_kind(card, groups, "panorama"):
        for before, after in pairwise(captures):
            assert after.taken - before.taken + before.resolution > 0.9
            assert after.taken - before.taken < 4 + before.resolution


def test_scenes_side_by_side_share_their_light():
    dark, bright = scene() // 4, scene(seed=1)
    wide = side_by_side([dark, bright])
    assert wide.shape == (144, 192 + 192 - 14, 3)
    assert luma(wide[:, -150:]) == pytest.approx(luma(dark), abs=8)


def test_copies_are_the_same_bytes_or_saved_again(tmp_path):
    group = PlannedGroup("duplicates-001", "duplicates", 4, body=0)
    seen = Counter()
    for seed in range(12):
        (folder := tmp_path / str(seed)).mkdir()
        frames = duplicates(scene(96, 96), 4, random(seed))
        first, *copies = Roll(folder, 0).write(group, frames, random(seed))
        for path, frame in zip(copies, frames[1:], strict=True):
            seen[frame.copy] += 1
            assert path.name.startswith("DSC01234 (")
            assert (path.read_bytes() == first.read_bytes()) == (frame.copy == "exact")
            assert read_capture(path).width in (84, 63)  # 0.88 of 96; three quarters of that
            seen[read_capture(path).taken == read_capture(first).taken] += frame.copy == "saved"
    assert min(seen["exact"], seen["saved"]) > 10
    assert min(seen[True], seen[False]) > 4


def test_too_little_is_refused_with_what_is_needed(tmp_path):
    with pytest.raises(ValueError, match=r"takes \d+ scenes. Got 3: give more sources"):
        write_card(tmp_path / "card", scenes(3), photos=30)
    with pytest.raises(ValueError, match="needs 30 photos or more"):
        write_card(tmp_path / "card", scenes(3), photos=29)
    assert not (tmp_path / "card").exists()
    with pytest.raises(ValueError, match="needs 96 px on its shorter side. Got 200x50"):
        write_card(tmp_path / "card", [np.zeros((50, 200, 3), np.uint8)] * 9, photos=30)


def test_nothing_is_written_beside_other_files(tmp_path):
    (tmp_path / "mine.jpg").write_bytes(b"mine")
    with pytest.raises(ValueError, match="is not empty"):
        write_card(tmp_path, scenes(9), photos=30)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.jpg"]


@pytest.mark.parametrize("photos", [30, 31, 57, 200, 601])
def test_any_number_of_photos_is_met_exactly(photos):
    for seed in range(5):
        plan = plan_card(photos, random(seed))
        assert sum(group.size for group in plan) == photos
        assert {group.kind for group in plan} == set(SHARES)
        assert all(2 <= group.size <= 12 for group in plan if group.kind == "burst")


@pytest.mark.data
def test_a_card_of_600_real_photos_is_made_of_125_scenes(data_dir):
    scenes = len(list((data_dir / "clean_photos").glob("*.jpg")))
    for seed in range(20):
        plan = plan_card(600, np.random.default_rng([seed, 0]))
        assert sum(group.sources for group in plan) <= scenes
        assert sum(group.damaged for group in plan) > 30
