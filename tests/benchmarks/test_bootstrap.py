"""The script runs and says what it promises; both sides compute the same."""

import json

import bootstrap
import numpy as np
import pytest

from sim_bench.evaluation.clusters import bootstrap_mean


def test_it_prints_a_ratio_and_keeps_the_budget(capsys):
    bootstrap.main(["--pairs", "300", "--series", "90", "--resamples", "50", "--rounds", "1"])
    figures = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert figures["ratio_loop"] > 0
    assert figures["within_budget"] == (figures["seconds"] <= 5)
    assert (figures["pairs"], figures["series"], figures["resamples"]) == (300, 90, 50)


def test_both_sides_compute_the_same():
    """But for the draws, and percentiles a little further out: 0.5 points of 100."""
    random = np.random.default_rng(1)
    series, credit = random.integers(0, 300, 1000), random.random(1000).round()
    ours = bootstrap_mean(credit, series, resamples=2000)
    assert bootstrap.plain_loop(credit, series, 2000) == pytest.approx(
        (ours.low, ours.high), abs=0.005
    )
