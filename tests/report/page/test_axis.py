"""Where values lie on the axes of small charts."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim_bench.report.page.axis import Mark, axis_around, log_ticks

FINITE = st.floats(-1e6, 1e6, allow_subnormal=False)


def test_every_value_and_mark_lies_inside_and_in_order():
    axis = axis_around([0.494, 0.592], str, marks=[Mark(0.5, "chance", "chance")], length=200)
    places = [axis.at(value) for value in (0.494, 0.5, 0.592)]
    assert places == sorted(places)
    assert 14 <= places[0] < places[-1] <= 186


def test_the_middle_of_the_scale_is_the_middle_of_the_drawing():
    axis = axis_around([0.0, 1.0], str, length=200)
    assert axis.at(0.5) == 100.0


@given(st.lists(FINITE, min_size=1, max_size=9))
def test_there_are_few_ticks_and_all_are_on_the_axis(values):
    axis = axis_around(values, str)
    assert len(axis.ticks) <= 4
    assert all(axis.low <= tick <= axis.high for tick, _ in axis.ticks)
    assert all(0 <= axis.at(value) <= axis.length for value in values)


def test_missing_values_are_passed_over_and_no_value_still_makes_an_axis():
    assert axis_around([None, math.nan, 2.0, 4.0], str) == axis_around([2.0, 4.0], str)
    assert axis_around([], str).low < axis_around([], str).high
    same = axis_around([0.0, 0.0], str)
    assert same.at(0.0) == pytest.approx(same.length / 2)


def test_ticks_are_round_numbers():
    assert [tick for tick, _ in axis_around([0.47, 0.74], str).ticks] == [0.5, 0.6, 0.7]
    assert [tick for tick, _ in axis_around([-0.5, 0.5], str).ticks] == [-0.5, 0.0, 0.5]


def test_logarithmic_ticks_are_powers_of_ten_with_2_and_5_on_a_short_span():
    assert log_ticks(0.09, 3.5) == pytest.approx([0.1, 0.2, 0.5, 1.0, 2.0])
    assert log_ticks(0.009, 30.0) == pytest.approx([0.01, 0.1, 1.0, 10.0])
