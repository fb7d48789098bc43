"""Against scikit-learn and statsmodels."""

from math import log, nan

import numpy as np
import pytest
import statsmodels.api as sm
from sklearn.linear_model import LogisticRegression

from sim_bench.evaluation.slope import STEEPEST, fit_slope


def sample(slope, n=400, seed=0, votes=7):
    random = np.random.default_rng(seed)
    difference = random.normal(size=n)
    share = random.binomial(votes, 1 / (1 + np.exp(-slope * difference))) / votes
    return difference, share


@pytest.mark.parametrize("slope", [2.5, 0.3, 0.0, -1.2])
@pytest.mark.parametrize("unit", [1.0, 1e-6, 1e6])
def test_slope_agrees_with_statsmodels(slope, unit):
    d, p = sample(slope)
    model = sm.GLM(p, d[:, None], family=sm.families.Binomial())
    expected = model.fit(tol=1e-14, maxiter=100).params[0]
    assert fit_slope(d * unit, p) * unit == pytest.approx(expected, rel=1e-9, abs=1e-12)


def test_slope_agrees_with_scikit_learn():
    """A share p is two rows there: a win of weight p and a loss of weight 1 - p."""
    d, p = sample(1.5, seed=1)
    model = LogisticRegression(
        C=np.inf, fit_intercept=False, solver="newton-cholesky", tol=1e-13, max_iter=200
    )
    model.fit(np.tile(d, 2)[:, None], np.repeat([1, 0], len(d)), np.concatenate([p, 1 - p]))
    assert fit_slope(d, p) == pytest.approx(model.coef_[0, 0], rel=1e-9)


def test_slope_by_hand():
    """One difference of 2 and 3 of 4 for the left: 2 * slope = log(3)."""
    assert fit_slope([2.0], [0.75]) == pytest.approx(log(3) / 2, rel=1e-12)


def test_swapping_the_photos_changes_nothing_and_turning_the_score_its_sign():
    d, p = sample(0.8)
    assert fit_slope(-d, 1 - p) == pytest.approx(fit_slope(d, p), rel=1e-12)
    assert fit_slope(-d, p) == pytest.approx(-fit_slope(d, p), rel=1e-12)


def test_a_method_that_is_never_wrong_has_the_steepest_slope_allowed():
    """Root mean square of 3 and 4: sqrt(12.5)."""
    assert fit_slope([3.0, -4.0], [1, 0]) == pytest.approx(STEEPEST / np.sqrt(12.5))
    assert fit_slope([3.0, -4.0], [0, 1]) == pytest.approx(-STEEPEST / np.sqrt(12.5))


def test_no_difference_has_no_slope():
    assert fit_slope([0.0, 0.0], [1, 0.2]) == 0.0
    assert fit_slope([], []) == 0.0


def test_huge_differences_do_not_overflow():
    assert fit_slope([1e300, 1e300], [0.75, 0.75]) * 1e300 == pytest.approx(log(3))


def test_wrong_columns_are_refused():
    with pytest.raises(ValueError, match="equally long"):
        fit_slope([1, 2], [1])
    with pytest.raises(ValueError, match="finite"):
        fit_slope([nan], [1])
    with pytest.raises(ValueError, match="between 0 and 1"):
        fit_slope([1], [2])
