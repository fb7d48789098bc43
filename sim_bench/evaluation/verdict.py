"""The verdict of the seed note on a correlation, stated only where its interval supports it.

The note calls a correlation good above 0.4, mixed from 0.2 to 0.4 and poor below 0.2.
"""

from typing import Literal

from sim_bench.evaluation.correlation import Correlation

Verdict = Literal["good", "mixed", "poor", "undecided"]

GOOD_ABOVE = 0.4
POOR_BELOW = 0.2


def verdict(correlation: Correlation) -> Verdict:
    """Judge a correlation by the whole of its interval, signed: -0.6 is poor, not good."""
    if correlation.reason is not None:
        return "undecided"
    if correlation.low > GOOD_ABOVE:
        return "good"
    if correlation.high < POOR_BELOW:
        return "poor"
    if correlation.low >= POOR_BELOW and correlation.high <= GOOD_ABOVE:
        return "mixed"
    return "undecided"


def verdict_sentence(correlation: Correlation) -> str:
    """Say the verdict and what it rests on, in one sentence."""
    c = correlation
    if c.reason is not None:
        return f"Undecided: no correlation ({c.reason})."
    judged = verdict(c)
    found = (
        f"r = {c.estimate:+.2f}, {c.level:.0%} interval {c.low:+.2f} to {c.high:+.2f}, n = {c.n}"
    )
    if judged == "undecided":
        reached = [name for name, ends in _reached(c).items() if ends]
        why = (
            f"the interval reaches from {reached[-1]} to {reached[0]}; more photos would narrow it"
        )
        return f"Undecided: {found}; {why}."
    backwards = " The scores rank backwards." if c.high < 0 else ""
    return f"{judged.capitalize()}: {found}.{backwards}"


def _reached(c: Correlation) -> dict[str, bool]:
    return {
        "good": c.high > GOOD_ABOVE,
        "mixed": c.high >= POOR_BELOW and c.low <= GOOD_ABOVE,
        "poor": c.low < POOR_BELOW,
    }
