"""What a method costs, with methods that take a known time."""

import weakref

import numpy as np
import pytest
from PIL import Image

from sim_bench.benchmark import cost
from sim_bench.benchmark.cost import PHOTOS, costs
from sim_bench.quality_assessment.clip_aesthetic import CLIPAestheticAssessor
from sim_bench.quality_assessment.sharpness import SharpnessAssessor
from tests.fakes import FakeEncoder


class Clock:
    """Time that passes only when somebody works."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


class Slow(SharpnessAssessor):
    def __init__(self, clock, seconds):
        self.clock, self.work = clock, seconds

    def observe(self, planes):
        self.clock.now += self.work
        return super().observe(planes)


class SlowEncoder(FakeEncoder):
    def __init__(self, clock):
        super().__init__()
        self.clock, self.calls = clock, []

    def prepare(self, rgb):
        if rgb.shape[0] > 16:
            self.clock.now += 1.0
        return super().prepare(rgb)

    def encode_images(self, images):
        self.calls.append(len(images))
        self.clock.now += 1000.0 if len(self.calls) == 1 else 3.0 * len(images)
        return super().encode_images(images)


@pytest.fixture
def clock(monkeypatch):
    """Decoding takes 2 seconds."""
    found, read = Clock(), cost.read_picture

    def slowly(path):
        found.now += 2.0
        return read(path)

    monkeypatch.setattr(cost, "perf_counter", found)
    monkeypatch.setattr(cost, "read_picture", slowly)
    return found


@pytest.fixture
def photos(tmp_path):
    rng = np.random.default_rng(0)
    paths = [tmp_path / f"{k:02}.png" for k in range(20)]
    for path in paths:
        Image.fromarray(rng.integers(0, 256, (20, 24, 3), dtype=np.uint8)).save(path)
    return paths


def test_it_is_the_time_over_the_time_to_decode(clock, photos):
    methods = {"quick": Slow(clock, 0.5), "slow": Slow(clock, 8.0)}
    assert costs(methods, photos) == pytest.approx({"quick": 0.25, "slow": 4.0})


def test_methods_over_vectors_are_timed_in_one_batch_after_a_first_call(clock, photos):
    """1 s to prepare and 3 s to encode a photo, over 2 s; the first call's 1,000 s do not count."""
    encoder = SlowEncoder(clock)
    found = costs({"clip": CLIPAestheticAssessor(encoder=encoder)}, photos)
    assert found["clip"] == pytest.approx(2.0)
    assert encoder.calls == [PHOTOS, PHOTOS]


def test_photos_are_spread_over_the_whole(clock, photos, monkeypatch):
    opened, read = [], cost.read_picture
    monkeypatch.setattr(cost, "read_picture", lambda path: opened.append(path) or read(path))
    costs({"m": Slow(clock, 1.0)}, photos)
    assert len(opened) == len(set(opened)) == PHOTOS
    assert (opened[0], opened[-1]) == (photos[0], photos[-1])


def test_what_cannot_be_read_is_passed_over(clock, photos):
    photos[0].write_bytes(b"no photo")
    photos[1].unlink()
    assert costs({"m": Slow(clock, 1.0)}, photos) == {"m": pytest.approx(0.5)}
    assert costs({"m": Slow(clock, 1.0)}, photos[:2]) == {"m": None}
    assert costs({"m": Slow(clock, 1.0)}, []) == {"m": None}
    assert costs({}, photos) == {}


def test_one_photo_is_held_at_a_time(clock, photos, monkeypatch):
    held, read = [], cost.read_picture

    class Watched(Slow):
        def observe(self, planes):
            held.append(sum(ref() is not None for ref in pictures))
            return super().observe(planes)

    pictures = []

    def watched(path):
        picture = read(path)
        pictures.append(weakref.ref(picture.rgb))
        return picture

    monkeypatch.setattr(cost, "read_picture", watched)
    costs({"m": Watched(clock, 1.0)}, photos)
    assert max(held) <= 2  # the last one until the next has taken its place
