"""CLIP aesthetic assessment over vectors that are known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from sim_bench.errors import PromptError
from sim_bench.images.picture import Picture
from sim_bench.quality_assessment.aggregate import AGGREGATIONS
from sim_bench.quality_assessment.clip_aesthetic import CLIPAestheticAssessor
from sim_bench.quality_assessment.prompts import PromptSet
from sim_bench.quality_assessment.remarks import RunRemark
from tests.fakes import FakeEncoder


@pytest.fixture
def photo(tmp_path):
    pixels = np.random.default_rng(1).integers(0, 256, (30, 40, 3), dtype=np.uint8)
    path = tmp_path / "photo.png"
    Image.fromarray(pixels).save(path)
    return path


class Fixed(FakeEncoder):
    """Gives every photo one vector."""

    def __init__(self, vector, texts):
        super().__init__(dim=len(vector), texts=texts)
        self.vector = np.array(vector, np.float32) / np.linalg.norm(vector)

    def encode_images(self, images):
        return np.tile(self.vector, (len(images), 1))


def test_score_and_details_by_hand(photo):
    """Photo (1, 0); texts at cosines 0.8 and 0.6, 0.28, and -0.6 with it."""
    texts = {"good": (0.8, 0.6), "bad": (0.6, 0.8), "pro": (0.28, 0.96), "snap": (-0.6, 0.8)}
    assessor = CLIPAestheticAssessor(
        encoder=Fixed((1, 0), texts),
        contrastive_pairs=[("good", "bad")],
        positive_attributes=["pro"],
        negative_attributes=["snap"],
    )
    overall = 0.5 * (0.8 - 0.6) / 2 + 0.3 * 0.28 + 0.2 * 0.6
    assert assessor.assess_image(photo) == pytest.approx(overall, abs=1e-6)
    assert assessor.get_detailed_scores(photo) == pytest.approx(
        {
            "contrast_good": 0.2,
            "pos_good": 0.8,
            "neg_bad": 0.6,
            "pos_pro": 0.28,
            "neg_snap": -0.6,
            "overall": overall,
        },
        abs=1e-6,
    )
    reasons = assessor.explain(photo).reasons
    assert [(r.name, pytest.approx(r.contribution, abs=1e-6)) for r in reasons] == [
        ("snap", 0.12),
        ("pro", 0.084),
        ("good / bad", 0.05),
    ]


def test_default_details_have_the_keys_of_the_note(photo):
    details = CLIPAestheticAssessor(encoder=FakeEncoder()).get_detailed_scores(photo)
    assert set(details) == {
        "contrast_a well-composed photograph",
        "pos_a well-composed photograph",
        "neg_a poorly composed photograph",
        "contrast_excellent framing",
        "pos_excellent framing",
        "neg_poor framing",
        "pos_professional photography",
        "pos_aesthetically pleasing",
        "pos_a photo with leading lines",
        "pos_a photo with symmetry",
        "pos_rule of thirds composition",
        "neg_amateur snapshot",
        "neg_badly lit",
        "neg_a cluttered composition",
        "neg_a flat composition",
        "overall",
    }


@given(seed=st.integers(0, 2**32 - 1), method=st.sampled_from(AGGREGATIONS))
def test_any_unit_vectors_give_a_score_in_range_that_its_parts_add_up_to(seed, method):
    rng = np.random.default_rng(seed)
    texts = {
        prompt: rng.standard_normal(5)
        for prompt in [
            *[p for pair in CLIPAestheticAssessor.CONTRASTIVE_PAIRS for p in pair],
            *CLIPAestheticAssessor.POSITIVE_ATTRIBUTES,
            *CLIPAestheticAssessor.NEGATIVE_ATTRIBUTES,
        ]
    }
    encoder = Fixed(rng.standard_normal(5), texts)
    assessor = CLIPAestheticAssessor(encoder=encoder, aggregation_method=method)
    observed = encoder.vector
    score = float(assessor.score_observed([observed])[0])
    assert -1.0 <= score <= 1.0
    explanation = assessor.explain_observed(observed)
    assert sum(r.contribution for r in explanation.reasons) == pytest.approx(score, abs=1e-6)
    details = assessor.details_observed(observed)
    assert details["overall"] == pytest.approx(score, abs=1e-6)
    assert from_details(details, method) == pytest.approx(score, abs=1e-6)


def from_details(details, method):
    """Rebuild the score from the details alone, as the note's reader would."""
    cls = CLIPAestheticAssessor
    pairs = [details[f"contrast_{good}"] / 2 for good, _ in cls.CONTRASTIVE_PAIRS]
    positive = [details[f"pos_{prompt}"] for prompt in cls.POSITIVE_ATTRIBUTES]
    negative = [-details[f"neg_{prompt}"] for prompt in cls.NEGATIVE_ATTRIBUTES]
    if method == "contrastive_only":
        return np.mean(pairs)
    if method == "mean":
        return np.mean(pairs + positive + negative)
    return 0.5 * np.mean(pairs) + 0.3 * np.mean(positive) + 0.2 * np.mean(negative)


def test_a_perfect_photo_scores_one(photo):
    """Similarity 1 to all that is good and -1 to all that is bad: every aggregation gives 1."""
    texts = {"good": (1, 0), "bad": (-1, 0), "pro": (1, 0), "snap": (-1, 0)}
    for method in AGGREGATIONS:
        assessor = CLIPAestheticAssessor(
            encoder=Fixed((1, 0), texts),
            aggregation_method=method,
            contrastive_pairs=[("good", "bad")],
            positive_attributes=["pro"],
            negative_attributes=["snap"],
        )
        assert assessor.assess_image(photo) == pytest.approx(1.0)


def test_prompts_by_subclass():
    class Beach(CLIPAestheticAssessor):
        CONTRASTIVE_PAIRS = [("a sunny beach", "a rainy beach")]
        POSITIVE_ATTRIBUTES = []
        NEGATIVE_ATTRIBUTES = ["litter"]

    assert Beach(encoder=FakeEncoder()).prompts == PromptSet(
        (("a sunny beach", "a rainy beach"),), (), ("litter",)
    )


def test_prompts_by_file_and_one_list_over_it(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("positive_attributes: [golden light]\nnegative_attributes: [grey sky]\n")
    assessor = CLIPAestheticAssessor(
        encoder=FakeEncoder(), prompts=path, negative_attributes=["litter"]
    )
    assert assessor.prompts == PromptSet((), ("golden light",), ("litter",))


def test_shipped_prompts_by_name():
    assessor = CLIPAestheticAssessor(encoder=FakeEncoder(), prompts="clip_iqa")
    assert assessor.prompts.contrastive_pairs[2] == ("Sharp photo.", "Blurry photo.")


def test_contrastive_only_needs_pairs():
    with pytest.raises(PromptError, match="needs contrastive pairs"):
        CLIPAestheticAssessor(
            encoder=FakeEncoder(), aggregation_method="contrastive_only", contrastive_pairs=[]
        )


def test_unknown_aggregation_fails_before_anything_is_loaded():
    with pytest.raises(ValueError, match="one of contrastive_only, weighted, mean; got 'sum'"):
        CLIPAestheticAssessor(aggregation_method="sum")


def test_two_pairs_that_share_their_positive_prompt_keep_both_contrasts(photo):
    assessor = CLIPAestheticAssessor(
        encoder=FakeEncoder(),
        contrastive_pairs=[("sharp", "blurry"), ("sharp", "noisy")],
        positive_attributes=[],
        negative_attributes=[],
    )
    details = assessor.get_detailed_scores(photo)
    assert {"contrast_sharp / blurry", "contrast_sharp / noisy"} <= set(details)


def test_prompts_are_encoded_once(photo):
    encoder = FakeEncoder()
    assessor = CLIPAestheticAssessor(encoder=encoder)
    for _ in range(3):
        assessor.assess_image(photo)
    assert encoder.texts_encoded == 13


def noise_picture(tmp_path, seed, amplitude):
    """A grey photo with a little noise in it, not alike its mirror image."""
    rng = np.random.default_rng(seed)
    pixels = 128 + amplitude * rng.standard_normal((16, 16, 3))
    return Picture(tmp_path / f"{seed}.png", pixels.clip(0, 255).astype(np.uint8), "PNG")


def test_alike_scores_are_remarked_on_with_the_prompts_to_blame(tmp_path):
    """Photos that differ by noise alone differ no more than each does from its mirror image."""
    paths = []
    for seed in range(6):
        path = tmp_path / f"{seed}.png"
        Image.fromarray(noise_picture(tmp_path, seed, 20).rgb).save(path)
        paths.append(path)
    assessor = CLIPAestheticAssessor(encoder=FakeEncoder(dim=64))
    with pytest.warns(
        RunRemark, match="within noise of each other.*apart: none; that do not: 'a photo"
    ):
        assessor.assess_batch(paths)


def test_photos_that_differ_are_not_remarked_on(tmp_path):
    """Brightness from black to white moves the score; mirroring a flat photo does not."""
    assessor = CLIPAestheticAssessor(encoder=FakeEncoder(dim=64))
    flats = [np.full((16, 16, 3), value, np.uint8) for value in (0, 60, 120, 180, 240)]
    vectors = assessor.encoder.encode_images(flats)
    spread = float(assessor.score_vectors(vectors).std(ddof=1))
    assert spread > 0.01
    assert assessor.remark(spread, vectors, vectors) is None


@pytest.mark.parametrize("aggregation", AGGREGATIONS)
def test_parts_add_up_to_the_score(photo, aggregation):
    assessor = CLIPAestheticAssessor(encoder=FakeEncoder(), aggregation_method=aggregation)
    vectors = assessor.encoder.encode_images([np.asarray(Image.open(photo))])
    total = sum(w * part.score_vectors(vectors)[0] for w, part in assessor.parts().values())
    assert total == pytest.approx(assessor.score_vectors(vectors)[0], abs=1e-9)
    assert total == pytest.approx(assessor.assess_image(photo), abs=1e-9)


def test_parts_are_the_prompts_that_have_a_weight():
    given = {"contrastive_pairs": [("a", "b")], "positive_attributes": ["c"]}
    prompts = {**given, "negative_attributes": ["d", "e"], "encoder": FakeEncoder()}

    def weights(aggregation):
        parts = CLIPAestheticAssessor(aggregation_method=aggregation, **prompts).parts()
        return {name: weight for name, (weight, _) in parts.items()}

    assert weights("contrastive_only") == {"a / b": 1.0}
    assert weights("mean") == pytest.approx({"a / b": 0.25, "c": 0.25, "d": 0.25, "e": 0.25})
    assert weights("weighted") == pytest.approx({"a / b": 0.5, "c": 0.3, "d": 0.1, "e": 0.1})


def test_parts_look_as_the_whole_does():
    """Over the same encoder and the same decoded pixels, so that vectors are shared."""
    encoder = FakeEncoder()
    assessor = CLIPAestheticAssessor(encoder=encoder, decode="exact")
    for _, part in assessor.parts().values():
        assert part.encoder is encoder
        assert part.decode == "exact"


def test_a_negative_prompt_counts_the_other_way_round(photo):
    """The same text as a good and as a bad sign: opposite scores."""
    parts = {}
    for kind in ("positive_attributes", "negative_attributes"):
        empty = {"contrastive_pairs": [], "positive_attributes": [], "negative_attributes": []}
        prompts = {**empty, kind: ["x", "y"]}
        assessor = CLIPAestheticAssessor(
            encoder=FakeEncoder(), aggregation_method="mean", **prompts
        )
        parts[kind] = assessor.parts()["x"][1].assess_image(photo)
    assert parts["positive_attributes"] == pytest.approx(-parts["negative_attributes"])


@pytest.mark.parametrize("stated", [(), ("biq2021:train",), None])
def test_what_it_was_trained_on_is_what_its_encoder_was(stated):
    encoder = FakeEncoder()
    encoder.trained_on = stated
    assert CLIPAestheticAssessor(encoder=encoder).trained_on == stated
