"""Intervals cover the truth, and tests keep their level, in data sets with strong clustering.

500 data sets each, as in the full simulation of which docs/evaluation.md has the figures.
"""

import json

import coverage_of_intervals as simulation
import pytest

SIZES = pytest.mark.parametrize("sizes", simulation.SIZES.values(), ids=list(simulation.SIZES))


@SIZES
def test_intervals_of_an_accuracy_cover_it(sizes):
    ours, _ = simulation.accuracy_coverage(500, 600, sizes, 0.6)
    assert 0.93 <= ours <= 0.97


@SIZES
def test_intervals_of_a_rank_correlation_cover_it(sizes):
    ours, _ = simulation.srcc_coverage(500, 400, sizes)
    assert 0.93 <= ours <= 0.97


@SIZES
@pytest.mark.parametrize(
    "rate",
    [
        simulation.accuracy_false_positives,
        simulation.srcc_false_positives,
        simulation.chance_false_positives,
    ],
    ids=lambda each: each.__name__,
)
def test_nothing_is_found_where_there_is_nothing(rate, sizes):
    assert 0.03 <= rate(500, 600, sizes) <= 0.07


def test_groups_are_what_makes_it_hold():
    """The same data sets with each pair for itself: the intervals are far too narrow."""
    alone, _ = simulation.accuracy_coverage(
        100, 300, simulation.SIZES["geometric"], 0.6, grouped=False
    )
    assert alone < 0.8


def test_the_script_prints_every_share(capsys):
    simulation.main(["--sets", "8", "--resamples", "50"])
    figures = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert sum(name.startswith("coverage") for name in figures) == 6
    assert sum(name.startswith("false positives") for name in figures) == 6
