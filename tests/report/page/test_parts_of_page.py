"""Calibration curves, panels, ensembles, parts and the image sheet."""

import pytest

from sim_bench.benchmark.results import ReliabilityRow
from sim_bench.report.page.calibration import calibration_curves
from sim_bench.report.page.contributions import ensembles, part_tables
from sim_bench.report.page.panels import size_table, strength_table, subgroup_tables
from sim_bench.report.page.sheet import in_turn, sheets
from sim_bench.report.page.thumbnails import Thumbnails
from tests.report.made_results import cases, dataset, no, pair_row, pairs_dataset


def test_a_perfect_forecast_lies_on_the_diagonal():
    bins = tuple(ReliabilityRow(predicted=p, observed=p, n=10) for p in (0.2, 0.5, 0.8))
    curve = calibration_curves(dataset(pairs=(pair_row("a", reliability=bins),)))[0]
    for point in curve.points:
        assert point.y == pytest.approx(curve.side - point.x, abs=0.11)
    assert "calibration error 1.8 points, log-loss 0.678, at best 0.561, n = 4,000" in curve.caption


def test_the_area_of_a_point_stands_for_its_pairs():
    bins = tuple(
        ReliabilityRow(predicted=p, observed=0.5, n=n) for p, n in ((0.4, 100), (0.6, 400))
    )
    few, many = calibration_curves(dataset(pairs=(pair_row("a", reliability=bins),)))[0].points
    assert (many.radius / few.radius) ** 2 == pytest.approx(4, rel=0.03)


def test_without_forecasts_there_are_no_curves():
    assert calibration_curves(dataset(pairs=(pair_row("a", reliability=()),))) == []


def test_an_undefined_log_loss_gives_its_reason():
    row = pair_row("a", calibration_error=None, log_loss_floor=None)
    row = row.model_copy(update={"log_loss": no("one series")})
    assert "log-loss – (one series)" in calibration_curves(dataset(pairs=(row,)))[0].caption


def test_all_panels_of_a_split_share_one_scale_and_tell_n():
    table = next(t for t in subgroup_tables(pairs_dataset()) if "series size" in t.label)
    ends = {(column.axis.low, column.axis.high) for column in table.columns[1:]}
    assert len(ends) == 1
    assert [column.title for column in table.columns] == ["Method", "2", "3-4", "5+"]
    assert "2: n = 2,100, 3-4: n = 1,200, 5+: n = 700." in table.caption


def test_each_size_of_series_has_its_own_chance():
    table = size_table(pairs_dataset())
    assert [column.axis.marks[0].at for column in table.columns[1:]] == [0.5, 0.29, 0.17]


def test_a_part_that_a_method_lacks_is_an_empty_panel():
    full, short = pair_row("full"), pair_row("short", 0.5)
    short = short.model_copy(update={"strengths": short.strengths[:1]})
    table = strength_table(dataset(pairs=(full, short)))
    assert [cell.dot is None for cell in table.rows[1][1:]] == [False, True, True, True]
    assert table.rows[1][2].title == "no figure for this part"


def test_a_part_without_any_figure_has_no_column_but_is_counted():
    row = pair_row("a")
    empty = row.strengths[0].model_copy(update={"n": 0, "accuracy": no("no such pairs")})
    row = row.model_copy(update={"strengths": (empty, *row.strengths[1:])})
    table = strength_table(dataset(pairs=(row,)))
    assert [column.title for column in table.columns][1] == "60-70%"
    assert "below 60%: n = 0" in table.caption
    nothing = row.model_copy(update={"strengths": (empty,)})
    table = strength_table(dataset(pairs=(nothing,)))
    assert table.rows[0][1].title == "no such pairs"


@pytest.mark.parametrize(
    ("gain", "p", "said"),
    [
        (0.02, 0.001, "So it is better than that method alone."),
        (-0.02, 0.001, "So it is worse than that method alone."),
        (0.02, 0.3, "So it is not shown to differ from that method alone."),
        (0.02, None, "That difference was not tested."),
    ],
)
def test_an_ensemble_says_what_it_gains_over_the_best_method(gain, p, said):
    data = pairs_dataset()
    one = data.ensembles[0]
    difference = one.difference.model_copy(update={"value": gain})
    one = one.model_copy(update={"difference": difference, "p": p})
    sentence = ensembles(data.model_copy(update={"ensembles": (one,)}), level=0.95)[0].sentence
    assert "accuracy on pairs 60.1% [58.4, 61.8]" in sentence
    assert said in sentence


def test_an_ensemble_with_a_method_that_learned_from_the_data_says_so():
    data = pairs_dataset(contamination={"noise": "all of it"})
    assert "noise has met this data" in ensembles(data, level=0.95)[0].sentence


def test_weights_stand_the_heaviest_first_and_a_bar_shows_their_sign():
    table = ensembles(pairs_dataset(), level=0.95)[0].table
    assert [row[0].text for row in table.rows] == ["combined", "sharpness", "noise", "contrast"]
    assert [row[1].bar > 0 for row in table.rows[:3]] == [True, True, False]


def test_parts_stand_by_what_they_add():
    heading, table = part_tables(pairs_dataset(), level=0.95)[0]
    assert heading == "clip_weighted"
    assert [row[2].text for row in table.rows] == ["+1.2", "+0.6", "+0.1", "-0.4"]
    assert [row[1].dot.state for row in table.rows] == ["ahead", "ahead", "open", "open"]
    assert "has met this data" in table.caption


def test_each_method_shows_its_worst_before_any_shows_its_second():
    found = cases(["a", "b"], ["x.jpg", "y.jpg"], many=3)
    chosen = in_turn(found, 4)
    assert [one.method for one in chosen] == ["a", "b", "a", "b"]
    assert [one.badness for one in chosen] == [1.31, 1.31, 1.21, 1.21]
    assert in_turn([], 4) == []


def test_tasks_take_turns_since_their_badness_is_not_on_one_scale():
    pairs = cases(["a"], ["x.jpg", "y.jpg"], many=2)
    opinions = [
        one.model_copy(update={"badness": 0.1}) for one in cases(["a"], ["x"], task="opinion")
    ]
    chosen = in_turn([*pairs, *opinions], 3)
    assert [one.task for one in chosen] == ["pairs", "opinion", "pairs"]


def test_the_sheet_says_how_many_cases_there_are():
    names = [f"m{k}" for k in range(10)]
    data = dataset(failures=cases(names, ["x.jpg", "y.jpg"]), contamination={"m0": "seen"})
    sheet = sheets(data, Thumbnails({}))[0]
    assert len(sheet.cases) == 16
    assert "16 of 30 recorded cases are shown." in sheet.caption
    assert sheet.cases[0].flag == "seen"
    assert [role for _, role in sheet.cases[0].photos] == ["preferred by people", "the other one"]


def test_a_disagreement_is_marked_where_either_method_learned_from_the_data():
    found = cases(["a / b"], ["x.jpg", "y.jpg"], kind="disagreement", many=1)
    data = dataset(failures=found, contamination={"b": "seen"})
    assert sheets(data, Thumbnails({}))[0].cases[0].flag == "seen"


def test_strength_of_agreement_is_not_shown_twice():
    data = pairs_dataset()
    again = tuple(one.model_copy(update={"attribute": "agreement"}) for one in data.subgroups[:3])
    shown = subgroup_tables(data.model_copy(update={"subgroups": again}))
    assert shown == []
    bare = tuple(row.model_copy(update={"strengths": ()}) for row in data.pairs)
    shown = subgroup_tables(data.model_copy(update={"subgroups": again, "pairs": bare}))
    assert len(shown) == 1
