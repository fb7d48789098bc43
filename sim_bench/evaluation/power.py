"""How large a difference is, and how large one this data set could have shown.

Source: Cohen, Statistical Power Analysis for the Behavioral Sciences, 2nd edition, 1988: q in
chapter 4, h in chapter 6. Cohen calls 0.2 (h) or 0.1 (q) small, 0.5 or 0.3 medium, 0.8 or 0.5
large; whether a small one matters is for the reader to say.
"""

from math import asin, atanh, copysign, inf, isfinite, nan, sqrt


def smallest_difference(standard_error: float, *, level: float = 0.95, power: float = 0.8) -> float:
    """Return the smallest true difference that data such as these would show with that power.

    (z_(1 - a/2) + z_power) * standard error, a = 1 - level: a normal approximation (Bloom,
    Evaluation Review 19, 1995, the "minimum detectable effect"). It is a property of the data
    set, not of what was found: a difference that was not shown may be as large as this.

    Args:
        standard_error: Of the difference (`Estimate.standard_error`), in any unit.
        level: Of the interval or test that is to show the difference.
        power: Probability of showing it.

    Returns:
        In the unit of the standard error; NaN for a standard error of NaN.

    Raises:
        ValueError: A negative standard error, or a level or power that is no probability.
    """
    from scipy.special import ndtri

    if standard_error < 0:
        raise ValueError(f"standard_error must be 0 or more. Got {standard_error!r}.")
    for name, value in (("level", level), ("power", power)):
        if not 0 < value < 1:
            raise ValueError(f"{name} must lie between 0 and 1. Got {value!r}.")
    return float(ndtri(0.5 + level / 2) + ndtri(power)) * standard_error


def cohen_h(first: float, second: float) -> float:
    """Return the size of the difference between two shares, such as accuracies.

    2 arcsin(sqrt(first)) - 2 arcsin(sqrt(second)), in [-pi, pi]: positive where the first is
    larger, and equal steps are about equally hard to show wherever they lie. NaN for NaN.

    Raises:
        ValueError: A share outside [0, 1].
    """
    for share in (first, second):
        if share < 0 or share > 1:
            raise ValueError(f"shares must lie in [0, 1]; 60% is 0.6. Got {share!r}.")
    return 2 * asin(sqrt(first)) - 2 * asin(sqrt(second))


def cohen_q(first: float, second: float) -> float:
    """Return the size of the difference between two correlations: atanh(first) - atanh(second).

    Positive where the first is larger; infinite where just one of them is 1 or -1, NaN where both
    are the same of these or either is NaN.

    Raises:
        ValueError: A correlation outside [-1, 1].
    """
    ends = []
    for r in (first, second):
        if abs(r) > 1:
            raise ValueError(f"correlations must lie in [-1, 1]. Got {r!r}.")
        ends.append(copysign(inf, r) if abs(r) == 1 else atanh(r))
    return ends[0] - ends[1] if isfinite(ends[0]) or ends[0] != ends[1] else nan
