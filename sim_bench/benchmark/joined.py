"""One data set's judgements joined with the scores of its photos."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim_bench.benchmark.material import Material
from sim_bench.benchmark.measures.common import Array
from sim_bench.benchmark.measures.opinions import OpinionItems
from sim_bench.benchmark.measures.pairs import PairItems
from sim_bench.benchmark.measures.series import SeriesItems
from sim_bench.evaluation.bradley_terry import strengths_by_burst

if TYPE_CHECKING:
    import pandas as pd

LOG_ODDS = "Bradley-Terry log-odds"
PENALISED = ", penalised"
"""Said where some preferences are unanimous: their log-odds are finite only by a penalty."""


@dataclass(frozen=True)
class Joined:
    """Judgements joined with merits.

    Attributes:
        opinions: Photos with opinions; None where there are none.
        pairs: Pairs; None where there are none.
        series: Photos in series; None where there are none.
        merit: Scores turned so that larger is better: a row per image id, a column per method,
            part, and for brightness.
    """

    opinions: OpinionItems | None
    pairs: PairItems | None
    series: SeriesItems | None
    merit: "pd.DataFrame"


def join(
    material: Material,
    merit: "pd.DataFrame",
    methods: Sequence[str],
    tolerance: float | None,
) -> Joined:
    """Join the judgements of a data set with the merits of its photos.

    Args:
        material: The data set.
        merit: As `Joined.merit`.
        methods: Names of the methods, whose columns become the items' columns.
        tolerance: As `DatasetConfig.tolerance`.
    """
    names = tuple(methods)
    return Joined(
        _opinions(material, merit, names),
        _pairs(material, merit, names),
        _series(material, merit, names, tolerance),
        merit,
    )


def _opinions(
    material: Material, merit: "pd.DataFrame", names: tuple[str, ...]
) -> OpinionItems | None:
    if material.opinions is None or material.opinions.table.empty:
        return None
    table = material.opinions.table
    return OpinionItems(
        names,
        columns_of(merit, table["image"], names),
        table["mean"].to_numpy(dtype=float),
        table["group"].to_numpy(dtype=str),
        table["image"].to_numpy(dtype=str),
    )


def _pairs(material: Material, merit: "pd.DataFrame", names: tuple[str, ...]) -> PairItems | None:
    if material.pairs is None or material.pairs.table.empty:
        return None
    table = material.pairs.table
    return PairItems(
        names,
        columns_of(merit, table["left"], names),
        columns_of(merit, table["right"], names),
        (table["wins"] / table["votes"]).to_numpy(dtype=float),
        table["burst"].to_numpy(dtype=str),
        table[["left", "right"]].to_numpy(dtype=str),
    )


def _series(
    material: Material, merit: "pd.DataFrame", names: tuple[str, ...], tolerance: float | None
) -> SeriesItems | None:
    """Series of photos with a value each: mean opinions, else strengths fitted to all pairs."""
    if material.opinions is not None:
        if not material.opinions.series:
            return None
        table = material.opinions.table
        images, values, of = table["image"], table["mean"].to_numpy(dtype=float), table["group"]
        unit, left_out = "mean opinion", {}
    elif material.all_pairs is not None and len(material.all_pairs.table):
        fitted = strengths_by_burst(
            *(material.all_pairs.table[c] for c in ("left", "right", "wins", "votes", "burst"))
        )
        fitted = fitted[fitted["image"].isin(list(material.images))]
        unknown = fitted.loc[fitted["strength"].isna(), "fit"]
        left_out = {f"photos in series: {why}": int(n) for why, n in unknown.value_counts().items()}
        fitted = fitted[fitted["strength"].notna()]
        images, of = fitted["image"], fitted["burst"]
        values = fitted["strength"].to_numpy(dtype=float)
        unit = f"{LOG_ODDS}{PENALISED if (fitted['fit'] == 'penalised').any() else ''}"
    else:
        return None
    if not of.duplicated().any():
        return None
    return SeriesItems(
        names,
        columns_of(merit, images, names),
        values,
        of.to_numpy(dtype=str),
        unit,
        tolerance,
        left_out,
    )


def columns_of(merit: "pd.DataFrame", images: Iterable[str], names: Sequence[str]) -> Array:
    """Merits of photos, shape (photos, names), in the order given."""
    return merit.loc[list(images), list(names)].to_numpy(dtype=float)
