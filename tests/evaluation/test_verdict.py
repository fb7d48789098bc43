import pytest

from sim_bench.evaluation.correlation import Correlation, correlate
from sim_bench.evaluation.verdict import verdict, verdict_sentence


def found(low, high):
    return Correlation("spearman", (low + high) / 2, low, high, 0.95, 50, 0, "bonett-wright")


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0.41, 0.9, "good"),
        (0.40, 0.9, "undecided"),
        (0.20, 0.40, "mixed"),
        (0.19, 0.40, "undecided"),
        (0.20, 0.41, "undecided"),
        (-0.1, 0.19, "poor"),
        (-0.1, 0.20, "undecided"),
        (-0.9, -0.5, "poor"),
        (-0.3, 0.8, "undecided"),
    ],
)
def test_verdict_needs_the_whole_interval(low, high, expected):
    assert verdict(found(low, high)) == expected
    assert verdict_sentence(found(low, high)).lower().startswith(expected)


def test_no_correlation_has_no_verdict_but_a_reason():
    constant = correlate([1, 1, 1, 1], [1, 2, 3, 4])
    assert verdict(constant) == "undecided"
    assert verdict_sentence(constant) == (
        "Undecided: no correlation (the first column is constant)."
    )


def test_sentences_say_what_they_rest_on():
    assert verdict_sentence(found(0.1, 0.5)) == (
        "Undecided: r = +0.30, 95% interval +0.10 to +0.50, n = 50; "
        "the interval reaches from poor to good; more photos would narrow it."
    )
    assert verdict_sentence(found(0.25, 0.55)).endswith(
        "reaches from mixed to good; more photos would narrow it."
    )
    assert verdict_sentence(found(-0.8, -0.4)) == (
        "Poor: r = -0.60, 95% interval -0.80 to -0.40, n = 50. The scores rank backwards."
    )
