"""LIQE's crops by hand and by brute force; its encoder, on all that it may be given."""

import hashlib
import json
import tracemalloc
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from sim_bench.encoders.base import Encoder
from sim_bench.errors import WeightsError
from sim_bench.networks import liqe_crops
from sim_bench.networks.clip_tokenizer import ClipTokenizer
from sim_bench.networks.liqe_crops import corners_of, crops_of, size_of
from sim_bench.networks.liqe_encoder import LIQEEncoder
from sim_bench.quality_assessment.liqe_prompts import prompts_of
from sim_bench.weights.kept import Kept
from tests.quality_assessment.random_liqe import (
    REFERENCE,
    TOKENIZER,
    arrays_of,
    encoder_of,
    random_encoder,
)
from tests.reference.liqe.weights import SMALL
from tests.reference.photos import photo

RECORDED = json.loads((REFERENCE / "scores.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def encoder():
    return random_encoder()


@pytest.fixture(scope="module")
def some():
    return [photo(240, 320, 1), photo(100, 60, 2), photo(224, 224, 3), photo(300, 900, 4)]


@pytest.mark.parametrize(
    ("given", "preprocess", "wanted"),
    [
        ((768, 1024), "demo", (768, 1024)),
        ((3000, 4000), "demo", (768, 1024)),
        ((4000, 3000), "demo", (1024, 768)),
        ((1300, 900), "demo", (1109, 768)),  # 1109.3: whole pixels
        ((767, 5000), "demo", (767, 5000)),  # one side is small enough
        ((3000, 4000), "native", (3000, 4000)),
        ((223, 300), "demo", (224, 301)),
        ((300, 223), "native", (301, 224)),
        ((2, 3), "demo", (224, 336)),
    ],
)
def test_what_is_resized_and_to_what(given, preprocess, wanted):
    assert size_of(*given, preprocess) == wanted


def test_windows_are_chosen_evenly_from_the_top_left():
    # 384 x 512 has 6 x 10 windows every 32 pixels; of 60, every fourth.
    found = corners_of(384, 512, "demo")
    assert found[:4] == [(0, 0), (0, 128), (0, 256), (32, 64)]
    assert len(found) == 15
    assert found == corners_of(384, 512, "native")


def test_large_pictures_have_wider_steps_in_the_authors_pipeline_alone():
    # 768 x 1024 has 12 x 17 windows every 48 pixels: of 204, every 13th.
    assert corners_of(768, 1024, "demo")[:3] == [(0, 0), (0, 13 * 48), (48, 9 * 48)]
    # 18 x 26 every 32 pixels: of 468, every 31st.
    assert corners_of(768, 1024, "native")[:3] == [(0, 0), (32, 5 * 32), (64, 10 * 32)]
    assert corners_of(1023, 768, "demo") == corners_of(1023, 768, "native")


def test_fewer_windows_than_crops_are_taken_once_each():
    assert corners_of(224, 224, "demo") == [(0, 0)]
    assert corners_of(256, 300, "demo") == [(0, 0), (0, 32), (0, 64), (32, 0), (32, 32), (32, 64)]
    assert len(corners_of(224, 224 + 13 * 32, "demo")) == 14
    assert len(corners_of(224, 224 + 28 * 32, "native")) == 15


@pytest.mark.parametrize("size", [(224, 224), (337, 449), (300, 900), (700, 233), (770, 780)])
@pytest.mark.parametrize("preprocess", ["demo", "native"])
def test_crops_are_the_windows_of_brute_force(size, preprocess):
    rgb = given = photo(*size, 7)
    if preprocess == "demo" and min(size) >= 768:
        small = (768 * size[1] // min(size), 768 * size[0] // min(size))
        rgb = np.asarray(Image.fromarray(rgb).resize(small, Image.Resampling.BILINEAR))
    views = np.lib.stride_tricks.sliding_window_view(rgb, (224, 224), axis=(0, 1))[::32, ::32]
    views = views.reshape(-1, 3, 224, 224).transpose(0, 2, 3, 1)
    wanted = views[:: max(len(views) // 15, 1)][:15]
    assert (crops_of(given, preprocess) == wanted).all()


def test_a_small_photo_is_enlarged():
    rgb = photo(60, 100, 3)
    whole = Image.fromarray(rgb).resize((373, 224), Image.Resampling.BILINEAR)
    found = crops_of(rgb, "demo")
    assert found.shape == (5, 224, 224, 3)
    assert (found[4] == np.asarray(whole)[:, 128 : 128 + 224]).all()


def test_enlarging_where_the_crops_are_gives_the_same(monkeypatch):
    rgb = photo(60, 400, 3)
    usual = crops_of(rgb, "demo")
    monkeypatch.setattr(liqe_crops, "_MOST_PIXELS", 1000)
    apart = crops_of(rgb, "demo").astype(int) - usual
    assert len(usual) == 15
    assert np.abs(apart).max() <= 1


def test_a_very_long_photo_takes_little_memory():
    rgb = np.zeros((1, 60_000, 3), np.uint8)
    tracemalloc.start()
    assert crops_of(rgb, "demo").shape == (15, 224, 224, 3)
    assert tracemalloc.get_traced_memory()[1] < 20e6
    tracemalloc.stop()


def test_a_picture_of_other_kind_is_refused(encoder):
    for wrong in (np.zeros((9, 9), np.uint8), np.zeros((9, 9, 3)), np.zeros((0, 9, 3), np.uint8)):
        with pytest.raises(ValueError, match=r"uint8 \(H, W, 3\)"):
            encoder.prepare(wrong)


def test_it_is_an_encoder(encoder):
    assert isinstance(encoder, Encoder)
    assert encoder.dim == SMALL.dim
    assert encoder.input_size == (224, 224)
    assert encoder.name == "random LIQE/demo"


def test_a_vector_is_the_mean_of_its_crops(encoder, some):
    crops = encoder.prepare(some[0])
    single = encoder.encode_images([crop[None] for crop in crops])
    assert np.linalg.norm(single, axis=1) == pytest.approx(np.ones(len(crops)), abs=1e-6)
    found = encoder.encode_images(some[:1])[0]
    assert found == pytest.approx(single.mean(axis=0), abs=1e-7)
    assert 0.1 < np.linalg.norm(found) < 0.999


def test_photos_and_their_crops_give_the_same_bits_in_any_company(encoder, some):
    mixed = [encoder.prepare(rgb) if k % 2 else rgb for k, rgb in enumerate(some)]
    together = encoder.encode_images(mixed)
    assert together.shape == (len(some), SMALL.dim)
    assert together.dtype == np.float32
    assert (encoder.encode_images(some[::-1])[::-1] == together).all()
    for rgb, vector in zip(some, together, strict=True):
        assert (encoder.encode_images([rgb])[0] == vector).all()


def test_crops_are_prepared_already(encoder, some):
    crops = encoder.prepare(some[0])
    assert crops.dtype == np.uint8
    assert encoder.prepare(crops) is crops


def test_no_photos_give_no_vectors(encoder):
    assert encoder.encode_images([]).shape == (0, SMALL.dim)


def test_a_photo_of_a_few_pixels_has_a_vector(encoder):
    assert np.isfinite(encoder.encode_images([photo(2, 3, 0)])).all()


def test_fingerprints_tell_weights_preprocessing_and_tokenizers_apart():
    one, other = random_encoder("demo"), random_encoder("native")
    assert one.fingerprint != other.fingerprint
    assert one.text_fingerprint == other.text_fingerprint
    assert one.text_fingerprint not in (one.fingerprint, other.fingerprint)
    again = LIQEEncoder(one.kept, replace(one.tokenizer, sha256="2" * 64))
    assert again.text_fingerprint != one.text_fingerprint


def test_the_tokens_are_those_of_openai():
    tokenizer = ClipTokenizer(REFERENCE / "tokenizer.json")
    mix = tokenizer(prompts_of("liqe-mix"))
    assert mix.shape == (495, 77)
    assert hashlib.sha256(mix.astype("<i4").tobytes()).hexdigest() == RECORDED["mix_tokens"]
    assert tokenizer(prompts_of("liqe-koniq")).tolist() == RECORDED["koniq_tokens"]


@pytest.mark.parametrize("prefix", ["", "clip_model."])
def test_both_layouts_are_read_from_files(tmp_path, encoder, some, prefix):
    from safetensors.numpy import save_file

    path = tmp_path / "liqe.safetensors"
    save_file({f"{prefix}{name}": array for name, array in arrays_of(SMALL).items()}, path)
    kept = Kept("liqe-mix", path, "2" * 64, "MIT", None)
    found = LIQEEncoder(kept, TOKENIZER, vision=encoder.vision, text=encoder.text)
    assert (found.encode_images(some[:1]) == encoder.encode_images(some[:1])).all()
    assert found.encode_texts(["a photo with good quality"]).shape == (1, SMALL.dim)
    assert found.logit_scale == pytest.approx(100.0, rel=1e-6)
    assert found.trained_on is None


def test_half_precision_is_read(encoder, some):
    halves = {name: array.astype(np.float16) for name, array in arrays_of(SMALL).items()}
    found = encoder_of(halves).encode_images(some[:1])
    assert found == pytest.approx(encoder.encode_images(some[:1]), abs=0.02)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"visual.ln_post.weight": None}, r"no 'visual\.ln_post\.weight'"),
        ({"visual.proj": np.zeros((128, 49), np.float32)}, "instead of"),
        ({"visual.proj": np.full((128, 48), np.nan, np.float32)}, "not finite"),
        ({"visual.transformer.resblocks.2.ln_1.bias": np.zeros(128, np.float32)}, "no place"),
        ({"logit_scale": np.array(5.1, np.float32)}, r"exp\(5.1\)"),
        ({"logit_scale": None}, "logit_scale"),
    ],
)
def test_weights_that_do_not_fit_are_refused_before_the_first_photo(change, said):
    arrays = {
        name: array for name, array in (arrays_of(SMALL) | change).items() if array is not None
    }
    with pytest.raises(WeightsError, match=said) as raised:
        encoder_of(arrays).load()
    assert "random.safetensors" in str(raised.value)


def test_a_text_tower_that_does_not_fit_is_refused():
    arrays = arrays_of(SMALL) | {"ln_final.bias": np.full(64, np.inf, np.float32)}
    with pytest.raises(WeightsError, match=r"'ln_final\.bias'"):
        encoder_of(arrays).encode_texts(["a photo"])


def test_unknown_preprocessing_is_refused():
    with pytest.raises(ValueError, match="demo, native"):
        encoder_of(arrays_of(SMALL), preprocess="crop")
