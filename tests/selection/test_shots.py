"""One run gives the looks and the scores of a card."""

import numpy as np
import pytest
from PIL import Image

from sim_bench.quality_assessment.clip_aesthetic import CLIPAestheticAssessor
from sim_bench.quality_assessment.run import score_stream, score_table
from sim_bench.quality_assessment.sharpness import SharpnessAssessor
from sim_bench.selection.look import LookEncoder
from sim_bench.selection.shots import take
from sim_bench.store.store import Store
from tests.fakes import FakeEncoder
from tests.quality_assessment.samples import scene

pytestmark = pytest.mark.filterwarnings("ignore::sim_bench.quality_assessment.remarks.RunRemark")


@pytest.fixture
def photos(tmp_path):
    """Four scenes, a copy of the first, and a file that is no photo."""
    for seed in range(4):
        Image.fromarray(scene(60 + seed, 80, seed)).save(tmp_path / f"IMG_{seed:04}.png")
    (tmp_path / "IMG_0004.png").write_bytes((tmp_path / "IMG_0000.png").read_bytes())
    (tmp_path / "IMG_0005.png").write_bytes(b"no photo")
    return sorted(tmp_path.glob("*.png"))


def test_every_photo_has_a_shot_and_a_row(photos, tmp_path):
    methods = {"sharp": SharpnessAssessor()}
    with Store(tmp_path / "kept.sqlite") as store:
        card = take(photos, methods, store=store)
        again = take(photos, methods, store=store)
    assert [shot.path for shot in card.shots] == photos
    assert [shot.capture.number for shot in card.shots] == list(range(6))
    assert list(card.scores["path"]) == [str(path) for path in photos]
    assert list(card.scores.columns[5:]) == ["sharp"]
    assert card.scores["sharp"].equals(score_table(photos, methods)["sharp"])
    assert card.shots[5].look is None
    assert card.scores["reason"][5]
    for shot, other in zip(card.shots[:5], again.shots[:5], strict=True):
        np.testing.assert_array_equal(shot.look, other.look)
    expected = LookEncoder().encode_images([np.asarray(Image.open(photos[1]))])[0]
    np.testing.assert_array_equal(card.shots[1].look, expected)


def test_only_files_that_may_be_copies_are_hashed(photos):
    shots = take(photos, {"sharp": SharpnessAssessor()}).shots
    assert shots[0].digest == shots[4].digest != None  # noqa: E711
    assert all(shot.digest is None for shot in (*shots[1:4], shots[5]))


def test_progress_passes_every_photo(photos):
    seen = []

    def watch(records, total):
        assert total == len(photos)
        for record in records:
            seen.append(record.path)
            yield record

    take(photos, {"sharp": SharpnessAssessor()}, watch=watch)
    assert seen == photos


def test_what_cannot_be_told_apart_is_refused(photos):
    with pytest.raises(ValueError, match="cannot be called 'look'"):
        take(photos, {"look": SharpnessAssessor()})
    with pytest.raises(ValueError, match="given twice"):
        take([photos[0], photos[0]], {"sharp": SharpnessAssessor()})


def test_records_hold_the_vectors_that_were_asked_for(photos, tmp_path):
    encoder = FakeEncoder()
    methods = {"clip": CLIPAestheticAssessor(encoder=encoder, decode="exact")}
    with Store(tmp_path / "kept.sqlite") as store:
        for _ in range(2):  # from this run, then from the store
            found = list(score_stream(photos, methods, store=store, vectors_of=["clip"]))
            assert found[5].vectors == {}
            for record in found[:5]:
                scored = methods["clip"].score_vectors(record.vectors["clip"][None])[0]
                assert scored == record.scores["clip"]
    assert all(record.vectors == {} for record in score_stream(photos, methods))
