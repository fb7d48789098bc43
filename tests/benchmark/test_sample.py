"""A part of a data set."""

from pathlib import Path

import pandas as pd
import pytest

from sim_bench.benchmark.config import DatasetConfig
from sim_bench.benchmark.sample import sample_opinions, sample_pairs
from sim_bench.datasets.judgements import Opinions, Pairs
from sim_bench.errors import DatasetError

OPINIONS = Opinions(
    pd.DataFrame(
        {
            "image": [f"{k}.jpg" for k in range(30)],
            "mean": range(30),
            "spread": 1.0,
            "n": 3,
            "group": [str(k // 3) for k in range(30)],
        }
    ),
    Path("photos"),
    series=True,
)
PAIRS = Pairs(
    pd.DataFrame(
        {
            "pair": [str(k) for k in range(20)],
            "left": [f"{k}a" for k in range(20)],
            "right": [f"{k}b" for k in range(20)],
            "wins": 1.0,
            "votes": 1.0,
            "burst": [str(k // 2) for k in range(20)],
        }
    ),
    Path("photos"),
)


def config(sample, root="."):
    return DatasetConfig.model_validate(
        {"name": "mine", "reader": "score_table", "root": root, "sample": sample}
    )


def test_whole_groups_are_drawn():
    table = sample_opinions(OPINIONS, config({"number": 4, "of": "groups"})).table
    assert table["group"].nunique() == 4
    assert (table.groupby("group").size() == 3).all()
    assert table.index.tolist() == list(range(12))
    assert table["image"].is_unique


def test_single_images_or_pairs_are_drawn():
    assert len(sample_opinions(OPINIONS, config({"number": 7, "of": "images"})).table) == 7
    table = sample_pairs(PAIRS, config({"number": 7, "of": "pairs"})).table
    assert len(table) == table["pair"].nunique() == 7


def test_pairs_of_whole_bursts_are_drawn():
    table = sample_pairs(PAIRS, config({"number": 3, "of": "groups"})).table
    assert (table.groupby("burst").size() == 2).all()
    assert len(table) == 6


def test_the_seed_decides():
    def drawn(seed):
        sample = config({"number": 5, "of": "images", "seed": seed})
        return sample_opinions(OPINIONS, sample).table["image"].tolist()

    assert drawn(1) == drawn(1)
    assert len({tuple(drawn(seed)) for seed in range(5)}) == 5


def test_more_than_there_are_is_all():
    table = sample_opinions(OPINIONS, config({"number": 99, "of": "groups"})).table
    pd.testing.assert_frame_equal(table, OPINIONS.table)


def test_without_a_sample_everything_is_used():
    assert sample_pairs(PAIRS, config(None)).table is PAIRS.table


def test_listed_items_are_taken_in_the_order_of_the_data_set(tmp_path):
    (tmp_path / "list.csv").write_text("x,id\n1,7\n2,3\n3,7\n")
    listed = {"of": "pairs", "listed_in": {"file": "list.csv", "column": "id"}}
    assert sample_pairs(PAIRS, config(listed, tmp_path)).table["pair"].tolist() == ["3", "7"]


def test_a_listed_item_that_is_unknown_is_refused(tmp_path):
    (tmp_path / "list.csv").write_text("id\n7\n77\n78\n")
    listed = {"of": "pairs", "listed_in": {"file": "list.csv", "column": "id"}}
    with pytest.raises(DatasetError, match=r"list\.csv: 2 of 3 named pairs .* mine; .* '77'"):
        sample_pairs(PAIRS, config(listed, tmp_path))


@pytest.mark.parametrize(
    ("sample", "what", "allowed"),
    [(sample_opinions, OPINIONS, "groups, images"), (sample_pairs, PAIRS, "groups, pairs")],
)
def test_what_the_data_set_does_not_consist_of_cannot_be_drawn(sample, what, allowed):
    wrong = "pairs" if what is OPINIONS else "images"
    with pytest.raises(DatasetError, match=f"sample.of is '{wrong}', .* allowed: {allowed}"):
        sample(what, config({"number": 1, "of": wrong}))
