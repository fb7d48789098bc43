"""Reason bars: what is compared with what, and on what scale."""

import pytest

from sim_bench.quality_assessment.base import Explanation, Reason
from sim_bench.report.cull.bars import HALF, bars_of_groups


def of(**contributions):
    reasons = [Reason(name, value, f"{name} seen") for name, value in contributions.items()]
    return Explanation.of(sum(contributions.values()), reasons)


def drawn(groups, compared=None, direction="higher"):
    compared = [True] * len(groups) if compared is None else compared
    return bars_of_groups(groups, compared, method="m", direction=direction)


def test_a_compared_bar_is_the_distance_from_the_mean():
    (one, other), *_ = drawn([[of(focus=0.5, noise=0.1), of(focus=0.1, noise=0.2)]])
    assert [(bar.name, bar.text) for bar in one.rows] == [("focus", "+0.200"), ("noise", "−0.050")]
    assert (one.total, one.total_text) == ("Together", "+0.150")
    assert other.total_text == "−0.150"


def test_the_longest_bar_fills_its_half_and_the_others_are_in_proportion():
    (one, _), *_ = drawn([[of(focus=0.5, noise=0.1), of(focus=0.1, noise=0.2)]])
    focus, noise = one.rows
    assert (focus.x, focus.width, focus.favours) == (HALF, HALF, True)
    assert (noise.x, noise.width, noise.favours) == (HALF - 7.5, 7.5, False)


def test_groups_share_one_scale_so_that_a_close_one_looks_close():
    apart = [of(focus=1.0), of(focus=0.0)]
    close = [of(focus=0.51), of(focus=0.49)]
    groups = drawn([apart, close])
    assert groups[0][0].rows[0].width == HALF
    assert groups[1][0].rows[0].width == pytest.approx(HALF / 50, abs=0.05)


def test_one_group_far_off_is_cut_and_does_not_flatten_the_others():
    usual = [[of(focus=1.0 + k / 100), of(focus=0.0)] for k in range(19)]
    odd = [of(focus=500.0), of(focus=0.0)]
    groups = drawn([*usual, odd])
    assert groups[-1][0].rows[0].cut
    assert groups[-1][0].rows[0].width == HALF
    assert not groups[0][0].rows[0].cut
    assert groups[0][0].rows[0].width > 0.8 * HALF


def test_a_reason_that_only_one_photo_has_counts_as_nothing_elsewhere():
    (one, other), *_ = drawn([[of(focus=0.4, dust=0.2), of(focus=0.4)]])
    assert {bar.name: bar.text for bar in one.rows}["dust"] == "+0.100"
    assert {bar.name: bar.text for bar in other.rows}["dust"] == "−0.100"
    assert other.total_text == "−0.100"


def test_a_photo_alone_in_its_group_or_in_a_protected_one_shows_its_whole_score():
    alone, protected = [of(focus=0.3)], [of(focus=0.2), of(focus=0.4)]
    groups = drawn([alone, protected], [True, False])
    assert [one.total_text for group in groups for one in group] == ["0.300", "0.200", "0.400"]
    assert not any(one.apart for group in groups for one in group)


def test_a_photo_without_explanation_or_score_is_left_out_of_the_mean():
    nan = Explanation(float("nan"), (Reason("focus", float("nan")),))
    (one, none, broken, other), *_ = drawn([[of(focus=0.2), None, nan, of(focus=0.4)]])
    assert none is None
    assert broken is None
    assert (one.total_text, other.total_text) == ("−0.100", "+0.100")


def test_few_reasons_have_no_rest_and_more_are_summed_up_in_it():
    names = ["a", "b", "c", "d", "e"]
    values = [0.5, 0.4, 0.3, 0.2, 0.1]
    one = drawn([[of(**dict(zip(names[:4], values, strict=False)))]])[0][0]
    assert (one.few, one.rest) == (4, None)
    one = drawn([[of(**dict(zip(names, values, strict=True)))]])[0][0]
    assert (one.few, one.rest.name, one.rest.text) == (3, "2 others", "+0.300")
    assert len(one.rows) == 5


def test_equal_photos_have_no_bars_to_draw():
    groups = drawn([[of(focus=0.3), of(focus=0.3)]])
    assert groups[0][0].rows[0].width == 0
    assert groups[0][0].rows[0].text == "0.000"
    assert not groups[0][0].rows[0].cut


def test_reasons_that_come_to_nothing_are_among_the_others():
    one = drawn([[of(a=0.5, b=0.1, c=0.2), of(a=0.1, b=0.1, c=0.2)]])[0][0]
    assert (one.few, one.rest.name, one.rest.text) == (1, "2 others", "0.000")
    one = drawn([[of(a=0.5, b=0.1), of(a=0.5, b=0.1)]])[0][0]
    assert (one.few, one.rest.name, one.rest.text) == (0, "2 reasons", "0.000")


def test_no_groups_are_no_bars():
    assert drawn([]) == []
    assert drawn([[]]) == [[]]
