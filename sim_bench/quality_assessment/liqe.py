"""LIQE: how good a photo is, what it shows, and what is wrong with it, in one set of prompts.

Source: Zhang et al., CVPR 2023 (arXiv 2303.14968); zwx8981/LIQE, `demo.py`. The cosines of a
photo's crops with 495 prompts, averaged and scaled, become one softmax; the sums of its parts are
the probabilities of five qualities, nine scenes and eleven distortions; the score is the expected
quality. The lists are in `liqe_prompts`, the crops in `sim_bench.networks.liqe_crops`.
Deviations: those of the crops. The copy of the authors' class `LIQE.py` that reads the size of the
batch where it means the number of windows, and so sees one corner 15 times, is not followed.
"""

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim_bench.encoders.base import Provenance
from sim_bench.networks.liqe_crops import PREPROCESSES, Preprocess
from sim_bench.quality_assessment.base import AnyPath, Explanation, Reason
from sim_bench.quality_assessment.liqe_judgement import LIQEJudgement, judgement_of
from sim_bench.quality_assessment.liqe_prompts import (
    LEVELS,
    QUALITIES,
    WEIGHTS,
    Marginals,
    Weights,
    marginals,
    prompts_of,
)
from sim_bench.quality_assessment.vector_based import VectorBasedAssessor, cosines, encode_texts

if TYPE_CHECKING:
    from sim_bench.networks.liqe_encoder import LIQEEncoder
    from sim_bench.store.store import Store

TOKENIZER = "clip-tokenizer"
"""Name in the cabinet."""


class LIQEAssessor(VectorBasedAssessor):
    """The quality that LIQE expects, from 1 (bad) to 5 (perfect), higher is better.

    Args:
        weights: "liqe-mix", the published method: 495 prompts, tuned on six data sets; or
            "liqe-koniq", a variant of pyiqa: 5 prompts about the quality alone, tuned on KonIQ-10k.
        preprocess: "demo": large photos are brought to a short side of 768 pixels, as in the
            authors' pipeline; "native": no photo is resized, as in pyiqa. They give other scores.
        encoder: Use this encoder; `preprocess` then says nothing, and `weights` must name the
            prompts that it was tuned with.

    Raises:
        ValueError: Unknown weights or preprocessing.
    """

    name = "liqe"
    score_range = (1.0, 5.0)
    decode = "exact"

    def __init__(
        self,
        weights: Weights = "liqe-mix",
        preprocess: Preprocess = "demo",
        *,
        encoder: "LIQEEncoder | None" = None,
    ) -> None:
        if weights not in WEIGHTS:
            raise ValueError(f"weights must be one of {', '.join(WEIGHTS)}. Got {weights!r}.")
        if preprocess not in PREPROCESSES:
            known = ", ".join(PREPROCESSES)
            raise ValueError(f"preprocess must be one of {known}. Got {preprocess!r} instead.")
        self.weights = weights
        self.preprocess = preprocess
        if encoder is not None:
            self.encoder = encoder
        self._given = encoder is not None

    def __repr__(self) -> str:
        given = f", encoder={self.encoder.name!r}" if self._given else ""
        return f"{type(self).__name__}({self.weights!r}, {self.preprocess!r}{given})"

    @cached_property
    def encoder(self) -> "LIQEEncoder":
        """The two towers, their weights fetched when first used."""
        from sim_bench.networks.liqe_encoder import LIQEEncoder
        from sim_bench.weights.cabinet import find_weights

        kept = find_weights(self.weights)
        return LIQEEncoder(kept, find_weights(TOKENIZER), self.preprocess)

    @property
    def prompts(self) -> tuple[str, ...]:
        """What a photo is compared with."""
        return prompts_of(self.weights)

    @cached_property
    def _text_vectors(self) -> NDArray[np.float32]:
        return encode_texts(self.encoder, self.prompts)

    def provenance(self) -> Provenance:
        """As in the base class."""
        from sim_bench.weights.table import weight_file

        file = weight_file(self.weights)
        return Provenance(file.licence, file.trained_on)

    def missing(self) -> str | None:
        """Say which files are lacking, where to get them and where to put them; None: none."""
        if self._given:
            return None
        from sim_bench.weights.cabinet import missing_weights

        lacking = (missing_weights(name) for name in (self.weights, TOKENIZER))
        return "\n".join(filter(None, lacking)) or None

    def load(self, store: "Store | None" = None) -> None:
        """Read the weights, and encode the prompts that the store does not hold.

        Raises:
            ModelError: The weights are not to be had, or do not fit.
        """
        self.encoder.load()
        if "_text_vectors" not in self.__dict__:
            self.__dict__["_text_vectors"] = encode_texts(self.encoder, self.prompts, store)

    def probabilities(self, vectors: NDArray[np.float32]) -> Marginals:
        """Probabilities of qualities, scenes and distortions.

        Args:
            vectors: Of the encoder, shape (n, dim).
        """
        return marginals(self.encoder.logit_scale * cosines(vectors, self._text_vectors))

    def score_vectors(self, vectors: NDArray[np.float32]) -> NDArray[np.float64]:
        """Score vectors of the encoder, shape (n, dim); shape (n,), each from 1 to 5."""
        return self.probabilities(vectors).scores

    def judge(self, path: AnyPath) -> LIQEJudgement:
        """Say how good a photo is, what it shows, and what is wrong with it.

        Raises:
            ImageError: The file gives no pixels.
        """
        return self.judge_observed(self._look(Path(path)))

    def judge_observed(self, observed: NDArray[np.float32]) -> LIQEJudgement:
        """As `judge`, of a vector of the encoder."""
        return judgement_of(self.probabilities(observed[None]))

    def details_observed(self, observed: NDArray[np.float32]) -> dict[str, float]:
        """Return `quality_...`, `scene_...`, `distortion_...` in [0, 1], and `overall`."""
        said = self.judge_observed(observed)
        return {
            **{f"quality_{name}": value for name, value in said.qualities.items()},
            **{f"scene_{name}": value for name, value in said.scenes.items()},
            **{f"distortion_{name}": value for name, value in said.distortions.items()},
            "overall": said.quality,
        }

    def explain_observed(self, observed: NDArray[np.float32]) -> Explanation:
        """One reason per quality: its level times its probability.

        The detail of the largest names the likeliest scene and distortion.
        """
        said = self.judge_observed(observed)
        levels = dict(zip(QUALITIES, LEVELS.tolist(), strict=True))
        shares = {name: levels[name] * value for name, value in said.qualities.items()}
        details = {name: f"probability {value:.3f}" for name, value in said.qualities.items()}
        if said.scene:
            details[max(shares, key=shares.__getitem__)] += (
                f"; most likely {said.scene} ({said.scene_probability:.3f}) "
                f"with {said.distortion} artifacts ({said.distortion_probability:.3f})"
            )
        reasons = [
            Reason(f"{name} quality, {levels[name]:g}", share, details[name])
            for name, share in shares.items()
        ]
        return Explanation.of(said.quality, reasons)
