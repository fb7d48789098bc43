"""What LIQE says of one photo, in words and numbers."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim_bench.quality_assessment.liqe_prompts import DISTORTIONS, QUALITIES, SCENES, Marginals


@dataclass(frozen=True, slots=True)
class LIQEJudgement:
    """What LIQE says of one photo. Probabilities of a kind add up to 1.

    Attributes:
        quality: The score, from 1 to 5, higher is better.
        scene: The likeliest one; None with the weights "liqe-koniq", as are the three below.
        scene_probability: Of `scene`.
        distortion: The likeliest one.
        distortion_probability: Of `distortion`.
        qualities: Probability of each quality, by name.
        scenes: Probability of each scene, by name; empty with the weights "liqe-koniq".
        distortions: Probability of each distortion, by name; empty with the weights "liqe-koniq".
    """

    quality: float
    scene: str | None
    scene_probability: float | None
    distortion: str | None
    distortion_probability: float | None
    qualities: Mapping[str, float]
    scenes: Mapping[str, float]
    distortions: Mapping[str, float]


def judgement_of(found: Marginals) -> LIQEJudgement:
    """Name the probabilities of one photo.

    Args:
        found: Of one photo, a single row each.
    """
    scenes = _named(SCENES, found.scenes)
    distortions = _named(DISTORTIONS, found.distortions)
    scene = max(scenes, key=scenes.__getitem__, default=None)
    distortion = max(distortions, key=distortions.__getitem__, default=None)
    return LIQEJudgement(
        quality=float(found.scores[0]),
        scene=scene,
        scene_probability=scenes[scene] if scene else None,
        distortion=distortion,
        distortion_probability=distortions[distortion] if distortion else None,
        qualities=_named(QUALITIES, found.qualities),
        scenes=scenes,
        distortions=distortions,
    )


def _named(names: tuple[str, ...], rows: NDArray[np.float64] | None) -> dict[str, float]:
    """The only row by name; nothing where there is none."""
    return {} if rows is None else dict(zip(names, rows[0].tolist(), strict=True))
