"""LAION-Aesthetics: heads by hand, against PyTorch as recorded, and the published ones."""

import hashlib
import json
import math
from pathlib import Path

import numpy as np
import pytest

from sim_bench.errors import WeightsError
from sim_bench.networks.laion_head import AffineHead, read_head
from sim_bench.quality_assessment.laion_aesthetic import HEADS, LAIONAestheticAssessor
from sim_bench.quality_assessment.luma import Planes
from sim_bench.weights.kept import Kept
from sim_bench.weights.table import weight_file
from sim_bench.weights.tensors import Tensors
from tests.fakes import FakeEncoder
from tests.quality_assessment.laion_heads import kept, random_laion_assessor
from tests.quality_assessment.samples import scene
from tests.reference.laion.heads import DIM, arrays, checksum, vectors
from tests.reference.photos import SIZES, digest

RECORDED = json.loads(
    (Path(__file__).parents[1] / "reference" / "laion" / "scores.json").read_text(encoding="utf-8")
)
RATINGS = {
    "vit_l_14": (-2.46, -0.14, 1.90, 3.58, 5.10, 6.47, 7.79, 9.05, 10.23, 11.30),
    "vit_b_32": (-1.47, 0.27, 1.99, 3.61, 5.09, 6.39, 7.67, 8.92, 9.92, 11.01),
}
"""Of the ten published example vectors, computed in numpy when they were published."""


def small_v2():
    """Five layers 2 -> 1024 -> 128 -> 64 -> 16 -> 1 that pass on the first two numbers."""
    shapes = {0: (1024, 2), 2: (128, 1024), 4: (64, 128), 6: (16, 64), 7: (1, 16)}
    made = {}
    for k, shape in shapes.items():
        weight = np.zeros(shape, np.float32)
        weight[0, 0] = 1.0
        if k != 7:
            weight[1, 1] = 1.0
        made[f"layers.{k}.weight"] = weight
        made[f"layers.{k}.bias"] = np.zeros(shape[0], np.float32)
    made["layers.0.weight"][:2] = [[1.0, 2.0], [-3.0, 4.0]]
    made["layers.0.bias"][:2] = [10.0, -20.0]
    made["layers.7.weight"][0, :2] = [2.0, 0.5]
    made["layers.7.bias"][:] = 1.0
    return made


@pytest.fixture
def assessor():
    return random_laion_assessor()


@pytest.fixture
def observed(assessor):
    return assessor.observe(Planes(scene()))


def test_v1_is_a_line():
    head = read_head(
        Tensors(
            {"weight": np.array([[2.0, -1.0]], np.float32), "bias": np.array([3.0], np.float32)},
            "by hand",
        ),
        "v1",
        2,
    )
    assert head.scores(np.array([[0.6, 0.8], [1, 0]], np.float32)) == pytest.approx([3.4, 5.0])


def test_v2_is_one_line_although_it_has_five_layers():
    """2 (x + 2y + 10) + 0.5 (-3x + 4y - 20) + 1 = 0.5 x + 6 y + 11; where an activation stood
    between them the second term would be cut off at 0."""
    head = read_head(Tensors(small_v2(), "by hand"), "v2", 2)
    assert head.weight == pytest.approx([0.5, 6.0])
    assert head.bias == pytest.approx(11.0)


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_twenty_pictures_score_as_in_pytorch(version, tmp_path):
    """tests/reference/laion/record.py; with its reading of the published layout."""
    found = RECORDED["versions"][version]
    assert RECORDED["photos"] == digest(), "other pictures than were recorded"
    assert found["weights"] == checksum(version), "other random weights than were recorded"
    assert [tuple(size) for size in RECORDED["sizes"]] == list(SIZES)
    expected = np.array(found["scores"])
    assert expected.std() > 50 * 1e-4, "the scores are too alike to tell a mistake"
    head = kept(arrays(version), tmp_path / "head.safetensors")
    assessor = LAIONAestheticAssessor(version, encoder=FakeEncoder(DIM), head=head)
    assert np.abs(assessor.score_vectors(vectors()) - expected).max() <= 1e-4


def test_layers_in_another_order_would_be_seen():
    expected = np.array(RECORDED["versions"]["v2"]["scores"])
    swapped = arrays("v2")
    swapped["layers.6.bias"] = swapped["layers.6.bias"][::-1].copy()
    wrong = read_head(Tensors(swapped, "swapped"), "v2", DIM).scores(vectors())
    assert np.abs(wrong - expected).max() > 1e-2


def test_a_row_has_the_same_bits_in_any_company(assessor):
    many = FakeEncoder(8).encode_images([scene(seed=seed) for seed in range(70)])
    together = assessor.score_vectors(many)
    assert together.tolist() == [float(assessor.score_vectors(one[None])[0]) for one in many]


def test_no_activation_and_no_bound(assessor):
    weight = assessor.affine.weight
    liked = (weight / np.linalg.norm(weight)).astype(np.float32)
    low, high = assessor.score_vectors(np.stack([-liked, liked]))
    assert high - low == pytest.approx(2 * np.linalg.norm(weight))
    assert assessor.score_range == (-math.inf, math.inf)


def test_arguments_can_be_read_back():
    made = LAIONAestheticAssessor("v1", "ViT-B-16", precision="f32", decode="exact", device="cpu")
    assert (made.version, made.model_name, made.pretrained) == ("v1", "ViT-B-16", "openai")
    assert (made.precision, made.decode, made.device) == ("f32", "exact", "cpu")
    assert repr(made) == (
        "LAIONAestheticAssessor('v1', model_name='ViT-B-16', pretrained='openai', device='cpu', "
        "precision='f32', decode='exact')"
    )
    assert "encoder='fake', head='random head'" in repr(random_laion_assessor())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"version": "v3"}, "v1, v2"),
        ({"decode": "fast"}, "scaled, exact"),
        ({"model_name": "ViT-B-32"}, "v2 has heads for ViT-L-14"),
        ({"pretrained": "laion2b_s32b_b82k"}, "'openai'"),
    ],
)
def test_what_has_no_head_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        LAIONAestheticAssessor(**arguments)


def test_each_version_has_its_licence(assessor):
    assert LAIONAestheticAssessor().licence == "Apache-2.0"
    assert LAIONAestheticAssessor("v1").licence == "MIT"
    assert LAIONAestheticAssessor().licences() == ("Apache-2.0", "MIT")
    assert assessor.licences() == ("CC0-1.0", "MIT")


def test_the_head_is_trained_too():
    encoder, head = FakeEncoder(2), Kept("head", Path("head"), "", "MIT", ("ava",))
    made = LAIONAestheticAssessor(encoder=encoder, head=head)
    assert made.trained_on == ("ava",)
    encoder.trained_on = ("pictures",)
    assert made.trained_on == ("ava", "pictures")
    encoder.trained_on = None
    assert made.trained_on == ("ava", "encoder not on record")
    made.head = Kept("head", Path("head"), "", "MIT", None)
    assert made.trained_on is None
    assert made.made_by == "fake, head"
    assert "ava" in LAIONAestheticAssessor().trained_on


def test_a_head_for_vectors_of_another_length_is_refused_on_loading(tmp_path):
    head = kept(arrays("v1"), tmp_path / "head.safetensors")
    with pytest.raises(WeightsError, match=r"8 numbers of a vector of fake: .*\(1, 768\)"):
        LAIONAestheticAssessor("v1", encoder=FakeEncoder(8), head=head).load()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda found: found.pop("layers.4.bias"), "no 'layers.4.bias'"),
        (lambda found: found["layers.2.weight"].fill(np.nan), "not finite"),
        (lambda found: found.update(more=np.zeros(1, np.float32)), "'more' has no place"),
        (lambda found: found.update({"layers.7.bias": np.zeros(1, np.int64)}), "int64"),
    ],
)
def test_a_broken_head_is_refused_on_loading(change, message, tmp_path):
    found = {name: array.copy() for name, array in arrays("v2").items()}
    change(found)
    head = kept(found, tmp_path / "head.safetensors")
    with pytest.raises(WeightsError, match=message):
        LAIONAestheticAssessor(encoder=FakeEncoder(DIM), head=head).load()


def test_without_its_head_it_says_what_to_fetch(tmp_path, monkeypatch):
    monkeypatch.setenv("SIM_BENCH_MODELS", str(tmp_path))
    monkeypatch.setenv("SIM_BENCH_WEIGHTS", str(tmp_path))
    for version, names in HEADS.items():
        for model, name in names.items():
            made = LAIONAestheticAssessor(version, model, encoder=FakeEncoder(8))
            assert name in made.missing()
    assert "ViT-L-14/openai" in LAIONAestheticAssessor().missing()


def test_a_head_put_there_by_hand_is_found(tmp_path, monkeypatch):
    """A random one: it is labelled by its file's checksum as any other."""
    monkeypatch.setenv("SIM_BENCH_MODELS", str(tmp_path))
    monkeypatch.setenv("SIM_BENCH_WEIGHTS", str(tmp_path / "cabinet"))
    file = weight_file("laion-v1-vit-l-14").kept_file
    kept(arrays("v1"), tmp_path / file)
    made = LAIONAestheticAssessor("v1", encoder=FakeEncoder(DIM))
    assert made.missing() is None
    made.load()
    assert made.made_by == "fake, laion-v1-vit-l-14"
    assert "head=" not in repr(made)
    assert made.affine.bias == arrays("v1")["bias"][0]


def test_with_both_given_nothing_is_missing(assessor):
    assert assessor.missing() is None


def test_details_are_the_parts_of_the_line(assessor, observed):
    found = assessor.details_observed(observed)
    assert found["overall"] == pytest.approx(assessor.score_vectors(observed[None])[0])
    assert found["overall"] == pytest.approx(found["bias"] + found["weight_norm"] * found["cosine"])
    assert -1 <= found["cosine"] <= 1


def test_scoring_encodes_no_text(assessor, observed):
    assessor.load()
    assessor.score_vectors(observed[None])
    assessor.details_observed(observed)
    assert assessor.encoder.texts_encoded == 0


def test_reasons_start_at_a_grey_picture(assessor, observed):
    reasons = {one.name: one for one in assessor.explain_observed(observed).reasons}
    grey = assessor.encoder.encode_images([np.full((16, 16, 3), 128, np.uint8)])
    assert reasons["a plain grey picture"].contribution == assessor.score_vectors(grey)[0]
    alone = assessor.explain_observed(grey[0]).reasons
    assert [one.contribution for one in alone[1:]] == pytest.approx([0.0] * (len(alone) - 1))


def test_a_direction_of_the_head_explains_it_all():
    """A head along "sharp - blurry" and nothing else: only that pair contributes."""
    texts = {"Sharp photo.": [1, 0, 0, 0] + [0] * 8, "Blurry photo.": [0, 1, 0, 0] + [0] * 8}
    others = [text for pair in LAIONAestheticAssessor.PAIRS for text in pair if text not in texts]
    random = np.random.default_rng(1)
    texts |= {text: [0, 0, *random.normal(size=10)] for text in others}
    made = random_laion_assessor(12)
    made.encoder = FakeEncoder(12, texts)
    direction = np.zeros(12)
    direction[:2] = [1, -1]
    made.affine = AffineHead(3.0 * direction, 5.0)
    photo = made.observe(Planes(scene()))
    explained = made.explain_observed(photo)
    by_name = {one.name: one.contribution for one in explained.reasons}
    places = {one.name: one.detail for one in explained.reasons}["Sharp photo. / Blurry photo."]
    grey = made.encoder.encode_images([np.full((16, 16, 3), 128, np.uint8)])[0]
    here, there = ((one[0] - one[1]) / np.sqrt(2) for one in (photo, grey))  # larger is sharper
    assert places == f"{here:+.3f}, grey {there:+.3f}"
    start = by_name.pop("a plain grey picture")
    sharp = by_name.pop("Sharp photo. / Blurry photo.")
    assert start + sharp == pytest.approx(explained.score, abs=1e-9)
    assert abs(sharp) > 0.1
    assert list(by_name.values()) == pytest.approx([0.0] * 10, abs=1e-9)


def test_everything_else_is_what_no_pair_sees():
    """It is the part of the head at right angles to every pair, computed here by projection."""
    made = random_laion_assessor(24)
    photo = made.observe(Planes(scene()))
    reasons = {one.name: one.contribution for one in made.explain_observed(photo).reasons}
    firsts, seconds = zip(*made.PAIRS, strict=True)
    apart = made.encoder.encode_texts(firsts) - made.encoder.encode_texts(seconds)
    basis = np.linalg.svd(apart.astype(np.float64), full_matrices=False)[2]
    unseen = made.affine.weight - basis.T @ (basis @ made.affine.weight)
    grey = made.encoder.encode_images([np.full((16, 16, 3), 128, np.uint8)])[0]
    expected = unseen @ (photo.astype(np.float64) - grey)
    assert reasons["everything else"] == pytest.approx(expected, abs=1e-6)
    assert abs(expected) > 0.01


@pytest.mark.data
@pytest.mark.torch
@pytest.mark.parametrize("model", RATINGS)
def test_the_published_v1_heads_score_the_published_vectors(model, data_dir, tmp_path):
    folder = data_dir / "heads" / "laion_v1"
    state = published(folder / f"sa_0_4_{model}_linear.pth")
    dim = state["weight"].shape[1]
    made = LAIONAestheticAssessor(
        "v1", encoder=FakeEncoder(dim), head=kept(state, tmp_path / "head.safetensors")
    )
    files = [folder / f"{model}_embeddings" / f"rating{k}.npy" for k in range(10)]
    scores = made.score_vectors(np.concatenate([np.load(file) for file in files]))
    assert scores == pytest.approx(RATINGS[model], abs=0.01)


@pytest.mark.data
@pytest.mark.torch
def test_the_published_v2_head_folded_is_the_head_layer_by_layer(data_dir, tmp_path):
    state = published(data_dir / "heads" / "laion_v2" / "sac+logos+ava1-l14-linearMSE.pth")
    made = LAIONAestheticAssessor(
        encoder=FakeEncoder(768), head=kept(state, tmp_path / "head.safetensors")
    )
    folder = data_dir / "heads" / "laion_v1" / "vit_l_14_embeddings"
    photos = np.concatenate([np.load(folder / f"rating{k}.npy") for k in range(10)])
    x = np.concatenate([photos, vectors()]).astype(np.float64)
    expected = x
    for k in (0, 2, 4, 6, 7):
        expected = expected @ state[f"layers.{k}.weight"].T + state[f"layers.{k}.bias"]
    scores = made.score_vectors(x.astype(np.float32))
    assert np.abs(scores - expected[:, 0]).max() < 1e-5
    assert made.affine.bias == pytest.approx(5.2366, abs=5e-5)
    assert np.linalg.norm(made.affine.weight) == pytest.approx(17.996, abs=5e-4)


def published(path):
    """The arrays of a published head, read as weights only."""
    import torch

    assert hashlib.sha256(path.read_bytes()).hexdigest()[:8] in ("2cd4e60f", "c7b14cea", "21dd590f")
    return {
        k: v.numpy() for k, v in torch.load(path, map_location="cpu", weights_only=True).items()
    }
