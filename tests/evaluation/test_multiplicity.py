"""Holm's correction by hand and by statsmodels."""

import numpy as np
import pytest
from statsmodels.stats.multitest import multipletests

from sim_bench.evaluation.multiplicity import holm


def test_holm_by_hand():
    """0.01 * 4, 0.02 * 3, 0.02 * 2 raised to the one before it, 0.9 * 1."""
    assert holm([0.02, 0.9, 0.01, 0.02]) == pytest.approx([0.06, 0.9, 0.04, 0.06], abs=1e-15)


@pytest.mark.parametrize("m", [1, 2, 7, 40])
def test_holm_agrees_with_statsmodels(m):
    p_values = np.random.default_rng(m).random(m) ** 3
    theirs = multipletests(p_values, method="holm")[1]
    assert holm(p_values) == pytest.approx(theirs, abs=1e-12)


def test_tests_that_were_not_made_do_not_count():
    adjusted = holm([np.nan, 0.01, np.nan, 0.04])
    assert np.isnan(adjusted[[0, 2]]).all()
    assert adjusted[[1, 3]] == pytest.approx([0.02, 0.04])
    assert np.isnan(holm([np.nan])).all()
    assert len(holm([])) == 0


def test_what_was_given_is_left_alone():
    given = np.array([0.2, 0.01])
    holm(given)
    assert given.tolist() == [0.2, 0.01]


@pytest.mark.parametrize("given", [[0.1, 1.1], [-0.1, 0.5], [[0.1, 0.2]]])
def test_what_is_no_p_value_is_refused(given):
    with pytest.raises(ValueError, match="p_values must"):
        holm(given)
