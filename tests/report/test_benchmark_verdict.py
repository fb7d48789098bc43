"""The sentence that says which method is best."""

import math

import pytest

from sim_bench.benchmark.results import Figure
from sim_bench.report.benchmark_verdict import outcome, verdict_sentence
from sim_bench.report.measures import listed, main_measure, p_text, standings
from tests.report.made_results import (
    around,
    compare,
    dataset,
    no,
    opinion_row,
    pair_row,
    series_row,
)


def say(data, task="pairs"):
    return verdict_sentence(data, task, level=0.95)


def test_the_best_is_named_with_whom_it_beats_and_whom_not():
    data = dataset(
        pairs=(pair_row("contrast", 0.494), pair_row("combined", 0.592), pair_row("sharp", 0.567)),
        comparisons=(
            compare("combined", "contrast", 0.098, 0.001),
            compare("sharp", "combined", -0.025, 0.2),
            compare("sharp", "contrast", 0.073, 0.001),
        ),
    )
    assert say(data) == (
        "Best: combined, 59.2% [57.5, 60.9]; after correction it is better than contrast and "
        "chance (p < 0.001), but not shown to differ from sharp. "
        "Not shown to differ from chance: contrast."
    )


def test_a_single_method_is_compared_with_chance_alone():
    data = dataset(pairs=(pair_row("noise", 0.51, p_chance=0.3),))
    assert say(data) == (
        "The only method: noise, 51.0% [49.3, 52.7]; after correction it is not shown to differ "
        "from chance (p = 0.300)."
    )


def test_a_leader_without_an_interval_says_why():
    alone = Figure(value=0.6, low=None, high=None, reason="1 groups; an interval takes 4")
    row = pair_row("noise", p_chance=0.4).model_copy(update={"accuracy": alone})
    assert say(dataset(pairs=(row,))) == (
        "The only method: noise, 60.0%; after correction it is not shown to differ from chance "
        "(p = 0.400). No interval: 1 groups; an interval takes 4."
    )


def test_a_method_below_chance_is_worse_than_chance():
    data = dataset(pairs=(pair_row("noise", 0.42, p_chance=0.001),))
    assert "it is worse than chance (p = 0.001)." in say(data)


def test_nothing_defined_gives_the_reason_and_no_winner():
    data = dataset(
        pairs=(pair_row("a", accuracy=0.5).model_copy(update={"accuracy": no("no pairs")}),)
    )
    assert say(data) == "No method has a figure here: no pairs."
    assert say(dataset()) == "No method was scored here."


@pytest.mark.parametrize("missing", [None, math.nan])
def test_a_method_without_a_figure_never_leads(missing):
    nothing = Figure(value=missing, reason="constant scores")
    data = dataset(
        pairs=(
            pair_row("odd").model_copy(update={"accuracy": nothing}),
            pair_row("sharp", 0.55),
        )
    )
    assert [row.method for row in standings(data, "pairs")] == ["sharp", "odd"]
    assert say(data).startswith("Best: sharp, 55.0%")
    assert say(data).endswith("Without a figure: odd (constant scores).")


def test_equal_methods_share_the_first_place():
    data = dataset(
        pairs=(pair_row("a", 0.6), pair_row("b", 0.6), pair_row("c", 0.5)),
        comparisons=(
            compare("a", "b", 0.0, 1.0),
            compare("a", "c", 0.1, 0.01),
            compare("b", "c", 0.1, 0.2),
        ),
    )
    assert say(data) == (
        "Best: a and b, equal at 60.0%; after correction each is better than chance, but not "
        "shown to differ from c. Not shown to differ from chance: c."
    )


def test_what_was_not_tested_is_not_called_equal():
    data = dataset(pairs=(pair_row("a", 0.6, p_chance=None), pair_row("b", 0.5)))
    assert say(data) == (
        "Best: a, 60.0% [58.3, 61.7]; no test against b and chance. "
        "Not shown to differ from chance: b."
    )


def test_chance_is_named_even_beside_many_methods():
    names = [f"m{k}" for k in range(9)]
    data = dataset(
        pairs=(pair_row("top", 0.6), *(pair_row(name, 0.5) for name in names)),
        comparisons=tuple(compare("top", name, 0.1, 0.001) for name in names),
    )
    assert "m0, m1, m2, m3, m4 and 4 more, and chance (p < 0.001)." in say(data)


def test_a_best_method_that_has_met_the_data_is_marked():
    rows = (pair_row("head", 0.7), pair_row("sharp", 0.567))
    data = dataset(pairs=rows, contamination={"head": "trained on it"})
    assert "head has met this data before" in say(data)
    assert say(data).endswith("best of those that have not: sharp, 56.7% [55.0, 58.4].")
    everyone = data.model_copy(update={"contamination": {"head": "x", "sharp": "y"}})
    assert say(everyone).endswith("every other method here has too.")


def test_series_are_ranked_by_regret_where_less_is_better():
    data = dataset(
        series=(series_row("a", 0.40), series_row("b", 0.48)),
        regret_unit="Bradley-Terry units",
        comparisons=(compare("a", "b", -0.08, 0.001, task="series", measure="regret"),),
    )
    assert main_measure(data, "series").key == "regret"
    assert say(data, "series") == (
        "Best: b, mean regret 0.420 [0.390, 0.450] (Bradley-Terry units); after correction it is "
        "better than a and chance (p < 0.001). Not shown to differ from chance: a."
    )


def test_series_without_regret_are_ranked_by_top_1():
    rows = (
        series_row("a", 0.4, regret=no("no values")),
        series_row("b", 0.5, regret=no("no values")),
    )
    data = dataset(series=rows)
    assert main_measure(data, "series").key == "top1"
    assert say(data, "series").startswith("Best: b, 50.0% [47.4, 52.6]")


def test_correlations_keep_their_sign():
    data = dataset(opinion=(opinion_row("a", -0.8), opinion_row("b", 0.1)))
    assert say(data, "opinion").startswith("Best: b, rank correlation (SRCC) 0.100 [0.050, 0.150]")


def test_an_outcome_is_the_same_from_either_side():
    data = dataset(comparisons=(compare("a", "b", -0.1, 0.05),))
    assert outcome(data, "pairs", "accuracy", "a", "b", level=0.95) == "worse"
    assert outcome(data, "pairs", "accuracy", "b", "a", level=0.95) == "better"
    assert outcome(data, "pairs", "accuracy", "b", "a", level=0.99) == "open"
    assert outcome(data, "opinion", "srcc", "a", "b", level=0.95) == "untested"


def test_numbers_are_written_as_readers_expect():
    data = dataset(pairs=(pair_row("a"),))
    accuracy, srcc = main_measure(data, "pairs"), main_measure(data, "opinion")
    assert accuracy.number(0.59249) == "59.2%"
    assert accuracy.difference(-0.0001) == "0.0"
    assert srcc.number(-0.0001) == "0.000"
    assert srcc.number(math.nan) == srcc.number(None) == "–"
    assert accuracy.interval(around(0.5, 0.1)) == "[40.0, 60.0]"
    assert accuracy.interval(no("none")) == "–"
    assert [p_text(p) for p in (0.0004, 0.05, 1.0, None)] == ["< 0.001", "0.050", "1.000", "–"]
    assert listed([]) == ""
    assert listed(["a"]) == "a"
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert listed(list("abcdefgh"), 3) == "a, b and 6 more"


def test_a_method_that_is_worse_than_chance_is_named_though_it_does_not_lead():
    data = dataset(pairs=(pair_row("a", 0.6), pair_row("b", 0.4), pair_row("c", 0.49)))
    assert "Shown to be worse than chance: b." in say(data)
