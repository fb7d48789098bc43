import json
import math

import numpy as np
import pytest
from PIL import Image
from safetensors.numpy import save_file

from sim_bench.errors import DeviceError, PromptError, UnknownNameError, WeightsError
from sim_bench.networks import clip_resnet_encoder
from sim_bench.networks.own_size import OwnSize
from sim_bench.quality_assessment.clip_iqa import CLIPIQAAssessor
from sim_bench.quality_assessment.luma import Planes
from sim_bench.quality_assessment.run import score_table
from sim_bench.store.store import Store
from tests.fakes import FakeEncoder
from tests.quality_assessment.random_clip_iqa import encoder, random_clip_iqa, tiny
from tests.quality_assessment.samples import scene
from tests.reference.clip_iqa.weights import FULL, SMALL, TOKENIZER, checksum, state_dict
from tests.reference.photos import SIZES, digest, photos

TOLERANCE = 1e-4
RECORDED = json.loads(TOKENIZER.with_name("scores.json").read_text(encoding="utf-8"))
GOOD, BAD = "Good photo.", "Bad photo."


@pytest.fixture(scope="module")
def small():
    """The small random encoder and its vectors of the reference pictures."""
    state = state_dict(SMALL)
    assert checksum(state) == RECORDED["small"]["weights"], "numpy draws other numbers"
    made = encoder(state)
    return made, made.encode_images(photos())


def test_the_reference_is_of_these_pictures():
    assert digest() == RECORDED["photos"]
    assert tuple(map(tuple, RECORDED["sizes"])) == SIZES


@pytest.mark.parametrize(("other", "pairs"), [("piq", "quality"), ("pyiqa", "five_pairs")])
def test_scores_are_those_of_another_implementation(small, other, pairs):
    """piq's published pair and pyiqa's five, at a quarter of the width; see record.py."""
    expected = np.array(RECORDED["small"][other])
    assert np.ptp(expected) > 50 * TOLERANCE
    scores = CLIPIQAAssessor(encoder=small[0], pairs=pairs).score_vectors(small[1])
    assert np.abs(scores - expected).max() <= TOLERANCE


@pytest.mark.slow
def test_scores_are_those_of_other_implementations_at_full_size():
    state = state_dict(FULL)
    assert checksum(state) == RECORDED["full"]["weights"], "numpy draws other numbers"
    full = encoder(state, FULL)
    vectors = full.encode_images(photos())
    for other, pairs in (("piq", "quality"), ("pyiqa", "five_pairs")):
        expected = np.array(RECORDED["full"][other])
        assert np.ptp(expected) > 50 * TOLERANCE
        scores = CLIPIQAAssessor(encoder=full, pairs=pairs).score_vectors(vectors)
        assert np.abs(scores - expected).max() <= TOLERANCE


def fake(good, bad, **arguments):
    """An assessor for which photos may be given as vectors (x, y) of unit length."""
    texts = FakeEncoder(dim=2, texts={GOOD: good, BAD: bad})
    return CLIPIQAAssessor(encoder=texts, **arguments)


def test_the_scale_is_the_published_one_but_for_the_embedded_model():
    assert CLIPIQAAssessor().multiplier == 100.0
    assert CLIPIQAAssessor("ViT-B-32").multiplier == 100.0
    assert CLIPIQAAssessor("embedded").multiplier == 5.0
    assert CLIPIQAAssessor("embedded", scale=100.0).multiplier == 100.0
    assert CLIPIQAAssessor("embedded").variant == ("a variant of CLIP-IQA: model embedded, scale 5")
    from sim_bench.encoders.load import load_encoder

    assert CLIPIQAAssessor("auto", encoder=load_encoder("embedded")).multiplier == 5.0


@pytest.mark.parametrize(("scale", "expected"), [(100.0, 1 / (1 + math.exp(-20))), (1.0, 0.549834)])
def test_a_score_is_known_by_hand(scale, expected):
    """Cosines .8 and .6: softmax of 80 and 60, and of .8 and .6 (1 / (1 + e^-.2) = .549834)."""
    assessor = fake((1.0, 0.0), (0.0, 1.0), scale=scale)
    scores = assessor.score_vectors(np.array([[0.8, 0.6], [0.6, 0.8]], dtype=np.float32))
    assert scores == pytest.approx([expected, 1 - expected], abs=1e-6)


def test_photos_next_to_zero_are_still_told_apart():
    """Cosines -1 against 1 and -.9 against .9: softmax of differences of -200 and -180."""
    assessor = fake((1.0, 0.0), (-1.0, 0.0))
    scores = assessor.score_vectors(np.array([[-1.0, 0.0], [-0.9, 0.19**0.5]], dtype=np.float32))
    assert scores == pytest.approx([math.exp(-200), math.exp(-180)], rel=1e-5, abs=0.0)


def test_the_embedded_model_scores_by_the_same_arithmetic():
    assessor = CLIPIQAAssessor("embedded", precision="f32", pairs="five_pairs", scale=30.0)
    photo = np.asarray(assessor.encoder.encode_images([scene(120, 160)])[0], dtype=np.float64)
    texts = assessor.encoder.encode_texts(assessor.texts).astype(np.float64)
    logits = np.exp(30.0 * (texts @ photo).reshape(2, 5))
    expected = (logits[0] / logits.sum(axis=0)).mean()
    seen = assessor.observe(Planes(scene(120, 160)))
    assert assessor.score_observed([seen])[0] == pytest.approx(expected, abs=1e-6)
    assert assessor.variant == "a variant of CLIP-IQA: model embedded, pairs five_pairs, scale 30"
    assert assessor.made_by.endswith(f"[{assessor.variant}]")


def test_attributes_are_reported_in_the_official_order_and_noise_counts_against(small):
    assessor = CLIPIQAAssessor(encoder=small[0], pairs="attributes")
    details = assessor.details_observed(small[1][0])
    names = [name for name in details if "|" in name]
    assert names == [
        "Good photo.|Bad photo.",
        "Bright photo.|Dark photo.",
        "Sharp photo.|Blurry photo.",
        "Noisy photo.|Clean photo.",
        "Colorful photo.|Dull photo.",
        "High contrast photo.|Low contrast photo.",
    ]
    noisy = details["Noisy photo.|Clean photo."]
    cosine = {text: details[f"similarity_{text}"] for text in assessor.texts}
    difference = 100 * (cosine["Noisy photo."] - cosine["Clean photo."])
    assert noisy == pytest.approx(1 / (1 + math.exp(-difference)), abs=1e-9)
    good = [1 - noisy if name.startswith("Noisy") else details[name] for name in names]
    assert details["overall"] == pytest.approx(np.mean(good), abs=1e-9)
    reasons = {reason.name: reason for reason in assessor.explain_observed(small[1][0]).reasons}
    clean = reasons["Clean photo. / Noisy photo."]
    assert clean.contribution == pytest.approx((1 - noisy) / 6, abs=1e-9)
    assert clean.detail.startswith(f"{1 - noisy:.0%} the first")


def test_a_pair_the_other_way_round_scores_the_other_way_round(small):
    made, vectors = small
    there = CLIPIQAAssessor(encoder=made, pairs=[(GOOD, BAD)]).score_vectors(vectors)
    back = CLIPIQAAssessor(encoder=made, pairs=[(BAD, GOOD)]).score_vectors(vectors)
    assert there + back == pytest.approx(np.ones(len(there)), abs=1e-12)


def test_pairs_come_from_names_files_and_lists(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("contrastive_pairs: [[calm, busy]]", encoding="utf-8")
    for pairs in (path, str(path), [["calm", "busy"]], (("calm", "busy"),)):
        assert CLIPIQAAssessor(pairs=pairs).texts == ("calm", "busy")
    assert CLIPIQAAssessor(pairs=iter([["calm", "busy"]])).pairs == (("calm", "busy"),)
    assert CLIPIQAAssessor(pairs="clip_iqa").texts[3] == "Clean photo."
    assert len(CLIPIQAAssessor(pairs="five_pairs").texts) == 10


def test_pairs_that_cannot_be_used_are_refused(tmp_path):
    path = tmp_path / "mixed.yaml"
    path.write_text("contrastive_pairs: [[a, b]]\npositive_attributes: [c]", encoding="utf-8")
    with pytest.raises(PromptError, match=r"mixed\.yaml: single prompts have no place"):
        CLIPIQAAssessor(pairs=path)
    with pytest.raises(PromptError, match="no prompts at all"):
        CLIPIQAAssessor(pairs=[])
    with pytest.raises(PromptError, match="two different prompts"):
        CLIPIQAAssessor(pairs=[("a", "a")])
    with pytest.raises(UnknownNameError, match="'atributes'. Did you mean 'attributes'"):
        CLIPIQAAssessor(pairs="atributes")
    with pytest.raises(UnknownNameError, match="'default'.* Known: attributes, clip_iqa"):
        CLIPIQAAssessor(pairs="default")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"decode": "fast"}, "decode must be one of scaled, exact. Got 'fast'"),
        ({"scale": 0.0}, "scale must be a number above 0. Got 0.0"),
        ({"scale": math.nan}, "scale must be a number above 0. Got nan"),
        ({"short_side": 12}, "short_side must be 31 or more"),
        ({"most_pixels": 5}, "most_pixels must be 961 or more"),
        ({"model_name": "ViT-B-32", "short_side": 512}, "short_side is for RN50. Got it with"),
    ],
)
def test_arguments_are_checked_before_anything_is_loaded(arguments, message):
    with pytest.raises(ValueError, match=message):
        CLIPIQAAssessor(**arguments)


def test_arguments_are_readable_back_and_in_the_repr():
    given = {
        "model_name": "RN50",
        "pretrained": "openai",
        "device": "cpu",
        "precision": "f32",
        "decode": "exact",
        "pairs": (("calm", "busy"),),
        "scale": 50.0,
        "short_side": 512,
        "most_pixels": None,
    }
    assessor = CLIPIQAAssessor(**given)
    assert {name: getattr(assessor, name) for name in given} == given
    assert all(f"{name}={value!r}" in repr(assessor) for name, value in given.items())
    assert repr(assessor).endswith("[a variant of CLIP-IQA: other pairs, scale 50]")


@pytest.mark.parametrize("name", ["RN50", "rn50", "rn50/openai"])
def test_the_published_method_is_no_variant(name):
    assessor = CLIPIQAAssessor(name)
    assert assessor.variant == ""
    assert repr(assessor).endswith(")")
    assert assessor.licence == "MIT"
    assert assessor.trained_on


@pytest.mark.parametrize(
    ("name", "weights"), [("ViT-B-32", None), ("vit-b-32", None), ("RN50", "yfcc15m")]
)
def test_other_models_and_weights_are_variants(name, weights):
    assert f"model {name}" in CLIPIQAAssessor(name, weights).variant


def test_the_encoder_given_says_whether_it_is_a_variant(small):
    assert CLIPIQAAssessor(encoder=small[0]).variant == ""
    assert CLIPIQAAssessor(encoder=small[0]).made_by == small[0].name
    other = CLIPIQAAssessor(encoder=FakeEncoder(name="fake"))
    assert other.made_by == "fake [a variant of CLIP-IQA: model fake]"


def test_without_weights_it_says_what_to_fetch_and_where_to_put_it(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("SIM_BENCH_MODELS", str(tmp_path))
    missing = CLIPIQAAssessor().missing()
    for name in ("clip-rn50-openai", "clip-tokenizer"):
        assert f"sim-bench models get {name}" in missing
    assert "sim-bench models get" in CLIPIQAAssessor("vit-b-32", "openai").missing()


def test_rn50_runs_on_the_cpu_in_f32():
    for argument in ({"device": "cuda"}, {"precision": "bf16"}):
        assessor = CLIPIQAAssessor(**argument)
        assert "RN50 runs" in assessor.missing()
        with pytest.raises(DeviceError, match="RN50 runs"):
            assessor.load()


def test_every_pixel_is_looked_at(small):
    assert CLIPIQAAssessor(encoder=small[0]).at_least is None
    assert CLIPIQAAssessor(encoder=FakeEncoder()).at_least == 48


def test_broken_weights_are_refused_when_the_method_is_loaded():
    name = "visual.layer1.0.conv2.weight"
    state = state_dict(SMALL)
    broken = CLIPIQAAssessor(encoder=encoder({**state, name: np.full_like(state[name], np.inf)}))
    with pytest.raises(WeightsError, match=f"'{name}' holds values that are not finite"):
        broken.load()


def test_parts_are_the_pairs_in_equal_shares(small):
    made, vectors = small
    assert random_clip_iqa().parts() == {}
    assessor = CLIPIQAAssessor(encoder=made, pairs="attributes")
    parts = assessor.parts()
    assert [weight for weight, _ in parts.values()] == [1 / 6] * 6
    total = sum(weight * part.score_vectors(vectors) for weight, part in parts.values())
    assert total == pytest.approx(assessor.score_vectors(vectors), abs=1e-12)


def test_other_pairs_look_at_no_photo_again(tmp_path, monkeypatch):
    paths = [tmp_path / f"{seed}.png" for seed in range(4)]
    for seed, path in enumerate(paths):
        Image.fromarray(scene(40 + 9 * seed, 64, seed)).save(path)
    encoded = []
    encode = clip_resnet_encoder.ClipResNetEncoder.encode_images
    monkeypatch.setattr(
        clip_resnet_encoder.ClipResNetEncoder,
        "encode_images",
        lambda self, images: encoded.extend(images) or encode(self, images),
    )
    with Store(tmp_path / "kept.sqlite") as store:
        first = score_table(paths, {"clip_iqa": random_clip_iqa()}, store=store)
        sizes = sorted(rgb.shape for rgb in encoded)  # threads encode them, in any order
        assert sizes == [(40 + 9 * k, 64, 3) for k in range(4)]
        pairs = random_clip_iqa(pairs="attributes")
        second = score_table(paths, {"clip_iqa": random_clip_iqa(), "more": pairs}, store=store)
    assert len(encoded) == len(paths)
    assert (first["clip_iqa"] == second["clip_iqa"]).all()
    assert second["more"].notna().all()


def test_random_weights_under_the_published_name_are_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("SIM_BENCH_MODELS", str(tmp_path))
    save_file(
        {"visual.conv1.weight": np.zeros((2, 3, 3, 3), np.float32)},
        tmp_path / "clip-rn50-openai.safetensors",
    )
    with pytest.raises(WeightsError, match="is not the published file of clip-rn50-openai"):
        CLIPIQAAssessor().load()


def test_methods_over_equal_weights_share_one_encoder(monkeypatch):
    files = {"clip-rn50-openai": tiny().kept, "clip-tokenizer": tiny().tokenizer}
    monkeypatch.setattr("sim_bench.weights.cabinet.find_weights", files.__getitem__)
    one, other = CLIPIQAAssessor(), CLIPIQAAssessor(pairs="attributes")
    assert one.encoder is other.encoder
    reduced = CLIPIQAAssessor(short_side=512)
    assert reduced.encoder is not one.encoder
    assert reduced.encoder.own_size == OwnSize(short_side=512)
