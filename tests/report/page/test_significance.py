"""Methods against methods."""

from sim_bench.benchmark.results import MatrixResult
from sim_bench.report.page.agreement import agreement_matrix
from sim_bench.report.page.significance import (
    comparisons_table,
    significance_matrix,
    smallest_sentence,
)
from tests.report.made_results import compare, dataset, no, pair_row, series_row

PAIRS = (pair_row("b", 0.5), pair_row("a", 0.6), pair_row("c", 0.48))


def two(**changes):
    comparisons = (
        compare("b", "a", -0.1, 0.001, smallest=0.021),
        compare("b", "c", 0.02, 0.4, smallest=0.03),
    )
    return dataset(**{"pairs": PAIRS, "comparisons": comparisons} | changes)


def test_the_same_difference_stands_on_both_sides_with_opposite_sign_and_colour():
    found = significance_matrix(two(), "pairs", level=0.95)
    assert found.methods == ["a", "b", "c"]
    assert (found.rows[0][1].text, found.rows[1][0].text) == ("+10.0", "-10.0")
    assert (found.rows[0][1].shade, found.rows[1][0].shade) == (3, -3)
    assert "a less b: +10.0 points, p 0.001, n = 4,000" in found.rows[0][1].title
    assert "b less a: -10.0 points" in found.rows[1][0].title


def test_what_is_not_shown_has_no_colour_and_what_was_not_compared_says_so():
    found = significance_matrix(two(), "pairs", level=0.95)
    assert found.rows[1][2].shade == 0
    assert found.rows[1][2].text == "+2.0"
    assert found.rows[0][2].title == "a and c were not compared"
    assert found.rows[0][0].empty


def test_an_undefined_comparison_is_a_dash_with_its_reason():
    one = compare("a", "b", 0, None).model_copy(update={"difference": no("no common pairs")})
    found = significance_matrix(two(comparisons=(one,)), "pairs", level=0.95)
    assert found.rows[0][1].title == "a and b: no common pairs"


def test_without_comparisons_there_is_no_matrix():
    data = two(comparisons=())
    assert significance_matrix(data, "pairs", level=0.95) is None
    assert comparisons_table(data, "pairs", level=0.95) is None
    assert smallest_sentence(data, "pairs") == ""


def test_the_smallest_difference_is_told_as_a_range():
    assert "8 times in 10: 2.1 to 3.0 points" in smallest_sentence(two(), "pairs")


def test_the_smallest_difference_is_said_to_be_that_of_a_single_test():
    """It is 2.8 standard errors, which Holm's correction beside it asks more than."""
    said = smallest_sentence(two(), "pairs")
    assert "a single test, before Holm's correction" in said


def test_comparisons_of_another_task_are_left_to_it():
    regret = compare("a", "b", 0.05, 0.01, task="series", measure="regret")
    data = two(comparisons=(regret,), series=(series_row("a"), series_row("b")), regret_unit="u")
    assert significance_matrix(data, "pairs", level=0.95) is None
    found = significance_matrix(data, "series", level=0.95)
    assert "turned so that above 0 the row is better" in found.caption
    assert {tile.text for row in found.rows for tile in row} == {"", "+0.050", "-0.050"}


def test_a_share_of_one_half_is_neither_alike_nor_opposed():
    values = ((1.0, 0.5, None), (0.5, 1.0, 0.9), (None, 0.9, 1.0))
    made = MatrixResult(
        kind="pairs", methods=("a", "b", "c"), values=values, n=((9, 8, 0), (8, 9, 7), (0, 7, 9))
    )
    found = agreement_matrix(dataset(contamination={"z": "not here"}), made)
    assert [tile.text for tile in found.rows[0]] == ["", "50", "–"]
    assert [tile.shade for tile in found.rows[1]] == [0, 0, 2]
    assert "n = 0 to 8." in found.caption
    assert found.flags == {}
