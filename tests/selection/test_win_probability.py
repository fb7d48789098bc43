"""From scores to probabilities: by hand, by their properties, and found again from drawn votes."""

import numpy as np
import pytest

from sim_bench.selection.win_probability import fit_scale, preference, win_probabilities

NAN = float("nan")


def test_odds_of_two_photos_by_hand():
    assert preference(np.log(3.0)) == pytest.approx(0.75, rel=1e-12)
    assert preference(0.0) == 0.5
    assert preference([-800.0, 800.0]) == pytest.approx([0.0, 1.0])
    assert np.isnan(preference(NAN))


def test_a_preference_and_its_reverse_add_up_to_one():
    margins = np.linspace(-30, 30, 13)
    assert preference(margins) + preference(-margins) == pytest.approx(np.ones(13))


def test_shares_of_a_group_by_hand():
    assert win_probabilities(np.log([1.0, 2.0, 5.0])) == pytest.approx([0.125, 0.25, 0.625])


def test_probabilities_add_up_to_one_and_large_merits_do_not_overflow():
    found = win_probabilities([1000.0, 999.0, -1000.0])
    assert found.sum() == pytest.approx(1.0)
    assert found[0] / found[1] == pytest.approx(np.e)


def test_equal_merits_share_equally():
    assert win_probabilities([7.0, 7.0, 7.0]) == pytest.approx([1 / 3] * 3)


@pytest.mark.parametrize("bad", [NAN, np.inf, -np.inf])
def test_what_is_not_finite_takes_no_part(bad):
    found = win_probabilities([0.0, bad, 0.0])
    assert found[[0, 2]] == pytest.approx([0.5, 0.5])
    assert np.isnan(found[1])


def test_a_group_without_merits_has_no_probabilities():
    assert np.isnan(win_probabilities([NAN, NAN])).all()
    assert win_probabilities([]).shape == (0,)


def test_odds_of_two_do_not_depend_on_a_third():
    two, three = win_probabilities([1.0, 0.3]), win_probabilities([1.0, 0.3, 2.5])
    assert two[0] / two[1] == pytest.approx(three[0] / three[1])


@pytest.mark.parametrize("scale", [0.004, 0.11, 70.0])
def test_the_scale_that_made_the_votes_is_found_again(scale):
    margins = np.random.default_rng(0).normal(0.0, 2.0 * scale, 400)
    assert fit_scale(margins, preference(margins / scale)) == pytest.approx(scale, rel=1e-4)


def test_a_scale_by_hand():
    """Three of four votes at a margin of 1: odds of 3, so 1 / scale = ln 3."""
    assert fit_scale([1.0], [0.75]) == pytest.approx(1 / np.log(3.0), rel=1e-5)


def test_scores_that_contradict_people_get_a_scale_at_which_nothing_is_sure():
    scale = fit_scale([1.0, 2.0], [0.1, 0.0])
    assert preference(2.0 / scale) == pytest.approx(0.5, abs=1e-4)


@pytest.mark.parametrize(
    ("margins", "preferred", "message"),
    [
        ([1.0, 2.0], [0.5], "equal length"),
        ([1.0], [1.5], "from 0 to 1"),
        ([NAN], [0.5], "finite"),
        ([0.0, 0.0], [0.5, 0.5], "differ"),
        ([], [], "differ"),
    ],
)
def test_what_cannot_be_fitted_is_refused(margins, preferred, message):
    with pytest.raises(ValueError, match=message):
        fit_scale(margins, preferred)
