"""Aggregation: values by hand, and the promises that hold for any similarities."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim_bench.quality_assessment.aggregate import (
    AGGREGATIONS,
    GroupSizes,
    term_weights,
    terms,
)

PAIR_POSITIVE = np.array([[0.30, 0.20]])
PAIR_NEGATIVE = np.array([[0.10, 0.30]])
POSITIVE = np.array([[0.20, 0.40, 0.00]])
NEGATIVE = np.array([[0.10]])
SIZES = GroupSizes(pairs=2, positive=3, negative=1)


def test_terms_by_hand():
    expected = [[0.10, -0.05, 0.20, 0.40, 0.00, -0.10]]
    got = terms(PAIR_POSITIVE, PAIR_NEGATIVE, POSITIVE, NEGATIVE)
    assert got == pytest.approx(np.array(expected))


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("contrastive_only", (0.10 - 0.05) / 2),
        ("mean", (0.10 - 0.05 + 0.20 + 0.40 + 0.00 - 0.10) / 6),
        ("weighted", 0.5 * 0.025 + 0.3 * 0.20 + 0.2 * -0.10),
    ],
)
def test_score_by_hand(method, expected):
    parts = terms(PAIR_POSITIVE, PAIR_NEGATIVE, POSITIVE, NEGATIVE)
    assert float((parts @ term_weights(method, SIZES))[0]) == pytest.approx(expected, abs=1e-12)


def test_weighted_is_renormalised_over_the_groups_present():
    """Without positive attributes 0.5 and 0.2 become 5/7 and 2/7."""
    weights = term_weights("weighted", GroupSizes(2, 0, 4))
    assert weights == pytest.approx([5 / 14, 5 / 14, 1 / 14, 1 / 14, 1 / 14, 1 / 14])


@pytest.mark.parametrize("method", AGGREGATIONS)
def test_nothing_to_aggregate_is_an_error(method):
    with pytest.raises(ValueError, match="nothing to aggregate"):
        term_weights(method, GroupSizes(0, 0, 0))


def test_contrastive_only_without_pairs_is_an_error():
    with pytest.raises(ValueError, match="0 pairs, 3 positive"):
        term_weights("contrastive_only", GroupSizes(0, 3, 1))


def test_unknown_method_names_the_known_ones():
    with pytest.raises(ValueError, match="one of contrastive_only, weighted, mean; got 'median'"):
        term_weights("median", SIZES)


@given(
    pairs=st.integers(0, 4),
    positive=st.integers(0, 4),
    negative=st.integers(0, 4),
    method=st.sampled_from(AGGREGATIONS),
)
def test_weights_are_a_share_of_one(pairs, positive, negative, method):
    sizes = GroupSizes(pairs, positive, negative)
    if not (pairs if method == "contrastive_only" else sizes.total):
        return
    weights = term_weights(method, sizes)
    assert weights.shape == (sizes.total,)
    assert (weights >= 0).all()
    assert weights.sum() == pytest.approx(1.0, abs=1e-12)
