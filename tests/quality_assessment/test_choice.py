"""The best of some photos: NaN never wins, ties are ties."""

from pathlib import Path

import pandas as pd
import pytest

from sim_bench.quality_assessment.choice import Best, best_of


def table(scores):
    nan = float("nan")
    rows = [
        {"path": name, "reason": "" if score == score else "empty file", "m": score}
        for name, score in zip("abcdef", scores, strict=False)
    ]
    return pd.DataFrame(rows).astype({"m": float}).replace({None: nan})


def test_the_largest_wins_by_its_margin_over_the_next():
    assert best_of(table([0.2, 0.9, 0.5]), "m") == Best(
        Path("b"), 0.9, Path("c"), pytest.approx(0.4), (Path("b"),), {}
    )


def test_the_smallest_wins_where_lower_is_better():
    best = best_of(table([0.2, 0.9, 0.5]), "m", "lower")
    assert (best.path, best.score, best.runner_up) == (Path("a"), 0.2, Path("c"))
    assert best.margin == pytest.approx(0.3)


def test_nan_never_wins_and_keeps_its_reason():
    best = best_of(table([float("nan"), -5.0, -7.0]), "m")
    assert best.path == Path("b")
    assert best.unscored == {Path("a"): "empty file"}


def test_a_tie_names_all_and_the_margin_is_to_the_next_below():
    best = best_of(table([0.7, 0.1, 0.7, 0.4]), "m")
    assert best.path == Path("a")
    assert best.tied == (Path("a"), Path("c"))
    assert best.runner_up == Path("d")
    assert best.margin == pytest.approx(0.3)


def test_all_tied_has_no_margin():
    best = best_of(table([0.7, 0.7]), "m")
    assert (best.runner_up, best.margin) == (None, None)


def test_nothing_scored_has_no_best():
    best = best_of(table([float("nan")] * 2), "m")
    assert (best.path, best.score, best.tied) == (None, None, ())
    assert len(best.unscored) == 2
