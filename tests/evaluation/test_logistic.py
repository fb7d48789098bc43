"""The logistic fit against scipy's curve_fit, closed forms, and what has no best curve."""

from math import nan

import numpy as np
import pytest
from scipy.optimize import curve_fit

from sim_bench.evaluation import logistic
from sim_bench.evaluation.logistic import Logistic, fit_logistic


def vqeg(s, b1, b2, b3, b4):
    return (b1 - b2) / (1 + np.exp(-(s - b3) / np.abs(b4))) + b2


def noisy(n, truth, seed=0):
    random = np.random.default_rng(seed)
    s = random.normal(size=n)
    return s, vqeg(s, *truth) + 0.2 * abs(truth[0] - truth[1]) * random.normal(size=n)


def quality(y, fitted):
    return np.corrcoef(y, fitted)[0, 1], np.sqrt(np.mean((y - fitted) ** 2))


@pytest.mark.parametrize("n", [200, 2000])
@pytest.mark.parametrize(
    "truth", [(5, 1, 0.3, 0.5), (1, 5, 0.3, 0.5), (80, 20, -1, 0.8), (3, 1, 0, 0.2)]
)
def test_the_fit_is_that_of_curve_fit(n, truth):
    """scipy searches all four numbers at once (Levenberg-Marquardt), started at the truth."""
    s, y = noisy(n, truth)
    theirs, _ = curve_fit(vqeg, s, y, p0=truth, ftol=1e-15, xtol=1e-15, gtol=1e-15)
    ours = fit_logistic(s, y)
    assert (ours.b1, ours.b2, ours.b3, ours.b4) == pytest.approx(
        (*theirs[:3], abs(theirs[3])), rel=1e-4, abs=1e-5
    )
    assert quality(y, ours.predict(s)) == pytest.approx(quality(y, vqeg(s, *theirs)), abs=1e-9)
    assert ours.rises == (truth[0] > truth[1])
    assert (ours.n, ours.reason) == (n, None)


def test_an_exact_curve_is_found_again():
    s = np.linspace(-2, 3, 40)
    found = fit_logistic(s, vqeg(s, 4.5, 1.5, 0.7, 0.4))
    assert (found.b1, found.b2, found.b3, found.b4) == pytest.approx((4.5, 1.5, 0.7, 0.4))
    assert found.predict([0.7]) == pytest.approx([3.0])
    assert found.rising([0.7]) == pytest.approx([0.5])


@pytest.mark.parametrize("scale", [1e-150, 1e-3, 1e3, 1e150])
def test_units_do_not_matter(scale):
    s, y = noisy(200, (5, 1, 0.3, 0.5))
    one, other = fit_logistic(s, y), fit_logistic(scale * s + 7 * scale, 10 / scale * y)
    assert other.predict(scale * s + 7 * scale) == pytest.approx(
        10 / scale * one.predict(s), rel=1e-6
    )
    assert np.corrcoef(other.rising(scale * (s + 7)), y)[0, 1] == pytest.approx(
        np.corrcoef(one.rising(s), y)[0, 1], abs=1e-9
    )


def test_turning_scores_round_turns_the_curve_round():
    s, y = noisy(200, (5, 1, 0.3, 0.5))
    there, back = fit_logistic(s, y), fit_logistic(-s, y)
    assert there.rises
    assert not back.rises
    assert back.predict(-s) == pytest.approx(there.predict(s), abs=1e-6)
    assert quality(y, back.rising(-s))[0] == pytest.approx(-quality(y, there.rising(s))[0])


@pytest.mark.parametrize(
    ("curve", "least"),
    [
        (lambda s: 2 * s - 1, 0.999999),
        (np.exp, 0.9999),
        (lambda s: -np.exp(-s), 0.9999),
        (lambda s: (s > 0.1) * 1.0, 0.995),
        (lambda s: np.tanh(s / 2) * 3, 1 - 1e-12),
    ],
)
def test_what_has_no_best_curve_ends_close_to_its_limit(curve, least):
    s = np.random.default_rng(3).normal(size=500)
    found = fit_logistic(s, curve(s))
    assert found.rises
    assert np.corrcoef(found.rising(s), curve(s))[0, 1] > least
    assert np.isfinite(found.predict(s)).all()


def test_heavy_tails_and_two_values_can_be_fitted():
    random = np.random.default_rng(5)
    s = random.standard_cauchy(400)
    y = np.tanh(s / 2) + 0.2 * random.normal(size=400)
    assert np.corrcoef(fit_logistic(s, y).rising(s), y)[0, 1] > 0.93
    two = random.integers(0, 2, 50)
    y = two + random.normal(size=50)
    found = fit_logistic(two, y)
    expected = np.where(two == 1, y[two == 1].mean(), y[two == 0].mean())
    assert found.predict(two) == pytest.approx(expected, abs=1e-6)


def test_scores_that_are_mostly_equal_can_be_fitted():
    """Both quartiles are 0; the curve gives each of the two values its mean opinion."""
    scores = np.repeat([0.0, 8.0], [90, 10])
    y = scores + np.random.default_rng(1).normal(size=100)
    found = fit_logistic(scores, y)
    assert found.predict([0.0, 8.0]) == pytest.approx([y[:90].mean(), y[90:].mean()], abs=1e-6)


def test_slopes_of_the_search_are_those_of_finite_differences():
    s, y = noisy(50, (5, 1, 0.3, 0.5))
    search = logistic._Search((s - s.mean()) / s.std(), y - y.mean())
    for at in ([0.4, -0.3], [0.1, 0.8], [0.95, 0.1]):
        for k, step in enumerate(np.eye(2) * 1e-6):
            numeric = (search.residuals(at + step) - search.residuals(at - step)) / 2e-6
            assert search.slopes(np.array(at))[:, k] == pytest.approx(numeric, abs=1e-7)


@pytest.mark.parametrize(
    ("merit", "mean", "reason"),
    [
        ([1, 2, 3], [1, 2, 3], "3 pairs; at least 4"),
        ([1, 1, 1, 1], [1, 2, 3, 4], "the first column is constant"),
        ([1, 2, 3, 4], [2, 2, 2, 2], "the second column is constant"),
    ],
)
def test_what_cannot_be_fitted_has_a_reason(merit, mean, reason):
    found = fit_logistic(merit, mean)
    assert reason in found.reason
    assert np.isnan([found.b1, found.b2, found.b3, found.b4]).all()
    assert not found.rises


def test_a_search_that_does_not_converge_has_a_reason(monkeypatch):
    monkeypatch.setattr(logistic, "_STEPS", 1)
    s, y = noisy(50, (5, 1, 0.3, 0.5))
    assert fit_logistic(s, y) == Logistic(
        *[pytest.approx(nan, nan_ok=True)] * 4, 50, "the logistic fit did not converge"
    )


@pytest.mark.parametrize(
    ("merit", "mean", "message"),
    [
        ([1, 2], [1], r"equal length. Got \(2,\) and \(1,\)"),
        ([[1], [2]], [[1], [2]], "columns of equal length"),
        ([1, nan, 3, 4], [1, 2, 3, 4], "must be finite"),
    ],
)
def test_wrong_arguments_say_what_is_allowed(merit, mean, message):
    with pytest.raises(ValueError, match=message):
        fit_logistic(merit, mean)
