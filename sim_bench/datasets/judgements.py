"""The two shapes of what people said: opinions about single photos, and pairwise preferences.

A photo is known by its *image id*: its path below the data set's folder of photos, with forward
slashes. Ids are what scores are joined by, so labels can be used where the photos are not at hand.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import pandas as pd

Shape = Literal["opinion", "pairwise"]

OPINION_COLUMNS = ("image", "mean", "spread", "n", "group")
PAIR_COLUMNS = ("pair", "left", "right", "wins", "votes", "burst")


@dataclass(frozen=True)
class Opinions:
    """Opinions about single photos.

    Attributes:
        table: One row per photo: `image` (id, unique), `mean` (mean opinion, larger is better),
            `spread` (standard deviation of single opinions; NaN where unknown), `n` (number of
            opinions; <NA> where unknown), `group` (the series or reference photo whose photos are
            not independent; the image itself where there is none), then a column per attribute.
        photos: Folder that the image ids are relative to.
        series: Whether the groups are series of one scene, so that people choose inside them;
            False where a group is only a reason not to count its photos as independent.
        attributes: Columns by which results may be split, e.g. the kind of distortion.
        left_out: Why, by image id, rows of the label files are not in the table.
    """

    table: "pd.DataFrame"
    photos: Path
    series: bool = False
    attributes: tuple[str, ...] = ()
    left_out: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Pairs:
    """Preferences between two photos.

    Attributes:
        table: One row per pair: `pair` (id, unique), `left`, `right` (image ids), `wins` (how
            often people preferred the left photo; fractions where a published probability is all
            there is), `votes` (out of how many, above 0), `burst` (the series that both photos are
            from; pairs of one burst are not independent), then a column per attribute.
        photos: Folder that the image ids are relative to.
        counted: Whether `wins` and `votes` are counts of people's votes. False where the data set
            publishes shares only (`votes` is then 1): no human ceiling can be computed from those.
        attributes: Columns by which results may be split.
        left_out: Why, by pair id, rows of the label files are not in the table.
    """

    table: "pd.DataFrame"
    photos: Path
    counted: bool = True
    attributes: tuple[str, ...] = ()
    left_out: Mapping[str, str] = field(default_factory=dict)


Judgements = Opinions | Pairs
