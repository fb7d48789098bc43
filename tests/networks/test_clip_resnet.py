"""CLIP's RN50 as an encoder of photos at their own size, with random weights."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from sim_bench.encoders.base import Encoder
from sim_bench.errors import WeightsError
from sim_bench.networks.clip_resnet_encoder import ClipResNetEncoder, ReducedPhotoWarning
from tests.quality_assessment.random_clip_iqa import encoder
from tests.reference.clip_iqa.weights import SMALL, state_dict
from tests.reference.photos import photo

STATE = state_dict(SMALL)
VISUAL = [name for name in STATE if name.startswith("visual.")]


@pytest.fixture(scope="module")
def small():
    return encoder(STATE)


def test_it_is_an_encoder_that_looks_at_photos_at_their_own_size(small):
    assert isinstance(small, Encoder)
    assert small.input_size is None
    assert small.name == "random, no positional embedding, own size"
    assert small.licence == "MIT"


@pytest.mark.parametrize(
    ("limits", "told"),
    [
        ({"short_side": 64}, "short side 64"),
        ({"most_pixels": 5000}, "own size, at most 5000 pixels"),
        ({"most_pixels": None}, "own size, no limit of pixels"),
    ],
)
def test_its_name_tells_what_else_than_usual_is_done_to_photos(limits, told):
    """Scores of two such encoders differ, and tables show the name beside them."""
    assert encoder(STATE, **limits).name == f"random, no positional embedding, {told}"


def test_photos_become_unit_vectors_whatever_their_size(small):
    vectors = small.encode_images([photo(64, 64, 0), photo(50, 130, 1), photo(8, 9, 2)])
    assert vectors.shape == (3, SMALL.dim)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(3), abs=1e-6)
    assert small.encode_images([]).shape == (0, SMALL.dim)


def test_company_order_and_threads_change_no_bit(small):
    photos = [photo(60 + 7 * k, 90 - 5 * k, k) for k in range(6)]
    together = small.encode_images(photos)
    assert (small.encode_images(photos[::-1])[::-1] == together).all()
    with ThreadPoolExecutor(3) as pool:
        alone = pool.map(lambda rgb: small.encode_images([rgb])[0], photos * 2)
        assert (np.stack(list(alone)) == np.concatenate([together, together])).all()


def test_the_positional_embedding_does_not_matter_and_all_else_does(small):
    rgb = photo(70, 90, 0)
    before = small.encode_images([rgb])
    for name in VISUAL:
        if not name.endswith(("positional_embedding", "num_batches_tracked")):
            continue
        assert (encoder({**STATE, name: STATE[name] * 2}).encode_images([rgb]) == before).all()
        break
    for name in (
        "visual.bn2.bias",
        "visual.layer3.5.conv2.weight",
        "visual.attnpool.k_proj.weight",
    ):
        changed = encoder({**STATE, name: STATE[name] * 2}).encode_images([rgb])
        assert np.abs(changed - before).max() > 1e-4, name


def test_a_missing_array_is_named():
    for name in (
        "visual.conv1.weight",
        "visual.layer4.2.bn3.running_var",
        "visual.attnpool.v_proj.bias",
    ):
        with pytest.raises(WeightsError, match=f"random.safetensors.*it has no '{name}'"):
            encoder({k: v for k, v in STATE.items() if k != name}).load()


def test_what_is_not_finite_or_of_another_shape_is_named():
    name = "visual.layer2.0.downsample.0.weight"
    with pytest.raises(WeightsError, match=f"'{name}' holds values that are not finite"):
        encoder({**STATE, name: np.full_like(STATE[name], np.nan)}).load()
    with pytest.raises(WeightsError, match=f"'{name}' has shape"):
        encoder({**STATE, name: STATE[name][1:]}).load()


def test_arrays_that_have_no_place_are_refused_in_either_tower():
    with pytest.raises(WeightsError, match="'visual.layer4.3.conv1.weight' has no place in it"):
        encoder({**STATE, "visual.layer4.3.conv1.weight": STATE["visual.conv1.weight"]}).load()
    more = "transformer.resblocks.2.ln_1.bias"
    with pytest.raises(WeightsError, match=f"'{more}' has no place in it"):
        encoder({**STATE, more: STATE["ln_final.bias"]}).encode_texts(["Good photo."])


def test_sizes_are_part_of_the_fingerprint_and_the_tokenizer_of_the_texts_one(small):
    others = [encoder(STATE, short_side=64), encoder(STATE, most_pixels=None)]
    assert len({one.fingerprint for one in (small, *others)}) == 3
    assert {one.text_fingerprint for one in others} == {small.text_fingerprint}
    again = ClipResNetEncoder(small.kept, replace(small.tokenizer, sha256="2" * 64))
    assert again.text_fingerprint != small.text_fingerprint
    assert others[0].name.endswith("short side 64")


def test_a_photo_that_is_too_large_is_reduced_with_one_warning():
    limited = encoder(STATE, most_pixels=4000)
    with pytest.warns(ReducedPhotoWarning, match="200x100 pixels was reduced to 4,000 pixels"):
        vector = limited.encode_images([photo(100, 200, 0)])
    assert limited.prepare(photo(100, 200, 0)).shape == (44, 89, 3)  # and no second warning
    assert (vector == limited.encode_images([limited.prepare(photo(100, 200, 0))])).all()
