"""Every photo through every method: once, and again only where nothing is known of it."""

import math
import os

import numpy as np
import pytest
from PIL import Image

from sim_bench.benchmark.journal import NAME
from sim_bench.benchmark.methods import with_parts
from sim_bench.benchmark.scoring import BRIGHTNESS, forget_journal, score_of, score_photos
from sim_bench.quality_assessment.clip_aesthetic import CLIPAestheticAssessor
from sim_bench.quality_assessment.composite import CompositeAssessor
from sim_bench.quality_assessment.contrast import ContrastAssessor
from sim_bench.quality_assessment.sharpness import SharpnessAssessor
from sim_bench.store.store import Store
from tests.fakes import FakeEncoder

pytestmark = pytest.mark.filterwarnings("ignore::sim_bench.quality_assessment.remarks.RunRemark")


class Failing(SharpnessAssessor):
    """Raises at one photo: the one with a white corner."""

    def observe(self, planes):
        if planes.rgb[0, 0].min() == 255:
            raise RuntimeError("cannot bear white\nand says more")
        return super().observe(planes)


class Nothing(SharpnessAssessor):
    """Never finds a finite score."""

    def score_observed(self, observed):
        return np.full(len(observed), np.nan)

    @property
    def fingerprint(self):
        return None


@pytest.fixture
def photos(tmp_path):
    rng = np.random.default_rng(0)
    paths = [tmp_path / "photos" / f"{k}.png" for k in range(6)]
    paths[0].parent.mkdir()
    for k, path in enumerate(paths):
        pixels = rng.integers(0, 200, (20 + k, 24, 3), dtype=np.uint8)
        pixels[0, 0] = 255 if k == 4 else 0
        Image.fromarray(pixels).save(path)
    return paths


@pytest.fixture
def score(tmp_path, photos):
    def call(methods, paths=photos, *, resume=False, store=None, watch=lambda records, _: records):
        return score_photos(
            paths, with_parts(methods, {}), tmp_path, store=store, resume=resume, watch=watch
        )

    return call


def test_scores_are_those_of_each_method_alone(score, photos):
    clip = CLIPAestheticAssessor(encoder=FakeEncoder())
    methods = {"sharp": SharpnessAssessor(), "clip": clip, "all": CompositeAssessor()}
    records, failed = score(methods)
    assert failed == {}
    assert list(records) == photos
    for name, method in methods.items():
        alone = method.assess_batch(photos)[method.name]
        assert [score_of(records[p], name) for p in photos] == alone.tolist()


def test_brightness_and_parts_are_scored_beside(score, photos):
    record = score({"all": CompositeAssessor({"noise": 1, "contrast": 3})})[0][photos[0]]
    beside = [name for name in record.scores if name.startswith("part of CompositeAssessor")]
    assert set(record.scores) == {"all", BRIGHTNESS, *beside}
    assert len(beside) == 2
    expected = np.asarray(Image.open(photos[0]).convert("L"), float).mean() / 255
    assert score_of(record, BRIGHTNESS) == pytest.approx(expected)


def test_a_photo_that_cannot_be_read_keeps_its_reason(score, photos, tmp_path):
    broken, absent = tmp_path / "broken.jpg", tmp_path / "absent.jpg"
    broken.write_text("no photo")
    records, failed = score({"sharp": SharpnessAssessor()}, [photos[0], broken, absent])
    assert failed == {}
    assert [records[p].status for p in records] == ["scored", "unscored", "unscored"]
    assert records[broken].reason
    assert records[absent].reason
    assert math.isnan(score_of(records[absent], "sharp"))


def test_a_method_that_raises_in_the_middle_is_named_and_the_others_go_on(score, photos):
    methods = {"sharp": SharpnessAssessor(), "bad": Failing(), "contrast": ContrastAssessor()}
    records, failed = score(methods)
    assert failed == {"bad": "RuntimeError: cannot bear white"}
    expected = SharpnessAssessor().assess_batch(photos)["sharpness"].tolist()
    assert [score_of(records[p], "sharp") for p in photos] == expected
    assert all(math.isfinite(score_of(r, "contrast")) for r in records.values())
    assert all(math.isfinite(score_of(r, BRIGHTNESS)) for r in records.values())
    assert all(r.status == "scored" and r.width == 24 for r in records.values())


def test_what_was_scored_before_a_method_raised_is_not_scored_again(score, photos, tmp_path):
    """One batch of 64 comes through; the photo that the method cannot bear is in the next."""
    rng = np.random.default_rng(1)
    paths = []
    for k in range(70):
        pixels = rng.integers(0, 200, (8, 10, 3), dtype=np.uint8)
        pixels[0, 0] = 255 if k == 69 else 0
        paths.append(tmp_path / f"{k:02}.png")
        Image.fromarray(pixels).save(paths[-1])

    class Counting(ContrastAssessor):
        seen = 0

        def observe(self, planes):
            type(self).seen += 1
            return super().observe(planes)

    records, failed = score({"counting": Counting(), "bad": Failing()}, paths)
    assert list(failed) == ["bad"]
    assert Counting.seen <= 70 + 6
    expected = ContrastAssessor().assess_batch(paths)["contrast"].tolist()
    assert [score_of(records[path], "counting") for path in paths] == expected


def test_two_methods_that_raise_are_both_named(score, photos):
    failed = score({"one": Failing(), "two": Failing(), "sharp": SharpnessAssessor()})[1]
    assert set(failed) == {"one", "two"}


def test_beside_a_method_that_raises_an_unreadable_photo_keeps_its_reason(score, photos, tmp_path):
    absent = tmp_path / "absent.jpg"
    records, _ = score({"bad": Failing(), "sharp": SharpnessAssessor()}, [*photos, absent])
    assert len(records) == 7
    assert records[absent].status == "unscored"
    assert records[absent].reason


def test_a_score_that_is_not_finite_is_none(score, photos):
    records, failed = score({"none": Nothing(), "sharp": SharpnessAssessor()})
    assert failed == {}
    for record in records.values():
        assert math.isnan(score_of(record, "none"))
        assert math.isfinite(score_of(record, "sharp"))
        assert "none" in record.reason
    assert math.isnan(score_of(None, "sharp"))
    assert math.isnan(score_of(records[photos[0]], "unheard of"))


def test_a_run_goes_on_where_it_was_interrupted(score, photos, tmp_path):
    def interrupted(records, total):
        for done, record in enumerate(records, start=1):
            yield record
            if done == 3:
                raise KeyboardInterrupt

    encoder = FakeEncoder()
    methods = {"clip": CLIPAestheticAssessor(encoder=encoder), "sharp": SharpnessAssessor()}
    with pytest.raises(KeyboardInterrupt):
        score(methods, watch=interrupted)
    for path in photos[:3]:  # what is known is not opened: it could not be
        state = path.stat()
        path.write_bytes(b"\0" * state.st_size)
        os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))
    before = encoder.images_encoded
    totals = []

    def watch(records, total):
        totals.append(total)
        return records

    records, failed = score(methods, resume=True, watch=watch)
    assert totals == [3]
    assert failed == {}
    assert set(records) == set(photos)
    assert all(record.status == "scored" for record in records.values())
    mirrored = 3
    assert encoder.images_encoded - before <= 3 + mirrored
    assert records[photos[0]].known


def test_without_resume_everything_is_scored_again(score, photos):
    sizes = []

    def watch(records, total):
        sizes.append(total)
        return records

    for resume in (False, False, True):
        score({"sharp": SharpnessAssessor()}, resume=resume, watch=watch)
    assert sizes == [6, 6, 0]


def test_another_method_uses_nothing_of_the_journal(score, photos):
    score({"a": CompositeAssessor()})
    sizes = []

    def watch(records, total):
        sizes.append(total)
        return records

    score({"a": CompositeAssessor({"noise": 1, "contrast": 1})}, resume=True, watch=watch)
    assert sizes == [6]


def test_a_store_answers_for_all_but_nothing_else_changes(score, photos, tmp_path):
    encoder = FakeEncoder()
    methods = {"clip": CLIPAestheticAssessor(encoder=encoder), "all": CompositeAssessor()}
    with Store(tmp_path / "store.sqlite") as store:
        first, _ = score(methods, store=store)
        before = encoder.images_encoded
        second, _ = score(methods, store=store)
    assert encoder.images_encoded == before
    assert [r.scores for r in second.values()] == [r.scores for r in first.values()]


def test_the_journal_can_be_forgotten(score, tmp_path):
    score({"sharp": SharpnessAssessor()})
    assert (tmp_path / NAME).is_file()
    forget_journal(tmp_path)
    forget_journal(tmp_path)
    assert not (tmp_path / NAME).exists()


def test_no_photos(score):
    assert score({"sharp": SharpnessAssessor()}, []) == ({}, {})
