"""Choosing inside a series: is the method's first photo the one that people like best?

*Merit* is a method's score turned so that larger is better; *value* is what people think of the
photo, e.g. a Bradley-Terry log-strength or a mean opinion, in whose unit regret is.

Photos of equal merit are in random order, and every measure is its exact expectation over that
order. The random choice is the same with all photos tied.
"""

from functools import lru_cache
from math import comb, nan
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

if TYPE_CHECKING:
    import pandas as pd

ROUNDING = 1e-9
"""Values that differ by less are equal: those of two best photos may differ by rounding."""

PLACES = ("top1", "top2", "reciprocal_rank", "rank")
"""Measures of where the people's best stands in the method's order."""


def series_measures(merit: ArrayLike, value: ArrayLike, series: ArrayLike) -> "pd.DataFrame":
    """Judge a method's order of each series.

    Args:
        merit: Merits of the photos, shape (n,); one that is missing or infinite ranks after all
            others, tied with its like.
        value: What people think of the photos, shape (n,), finite, larger is better.
        series: Series of each photo, shape (n,), numbers or names.

    Returns:
        One row per series of two or more photos, in order of first appearance: `series`; `size`;
        `scored`, its photos with a finite merit; `top1` and `top2`, the probability that the
        people's best is the first, or among the first two; `reciprocal_rank` and `rank`, the
        expectations of 1 / place and of the place of the people's best, 1 being the first; and
        `regret`, its value minus the expected value of the method's first, 0 or more. Where
        several photos share the people's best value, the one that the method places first counts.
        Then the same for a random order: `top1_random` and so on. Where no photo is scored, the
        measures (not those of a random order) are NaN. Series of one photo have no row.

    Raises:
        ValueError: Columns of unequal length, a value that is not finite, a missing series.
    """
    import pandas as pd

    photos, rows = _ranked(merit, value, series)
    best = photos[photos["value"] >= photos["code"].map(rows["best"]) - ROUNDING]
    bests = best.groupby("code").size()
    first = best[best["ahead"] == best.groupby("code")["ahead"].transform("min")]
    where = first.groupby("code").agg(
        ahead=("ahead", "first"), tied=("tied", "first"), among=("tied", "size")
    )
    found = pd.DataFrame(
        [_places(*row) for row in where.itertuples(index=False)], index=where.index, columns=PLACES
    )
    found["regret"] = (rows["best"] - _of_the_first(photos, photos["value"])).clip(lower=0.0)
    found[rows["scored"] == 0] = nan
    random = pd.DataFrame(
        [_places(0, *row) for row in zip(rows["size"], bests, strict=True)],
        index=rows.index,
        columns=PLACES,
    )
    random["regret"] = (rows["best"] - rows["mean"]).clip(lower=0.0)
    heads = rows[["series", "size", "scored"]]
    return pd.concat([heads, found, random.add_suffix("_random")], axis=1).reset_index(drop=True)


def within(
    merit: ArrayLike, value: ArrayLike, series: ArrayLike, tolerance: float
) -> "pd.DataFrame":
    """Say for each series whether the method's first photo is nearly as good as the best.

    Args:
        merit: As in `series_measures`.
        value: As in `series_measures`.
        series: As in `series_measures`.
        tolerance: How far below the people's best a photo may be, in units of value.

    Returns:
        The rows of `series_measures` with `series`, `size`, `scored`; `within`, the probability
        that the method's first photo is at most `tolerance` below the best, NaN where no photo is
        scored; and `within_random`, the same for a photo drawn at random.

    Raises:
        ValueError: As `series_measures`; also for a tolerance below 0.
    """
    if not tolerance >= 0:
        raise ValueError(f"tolerance must be 0 or more, in units of value. Got {tolerance!r}.")
    photos, rows = _ranked(merit, value, series)
    good = photos["value"] >= photos["code"].map(rows["best"]) - tolerance - ROUNDING
    share = _of_the_first(photos, good).where(rows["scored"] > 0)
    random = good.groupby(photos["code"]).mean()
    heads = rows[["series", "size", "scored"]]
    return heads.assign(within=share, within_random=random).reset_index(drop=True)


def _ranked(
    merit: ArrayLike, value: ArrayLike, series: ArrayLike
) -> tuple["pd.DataFrame", "pd.DataFrame"]:
    """Return the photos of series of two or more, each with its place; and a row per series.

    Photos: `code` of the series, `value`, `ahead` (photos with a larger merit) and `tied` (those
    with the same one, itself included). Series, by code: `series`, `size`, `scored`, `best`,
    `mean` (of the values).
    """
    import pandas as pd

    merits, values = np.asarray(merit, dtype=np.float64), np.asarray(value, dtype=np.float64)
    labels = np.asarray(series)
    if merits.ndim != 1 or not merits.shape == values.shape == labels.shape:
        raise ValueError(
            "merit, value and series must be columns of equal length. "
            f"Got shapes {merits.shape}, {values.shape} and {labels.shape}."
        )
    if not np.isfinite(values).all():
        first = int(np.flatnonzero(~np.isfinite(values))[0])
        raise ValueError(
            "value must be finite; leave photos that nobody judged out, and count them. "
            f"Got {values[first]} at position {first}."
        )
    codes, names = pd.factorize(labels)
    if (codes < 0).any():
        raise ValueError(f"series is missing at position {int(np.flatnonzero(codes < 0)[0])}.")
    usable = np.isfinite(merits)
    photos = pd.DataFrame(
        {
            "code": codes,
            "merit": np.where(usable, merits, -np.inf),
            "value": values,
            "scored": usable,
        }
    )
    photos = photos[np.bincount(codes, minlength=len(names))[codes] > 1]
    merit_of = photos.groupby("code")["merit"]
    least, most = (merit_of.rank(method=end, ascending=False) for end in ("min", "max"))
    photos = photos.assign(ahead=(least - 1).astype(int), tied=(most - least + 1).astype(int))
    rows = photos.groupby("code").agg(
        size=("code", "size"),
        scored=("scored", "sum"),
        best=("value", "max"),
        mean=("value", "mean"),
    )
    return photos, rows.assign(series=names[rows.index])


def _of_the_first(photos: "pd.DataFrame", column: "pd.Series") -> "pd.Series":
    """Return by series the expectation of a column for the photo that the method places first."""
    first = photos["ahead"] == 0
    return column[first].groupby(photos["code"][first]).mean()


@lru_cache(maxsize=4096)
def _places(ahead: int, tied: int, among: int) -> tuple[float, float, float, float]:
    """Return the expectations of `PLACES` for the first of `among` photos in a tie of `tied`.

    The tie begins after `ahead` photos. In a random order of it, the first of the `among` is at
    place m with probability C(tied - m, among - 1) / C(tied, among): the others come after it.
    """
    chances = {
        ahead + m: comb(tied - m, among - 1) / comb(tied, among) for m in range(1, tied - among + 2)
    }
    return (
        chances.get(1, 0.0),
        chances.get(1, 0.0) + chances.get(2, 0.0),
        sum(chance / place for place, chance in chances.items()),
        sum(chance * place for place, chance in chances.items()),
    )
