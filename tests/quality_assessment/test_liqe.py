"""LIQE by hand, and against pyiqa with the same random weights, as recorded."""

import hashlib
import json
import math

import numpy as np
import pytest
from PIL import Image

from sim_bench.errors import WeightsError, WeightsUnavailableError
from sim_bench.quality_assessment.liqe import LIQEAssessor
from sim_bench.quality_assessment.liqe_prompts import (
    DISTORTIONS,
    QUALITIES,
    SCENES,
    marginals,
    prompts_of,
)
from sim_bench.quality_assessment.luma import Planes
from sim_bench.quality_assessment.run import score_table
from sim_bench.quality_assessment.vector_based import encode_texts
from sim_bench.store.store import Store
from sim_bench.weights.table import weight_file
from tests.quality_assessment.random_liqe import (
    REFERENCE,
    arrays_of,
    encoder_of,
    random_encoder,
    random_liqe,
    vectors_of,
)
from tests.quality_assessment.samples import scene
from tests.reference.liqe.weights import FULL, SMALL, all_photos, checksum
from tests.reference.photos import SIZES

RECORDED = json.loads((REFERENCE / "scores.json").read_text(encoding="utf-8"))
TOLERANCE = 1e-4


@pytest.fixture(scope="module")
def pictures():
    made = all_photos()
    found = hashlib.sha256(b"".join(rgb.tobytes() for rgb in made[: len(SIZES)])).hexdigest()
    assert found == RECORDED["photos"], "the pictures are others than those of the reference"
    return made


@pytest.fixture
def observed():
    return random_liqe().observe(Planes(scene()))


@pytest.fixture
def path(tmp_path):
    Image.fromarray(scene()).save(tmp_path / "scene.png")
    return tmp_path / "scene.png"


def assert_alike(found, wanted):
    """Within the tolerance, and the photos far further apart."""
    assert np.std(wanted) > 50 * TOLERANCE
    assert np.abs(np.asarray(found) - wanted).max() < TOLERANCE


@pytest.mark.parametrize("weights", ["liqe-mix", "liqe-koniq"])
def test_small_networks_score_as_pyiqa_does(pictures, weights):
    assert checksum(arrays_of(SMALL)) == RECORDED["small"]["weights"]
    vectors = vectors_of(random_encoder("native"), pictures)
    found = random_liqe(weights, "native").score_vectors(vectors)
    assert_alike(found, RECORDED["small"][f"native_{weights.removeprefix('liqe-')}"])


def test_small_networks_judge_as_the_authors_pipeline_does(pictures):
    found = random_liqe().probabilities(vectors_of(random_encoder(), pictures))
    assert_judged_alike(found, RECORDED["small"]["demo_mix"])


def assert_judged_alike(found, recorded):
    wanted = {kind: np.array([one[kind] for one in recorded]) for kind in recorded[0]}
    assert_alike(found.scores, wanted["score"])
    assert_alike(found.scenes, wanted["scenes"])
    assert_alike(found.distortions, wanted["distortions"])


def test_large_pictures_tell_the_two_ways_apart(pictures):
    large = slice(len(SIZES), None)
    demo = [one["score"] for one in RECORDED["small"]["demo_mix"]][large]
    assert (np.abs(np.subtract(demo, RECORDED["small"]["native_mix"][large])) > TOLERANCE).all()


@pytest.mark.slow
def test_networks_of_the_published_size_score_as_pyiqa_does(pictures):
    arrays, recorded = arrays_of(FULL), RECORDED["full"]
    assert checksum(arrays) == recorded["weights"]
    twenty, large = pictures[: len(SIZES)], pictures[len(SIZES) :]
    native = encoder_of(arrays, FULL, "native")
    mix, koniq = LIQEAssessor(encoder=native), LIQEAssessor("liqe-koniq", encoder=native)
    vectors = vectors_of(native, twenty)
    assert_alike(mix.score_vectors(vectors), recorded["native_mix"])
    assert_alike(koniq.score_vectors(vectors), recorded["native_koniq"])
    # The towers are the same; only the crops differ.
    demo = vectors_of(encoder_of(arrays, FULL, "demo"), large)
    found = mix.probabilities(demo)
    scores = [one["score"] for one in recorded["demo_mix"]]
    assert_alike(found.scores, scores)
    assert found.scenes == pytest.approx(
        np.array([one["scenes"] for one in recorded["demo_mix"]]), abs=TOLERANCE
    )
    assert found.distortions == pytest.approx(
        np.array([one["distortions"] for one in recorded["demo_mix"]]), abs=TOLERANCE
    )


def test_prompts_are_in_the_published_words_and_order():
    prompts = prompts_of("liqe-mix")
    assert len(prompts) == len(set(prompts)) == 495
    assert prompts[0] == (
        "a photo of a animal with jpeg2000 compression artifacts, which is of bad quality"
    )
    assert prompts[7 * 11 + 3] == (
        "a photo of a still_life with blur artifacts, which is of bad quality"
    )
    assert prompts[-1] == "a photo of a others with other artifacts, which is of perfect quality"
    assert prompts_of("liqe-koniq")[3] == "a photo with good quality"


def test_the_score_is_the_expected_quality():
    # Two prompts share the probability 1 : 3, all others have none.
    logits = np.full((1, 495), -1e4)
    prompts = prompts_of("liqe-mix")
    first = "a photo of a night with noise artifacts, which is of poor quality"
    second = "a photo of a plant with noise artifacts, which is of perfect quality"
    logits[0, prompts.index(first)] = 2.0
    logits[0, prompts.index(second)] = 2.0 + math.log(3.0)
    found = marginals(logits)
    assert found.scores[0] == pytest.approx(0.25 * 2 + 0.75 * 5, abs=1e-12)
    assert found.qualities[0] == pytest.approx([0, 0.25, 0, 0, 0.75], abs=1e-12)
    assert found.scenes[0, SCENES.index("night")] == pytest.approx(0.25, abs=1e-12)
    assert found.scenes[0, SCENES.index("plant")] == pytest.approx(0.75, abs=1e-12)
    assert found.distortions[0, DISTORTIONS.index("noise")] == pytest.approx(1.0, abs=1e-12)


@pytest.mark.parametrize("prompts", [495, 5])
def test_equal_logits_are_fair_quality_and_extremes_stay_in_range(prompts):
    assert marginals(np.zeros((1, prompts))).scores[0] == pytest.approx(3.0, abs=1e-12)
    worst, best = np.zeros((2, prompts))
    worst[: prompts // 5], best[-prompts // 5 :] = 1e5, 1e5
    found = marginals(np.stack([worst, best])).scores
    assert found == pytest.approx([1.0, 5.0], abs=1e-12)
    assert found.min() >= 1.0
    assert found.max() <= 5.0


def test_a_photo_is_judged(path, observed):
    method = random_liqe()
    said = method.judge(path)
    assert said == method.judge_observed(observed)
    assert said.quality == method.assess_image(path)
    assert said.scene == max(said.scenes, key=said.scenes.__getitem__)
    assert said.scene_probability == max(said.scenes.values())
    assert said.distortion_probability == said.distortions[said.distortion]
    assert tuple(said.scenes) == SCENES
    assert tuple(said.distortions) == DISTORTIONS
    for kind in (said.qualities, said.scenes, said.distortions):
        assert math.fsum(kind.values()) == pytest.approx(1.0, abs=1e-12)


def test_weights_for_quality_alone_name_no_scene(path):
    said = random_liqe("liqe-koniq").judge(path)
    assert said.scene is said.scene_probability is said.distortion is None
    assert said.distortion_probability is None
    assert not said.scenes
    assert not said.distortions
    details = random_liqe("liqe-koniq").get_detailed_scores(path)
    assert list(details) == [*(f"quality_{name}" for name in QUALITIES), "overall"]
    reasons = random_liqe("liqe-koniq").explain(path).reasons
    assert all("most likely" not in reason.detail for reason in reasons)


def test_details_hold_every_probability(observed):
    details = random_liqe().details_observed(observed)
    assert len(details) == 5 + 9 + 11 + 1
    assert {"quality_good", "scene_landscape", "distortion_jpeg2000 compression"} < set(details)


def test_reasons_are_levels_times_probabilities(observed):
    method = random_liqe()
    said, explained = method.judge_observed(observed), method.explain_observed(observed)
    found = {reason.name: reason.contribution for reason in explained.reasons}
    assert found["good quality, 4"] == 4 * said.qualities["good"]
    assert len(found) == 5
    first, *others = explained.reasons
    assert f"most likely {said.scene} (" in first.detail
    assert f"with {said.distortion} artifacts (" in first.detail
    assert all("most likely" not in reason.detail for reason in others)


def test_vectors_of_prompts_are_kept_in_the_store(tmp_path):
    class Counting(type(random_encoder())):
        encoded = 0

        def encode_texts(self, texts):
            self.encoded += len(texts)
            return super().encode_texts(texts)

    with Store(tmp_path / "store.sqlite") as store:
        counts = []
        for _ in range(2):
            encoder = encoder_of(arrays_of(SMALL), kind=Counting)
            LIQEAssessor(encoder=encoder).load(store)
            counts.append(encoder.encoded)
        assert counts == [495, 0]
        kept = encode_texts(encoder, prompts_of("liqe-mix"), store)
    assert kept == pytest.approx(random_encoder().encode_texts(prompts_of("liqe-mix")), abs=1e-6)


def test_two_sets_of_prompts_look_at_each_photo_once(path, monkeypatch):
    encoder, counts = encoder_of(arrays_of(SMALL), kind=type(random_encoder())), []
    real = encoder.encode_images
    monkeypatch.setattr(encoder, "encode_images", lambda x: counts.append(len(x)) or real(x))
    methods = {name: LIQEAssessor(name, encoder=encoder) for name in ("liqe-mix", "liqe-koniq")}
    table = score_table([path], methods)
    assert sum(counts) == 1
    assert table["liqe-mix"][0] != table["liqe-koniq"][0]


def test_every_pixel_is_decoded():
    assert random_liqe().at_least is None


def test_arguments_can_be_read_back():
    method = LIQEAssessor("liqe-koniq", "native")
    assert (method.weights, method.preprocess) == ("liqe-koniq", "native")
    assert repr(method) == "LIQEAssessor('liqe-koniq', 'native')"
    assert repr(random_liqe()) == "LIQEAssessor('liqe-mix', 'demo', encoder='random LIQE/demo')"


@pytest.mark.parametrize("wrong", [{"weights": "mix"}, {"preprocess": "resize"}])
def test_unknown_arguments_are_refused(wrong):
    with pytest.raises(ValueError, match=f"{next(iter(wrong))} must be one of"):
        LIQEAssessor(**wrong)


def test_licence_and_training_data_are_known_without_loading():
    method = LIQEAssessor("liqe-koniq")
    assert method.licence == weight_file("liqe-koniq").licence
    assert method.trained_on == weight_file("liqe-koniq").trained_on
    assert "encoder" not in vars(method)
    assert random_liqe().trained_on == ()


@pytest.fixture
def bare(tmp_path, monkeypatch):
    """A machine without weights and without a network."""
    monkeypatch.setenv("SIM_BENCH_WEIGHTS", str(tmp_path / "weights"))
    monkeypatch.delenv("SIM_BENCH_MODELS", raising=False)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")


@pytest.mark.usefixtures("bare")
def test_without_its_weights_it_says_what_to_fetch():
    method = LIQEAssessor()
    said = method.missing()
    assert "liqe_mix" in said
    assert "clip-tokenizer" in said
    assert not method.is_available()
    assert random_liqe().missing() is None
    with pytest.raises(WeightsUnavailableError, match="liqe-mix"):
        method.load()


def test_broken_weights_are_refused_before_any_scoring(path):
    broken = arrays_of(SMALL) | {"visual.proj": np.full((128, 48), np.nan, np.float32)}
    method = LIQEAssessor(encoder=encoder_of(broken))
    with pytest.raises(WeightsError, match=r"'visual\.proj' holds values that are not finite"):
        score_table([path], {"liqe": method})
