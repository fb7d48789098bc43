"""Influences: their sum is scipy's correlation, and each is what leaving an item out tells."""

import numpy as np
import pytest
from scipy import stats

from sim_bench.evaluation.influence import plcc_influences, srcc_influences

BOTH = pytest.mark.parametrize(
    ("influences", "theirs"),
    [(srcc_influences, stats.spearmanr), (plcc_influences, stats.pearsonr)],
)


def data(n, *, tied):
    random = np.random.default_rng(n)
    x = random.normal(size=n)
    y = x + random.normal(size=n)
    return (np.round(2 * x), np.round(y)) if tied else (x, y)


@BOTH
@pytest.mark.parametrize("tied", [False, True])
@pytest.mark.parametrize("scale", [1, 1e-200, 1e200])
def test_they_add_up_to_the_correlation(influences, theirs, tied, scale):
    x, y = data(80, tied=tied)
    found = influences(scale * x, -y)
    assert found.shape == (80,)
    assert found.sum() == pytest.approx(-theirs(x, y).statistic, abs=1e-12)


@BOTH
@pytest.mark.parametrize("tied", [False, True])
def test_each_is_what_leaving_it_out_tells(influences, theirs, tied):
    """Jackknife pseudo-values n r - (n - 1) r without the item, by scipy: equal but for 1 / n."""
    x, y = data(200, tied=tied)
    whole = theirs(x, y).statistic
    without = [theirs(np.delete(x, i), np.delete(y, i)).statistic for i in range(200)]
    pseudo = 200 * whole - 199 * np.array(without)
    found = 200 * influences(x, y)
    assert np.corrcoef(found, pseudo)[0, 1] > 0.9995
    assert found.std() == pytest.approx(pseudo.std(), rel=0.03)


@pytest.mark.parametrize("influences", [srcc_influences, plcc_influences])
def test_constants_are_refused(influences):
    with pytest.raises(ValueError, match="merit must vary"):
        influences([1, 1, 1], [1, 2, 3])
