"""Several learned methods at once: each photo is encoded once per encoder, whatever asks for it."""

import numpy as np
import pytest
from PIL import Image

from sim_bench.quality_assessment.clip_aesthetic import CLIPAestheticAssessor
from sim_bench.quality_assessment.clip_iqa import CLIPIQAAssessor
from sim_bench.quality_assessment.run import score_table
from sim_bench.store.store import Store
from tests.fakes import FakeEncoder
from tests.quality_assessment.laion_heads import random_laion_assessor
from tests.quality_assessment.samples import scene

pytestmark = pytest.mark.filterwarnings("ignore::sim_bench.quality_assessment.remarks.RunRemark")

PHOTOS = 20
MIRRORED = 8


@pytest.fixture
def photos(tmp_path):
    for seed in range(PHOTOS):
        Image.fromarray(scene(60, 80, seed)).save(tmp_path / f"{seed:02}.png")
    return sorted(tmp_path.glob("*.png"))


def three(*encoders):
    """The three methods over CLIP, over one encoder or over one each."""
    first, second, third = encoders * 3 if len(encoders) == 1 else encoders
    return {
        "clip_aesthetic": CLIPAestheticAssessor(encoder=first),
        "clip_iqa": CLIPIQAAssessor(encoder=second),
        "laion_aesthetic": random_laion_assessor(encoder=third),
    }


def test_three_methods_over_one_encoder_encode_each_photo_once(photos, tmp_path):
    encoder = FakeEncoder()
    with Store(tmp_path / "kept.sqlite") as store:
        together = score_table(photos, three(encoder), store=store)
        assert encoder.images_encoded == PHOTOS + MIRRORED
        for name, method in three(encoder).items():
            alone = score_table(photos, {name: method}, store=store)
            np.testing.assert_array_equal(alone[name], together[name])
    assert encoder.images_encoded == PHOTOS + MIRRORED
    assert together["status"].eq("scored").all()


def test_over_encoders_of_their_own_each_encodes_each_photo_once(photos):
    encoders = [FakeEncoder() for _ in range(3)]
    for number, encoder in enumerate(encoders):
        encoder.fingerprint = f"fake-{number}"
    score_table(photos, three(*encoders))
    encoded = [encoder.images_encoded for encoder in encoders]
    assert encoded == [PHOTOS + MIRRORED, PHOTOS, PHOTOS]  # one method has a remark on the run
