"""The summary of a benchmark on the console."""

from sim_bench.benchmark.results import MatrixResult
from sim_bench.report.benchmark_text import summary_lines
from tests.report.made_results import (
    dataset,
    method,
    opinion_dataset,
    pair_row,
    pairs_dataset,
    results,
)


def test_every_method_of_every_table_has_a_line_with_its_figures():
    said = summary_lines(results(pairs_dataset()))
    line = next(line for line in said.splitlines() if line.startswith("sharpness"))
    assert " ".join(line.split()) == "sharpness 56.7% [55.0, 58.4] 4,000 0 1,403 < 0.001"
    assert "Best: combined, 59.2% [57.5, 60.9]; after correction it is better than" in said


def test_the_text_is_at_most_100_columns_wide():
    long = "a_method_whose_name_is_far_too_long_for_any_column_of_a_console"
    made = results(
        pairs_dataset(),
        opinion_dataset(),
        dataset("x" * 90, title="y" * 90, pairs=(pair_row(long),), contamination={long: "all"}),
        methods=[method(long, "failed", reason="it went wrong " * 20)],
    )
    said = summary_lines(made)
    assert max(map(len, said.splitlines())) <= 100
    assert any(line.startswith("a_method") and "…" in line for line in said.splitlines())


def test_addresses_and_paths_can_be_copied():
    address = "https://example.org/" + "image-quality-assessment/" * 4
    made = results(methods=[method("nima", "failed", reason=f"fetch it from {address}file.hdf5")])
    assert f"{address}file.hdf5" in summary_lines(made)


def test_failures_and_what_was_left_out_are_told():
    said = summary_lines(results())
    assert "1 of 9 methods failed:\n  clip_large: the weights of ViT-L-14" in said
    assert "left out: 2,585 (no label in the test split)" in said
    assert "6,500 photos: 6,497 scored by every method that ran, 3 not" in said


def test_a_method_that_learned_from_the_data_is_flagged_in_its_line():
    said = summary_lines(results(pairs_dataset()))
    flagged = [line.split()[0] for line in said.splitlines() if line.endswith("has met it")]
    assert flagged == ["clip_weighted", "clip_weighted"]  # in pairs and in series


def test_a_missing_figure_is_a_dash_and_comes_last():
    said = summary_lines(results(opinion_dataset()))
    rows = [line for line in said.splitlines() if "1,200" in line and "  3  " in line]
    assert rows[-1].split()[:3] == ["contrast", "–", "–"]
    assert "contrast (the scores are all the same)" in said


def test_a_data_set_that_people_said_nothing_about_shows_how_alike_the_methods_are():
    alike = MatrixResult(
        kind="srcc",
        methods=("sharpness", "clip"),
        values=((1.0, -0.25), (-0.25, 1.0)),
        n=((33, 33), (33, 33)),
    )
    said = summary_lines(results(dataset(matrices=(alike,))))
    assert "There is nothing that people said here" in said
    assert "\nsharpness and clip: rank correlation -0.250, 33 photos" in said


def test_why_photos_have_no_score_is_told_the_frequent_reasons_in_full():
    reasons = {"does not exist": 10, **{f"is odd in way {k}": 1 for k in range(6)}}
    data = dataset(photos=20, scored=4, unscored=16, unscored_reasons=reasons)
    said = summary_lines(results(data))
    assert "not scored: 10 (does not exist)\nnot scored: 1 (is odd in way 0)\n" in said
    assert "not scored: 2 (other reasons, named in detailed_results.csv)" in said
    assert said.count("not scored: ") == 6
