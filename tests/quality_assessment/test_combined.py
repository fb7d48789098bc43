"""Methods that combine the scores of others, and encoders that look at photos at their own size."""

import numpy as np
import pytest
from PIL import Image

from sim_bench.quality_assessment.base import QualityAssessor
from sim_bench.quality_assessment.clip_aesthetic import CLIPAestheticAssessor
from sim_bench.quality_assessment.colourfulness import ColourfulnessAssessor
from sim_bench.quality_assessment.photo import Asked
from sim_bench.quality_assessment.run import score_table
from sim_bench.quality_assessment.sharpness import SharpnessAssessor
from sim_bench.quality_assessment.vector_based import VectorBasedAssessor
from sim_bench.store.store import Store
from tests.fakes import FakeEncoder
from tests.quality_assessment.samples import scene

pytestmark = pytest.mark.filterwarnings("ignore::sim_bench.quality_assessment.remarks.RunRemark")


class Sum(QualityAssessor):
    """The plain sum of its members."""

    name = "sum"
    kind = "learned"
    score_range = (-10.0, 10.0)

    def __init__(self, members):
        self._members = members

    def members(self):
        return self._members

    def load(self, store=None):
        for member in self._members.values():
            member.load(store)

    def combine(self, scores):
        assert list(scores) == list(self._members)
        return sum(scores.values())

    observe = score_observed = details_observed = explain_observed = None


class Native(VectorBasedAssessor):
    """Mean and height of a photo, looked at at its own size."""

    name = "native"
    score_range = (-1.0, 1.0)
    encoder = None

    def __init__(self, encoder):
        self.encoder = encoder

    def score_vectors(self, vectors):
        return vectors[:, 0].astype(np.float64)

    details_observed = explain_observed = None


class OwnSize(FakeEncoder):
    """Takes photos one at a time, as they are."""

    def __init__(self):
        super().__init__()
        self.input_size = None
        self.fingerprint = "own-size"
        self.seen = []

    def prepare(self, rgb):
        return rgb if rgb.shape[:2] == (16, 16) else super().prepare(rgb)

    def encode_images(self, images):
        self.seen += [image.shape for image in images]
        return super().encode_images(images)


@pytest.fixture
def photos(tmp_path):
    for seed in range(6):
        Image.fromarray(scene(60 + seed, 80, seed)).save(tmp_path / f"{seed}.png")
    (tmp_path / "7.png").write_bytes(b"")
    return sorted(tmp_path.glob("*.png"))


def test_members_are_scored_once_and_combined(photos):
    encoder = FakeEncoder()
    clip = CLIPAestheticAssessor(encoder=encoder)
    both = Sum({"sharp": SharpnessAssessor(), "clip": CLIPAestheticAssessor(encoder=encoder)})
    outer = Sum({"inner": both, "colour": ColourfulnessAssessor()})
    methods = {"clip_aesthetic": clip, "both": both, "outer": outer}
    table = score_table(photos, methods)
    assert encoder.images_encoded == 6 + 6  # each photo once, and each mirrored for the remark
    alone = score_table(photos, {"s": SharpnessAssessor(), "c": ColourfulnessAssessor()})
    assert list(table.columns[5:]) == list(methods)
    np.testing.assert_array_equal(table["both"], alone["s"] + table["clip_aesthetic"])
    np.testing.assert_array_equal(table["outer"], table["both"] + alone["c"])
    assert list(table["status"]) == ["scored"] * 6 + ["unscored"]


def test_a_member_without_a_score_leaves_the_sum_without_one(photos, monkeypatch):
    member = SharpnessAssessor()
    monkeypatch.setattr(member, "score_observed", lambda seen: np.full(len(seen), np.nan))
    row = score_table(photos, {"sum": Sum({"sharp": member})}).iloc[0]
    assert row["status"] == "unscored"
    assert row["reason"] == "no finite score by sum (for want of one by sharp)"


def test_one_decoding_serves_members_too():
    small = CLIPAestheticAssessor(encoder=FakeEncoder())
    assert Asked({"sum": Sum({"clip": small})}).at_least == small.at_least
    assert Asked({"sum": Sum({"clip": small, "sharp": SharpnessAssessor()})}).at_least is None


def test_scores_of_members_are_kept(photos, tmp_path):
    method = Sum({"sharp": SharpnessAssessor()})
    with Store(tmp_path / "kept.sqlite") as store:
        first = score_table(photos, {"sum": method}, store=store)
        again = score_table(photos, {"sum": method}, store=store)
        direct = score_table(photos, {"sharpness": SharpnessAssessor()}, store=store)
    assert first.equals(again)
    assert list(direct["sharpness"][:6]) == list(first["sum"][:6])


def test_photos_of_their_own_size_do_not_wait_in_a_queue(photos, tmp_path):
    encoder = OwnSize()
    with Store(tmp_path / "kept.sqlite") as store:
        first = score_table(photos, {"native": Native(encoder)}, store=store)
        assert sorted(encoder.seen) == [(60 + k, 80, 3) for k in range(6)]
        again = score_table(photos, {"native": Native(encoder)}, store=store)
    assert len(encoder.seen) == 6
    assert first.equals(again)
    assert first["native"].notna().sum() == 6
