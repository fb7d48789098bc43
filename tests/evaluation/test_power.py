"""Effect sizes by hand, by statsmodels and from Cohen's tables."""

from math import inf, nan, pi

import numpy as np
import pytest
from statsmodels.stats.power import NormalIndPower
from statsmodels.stats.proportion import proportion_effectsize

from sim_bench.evaluation.power import cohen_h, cohen_q, smallest_difference


def test_smallest_difference_by_hand():
    """1.959964 + 0.841621 = 2.801585 standard errors, for 5% and 80%."""
    assert smallest_difference(1.0) == pytest.approx(2.801585, abs=1e-6)
    assert smallest_difference(0.01, level=0.99, power=0.9) == pytest.approx(0.03857381, abs=1e-7)


def test_smallest_difference_is_the_one_that_statsmodels_would_detect():
    """Two samples of 50 with standard deviation 1: the standard error is sqrt(2 / 50) = 0.2."""
    shown = NormalIndPower().power(
        smallest_difference(0.2), nobs1=50, alpha=0.05 / 2, alternative="larger"
    )
    assert shown == pytest.approx(0.8, rel=1e-12)


def test_smallest_difference_is_shown_as_often_as_it_says():
    found = np.random.default_rng(0).normal(smallest_difference(0.3), 0.3, 20_000)
    assert (found > 1.959964 * 0.3).mean() == pytest.approx(0.8, abs=0.01)


@pytest.mark.parametrize(("first", "second"), [(0.6, 0.5), (0.5, 0.73), (1.0, 0.0), (0.2, 0.2)])
def test_h_agrees_with_statsmodels(first, second):
    theirs = proportion_effectsize(first, second)
    assert cohen_h(first, second) == pytest.approx(theirs, abs=1e-12)


def test_h_and_q_from_cohens_tables():
    """Cohen 1988: phi(0.65) = 1.875, phi(0.45) = 1.471; z(0.5) = 0.549."""
    assert cohen_h(0.65, 0.45) == pytest.approx(1.875 - 1.471, abs=1e-3)
    assert cohen_q(0.5, 0.0) == pytest.approx(0.549, abs=5e-4)
    assert cohen_h(1, 0) == pytest.approx(pi)


def test_q_is_signed_and_knows_its_ends():
    assert cohen_q(0.2, 0.6) == pytest.approx(-cohen_q(0.6, 0.2))
    assert (cohen_q(1, 0.2), cohen_q(0.2, 1), cohen_q(-1, 1)) == (inf, -inf, -inf)
    assert np.isnan([cohen_q(1, 1), cohen_q(-1, -1), cohen_q(nan, 0.1), cohen_h(nan, 0.1)]).all()


def test_missing_errors_give_no_difference():
    assert np.isnan(smallest_difference(nan))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: smallest_difference(-1), "standard_error must be 0 or more. Got -1"),
        (lambda: smallest_difference(1, level=95), "level must lie between 0 and 1. Got 95"),
        (lambda: smallest_difference(1, power=1), "power must lie between 0 and 1. Got 1"),
        (lambda: cohen_h(60, 50), "60% is 0.6. Got 60"),
        (lambda: cohen_q(0.1, -1.2), r"correlations must lie in \[-1, 1\]. Got -1.2"),
    ],
)
def test_wrong_arguments_say_what_is_allowed(call, message):
    with pytest.raises(ValueError, match=message):
        call()
