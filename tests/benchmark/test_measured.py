"""Judgements and merits joined."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim_bench.benchmark.joined import LOG_ODDS, join
from sim_bench.benchmark.material import Material
from sim_bench.benchmark.measured import measure
from sim_bench.benchmark.measures.common import Settings
from sim_bench.benchmark.methods import Part
from sim_bench.benchmark.scoring import BRIGHTNESS
from sim_bench.datasets.judgements import PAIR_COLUMNS, Opinions, Pairs

SETTINGS = Settings(resamples=50, permutations=50)


def pairs(*rows, counted=True):
    table = pd.DataFrame(rows, columns=list(PAIR_COLUMNS))
    return Pairs(table.astype({"wins": float, "votes": float}), Path("photos"), counted)


def opinions(rows, *, series=True, attributes=()):
    columns = ["image", "mean", "spread", "n", "group", *attributes]
    return Opinions(pd.DataFrame(rows, columns=columns), Path("photos"), series, attributes)


def material(images, **judged):
    return Material("mine", "x", "Mine", "", {i: Path(i) for i in images}, **judged)


def merits(**columns):
    """Merit by image a, b, c, ..."""
    n = len(next(iter(columns.values())))
    table = pd.DataFrame(columns, index=list("abcdefghijklmnop"[:n]), dtype=float)
    table.attrs["methods"] = tuple(columns)
    return table


def measured(data, merit, names, parts=None, tolerance=None):
    joined = join(data, merit, names, tolerance)
    given = {"split": "test", "scored": 1, "contamination": {}}
    return measure(data, joined, parts or {}, SETTINGS, **given)


VOTES = pairs(("1", "a", "b", 3, 4, "s"), ("2", "c", "b", 0, 4, "s"), ("3", "d", "e", 4, 4, "t"))


def test_merits_come_to_their_photos_whatever_the_order():
    joined = join(
        material("edcba", pairs=VOTES, all_pairs=VOTES), merits(m=[1, 2, 3, 4, 5]), ["m"], None
    )
    assert joined.pairs.left[:, 0].tolist() == [1, 3, 4]
    assert joined.pairs.right[:, 0].tolist() == [2, 2, 5]
    assert joined.pairs.preference.tolist() == [0.75, 0.0, 1.0]
    assert joined.opinions is None


def test_series_of_pairs_are_ordered_by_strengths_of_all_pairs():
    """The sample has one pair of s; the strengths of its photos come from both."""
    sample = replace(VOTES, table=VOTES.table.head(1))
    data = material("ab", pairs=sample, all_pairs=VOTES)
    series = join(data, merits(m=[1, 2, 3, 4, 5]), ["m"], None).series
    assert series.series.tolist() == ["s", "s"]
    assert series.value[0] - series.value[1] == pytest.approx(np.log(3), abs=0.5)
    assert series.unit.startswith(LOG_ODDS)


def test_strengths_of_two_photos_are_the_log_odds_of_their_votes():
    votes = pairs(("1", "a", "b", 3, 4, "s"))
    data = material("ab", pairs=votes, all_pairs=votes)
    series = join(data, merits(m=[1, 2]), ["m"], None).series
    assert series.value[0] - series.value[1] == pytest.approx(np.log(3), abs=1e-6)
    assert series.unit == LOG_ODDS


def test_photos_that_no_pairs_connect_are_counted():
    apart = pairs(
        ("1", "a", "b", 3, 4, "s"), ("2", "c", "d", 3, 4, "s"), ("3", "e", "f", 1, 4, "t")
    )
    data = material("abcdef", pairs=apart, all_pairs=apart, left_out={"no votes": 2})
    found = measured(data, merits(m=range(6)), ["m"])
    assert found.left_out["no votes"] == 2
    rest = {why: n for why, n in found.left_out.items() if why != "no votes"}
    assert list(rest.values()) == [4]
    assert "not connected" in next(iter(rest))
    assert (found.series[0].n, found.pairs[0].n) == (1, 3)


def test_opinions_whose_groups_are_no_series_have_none():
    rows = [("a", 1.0, 0.1, 3, "g"), ("b", 2.0, 0.1, 3, "g")]
    for series in (True, False):
        data = material("ab", opinions=opinions(rows, series=series))
        joined = join(data, merits(m=[1, 2]), ["m"], None)
        assert (joined.series is not None) == series
        assert joined.opinions.group.tolist() == ["g", "g"]


def test_series_of_one_photo_each_are_none():
    rows = [("a", 1.0, 0.1, 3, "g"), ("b", 2.0, 0.1, 3, "h")]
    joined = join(material("ab", opinions=opinions(rows)), merits(m=[1, 2]), ["m"], 0.5)
    assert joined.series is None


def test_no_judgements_leave_only_how_alike_methods_are():
    found = measured(material("abcde"), merits(m=[1, 2, 3, 5, 4], n=[5, 4, 3, 2, 1]), ["m", "n"])
    assert (found.opinion, found.pairs, found.series, found.failures) == ((), (), (), ())
    assert found.matrices[0].values[0][1] == pytest.approx(-0.9)
    assert found.split == "test"


def test_a_ceiling_needs_single_votes():
    """On 3 of 4, three of four voters agree with most others (the fourth finds all against it)."""
    data = material("abcde", pairs=VOTES, all_pairs=VOTES)
    found = measured(data, merits(m=range(5)), ["m"])
    assert 0.5 < found.human_ceiling.value <= 1
    assert "3 pairs" in found.ceiling_note
    shares = replace(VOTES, counted=False)
    found = measured(replace(data, pairs=shares), merits(m=range(5)), ["m"])
    assert (found.human_ceiling, found.ceiling_note) == (None, "")


def test_parts_of_opinions_and_pairs_use_their_own_columns():
    rows = [(x, float(k), 0.1, 3, f"g{k % 5}") for k, x in enumerate("abcdefghij")]
    rng = np.random.default_rng(0)
    one, two = rng.normal(size=(2, 10))
    votes = pairs(*[(str(k), "abcde"[k], "fghij"[k], 1, 4, f"s{k}") for k in range(5)])
    data = material("abcdefghij", opinions=opinions(rows), pairs=votes, all_pairs=votes)
    merit = merits(m=0.25 * one + 0.75 * two, p1=one, p2=two)
    merit.attrs["methods"] = ("m",)
    parts = {"m": {"first": Part("p1", 0.25), "second": Part("p2", 0.75)}, "failed": {}}
    found = measured(data, merit, ["m"], parts)
    by = {(p.task, p.part): p for p in found.parts}
    assert set(by) == {(t, p) for t in ("opinion", "pairs") for p in ("first", "second")}
    alone = pd.Series(two).corr(pd.Series(range(10), dtype=float), method="spearman")
    assert by["opinion", "second"].alone.value == pytest.approx(alone)
    right = np.mean([two[k] < two[5 + k] for k in range(5)])
    assert by["pairs", "second"].alone.value == pytest.approx(right)


def test_results_are_split_by_attributes_and_brightness():
    rows = [
        (x, float(k), 0.1, 3, x, "in" if k % 2 else "out") for k, x in enumerate("abcdefghijklmnop")
    ]
    rows += [(f"{x}2", float(k), 0.1, 3, x, "in") for k, x in enumerate("abcdefghijklmnop")]
    images = [row[0] for row in rows]
    merit = pd.DataFrame(
        {"m": range(32), BRIGHTNESS: np.linspace(0, 1, 32)}, index=images, dtype=float
    )
    merit.attrs["methods"] = ("m",)
    said = opinions(rows, attributes=("place",))
    found = measured(material(images, opinions=said), merit, ["m"])
    counts = {}
    for row in found.subgroups:
        counts.setdefault(row.attribute, {})[row.value] = row.n
    assert counts["brightness"] == {"low": 11, "middle": 10, "high": 11}
    assert "place" not in counts  # only 8 are "out": too few for a part
