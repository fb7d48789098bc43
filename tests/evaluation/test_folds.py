import numpy as np
import pytest

from sim_bench.evaluation.folds import group_folds


def test_a_group_is_whole_and_folds_are_even():
    groups = np.repeat(np.arange(23), 3)
    fold = group_folds(groups, 5)
    of_group = [set(fold[groups == group]) for group in range(23)]
    assert all(len(folds) == 1 for folds in of_group)
    assert sorted(np.bincount([folds.pop() for folds in of_group])) == [4, 4, 5, 5, 5]


def test_the_seed_decides_and_the_order_of_the_rows_does_not():
    groups = np.array([f"series {i % 30}" for i in range(100)])
    order = np.random.default_rng(0).permutation(100)
    first = group_folds(groups, 4, seed=1)
    assert group_folds(groups[order], 4, seed=1).tolist() == first[order].tolist()
    assert group_folds(groups, 4, seed=2).tolist() != first.tolist()


def test_fewer_groups_than_folds_are_a_fold_each():
    assert sorted(group_folds(["a", "b", "c"], 10)) == [0, 1, 2]


@pytest.mark.parametrize(
    ("groups", "folds", "message"),
    [
        ([1, 1, 1], 5, "two groups .* Got 1 in 3 rows"),
        ([], 5, "two groups .* Got 0 in 0 rows"),
        ([1, 2], 1, "folds must be 2 or more. Got 1"),
        ([[1, 2]], 2, "column"),
        ([1, 2, np.nan], 2, "must not be NaN"),
    ],
)
def test_what_cannot_be_dealt_is_refused(groups, folds, message):
    with pytest.raises(ValueError, match=message):
        group_folds(groups, folds)
