from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from sim_bench.datasets.judgements import PAIR_COLUMNS, Opinions
from sim_bench.datasets.series_pairs import pairs_of


def opinions(means, groups, **attributes):
    table = pd.DataFrame(
        {
            "image": list(means),
            "mean": list(means.values()),
            "spread": float("nan"),
            "n": pd.array([None] * len(means), dtype="Int64"),
            "group": groups,
            **attributes,
        }
    )
    return Opinions(table, Path("photos"), series=True, attributes=tuple(attributes))


def test_photos_of_a_series_are_compared_by_their_means():
    found = pairs_of(opinions({"c": 0.5, "a": 0.9, "b": 0.45, "z": 0.1}, ["s", "s", "s", "t"]), 0.1)
    assert found.table.values.tolist() == [
        ["a|b", "a", "b", 1.0, 1.0, "s"],
        ["a|c", "a", "c", 1.0, 1.0, "s"],
    ]
    assert tuple(found.table.columns) == PAIR_COLUMNS
    assert found.left_out == {"b|c": "means differ by less than 0.1"}
    assert not found.counted
    assert found.photos == Path("photos")


def test_left_is_the_first_by_name_and_loses_where_it_is_worse():
    found = pairs_of(opinions({"b": 0.9, "a": 0.2}, ["s", "s"]), 0.1)
    assert found.table[["left", "right", "wins"]].values.tolist() == [["a", "b", 0.0]]


def test_rounding_does_not_decide():
    """0.3 - 0.2 is a little less than 0.1 in binary."""
    assert 0.3 - 0.2 < 0.1
    assert len(pairs_of(opinions({"a": 0.3, "b": 0.2}, ["s", "s"]), 0.1).table) == 1
    assert len(pairs_of(opinions({"a": 0.2999999, "b": 0.2}, ["s", "s"]), 0.1).table) == 0


def test_equal_means_prefer_nothing_even_without_a_least_difference():
    found = pairs_of(opinions({"a": 0.3, "b": 0.3, "c": 0.300001}, ["s"] * 3), 0)
    assert list(found.table["pair"]) == ["a|c", "b|c"]
    assert found.left_out == {"a|b": "means are equal"}


def test_every_pair_of_a_series_is_either_in_the_table_or_left_out():
    means = {f"{i:02d}": (i * 7 % 10) / 10 for i in range(10)}
    found = pairs_of(opinions(means, ["s"] * 4 + ["t"] * 6), 0.25)
    assert len(found.table) + len(found.left_out) == 6 + 15
    assert not set(found.table["pair"]) & set(found.left_out)


def test_attributes_are_shared_or_mixed():
    nothing = float("nan")
    found = pairs_of(
        opinions(
            {"a": 1.0, "b": 2.0, "c": 3.0},
            ["s"] * 3,
            kind=["in", "in", "out"],
            year=[nothing, nothing, 1],
        ),
        0.5,
    )
    assert list(found.table["kind"]) == ["in", "mixed", "mixed"]
    assert pd.isna(found.table["year"][0])
    assert list(found.table["year"][1:]) == ["mixed", "mixed"]
    assert found.attributes == ("kind", "year")


def test_single_photos_give_an_empty_table_with_its_columns():
    found = pairs_of(opinions({"a": 0.3, "b": 0.9}, ["a", "b"], kind=["x", "y"]), 0.1)
    assert list(found.table.columns) == [*PAIR_COLUMNS, "kind"]
    assert len(found.table) == 0
    assert found.left_out == {}


def test_what_cannot_be_is_refused():
    good = opinions({"a": 0.3, "b": 0.9}, ["s", "s"])
    for difference in (-0.1, float("nan"), float("inf")):
        with pytest.raises(ValueError, match="least_difference must be 0 or more"):
            pairs_of(good, difference)
    with pytest.raises(ValueError, match="name the column of the series as `group`"):
        pairs_of(replace(good, series=False), 0.1)
    with pytest.raises(ValueError, match="means of opinions must be numbers"):
        pairs_of(opinions({"a": float("nan"), "b": 0.9}, ["s", "s"]), 0.1)
