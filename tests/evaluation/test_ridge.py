"""Against scikit-learn, whose penalties are sums where ours are means per row."""

import numpy as np
import pytest
from sklearn import linear_model

from sim_bench.evaluation.ridge import LogisticRidge, Ridge


def sample(n=200, m=4, seed=0):
    """Members of very different size, one of them with a heavy tail."""
    random = np.random.default_rng(seed)
    members = random.normal(size=(n, m)) * 10.0 ** np.arange(-2, m - 2)
    members[:, 0] *= random.exponential(size=n) ** 2
    odds = members @ (random.normal(size=m) / members.std(axis=0))
    return members, odds, random


@pytest.mark.parametrize("penalty", [10.0, 0.1, 0.0001])
@pytest.mark.parametrize("votes", [1, 7])
def test_logistic_weights_agree_with_scikit_learn(penalty, votes):
    """A target p is two rows there: a win of weight p and a loss of weight 1 - p."""
    members, odds, random = sample()
    p = random.binomial(votes, 1 / (1 + np.exp(-odds))) / votes
    spread = np.sqrt((members**2).mean(axis=0))
    model = linear_model.LogisticRegression(
        C=1 / (penalty * len(p)),
        fit_intercept=False,
        solver="newton-cholesky",
        tol=1e-12,
        max_iter=500,
    )
    x = np.vstack([members, members]) / spread
    model.fit(x, np.repeat([1, 0], len(p)), sample_weight=np.concatenate([p, 1 - p]))
    found = LogisticRidge().fit(members, p, penalty)
    np.testing.assert_allclose(found.weights * spread, model.coef_[0], rtol=0, atol=1e-9)
    np.testing.assert_allclose(found.spread, spread, rtol=1e-12)


@pytest.mark.parametrize("penalty", [10.0, 0.1, 0.0001])
def test_ridge_weights_agree_with_scikit_learn(penalty):
    members, odds, random = sample()
    members += 5.0
    target = odds + random.normal(size=len(odds))
    model = linear_model.Ridge(alpha=penalty * len(target))
    model.fit(members / members.std(axis=0), target)
    found = Ridge().fit(members, target, penalty)
    np.testing.assert_allclose(found.weights * found.spread, model.coef_, rtol=0, atol=1e-9)
    np.testing.assert_allclose(found.predict(members), model.predict(members / found.spread))


def test_logistic_weights_of_pairs_that_are_never_wrong_are_finite():
    members = np.array([[1.0, 0.0], [-2.0, 0.0], [4.0, 0.0]])
    found = LogisticRidge().fit(members, np.array([1.0, 0.0, 1.0]), 0.0001)
    assert 1 < found.weights[0] < 100
    assert found.weights[1] == 0


def test_a_very_heavy_tail_converges():
    """One difference is a thousand times as large as the others, and wrong."""
    members = np.append(np.ones(1000), 1e3)[:, None]
    target = np.append(np.full(1000, 0.8), 0.0)
    found = LogisticRidge().fit(members, target, 0.0001)
    assert np.isfinite(found.weights).all()
    assert abs(found.weights[0]) < 0.01


def test_losses_by_hand():
    """-log of the probability of what happened; half of the squared error."""
    assert LogisticRidge().loss(np.log([3.0, 3.0]), np.array([1.0, 0.0])) == pytest.approx(
        [-np.log(0.75), -np.log(0.25)]
    )
    assert Ridge().loss(np.array([1.0, 2.0]), np.array([3.0, 2.0])).tolist() == [2.0, 0.0]
