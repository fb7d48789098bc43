"""The data frames behind the CSV files of a benchmark."""

import math

import pytest

from sim_bench.benchmark.results import Figure
from sim_bench.report.benchmark_tables import (
    comparisons_table,
    methods_summary,
    parts_table,
    subgroups_table,
)
from tests.report.made_results import (
    compare,
    dataset,
    method,
    no,
    opinion_dataset,
    pair_row,
    pairs_dataset,
    results,
)


def test_every_method_has_a_row_for_every_data_set_the_failed_ones_too():
    made = results()
    table = methods_summary(made)
    expected = [(data.name, one.name) for data in made.datasets for one in made.methods]
    assert list(zip(table["dataset"], table["method"], strict=True)) == expected
    failed = table[table["status"] == "failed"]
    assert len(failed) == len(made.datasets)
    assert failed["reason"].str.contains("ViT-L-14").all()
    assert failed["pairwise_accuracy"].isna().all()


def test_the_columns_that_others_rely_on_hold_the_pairs_task_as_fractions(tmp_path):
    made = results(dataset(pairs=(pair_row("sharpness", 0.567),)), methods=[method("sharpness")])
    row = methods_summary(made).iloc[0]
    required = ["method", "pairwise_accuracy", "ci_low", "ci_high", "ties", "n"]
    assert row[required].tolist() == ["sharpness", 0.567, 0.567 - 0.017, 0.567 + 0.017, 1403, 4000]


def test_counts_are_written_as_whole_numbers_where_some_are_missing():
    text = methods_summary(results()).to_csv(index=False)
    sharpness = next(line for line in text.splitlines() if line.startswith("phototriage,sharpness"))
    assert ",1403,4000,0,31," in sharpness


def test_what_is_not_defined_is_empty_and_says_why():
    table = methods_summary(results(opinion_dataset())).set_index("method")
    assert math.isnan(table.loc["contrast", "srcc"])
    assert "srcc: the scores are all the same" in table.loc["contrast", "not_defined"]
    assert table.loc["combined", "not_defined"] == ""


def test_a_contaminated_method_says_what_it_was_trained_on():
    table = methods_summary(results(pairs_dataset())).set_index("method")
    assert "training pairs" in table.loc["clip_weighted", "trained_on_it"]
    assert table.loc["clip_large", "trained_on"] == "not on record"
    assert table.loc["combined", "trained_on"] == ""


@pytest.mark.parametrize(
    ("difference", "p_holm", "shown"),
    [(0.03, 0.01, "a"), (-0.03, 0.01, "b"), (0.03, 0.2, ""), (0.03, None, "")],
)
def test_a_comparison_names_the_better_method_only_where_it_is_shown(difference, p_holm, shown):
    made = results(dataset(comparisons=(compare("a", "b", difference, p_holm),)))
    table = comparisons_table(made)
    assert table["shown_better"].tolist() == [shown]
    assert table["difference"].tolist() == [difference]


def test_a_comparison_without_a_difference_keeps_its_reason():
    one = compare("a", "b", 0.0, None, difference=no("no pair has both scores"), n=0)
    row = comparisons_table(results(dataset(comparisons=(one,)))).iloc[0]
    assert math.isnan(row["difference"])
    assert row["reason"] == "no pair has both scores"


def test_subgroups_and_parts_keep_every_record():
    data = pairs_dataset()
    made = results(data)
    groups, parts = subgroups_table(made), parts_table(made)
    assert len(groups) == len(data.subgroups)
    assert len(parts) == len(data.parts)
    first = groups.iloc[0]
    assert (first["attribute"], first["value"], first["n"]) == ("series size", "2", 2100)
    assert parts["gain"].tolist() == [part.gain.value for part in data.parts]


def test_tables_of_nothing_still_have_their_columns():
    made = results(dataset())
    for table in (comparisons_table(made), subgroups_table(made), parts_table(made)):
        assert table.empty
        assert "dataset" in table.columns


def test_a_figure_without_an_interval_keeps_its_value():
    row = pair_row("sharpness", accuracy=0.6).model_copy(
        update={"accuracy": Figure(value=0.6, reason="one series gives no interval")}
    )
    made = results(dataset(pairs=(row,)), methods=[method("sharpness")])
    found = methods_summary(made).iloc[0]
    assert found["pairwise_accuracy"] == 0.6
    assert math.isnan(found["ci_low"])
    assert "one series" in found["not_defined"]
