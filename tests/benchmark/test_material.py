"""What a run is about, read from small folders."""

from dataclasses import replace

import pandas as pd
import pytest
from PIL import Image

from sim_bench.benchmark.config import DatasetConfig
from sim_bench.benchmark.material import NO_LABELS, load_material, need_labels
from sim_bench.errors import DataMissingError, DatasetError, DiscoveryError

OPINIONS = (
    "image,mean,group,place\n"
    "a.png,1.0,s,in\nb.png,2.0,s,in\nc.png,2.05,s,out\nd.png,3.0,t,out\ne.png,,t,in\n"
)
PAIRS = "left,right,wins,votes,burst\na.png,b.png,1,4,s\nb.png,c.png,3,4,s\nd.png,e.png,0,0,t\n"


@pytest.fixture
def root(tmp_path):
    (tmp_path / "labels.csv").write_text(OPINIONS)
    (tmp_path / "pairs.csv").write_text(PAIRS)
    return tmp_path


def load(root, reader="score_table", name="mine", **block):
    return load_material(
        DatasetConfig.model_validate({"name": name, "reader": reader, "root": root, **block})
    )


def test_opinions_with_their_photos_and_what_is_left_out(root):
    found = load(root, params={"group": "group", "attributes": ["place"]})
    assert list(found.images) == ["a.png", "b.png", "c.png", "d.png"]
    assert found.images["a.png"] == root / "a.png"
    assert found.opinions.table["mean"].tolist() == [1.0, 2.0, 2.05, 3.0]
    assert sum(found.left_out.values()) == 1
    assert found.pairs is None
    assert found.label_files == (root / "labels.csv",)
    assert found.known_as == ("mine", "score_table")


def test_pairs_from_opinions_count_what_they_leave_out(root):
    """Of the three pairs of s, one differs by 0.05 only."""
    found = load(root, params={"group": "group"}, pairs_from=0.1)
    assert found.pairs.table["pair"].tolist() == ["a.png|b.png", "a.png|c.png"]
    assert found.all_pairs is found.pairs
    assert sum(found.left_out.values()) == 2
    assert found.left_out["pairs: means differ by less than 0.1"] == 1


def test_pairs_of_a_sample_are_made_from_the_sampled_photos(root):
    sample = {"number": 1, "of": "groups", "seed": 3}
    found = load(root, params={"group": "group"}, pairs_from=0.1, sample=sample)
    assert found.opinions.table["group"].nunique() == 1
    named = set(found.pairs.table["left"]) | set(found.pairs.table["right"])
    assert named <= set(found.images) == set(found.opinions.table["image"])


def test_pairs_with_their_photos(root):
    params = {"wins": "wins", "votes": "votes", "burst": "burst"}
    found = load(root, "pair_table", params=params)
    assert list(found.images) == ["a.png", "b.png", "c.png"]
    assert found.left_out == {"nobody voted on it": 1}
    assert found.opinions is None


def test_a_sample_of_pairs_keeps_all_pairs_beside(root):
    params = {"wins": "wins", "votes": "votes", "burst": "burst"}
    found = load(root, "pair_table", params=params, sample={"number": 1, "of": "pairs"})
    assert len(found.pairs.table) == 1
    assert len(found.all_pairs.table) == 2
    assert len(found.images) == 2


def test_a_sample_of_what_is_not_there_is_refused(root):
    with pytest.raises(DatasetError, match=r"mine: sample.of is 'pairs'"):
        load(root, sample={"number": 1, "of": "pairs"})


def test_labels_named_by_a_parameter_are_read_and_recorded(root):
    (root / "labels.csv").rename(root / "scores.csv")
    found = load(root, name="score_table", params={"labels": "scores.csv"})
    assert found.reader == "score_table"
    assert found.label_files == (root / "scores.csv",)


def test_files_of_a_sample_are_recorded(root):
    (root / "list.csv").write_text("image\nb.png\n")
    sample = {"of": "images", "listed_in": {"file": "list.csv", "column": "image"}}
    found = load(root, sample=sample)
    assert list(found.images) == ["b.png"]
    assert found.label_files == (root / "labels.csv", root / "list.csv")


def test_a_folder_of_photos_has_no_labels(root):
    (root / "more").mkdir()
    Image.new("RGB", (9, 9)).save(root / "more" / "x.png")
    found = load(root, "folder")
    assert list(found.images) == ["more/x.png"]
    assert found.reader == NO_LABELS
    assert found.note == ""
    need_labels(found)  # a folder is not asked for any


def test_a_folder_named_as_a_data_set_says_what_it_lacks(root):
    Image.new("RGB", (9, 9)).save(root / "x.png")
    note = load(root, "folder", name="koniq10k").note
    assert "KonIQ-10k" in note
    assert "nothing is said about agreement with people" in note


def test_a_folder_without_photos_is_refused(tmp_path):
    with pytest.raises(DiscoveryError):
        load(tmp_path, "folder")


def test_labels_that_are_missing_are_named(tmp_path):
    with pytest.raises(DataMissingError, match=r"labels\.csv"):
        load(tmp_path)


def test_a_data_set_that_says_nothing_is_refused(root):
    """Every two photos of a series differ by less than asked."""
    found = load(root, params={"group": "group"}, pairs_from=0.1)
    empty = pd.DataFrame(columns=found.opinions.table.columns)
    nothing = replace(found, opinions=replace(found.opinions, table=empty), pairs=None)
    with pytest.raises(DataMissingError, match="mine: no judgement is left .*means differ by less"):
        need_labels(nothing)
    need_labels(found)


def test_photos_seen_under_another_name_are_known_as_that(root):
    assert load(root, photos_from=["biq2021"]).known_as == ("mine", "score_table", "biq2021")
