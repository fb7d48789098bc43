"""How alike methods are, against scipy and by hand."""

import numpy as np
import pytest
from scipy.stats import spearmanr

from sim_bench.benchmark.measures.matrices import decision_matrix, score_matrix


def test_scores_are_correlated_over_the_photos_of_both():
    rng = np.random.default_rng(0)
    merit = rng.normal(size=(20, 3))
    merit[:5, 1] = np.nan
    found = score_matrix(("a", "b", "c"), merit)
    assert found.kind == "srcc"
    assert found.n == ((20, 15, 20), (15, 15, 15), (20, 15, 20))
    expected = spearmanr(merit[5:, 0], merit[5:, 1]).statistic
    assert found.values[0][1] == found.values[1][0] == pytest.approx(expected, abs=1e-9)
    assert [found.values[k][k] for k in range(3)] == [1.0] * 3


def test_what_cannot_be_correlated_is_empty():
    merit = np.column_stack([np.arange(6.0), np.full(6, 2.0), np.full(6, np.nan)])
    found = score_matrix(("a", "constant", "nothing"), merit)
    assert found.values[0][1] is None
    assert found.values[0][2] is None
    assert found.values[2][2] is None
    assert found.n[2] == (0, 0, 0)


def test_decisions_by_hand():
    """Alike on the first pair, apart on the second, one tie on the third; the fourth is unscored.

    Two ties count a half as well, here twice: neither method says anything.
    """
    left = np.array([[1, 2], [1, 0], [1, 1], [np.nan, 1], [1, 1], [2, 2]], float)
    right = np.array([[0, 0], [0, 1], [0, 1], [0, 0], [1, 1], [2, 2]], float)
    found = decision_matrix(("a", "b"), left, right)
    assert found.values[0][1] == pytest.approx((1 + 0 + 0.5 + 0.5 + 0.5) / 5)
    assert found.n[0][1] == 5
