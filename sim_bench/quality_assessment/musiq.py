"""MUSIQ: a transformer that looks at a photo at its own size and at two reduced ones.

Source: Ke et al., ICCV 2021 (arXiv 2108.05997); google-research/musiq, code and weights. Trained on
KonIQ-10k or SPAQ it says one number on the scale of their mean opinions; trained on AVA, the
probabilities of the ratings 1 to 10, whose mean is the score.
Deviations: those of `ratings` and of `sim_bench.networks.musiq`.
"""

from functools import cached_property
from math import inf
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from sim_bench.encoders.base import ImageEncoder, Provenance
from sim_bench.quality_assessment.base import Explanation, Reason
from sim_bench.quality_assessment.ratings import (
    RATINGS,
    mean_rating,
    rating_details,
    rating_reasons,
)
from sim_bench.quality_assessment.vector_based import VectorBasedAssessor

if TYPE_CHECKING:
    from sim_bench.store.store import Store

Weights = Literal["koniq", "spaq", "ava"]
Variant = Literal["official", "pyiqa"]


class MUSIQAssessor(VectorBasedAssessor):
    """The opinion that people would have of a photo, larger is better.

    With "koniq" and "spaq" scores are mostly between 0 and 100, as the opinions that were learned,
    but nothing keeps them there. With "ava" they are mean ratings from 1 to 10.

    Args:
        weights: What the network was trained on: "koniq", "spaq" or "ava".
        variant: "official", or "pyiqa" for the scores that pyiqa computes with the same weights:
            it resizes photos otherwise, among other things.
        encoder: Use this encoder, whose vectors are the score, or the ten probabilities for "ava".

    Raises:
        ValueError: Unknown weights or variant, or an encoder for other weights.
    """

    name = "musiq"
    score_range = (-inf, inf)
    decode = "exact"

    def __init__(
        self,
        weights: Weights = "koniq",
        variant: Variant = "official",
        *,
        encoder: ImageEncoder | None = None,
    ) -> None:
        for given, kind, what in ((weights, Weights, "weights"), (variant, Variant, "variant")):
            if given not in get_args(kind):
                known = ", ".join(get_args(kind))
                raise ValueError(f"{what} must be one of {known}. Got {given!r} instead.")
        self.weights = weights
        self.variant = variant
        if weights == "ava":
            self.score_range = (1.0, 10.0)
        self._given = encoder is not None
        if encoder is not None:
            if encoder.dim != self._outputs:
                raise ValueError(
                    f"encoder must give vectors of length {self._outputs} for weights {weights!r}. "
                    f"Got {encoder.name}, whose vectors have length {encoder.dim}, instead."
                )
            self.encoder = encoder

    def __repr__(self) -> str:
        given = f", encoder={self.encoder.name!r}" if self._given else ""
        return f"{type(self).__name__}(weights={self.weights!r}, variant={self.variant!r}{given})"

    @property
    def _outputs(self) -> int:
        return len(RATINGS) if self.weights == "ava" else 1

    @cached_property
    def encoder(self) -> ImageEncoder:
        """The network, with the weights of the cabinet; found when first used."""
        from sim_bench.networks.musiq import MusiqSize
        from sim_bench.networks.musiq_encoder import MUSIQEncoder
        from sim_bench.weights.cabinet import find_weights

        kept = find_weights(f"musiq-{self.weights}")
        return MUSIQEncoder(kept, self.variant, size=MusiqSize(outputs=self._outputs))

    def provenance(self) -> Provenance:
        """What is on record of the weights; loads nothing."""
        from sim_bench.weights.table import weight_file

        file = weight_file(f"musiq-{self.weights}")
        return Provenance(file.licence, file.trained_on)

    def missing(self) -> str | None:
        """Say which weights are lacking and where to put them; None when they are here."""
        if self._given:
            return None
        from sim_bench.weights.cabinet import missing_weights

        return missing_weights(f"musiq-{self.weights}")

    def load(self, store: "Store | None" = None) -> None:
        """Find the weights, and make sure that they are those of the network.

        Raises:
            ModelError: The weights are not to be had, or not usable.
        """
        del store
        from sim_bench.networks.musiq_encoder import MUSIQEncoder

        if isinstance(self.encoder, MUSIQEncoder):
            self.encoder.load()

    def score_vectors(self, vectors: NDArray[np.float32]) -> NDArray[np.float64]:
        """Score what the head said, shape (n, 1) or (n, 10); shape (n,)."""
        if self.weights != "ava":
            return vectors[:, 0].astype(np.float64)
        return mean_rating(vectors)

    def details_observed(self, observed: NDArray[np.float32]) -> dict[str, float]:
        """Return `overall`, and for "ava" the `spread` of the ratings and `p1` to `p10`.

        The spread is the standard deviation of the distribution, 0 to 4.5.
        """
        if self.weights == "ava":
            return rating_details(observed)
        return {"overall": float(self.score_vectors(observed[None])[0])}

    def explain_observed(self, observed: NDArray[np.float32]) -> Explanation:
        """For "ava" one reason per rating, the rating times its probability; else the score itself.

        The network's single number has no parts that add up to it.
        """
        if self.weights == "ava":
            return rating_reasons(observed)
        score = float(self.score_vectors(observed[None])[0])
        return Explanation.of(score, [Reason("opinion", score, "one number, without parts")])
