"""Everything that is measured of one data set."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from sim_bench.benchmark.attributes import opinion_attributes, pair_attributes
from sim_bench.benchmark.joined import Joined, columns_of
from sim_bench.benchmark.material import Material
from sim_bench.benchmark.measures.common import Settings, figure
from sim_bench.benchmark.measures.ensembles import opinion_combination, pair_combination
from sim_bench.benchmark.measures.failures import (
    opinion_disagreements,
    opinion_failures,
    pair_disagreements,
    pair_failures,
)
from sim_bench.benchmark.measures.matrices import decision_matrix, score_matrix
from sim_bench.benchmark.measures.opinions import OpinionItems, compare_opinions, opinion_table
from sim_bench.benchmark.measures.pairs import PairItems, compare_pairs, pair_table
from sim_bench.benchmark.measures.parts import Parts, opinion_parts, pair_parts
from sim_bench.benchmark.measures.series import (
    compare_series,
    series_table,
)
from sim_bench.benchmark.measures.subgroups import opinion_subgroups, pair_subgroups
from sim_bench.benchmark.methods import Part
from sim_bench.benchmark.results import (
    DatasetResult,
    FailureRow,
    Figure,
    MatrixResult,
    OpinionRow,
    PairRow,
    PartRow,
)
from sim_bench.evaluation.ceiling import human_ceiling
from sim_bench.evaluation.clusters import bootstrap_mean

if TYPE_CHECKING:
    pass


def measure(
    material: Material,
    joined: Joined,
    parts: Mapping[str, Mapping[str, Part]],
    settings: Settings,
    *,
    split: str,
    scored: int,
    contamination: Mapping[str, str],
    unscored_reasons: Mapping[str, int] | None = None,
) -> DatasetResult:
    """Measure everything that the data set allows.

    Args:
        material: The data set.
        joined: Its judgements and merits.
        parts: Parts of methods, by method.
        settings: How uncertainty is computed.
        split: Which split was read; empty for all.
        scored: Photos with a score by every method.
        contamination: What methods were trained on of this data.
        unscored_reasons: Number of photos without a score by reason.
    """
    opinions, pairs, series = joined.opinions, joined.pairs, joined.series
    opinion_rows = opinion_table(opinions, settings) if opinions else ()
    pair_rows = pair_table(pairs, settings) if pairs else ()
    compared = (
        *(compare_opinions(opinions, settings) if opinions else ()),
        *(compare_pairs(pairs, settings) if pairs else ()),
        *(compare_series(series, settings) if series else ()),
    )
    combined = (
        opinion_combination(opinions, settings) if opinions else None,
        pair_combination(pairs, settings) if pairs else None,
    )
    ceiling, note = _ceiling(material, settings)
    matrices = _matrices(material, joined)
    return DatasetResult(
        name=material.name,
        reader=material.reader,
        title=material.title,
        split=split,
        licence=material.licence,
        photos=len(material.images),
        scored=scored,
        unscored=len(material.images) - scored,
        left_out={**material.left_out, **(series.left_out if series else {})},
        contamination=dict(contamination),
        unscored_reasons=dict(unscored_reasons or {}),
        opinion=opinion_rows,
        pairs=pair_rows,
        series=series_table(series, settings) if series else (),
        regret_unit=series.unit if series else "",
        human_ceiling=ceiling,
        ceiling_note=note,
        comparisons=compared,
        subgroups=(
            *(
                opinion_subgroups(opinions, opinion_attributes(material, joined), settings)
                if opinions
                else ()
            ),
            *(pair_subgroups(pairs, pair_attributes(material, joined), settings) if pairs else ()),
        ),
        ensembles=tuple(one for one in combined if one is not None),
        parts=tuple(
            row
            for method, of in parts.items()
            for row in (
                *_opinion_parts(joined, method, of, settings),
                *_pair_parts(joined, method, of, settings),
            )
        ),
        matrices=matrices,
        failures=_failures(joined, opinion_rows, pair_rows, matrices),
    )


def _ceiling(material: Material, settings: Settings) -> tuple[Figure | None, str]:
    if material.pairs is None or not material.pairs.counted or material.pairs.table.empty:
        return None, ""
    table = material.pairs.table
    agreed = human_ceiling(
        table["wins"].to_numpy(dtype=float), table["votes"].to_numpy(dtype=float)
    )
    known = np.isfinite(agreed)
    if not known.any():
        return None, ""
    burst = table["burst"].to_numpy(dtype=str)[known]
    found = bootstrap_mean(agreed[known], burst, **settings.bootstrap)
    note = f"one vote against the majority of the others, {int(known.sum())} pairs"
    return figure(found), note


def _opinion_parts(
    joined: Joined, method: str, of: Mapping[str, Part], settings: Settings
) -> Sequence[PartRow]:
    if joined.opinions is None or method not in joined.opinions.methods:
        return ()
    items, k = joined.opinions, joined.opinions.methods.index(method)
    whole = OpinionItems((method,), items.merit[:, [k]], items.mean, items.group, items.images)
    merits = joined.merit.loc[list(items.images), [part.column for part in of.values()]]
    return opinion_parts(_weights(method, of), whole, merits.to_numpy(dtype=float), settings)


def _pair_parts(
    joined: Joined, method: str, of: Mapping[str, Part], settings: Settings
) -> Sequence[PartRow]:
    if joined.pairs is None or method not in joined.pairs.methods:
        return ()
    items, k = joined.pairs, joined.pairs.methods.index(method)
    whole = PairItems(
        (method,),
        items.left[:, [k]],
        items.right[:, [k]],
        items.preference,
        items.burst,
        items.images,
    )
    columns = [part.column for part in of.values()]
    sides = [
        joined.merit.loc[list(items.images[:, side]), columns].to_numpy(dtype=float)
        for side in (0, 1)
    ]
    return pair_parts(_weights(method, of), whole, (sides[0], sides[1]), settings)


def _weights(method: str, of: Mapping[str, Part]) -> Parts:
    return Parts(method, {name: part.weight for name, part in of.items()})


def _matrices(material: Material, joined: Joined) -> tuple[MatrixResult, ...]:
    names = next((i.methods for i in (joined.opinions, joined.pairs) if i), None)
    names = names or tuple(joined.merit.attrs["methods"])
    if len(names) < 2:
        return ()
    scores = columns_of(joined.merit, list(material.images), names)
    found = [score_matrix(names, scores)]
    if joined.pairs:
        found.append(decision_matrix(names, joined.pairs.left, joined.pairs.right))
    return tuple(found)


def _failures(
    joined: Joined,
    opinion_rows: Sequence[OpinionRow],
    pair_rows: Sequence[PairRow],
    matrices: Sequence[MatrixResult],
) -> tuple[FailureRow, ...]:
    rows: list[FailureRow] = []
    if joined.opinions:
        rows += opinion_failures(joined.opinions)
        found = {row.method: row.srcc for row in opinion_rows}
        if rivals := _rivals(found, 0.0, matrices[:1]):
            rows += opinion_disagreements(joined.opinions, *rivals)
    if joined.pairs:
        rows += pair_failures(joined.pairs)
        found = {row.method: row.accuracy for row in pair_rows}
        if rivals := _rivals(found, 0.5, matrices[:1]):
            rows += pair_disagreements(joined.pairs, *rivals)
    return tuple(rows)


def _rivals(
    found: Mapping[str, Figure], chance: float, alike: Sequence[MatrixResult]
) -> tuple[str, str] | None:
    """The best method, and of those that beat chance too the one that is least like it."""
    values = {name: one.value for name, one in found.items() if one.value is not None}
    if len(values) < 2 or not alike:
        return None
    best = max(values, key=lambda name: values[name])
    row = dict(zip(alike[0].methods, alike[0].values[alike[0].methods.index(best)], strict=True))
    others = [name for name in values if name != best and row[name] is not None]
    knowing = [name for name in others if (found[name].low or 0.0) > chance]
    if not (others := knowing or others):
        return None
    return best, min(others, key=lambda name: row[name] or 0.0)
