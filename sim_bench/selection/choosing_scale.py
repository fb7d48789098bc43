"""How much of a method's score is worth odds of e to 1 that people prefer a photo.

Fitted by `benchmarks/choosing.py` on BIQ2021's series of one scene, all pairs within a series, a
pair's label being the probability that its difference in human score is not noise (people judging
again differ by a median of 0.016). Measures without training: on the 81 series of `train`. Methods
over the embedded model: on the 25 of `dev`, because the model has seen `train`, where its scores
are surer than they are elsewhere: the scale is 1.7 times as large on photos it has not seen.
Figures, intervals and what leaving series out changes: docs/choosing.md.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from sim_bench.quality_assessment.base import QualityAssessor

SCALES: Mapping[str, float] = MappingProxyType(
    {
        "clip_aesthetic": 0.110,
        "technical": 0.039,
        "sharpness": 0.110,
        "tenengrad": 0.096,
        "composite": 0.093,
        "contrast": 0.76,
        "exposure": 0.88,
        "colourfulness": 0.87,
        "noise": 44.0,
    }
)
"""By method, with its own settings: clip_aesthetic with the default prompts and with those called
"technical", weighted, over the embedded model; the others as they are. The last ones hardly tell
photos of a series apart as people do: with them alone nearly all is too close to call. That of
noise is only large: it contradicts people there, so that no scale fits."""

PAIR: Mapping[str, float] = MappingProxyType({"clip_aesthetic": 0.114, "sharpness": 0.57})
"""Of clip_aesthetic and sharpness together: five units of sharpness weigh as much as one of
clip_aesthetic, fitted on `train`; the scale of that sum, on `dev`."""

SPREAD_SHARE = 0.6
"""Scale of a method without one, as a share of the spread of its scores within groups. Chosen by
us: for the methods above the share is 0.45 to 0.9 on BIQ2021's series."""

_SURE = 0.05
"""The spread of few groups is little known: the upper end of its one-sided 95% interval counts."""


def known_scales(methods: Mapping[str, QualityAssessor]) -> dict[str, float]:
    """Say by how much each method's score is to be divided, where that was fitted.

    Several methods have equal shares in the decision: their scales grow with their number. `PAIR`
    has its own.

    Args:
        methods: By column name; an encoder is opened for its name.

    Returns:
        By column, for those methods whose scale is on record: by what they are, not by what their
        columns are called.
    """
    kinds = {column: kind for column, one in methods.items() if (kind := _kind(one))}
    if len(methods) == 2 and sorted(kinds.values()) == sorted(PAIR):
        return {column: PAIR[kind] for column, kind in kinds.items()}
    return {column: len(methods) * SCALES[kind] for column, kind in kinds.items()}


def _kind(method: QualityAssessor) -> str | None:
    """The key of `SCALES` that a method goes by; None without one."""
    from sim_bench.quality_assessment.clip_aesthetic import CLIPAestheticAssessor
    from sim_bench.quality_assessment.composite import MEASURES, CompositeAssessor
    from sim_bench.quality_assessment.prompts import load_prompts

    if type(method) is CLIPAestheticAssessor:
        if method.aggregation_method != "weighted" or method.encoder.name != "embedded":
            return None
        if method.prompts == load_prompts("technical"):
            return "technical"
        default = CLIPAestheticAssessor(encoder=method.encoder).prompts
        return "clip_aesthetic" if method.prompts == default else None
    if type(method) is CompositeAssessor:
        return "composite" if method.weights is None else None
    known = type(method) in {type(measure) for measure in MEASURES.values()}
    return method.name if known else None


def spread_scale(scores: NDArray[np.float64], groups: Sequence[Sequence[int]]) -> float:
    """Guess a method's scale from how its scores differ within the groups at hand.

    The pooled standard deviation within groups times `SPREAD_SHARE`, or rather the upper end of
    its interval (chi-square), so that one group of two says next to nothing about it.

    Args:
        scores: Of the run, shape (n,).
        groups: Rows of each group that is compared.

    Returns:
        Above 0; 1.0 where no two scores of a group differ, so that all are equal anyway.
    """
    from scipy.stats import chi2

    squares, freedom = 0.0, 0
    for rows in groups:
        finite = scores[list(rows)][np.isfinite(scores[list(rows)])]
        if len(finite) > 1:
            squares += float(((finite - finite.mean()) ** 2).sum())
            freedom += len(finite) - 1
    if not squares > 0:
        return 1.0
    return SPREAD_SHARE * float(np.sqrt(squares / chi2.ppf(_SURE, freedom)))
