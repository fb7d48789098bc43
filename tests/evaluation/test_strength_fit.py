"""The condition of the optimum, on votes of very different size; the parts that win every time."""

import numpy as np
import pytest

from sim_bench.evaluation.strength_fit import PENALTY, fitted


def slopes(tally, strength, penalty):
    """Derivative of the penalised log-likelihood, and the size of its terms, written out."""
    slope, size = -2 * penalty * strength, np.zeros(len(strength))
    for i in range(len(strength)):
        for j in range(len(strength)):
            term = tally[i, j] / (1 + np.exp(strength[i] - strength[j]))
            slope[i], slope[j] = slope[i] + term, slope[j] - term
            size[i], size[j] = size[i] + term, size[j] + term
    return slope, size.max()


@pytest.mark.parametrize("items", [2, 3, 6])
@pytest.mark.parametrize("penalty", [None, 0.0, 1.0])
def test_every_fit_is_at_the_optimum(items, penalty):
    random = np.random.default_rng(items)
    votes = [0, 0, 1e-6, 1e-3, 0.01, 0.5, 1, 5, 100, 1e4]
    tally = random.choice(votes, size=(60, items, items)) * (1 - np.eye(items))
    strength, fits = fitted(tally, penalty)
    kinds = {"likelihood": 0.0, "penalised": PENALTY if penalty is None else penalty}
    for each, found, fit in zip(tally, strength, fits, strict=True):
        if fit in kinds:
            slope, size = slopes(each, found, kinds[fit])
            assert np.abs(slope).max() <= 1e-9 * size
            assert found.mean() == pytest.approx(0, abs=1e-9)
        else:
            assert np.isnan(found).all()
    assert set(fits) & set(kinds)


def test_a_cycle_has_a_finite_maximum_and_a_ladder_has_none():
    """Each beats the next; once the last beats the first, all are worth the same by symmetry."""
    ladder = np.eye(4, k=1)
    cycle = ladder.copy()
    cycle[3, 0] = 1
    strength, fits = fitted(np.stack([ladder, cycle]), None)
    assert fits == ["penalised", "likelihood"]
    assert (np.diff(strength[0]) < 0).all()
    np.testing.assert_allclose(strength[1], 0, atol=1e-12)
    assert fitted(ladder[None], 0.0)[1] == ["unbounded"]
    assert fitted(np.zeros((1, 3, 3)), 1.0)[1] == ["not connected"]


def test_votes_beyond_arithmetic_are_refused():
    """Two photos of 1e15 votes each way, a third of 1e-15: thirty orders of magnitude."""
    tally = np.array([[[0, 1e15, 1e-15], [1e15, 0, 1e-15], [0, 1e-15, 0]]])
    with pytest.raises(ValueError, match="too different a size .* give a penalty"):
        fitted(tally, None)
    assert np.isfinite(fitted(tally, PENALTY)[0]).all()
