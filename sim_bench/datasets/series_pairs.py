"""Pairs from opinions: inside a series, a photo that people score clearly higher is preferred.

Two means that hardly differ say nothing about which photo is better, so pairs count only from a
least difference on; for BIQ2021, whose repeated photos differ by a median of 0.016, 0.1 of its
scale from 0 to 1.
"""

from itertools import combinations
from math import isfinite
from typing import Any

import numpy as np

from sim_bench.datasets.judgements import PAIR_COLUMNS, Opinions, Pairs

MIXED = "mixed"
"""Value of an attribute in which the two photos differ."""

_ROUNDING = 1e-12


def pairs_of(opinions: Opinions, least_difference: float) -> Pairs:
    """Compare every two photos of a series whose means differ enough.

    Args:
        opinions: Opinions whose groups are series; photos that it leaves out form no pairs.
        least_difference: Least difference of two means, in units of `mean`, 0 or more; a
            difference that falls short by rounding only (1e-12) counts.

    Returns:
        One row per pair; `left` is the first by image id, `wins` 1 if it is better and else 0,
        `votes` 1, and `counted` false. The pair id is `LEFT|RIGHT`. Attributes are carried over:
        "mixed" where the two photos differ in one. Left out, with a reason, are the pairs that
        differ by less, and those whose means are equal.

    Raises:
        ValueError: The groups are no series, the difference is negative or no number, or a mean
            is no number.
    """
    import pandas as pd

    if not (isfinite(least_difference) and least_difference >= 0):
        raise ValueError(f"least_difference must be 0 or more. Got {least_difference!r}.")
    if not opinions.series:
        raise ValueError(
            "pairs are made inside series, and the groups of these opinions are none; "
            "for a table of scores, name the column of the series as `group`"
        )
    if not np.isfinite(opinions.table["mean"]).all():
        raise ValueError("the means of opinions must be numbers; leave photos without one out")
    rows: list[dict[str, Any]] = []
    left_out: dict[str, str] = {}
    table = opinions.table.sort_values("image", kind="stable")
    for burst, group in table.groupby("group", sort=True):
        for left, right in combinations(group.to_dict("records"), 2):
            pair = f"{left['image']}|{right['image']}"
            difference = left["mean"] - right["mean"]
            if difference == 0:
                left_out[pair] = "means are equal"
            elif abs(difference) < least_difference - _ROUNDING:
                left_out[pair] = f"means differ by less than {least_difference:g}"
            else:
                wins = float(difference > 0)
                row = (pair, left["image"], right["image"], wins, 1.0, str(burst))
                shared = {name: _shared(left[name], right[name]) for name in opinions.attributes}
                rows.append(dict(zip(PAIR_COLUMNS, row, strict=True)) | shared)
    return Pairs(
        table=pd.DataFrame(rows, columns=[*PAIR_COLUMNS, *opinions.attributes]),
        photos=opinions.photos,
        counted=False,
        attributes=opinions.attributes,
        left_out=left_out,
    )


def _shared(left: Any, right: Any) -> Any:
    import pandas as pd

    return left if left == right or (pd.isna(left) and pd.isna(right)) else MIXED
