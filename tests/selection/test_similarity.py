"""Photos of one scene by likeness alone: the average linkage of all with all, done in parts."""

import numpy as np
import pandas as pd
import pytest
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from sim_bench.benchmark.simulated_pairs import pair_f1, pair_score
from sim_bench.images.decode import read_picture
from sim_bench.images.degrade import degrade
from sim_bench.selection import look_similarity, similarity
from sim_bench.selection.look import LookEncoder
from sim_bench.selection.look_similarity import similarities
from sim_bench.selection.similarity import THRESHOLD, cluster
from tests.quality_assessment import samples


def named(labels):
    return dict(enumerate(labels))


@pytest.fixture(scope="module")
def looks():
    """Four scenes, four photos of each: as it is, darker, lighter, out of focus."""
    photos = [
        frame
        for seed in range(4)
        for rgb in [samples.scene(240, 320, seed)]
        for frame in (
            rgb,
            degrade(rgb, "underexposure", 2),
            degrade(rgb, "overexposure", 1.5),
            degrade(rgb, "defocus", 3),
        )
    ]
    return LookEncoder().encode_images(photos)


@pytest.fixture(scope="module")
def crowd():
    """Looks of 150 made-up scenes, 1 to 6 of each, with every degree of likeness."""
    random = np.random.default_rng(5)
    sizes = random.integers(1, 7, 150)
    scenes = LookEncoder().encode_images([samples.scene(64, 64, seed) for seed in range(150)])
    found = np.repeat(scenes, sizes, axis=0)
    blur = random.uniform(0.0, 0.25, (len(found), 1))
    found[:, :416] += random.normal(size=(len(found), 416)) * blur
    return found


def test_scenes_are_told_apart(looks):
    assert cluster(looks) == [k // 4 for k in range(16)]


def test_labels_follow_the_first_photo(looks):
    assert cluster(looks[[5, 0, 6, 9, 1]]) == [0, 1, 0, 2, 1]


def test_few_photos():
    one = LookEncoder().encode_images([samples.scene()])
    assert cluster(one[:0]) == []
    assert cluster(one) == [0]
    assert cluster(np.repeat(one, 3, axis=0)) == [0, 0, 0]


def test_a_higher_threshold_makes_more_clusters(looks):
    counts = [len(set(cluster(looks, threshold=t))) for t in (0.05, 0.3, 0.7, 0.999)]
    assert counts == sorted(counts)
    assert counts[0] < 4 < counts[-1]


def plain(looks, threshold):
    """The definition: all with all, as one tree."""
    apart = 1.0 - similarities(looks, looks).astype(np.float64)
    np.fill_diagonal(apart, 0.0)
    tree = linkage(squareform(apart, checks=False), "average")
    return fcluster(tree, 1.0 - threshold, "distance").tolist()


@pytest.mark.parametrize("threshold", [0.4, 0.55, THRESHOLD, 0.8])
def test_it_is_average_linkage_of_all_with_all(crowd, threshold, monkeypatch):
    monkeypatch.setattr(look_similarity, "_BLOCK", 97)
    found, expected = cluster(crowd, threshold=threshold), plain(crowd, threshold)
    assert pair_f1(named(found), named(expected)) == 1.0
    assert 1 < len(set(found)) < len(crowd)


def test_the_order_does_not_matter(crowd):
    order = np.random.default_rng(1).permutation(len(crowd))
    shuffled = np.empty(len(crowd), dtype=int)
    shuffled[order] = cluster(crowd[order])
    assert pair_f1(named(shuffled.tolist()), named(cluster(crowd))) == 1.0


def moved_on(steps, step):
    """A camera that turns: each photo overlaps with the next, none with one much further on."""
    wide = samples.scene(200, 200 + steps * step, 8)
    return LookEncoder().encode_images(
        [wide[:, k * step : k * step + 200] for k in range(steps + 1)]
    )


def test_a_chain_is_not_one_scene():
    looks = moved_on(12, 20)
    matrix = similarities(looks, looks)
    assert np.diag(matrix, 1).min() > THRESHOLD, "each is like the next"
    labels = cluster(looks)
    assert 1 < len(set(labels)) < len(labels)
    for label in set(labels):
        own = [k for k, one in enumerate(labels) if one == label]
        pairs = matrix[np.ix_(own, own)][np.triu_indices(len(own), 1)]
        assert not pairs.size or pairs.mean() >= THRESHOLD


def test_too_large_a_set_is_cut_where_the_chain_is_weakest(looks, monkeypatch):
    monkeypatch.setattr(similarity, "LARGEST", 4)
    assert cluster(looks, threshold=0.01) == [k // 4 for k in range(16)]


def test_a_time_lapse_is_one_scene_however_long(monkeypatch):
    monkeypatch.setattr(similarity, "LARGEST", 4)
    one = LookEncoder().encode_images([samples.scene()])
    assert cluster(np.repeat(one, 30, axis=0)) == [0] * 30


def test_extra_vectors_count_beside(looks):
    """Ten percent of the similarity: they part what is barely together."""
    pair = looks[[0, 3]]
    alike = float(similarities(pair[:1], pair[1:])[0, 0])
    same, other = np.array([[1.0, 0], [1, 0]]), np.array([[1.0, 0], [-1, 0]])
    parted = 0.9 * alike - 0.1
    assert cluster(pair, threshold=parted + 0.01) == [0, 0]
    assert cluster(pair, extra=other.astype(np.float32), threshold=parted + 0.01) == [0, 1]
    assert cluster(pair, extra=other.astype(np.float32), threshold=parted - 0.01) == [0, 0]
    together = 0.9 * alike + 0.1
    assert cluster(pair, extra=same.astype(np.float32), threshold=together - 0.001) == [0, 0]


def test_what_does_not_fit_is_refused(looks):
    with pytest.raises(ValueError, match="above 0 and at most 1. Got 0"):
        cluster(looks, threshold=0)
    with pytest.raises(ValueError, match=r"shape \(16, d\). Got \(3, 2\)"):
        cluster(looks, extra=np.zeros((3, 2), dtype=np.float32))
    with pytest.raises(ValueError, match="extra must be finite"):
        cluster(looks, extra=np.full((16, 2), np.nan, dtype=np.float32))
    broken = looks.copy()
    broken[0, 0] = np.inf
    with pytest.raises(ValueError, match="Got 1 of 16 that are not"):
        cluster(broken)


@pytest.mark.data
def test_real_series_without_times(data_dir):
    """All photos of the development series of BIQ2021 in one folder; seen: 0.93, precision 1."""
    labels = pd.read_csv(data_dir / "biq2021" / "labels.csv")
    series = labels[(labels["subset"] == "ss01") & (labels["split"] == "dev")]
    photos = [read_picture(data_dir / "biq2021" / "photos" / name).rgb for name in series["image"]]
    found = cluster(LookEncoder().encode_images(photos))
    score = pair_score(named(found), named(series["series_id"]))
    assert len(photos) == 258
    assert score.f1 >= 0.85
    assert score.precision >= 0.98
