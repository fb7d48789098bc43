import numpy as np
import pytest
from scipy.stats import median_abs_deviation

from sim_bench.images.degrade import degrade
from sim_bench.quality_assessment.luma import luma
from sim_bench.quality_assessment.noise import NoiseAssessor, grouped_median, noise_sigma
from tests.quality_assessment.samples import flat, grey, scene

noise = NoiseAssessor()


def grain(sigma, size=400):
    random = np.random.default_rng(0)
    return np.clip(np.rint(128 + random.normal(0, sigma, (size, size))), 0, 255).astype(np.uint8)


@pytest.mark.parametrize("sigma", [1.0, 2.0, 5.0, 10.0, 20.0])
def test_known_noise_is_found(sigma):
    """Rounding to whole levels adds a variance of 1/12; 160,000 pixels give about 0.5%."""
    assert noise_sigma(grain(sigma)) == pytest.approx(np.sqrt(sigma**2 + 1 / 12), rel=0.02)


@pytest.mark.parametrize("sigma", [5.0, 15.0])
def test_agrees_with_the_finest_diagonal_wavelet(sigma):
    """Donoho and Johnstone's own estimate: MAD of the Haar coefficients, by scipy.

    Another filter of the same grain; a draw within a level undoes the rounding, at which a plain
    median sticks.
    """
    y = grain(sigma)
    smooth = y + np.random.default_rng(1).uniform(-0.5, 0.5, y.shape)
    diagonal = (smooth[::2, ::2] - smooth[1::2, ::2] - smooth[::2, 1::2] + smooth[1::2, 1::2]) / 2
    theirs = median_abs_deviation(diagonal.ravel(), scale="normal")
    assert noise_sigma(y) == pytest.approx(theirs, rel=0.02)


def test_slopes_and_straight_edges_are_not_noise():
    ramp = np.add.outer(2 * np.arange(100), 0.5 * np.arange(100) // 1).astype(np.uint8)
    assert noise_sigma(np.minimum(ramp, 255)) < 0.5
    edge = np.zeros((100, 100), np.uint8)
    edge[:, 50:] = 255
    assert noise_sigma(edge) == 0.0


def test_an_edge_or_two_hardly_moves_it():
    y = grain(5.0)
    y[:, 100:200] -= 60
    y[50, :] = 255
    assert noise_sigma(y) == pytest.approx(noise_sigma(grain(5.0)), rel=0.03)


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ([1, 1, 1], 1.0),
        ([0, 4], 1.0),
        ([0, 1, 0, 0, 3], 4 - 0.5 + 1 / 3),
        ([1, 1], 0.5),
        ([10], 0.0),
        ([8, 2], 0.2),
    ],
)
def test_grouped_median_by_hand(counts, expected):
    assert grouped_median(np.array(counts)) == pytest.approx(expected)


def test_grouped_median_has_no_step_where_zeros_reach_one_half():
    values = [grouped_median(np.array([n, 10_000 - n])) for n in range(4_900, 5_100)]
    assert max(abs(np.diff(values))) < 1e-3
    assert values == sorted(values, reverse=True)


def test_flat_picture_is_clean_and_scores_one():
    assert noise.measure(flat()) == 0.0
    assert noise.score_observed([{"raw": 0.0}])[0] == 1.0


@pytest.mark.parametrize("shape", [(1, 1), (2, 50), (50, 2)])
def test_pictures_without_inner_pixels_are_unmeasured(shape):
    assert np.isnan(noise.measure(grey(np.zeros(shape))))
    observed = {"raw": float("nan")}
    assert np.isnan(noise.score_observed([observed])[0])
    assert noise.explain_observed(observed).reasons[0].detail == "not measurable"


def test_strips_do_not_show():
    """Heights around a multiple of the strip count each inner row once."""
    y = luma(scene(200, 60))
    for height in (3, 17, 18, 19, 34, 35):
        d = y[:height].astype(int)
        d = d[:, 2:] - 2 * d[:, 1:-1] + d[:, :-2]
        d = np.abs(d[2:] - 2 * d[1:-1] + d[:-2])
        expected = grouped_median(np.bincount(d.ravel())) / (6 * 0.6744897501960817)
        assert noise_sigma(y[:height]) == pytest.approx(expected, rel=1e-12)


def test_the_largest_response_fits():
    y = np.array([[255, 0, 255], [0, 255, 0], [255, 0, 255]], np.uint8)
    assert noise_sigma(y) == pytest.approx(8 * 255 / (6 * 0.6744897501960817), rel=1e-3)


@pytest.mark.parametrize(
    ("kind", "severities"),
    [("gaussian_noise", (0, 2, 8, 32)), ("shot_noise", (1e9, 3000, 500, 50))],
)
def test_more_noise_measures_more_and_scores_less(kind, severities):
    raw = [noise.measure(degrade(scene(), kind, severity)) for severity in severities]
    scores = noise.score_observed([{"raw": value} for value in raw])
    assert raw == sorted(raw)
    assert list(scores) == sorted(scores, reverse=True)
