"""The table of each task."""

import pytest

from sim_bench.benchmark.results import Figure
from sim_bench.report.page.ranking import ranking_table
from tests.report.made_results import (
    around,
    dataset,
    no,
    opinion_dataset,
    opinion_row,
    pair_row,
    pairs_dataset,
    series_row,
)


def column(table, title, which=0):
    found = [k for k, one in enumerate(table.columns) if one.title == title]
    return [row[found[which]] for row in table.rows]


@pytest.mark.parametrize("task", ["opinion", "pairs", "series"])
def test_every_row_has_a_cell_for_every_column(task):
    tolerant = series_row("tolerant", within=around(0.7))
    data = pairs_dataset().model_copy(update={"opinion": opinion_dataset().opinion})
    for one in (data, data.model_copy(update={"series": (*data.series, tolerant)})):
        table = ranking_table(one, task, level=0.95)
        assert table.rows
        assert {len(row) for row in (*table.rows, *table.foot)} == {len(table.columns)}


def test_methods_come_best_first_and_undefined_last():
    table = ranking_table(opinion_dataset(), "opinion", level=0.95)
    names = [cell.text for cell in column(table, "Method")]
    assert (names[0], names[-1]) == ("combined", "contrast")
    assert column(table, "SRCC", 1)[-1].title == "the scores are all the same"


def test_colours_say_what_was_shown_against_chance():
    rows = (
        pair_row("good", 0.6, p_chance=0.001),
        pair_row("unknown", 0.52, p_chance=0.2),
        pair_row("bad", 0.4, p_chance=0.001),
    )
    table = ranking_table(dataset(pairs=rows), "pairs", level=0.95)
    states = [cell.dot.state for cell in column(table, "Accuracy")]
    assert states == ["ahead", "open", "behind"]


def test_a_smaller_regret_is_the_better_one():
    rows = (series_row("worse", 0.40), series_row("better", 0.48))
    table = ranking_table(dataset(series=rows), "series", level=0.95)
    assert [cell.text for cell in column(table, "Method")] == ["better", "worse"]
    assert column(table, "Regret")[0].dot.state == "ahead"


def test_a_method_that_learned_from_the_data_is_hollow_and_marked():
    data = dataset(pairs=(pair_row("head"), pair_row("plain")), contamination={"head": "all of it"})
    table = ranking_table(data, "pairs", level=0.95)
    assert [cell.flag for cell in column(table, "Method")] == ["all of it", ""]
    assert [cell.dot.hollow for cell in column(table, "Accuracy")] == [True, False]
    assert table.flags == {"head": "all of it"}


def test_chance_and_the_human_ceiling_are_on_the_axis():
    data = dataset(pairs=(pair_row("a", 0.55),), human_ceiling=around(0.731, 0.008))
    table = ranking_table(data, "pairs", level=0.95)
    axis = table.columns[1].axis
    assert {(mark.at, mark.kind) for mark in axis.marks} == {(0.5, "chance"), (0.731, "ceiling")}
    assert axis.low < 0.5 < 0.731 < axis.high
    assert "73.1% [72.3, 73.9]" in table.caption


def test_a_figure_without_an_interval_has_a_dot_and_no_line():
    lone = Figure(value=0.6, reason="one series gives no interval")
    data = dataset(pairs=(pair_row("a").model_copy(update={"accuracy": lone}),))
    table = ranking_table(data, "pairs", level=0.95)
    dot = column(table, "Accuracy")[0].dot
    assert (dot.low, dot.high) == (None, None)
    assert column(table, "95% interval")[0].title == "one series gives no interval"


def test_a_random_choice_stands_below_as_a_range_where_methods_differ():
    rows = (series_row("a"), series_row("b", top1_random=0.42))
    table = ranking_table(dataset(series=rows), "series", level=0.95)
    texts = [cell.text for cell in table.foot[0]]
    assert "40.1% to 42.0%" in texts
    assert "0.520" in texts


def test_nothing_is_drawn_for_an_undefined_figure():
    data = dataset(opinion=(opinion_row("a", srcc=0.3), opinion_row("b")))
    undefined = data.opinion[1].model_copy(update={"srcc": no("two photos")})
    data = data.model_copy(update={"opinion": (data.opinion[0], undefined)})
    table = ranking_table(data, "opinion", level=0.95)
    assert column(table, "SRCC")[1].dot is None
    assert column(table, "SRCC")[1].title == "two photos"
