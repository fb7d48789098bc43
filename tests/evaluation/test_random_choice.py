"""What a random choice gives: means and shares known by arithmetic."""

from itertools import product

import numpy as np
import pytest

from sim_bench.evaluation.random_choice import p_of_regret, random_regrets
from sim_bench.evaluation.series import series_measures

VALUE = [3.0, 1, 2, 5, 4, 9]
SERIES = ["a", "a", "a", "b", "b", "alone"]


def test_only_regrets_that_can_be_are_drawn_as_often_as_they_must():
    """a gives 0, 2 or 1, b gives 0 or 1, each choice of the six equally often."""
    drawn = random_regrets(VALUE, SERIES, draws=60_000, seed=1)
    possible = [(a + b) / 2 for a, b in product((0, 2, 1), (0, 1))]
    assert set(drawn) == set(possible)
    for regret in set(possible):
        expected = possible.count(regret) / 6
        assert np.mean(drawn == regret) == pytest.approx(expected, abs=0.01)


def test_its_mean_is_the_exact_expectation():
    rng = np.random.default_rng(0)
    value, series = rng.normal(size=60), rng.integers(12, size=60)
    expected = series_measures(np.zeros(60), value, series)["regret_random"].mean()
    drawn = random_regrets(value, series, draws=20_000)
    standard_error = drawn.std() / np.sqrt(len(drawn))
    assert drawn.mean() == pytest.approx(expected, abs=4 * standard_error)


def test_the_order_of_the_photos_does_not_matter_to_what_is_possible():
    mixed = [5, 0, 3, 1, 4, 2]
    drawn = random_regrets([VALUE[k] for k in mixed], [SERIES[k] for k in mixed], draws=500)
    assert set(drawn) <= {0.0, 0.5, 1.0, 1.5}


def test_the_seed_decides():
    assert np.array_equal(
        random_regrets(VALUE, SERIES, 50, 3), random_regrets(VALUE, SERIES, 50, 3)
    )
    assert not np.array_equal(
        random_regrets(VALUE, SERIES, 50, 3), random_regrets(VALUE, SERIES, 50, 4)
    )


@pytest.mark.parametrize(("value", "series"), [([], []), ([1.0, 2.0], ["a", "b"])])
def test_without_a_choice_nothing_is_lost(value, series):
    assert random_regrets(value, series, draws=5).tolist() == [0.0] * 5


def test_blocks_make_no_difference(monkeypatch):
    import sim_bench.evaluation.random_choice as module

    whole = random_regrets(VALUE, SERIES, draws=50)
    monkeypatch.setattr(module, "_BLOCK", 6)
    assert np.array_equal(random_regrets(VALUE, SERIES, draws=50), whole)


@pytest.mark.parametrize(
    ("value", "series", "message"),
    [([1.0, 2.0], ["a"], "equally long"), ([1.0, np.nan], ["a", "a"], "finite")],
)
def test_what_cannot_be_drawn_from_is_refused(value, series, message):
    with pytest.raises(ValueError, match=message):
        random_regrets(value, series)


@pytest.mark.parametrize(
    ("regret", "far"), [(0.0, 2), (4.0, 2), (1.0, 4), (2.0, 5), (5.0, 0), (-1.0, 0)]
)
def test_probability_by_hand(regret, far):
    """Five draws around 2: of 0 and 4 two are as far, of 1 and 3 four, of 2 all."""
    assert p_of_regret(regret, [0.0, 1, 2, 3, 4]) == pytest.approx((1 + far) / 6)
