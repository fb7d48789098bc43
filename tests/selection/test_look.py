"""Looks: what they keep of a photo, what they leave out, and how two of them compare."""

import numpy as np
import pytest
from PIL import Image
from scipy.fft import dctn

from sim_bench.encoders.base import ImageEncoder
from sim_bench.images.degrade import degrade
from sim_bench.selection import look_similarity
from sim_bench.selection.look import DIM, INPUT, LookEncoder, colour, detail, scene, thumbnail
from sim_bench.selection.look_copies import are_copies, is_copy
from sim_bench.selection.look_gradients import SIDE, gradient_harmonics
from sim_bench.selection.look_similarity import (
    blocks,
    paired_similarities,
    similarities,
    similarity,
)
from sim_bench.selection.perceptual_hash import hash_distance, hash_distances, hash_of
from sim_bench.selection.similarity import THRESHOLD
from tests.quality_assessment import samples

SEEDS = range(5)
LIGHT = [(kind, stops) for kind in ("underexposure", "overexposure") for stops in (1, 2)]


def look_of(rgb):
    return LookEncoder().encode_images([rgb])[0]


def photo(seed=0, height=300, width=400):
    return samples.scene(height, width, seed)


def resized(rgb, width, height):
    return np.asarray(Image.fromarray(rgb).resize((width, height), Image.Resampling.LANCZOS))


@pytest.fixture(scope="module")
def looks():
    return LookEncoder().encode_images([photo(seed) for seed in SEEDS])


def test_it_is_an_encoder_without_weights():
    encoder = LookEncoder()
    assert isinstance(encoder, ImageEncoder)
    assert (encoder.name, encoder.fingerprint) == ("look", "look-1")
    assert (encoder.trained_on, encoder.licence) == ((), "none needed")


def test_a_look_does_not_depend_on_its_company(looks):
    again = LookEncoder().encode_images([photo(3), photo(1)])
    assert looks.shape == (len(SEEDS), DIM)
    assert looks.dtype == np.float32
    np.testing.assert_array_equal(again, looks[[3, 1]])


def test_no_photos_have_no_looks():
    assert LookEncoder().encode_images([]).shape == (0, DIM)


def test_a_prepared_photo_gives_the_same_look(looks):
    encoder = LookEncoder()
    prepared = encoder.prepare(photo(0))
    assert prepared.shape == (INPUT, INPUT, 3)
    assert encoder.prepare(prepared) is prepared
    np.testing.assert_array_equal(look_of(prepared), looks[0])


@pytest.mark.parametrize("bad", [np.zeros((4, 4, 3)), np.zeros((4, 4), np.uint8)])
def test_what_is_no_photo_is_refused(bad):
    with pytest.raises(ValueError, match="A photo is uint8"):
        look_of(bad)


@pytest.mark.parametrize("shape", [(1, 1), (1, 3000), (7, 5)])
def test_odd_sizes_have_finite_looks(shape):
    assert np.isfinite(look_of(samples.grey(np.full(shape, 90)))).all()


def test_gradients_of_a_ramp_are_known_by_hand():
    """The light grows to the right alone, everywhere: the direction is 0, every harmonic 1 + 0i."""
    ramp = 4.0 * np.exp(np.arange(SIDE) / 16) - 4.0  # the logarithm makes it a straight line
    found = gradient_harmonics(np.tile(ramp, (SIDE, 1)).astype(np.float32))
    middle = found[:, 2:6, 2:6]  # 2 units a pixel, and 2 more that stand for a flat photo
    np.testing.assert_allclose(middle[0::2], 2.0 / (2.0 + 2.0), atol=1e-3)
    np.testing.assert_allclose(middle[1::2], 0.0, atol=1e-4)


def test_gradients_of_a_falling_ramp_turn_the_odd_harmonics():
    ramp = np.tile(4.0 * np.exp(np.arange(SIDE) / 16) - 4.0, (SIDE, 1)).astype(np.float32)
    rising, falling = gradient_harmonics(ramp), gradient_harmonics(ramp[:, ::-1])
    np.testing.assert_allclose(falling[[0, 4]], -rising[[0, 4]][:, :, ::-1], atol=1e-4)
    np.testing.assert_allclose(falling[2], rising[2][:, ::-1], atol=1e-4)


def test_the_thumbnail_is_the_luma():
    halves = samples.flat(0, INPUT)
    halves[:, INPUT // 2 :] = (255, 0, 0)
    small = thumbnail(look_of(halves))
    np.testing.assert_allclose(small[:, :16], 0.0, atol=1e-4)
    np.testing.assert_allclose(small[:, 16:], 0.299 * 255, rtol=1e-5)


def test_colour_is_the_share_of_red_and_blue_less_the_mean():
    """Grey left, red right: luma 59.8 of 200; (200 - 59.8) / (59.8 + 8) above its half."""
    halves = samples.flat(100, INPUT)
    halves[:, INPUT // 2 :] = (200, 0, 0)
    red, blue = colour(look_of(halves))
    share = (200 - 59.8) / 67.8
    np.testing.assert_allclose(red[:, :2], -share / 2, rtol=1e-4)
    np.testing.assert_allclose(red[:, 2:], share / 2, rtol=1e-4)
    np.testing.assert_allclose(blue[:, 2:], -59.8 / 67.8 / 2, rtol=1e-4)


def test_detail_of_a_checkerboard_is_known_by_hand():
    """Each pixel differs from all 4 neighbours by 255; the left half is flat."""
    board = samples.checkerboard(INPUT)
    board[:, : INPUT // 2] = 128
    found = detail(look_of(board))
    np.testing.assert_allclose(found[:, 5:], 1020.0, rtol=1e-4)
    np.testing.assert_allclose(found[:, :3], 0.0, atol=1e-3)


def test_detail_says_where_the_focus_is(looks):
    left_sharp = photo(0)
    left_sharp[:, 200:] = degrade(photo(0), "defocus", 6)[:, 200:]
    lost = detail(look_of(left_sharp)) / detail(looks[0])
    assert lost[:, :3].min() > 0.95
    assert lost[:, 5:].max() < 0.6


def test_similarity_is_symmetric_and_1_to_itself(looks):
    matrix = similarities(looks, looks)
    np.testing.assert_allclose(np.diag(matrix), 1.0, atol=1e-5)
    np.testing.assert_allclose(matrix, matrix.T, atol=1e-5)
    assert similarity(looks[0], looks[1]) == pytest.approx(similarity(looks[1], looks[0]), abs=1e-6)


def test_the_matrix_the_pairs_and_the_blocks_agree(looks, monkeypatch):
    matrix = similarities(looks, looks)
    pairs = paired_similarities(looks[:-1], looks[1:])
    np.testing.assert_allclose(pairs, np.diag(matrix, 1), atol=1e-5)
    monkeypatch.setattr(look_similarity, "_BLOCK", 2)
    seen = np.zeros(matrix.shape, dtype=int)
    for rows, columns in blocks(len(looks)):
        np.testing.assert_allclose(
            similarities(looks[rows], looks[columns]), matrix[rows, columns], atol=1e-5
        )
        seen[rows, columns] += 1
    above = np.triu_indices(len(looks))
    assert (seen[above] == 1).all()


def test_different_scenes_are_not_alike(looks):
    matrix = similarities(looks, looks)
    assert matrix[~np.eye(len(looks), dtype=bool)].max() < THRESHOLD - 0.1


@pytest.mark.parametrize(("kind", "stops"), LIGHT)
def test_an_exposure_bracket_stays_together(looks, kind, stops):
    other = [look_of(degrade(photo(seed), kind, stops)) for seed in SEEDS]
    assert paired_similarities(looks, np.stack(other)).min() > THRESHOLD


def test_a_bracket_from_end_to_end_stays_together():
    ends = [degrade(photo(0), kind, 2) for kind in ("underexposure", "overexposure")]
    assert similarity(*map(look_of, ends)) > THRESHOLD


@pytest.mark.parametrize(
    ("kind", "severity"),
    [
        ("gaussian_noise", 8),
        ("defocus", 3),
        ("motion_blur", 9),
        ("colour_cast", 12),
        ("low_contrast", 0.5),
        ("tilt", 2),
        ("bad_crop", 0.08),
        ("jpeg", 20),
    ],
)
def test_damage_keeps_the_scene(looks, kind, severity):
    other = [look_of(degrade(photo(seed), kind, severity, seed=seed)) for seed in SEEDS]
    assert paired_similarities(looks, np.stack(other)).min() > THRESHOLD


def test_a_moved_camera_is_found_at_its_shift():
    """A tenth of the photo to the side; compared in place alone, it would be far less alike."""
    wide = photo(0, 300, 440)
    here, there = look_of(wide[:, :400]), look_of(wide[:, 40:])
    flat_scenes = scene(np.stack([here, there])).reshape(2, -1)
    in_place = flat_scenes[0] @ flat_scenes[1] / np.prod(np.linalg.norm(flat_scenes, axis=1))
    assert similarity(here, there) > max(THRESHOLD, in_place + 0.1)


def test_photos_without_anything_on_them_are_alike():
    black, grey = look_of(samples.flat(0, 64)), look_of(samples.flat(120, 64))
    assert similarity(black, grey) == pytest.approx(1.0, abs=1e-3)
    assert similarity(black, look_of(photo(0))) < 0.3


def test_looks_that_are_not_finite_or_too_short_are_refused(looks):
    broken = looks.copy()
    broken[2, 7] = np.nan
    with pytest.raises(ValueError, match="Got 1 of 5 that are not"):
        similarities(broken, looks)
    with pytest.raises(ValueError, match=r"shape \(n, 1504\). Got \(5, 1503\)"):
        similarities(looks, looks[:, 1:])
    with pytest.raises(ValueError, match="as many looks on both sides. Got 5 and 4"):
        paired_similarities(looks, looks[1:])
    with pytest.raises(ValueError, match="as many looks on both sides. Got 5 and 4"):
        are_copies(looks, looks[1:])


def test_the_hash_is_the_published_one(looks):
    """The definition once more, with scipy's transform: coefficients 1 to 8, over their median."""
    for look, bits in zip(looks, hash_of(looks), strict=True):
        low = dctn(thumbnail(look).astype(np.float64), norm="ortho")[1:9, 1:9].ravel()
        expected = "".join("01"[int(value > np.median(low))] for value in low)
        assert f"{int(bits):064b}" == expected


def test_the_hash_of_two_waves_is_known_by_hand():
    """Half a wave across and half a wave down: one coefficient, the first; the median is 0."""
    half_wave = np.cos(np.pi * (np.arange(32) + 0.5) / 32)
    plane = (128 + 100 * np.outer(half_wave, half_wave)).astype(np.float32)
    look = np.concatenate([np.zeros(416), plane.ravel(), np.zeros(64)]).astype(np.float32)
    np.testing.assert_array_equal(thumbnail(look), plane)
    assert int(hash_of(look)) == 1 << 63


def test_distances_count_bits():
    a = np.array([0b1011, 0, 2**64 - 1], dtype=np.uint64)
    b = np.array([0b0001, 0, 0], dtype=np.uint64)
    assert hash_distances(a, b).tolist() == [2, 0, 64]
    assert hash_distances(a[:, None], b[None]).shape == (3, 3)


def test_one_colour_has_the_hash_zero():
    assert int(hash_of(look_of(samples.flat(77, 50)))) == 0


def test_a_mirrored_photo_has_another_hash(looks):
    assert hash_distance(looks[0], look_of(photo(0)[:, ::-1])) > 16


@pytest.mark.parametrize(
    "saved_again",
    [
        lambda rgb: degrade(rgb, "jpeg", 90),
        lambda rgb: degrade(rgb, "jpeg", 60),
        lambda rgb: resized(rgb, 200, 150),
        lambda rgb: resized(rgb, 800, 600),
    ],
    ids=["quality 90", "quality 60", "half", "double"],
)
def test_a_picture_saved_again_is_a_copy(looks, saved_again):
    again = np.stack([look_of(saved_again(photo(seed))) for seed in SEEDS])
    assert are_copies(looks, again).all()
    assert hash_distance(looks[0], again[0]) <= 2


@pytest.mark.parametrize(
    "other",
    [
        lambda rgb: rgb[6:-6, 8:-8],
        lambda rgb: degrade(rgb, "overexposure", 0.1),
        lambda rgb: degrade(rgb, "defocus", 6),
        lambda rgb: rgb[:, ::-1],
        lambda rgb: rgb[:, 8:],
    ],
    ids=["cut by 2% each side", "a tenth of a stop", "out of focus", "mirrored", "moved"],
)
def test_another_picture_is_no_copy(looks, other):
    again = np.stack([look_of(other(photo(seed))) for seed in SEEDS])
    assert not are_copies(looks, again).any()


def test_being_a_copy_is_symmetric(looks):
    again = look_of(degrade(photo(0), "jpeg", 60))
    assert is_copy(looks[0], again)
    assert is_copy(again, looks[0])
    assert not is_copy(looks[0], looks[1])
