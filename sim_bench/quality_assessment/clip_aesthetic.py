"""CLIP aesthetic assessment: a photo beside texts that say "good" and "bad".

Source: the experiment note; the decisions on its range and aggregation are in `aggregate`.
Run it on photos of yours, or on a sample picture:

    python -m sim_bench.quality_assessment.clip_aesthetic [PHOTO ...]
"""

from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from sim_bench.encoders.base import Device, Encoder, Precision, Provenance
from sim_bench.errors import PromptError
from sim_bench.quality_assessment.aggregate import Aggregation, GroupSizes, term_weights, terms
from sim_bench.quality_assessment.base import Explanation, QualityAssessor, Reason
from sim_bench.quality_assessment.prompts import PromptSet, load_prompts
from sim_bench.quality_assessment.vector_based import (
    DECODES,
    Decode,
    VectorBasedAssessor,
    cosines,
    encode_texts,
)

if TYPE_CHECKING:
    from sim_bench.store.store import Store

NOISE_FACTOR = 2.0
"""Scores that spread less than this many times the noise are called alike; chosen by us."""


class CLIPAestheticAssessor(VectorBasedAssessor):
    """Scores a photo by its similarity to prompts, in [-1, 1], larger is better.

    The prompts are changed by subclassing (override the three class attributes), by
    `prompts` (a `PromptSet`, the name of a shipped set, or a YAML file), or one list at a
    time; a list given beats `prompts`, which beats the class.

    Args:
        model_name: A model of the catalogue, "embedded", "auto" (ViT-B-32 when its weights
            are at hand, else embedded), or a bundle folder.
        pretrained: Which weights; None for the model's usual ones.
        device: "auto", "cpu" or "cuda".
        aggregation_method: "weighted", "contrastive_only" or "mean"; see `aggregate`.
        precision: "auto" (bf16 where the CPU has it and the model bears it), "f32" or "bf16".
        decode: "scaled" reduces large JPEGs while decoding them; "exact" decodes every pixel.
        prompts: A whole set of prompts.
        contrastive_pairs: (positive, negative) prompts.
        positive_attributes: Prompts whose similarity raises the score.
        negative_attributes: Prompts whose similarity lowers it.
        encoder: Use this encoder; model_name, pretrained, device and precision then say nothing.

    Raises:
        PromptError: The prompts cannot be used, or the aggregation finds none to use.
        ValueError: Unknown aggregation method or way of decoding.
    """

    name = "clip_aesthetic"
    score_range = (-1.0, 1.0)

    CONTRASTIVE_PAIRS: ClassVar[Sequence[tuple[str, str]]] = [
        ("a well-composed photograph", "a poorly composed photograph"),
        ("excellent framing", "poor framing"),
    ]
    POSITIVE_ATTRIBUTES: ClassVar[Sequence[str]] = [
        "professional photography",
        "aesthetically pleasing",
        "a photo with leading lines",
        "a photo with symmetry",
        "rule of thirds composition",
    ]
    NEGATIVE_ATTRIBUTES: ClassVar[Sequence[str]] = [
        "amateur snapshot",
        "badly lit",
        "a cluttered composition",
        "a flat composition",
    ]

    def __init__(
        self,
        model_name: str = "ViT-B-32",
        pretrained: str | None = None,
        device: Device = "auto",
        aggregation_method: Aggregation = "weighted",
        *,
        precision: Precision = "auto",
        decode: Decode = "scaled",
        prompts: PromptSet | str | Path | None = None,
        contrastive_pairs: Iterable[Sequence[str]] | None = None,
        positive_attributes: Iterable[str] | None = None,
        negative_attributes: Iterable[str] | None = None,
        encoder: Encoder | None = None,
    ) -> None:
        self.model_name = model_name
        self.pretrained = pretrained
        self.device = device
        self.precision = precision
        if decode not in DECODES:
            raise ValueError(f"decode must be one of {', '.join(DECODES)}. Got {decode!r} instead.")
        self.decode = decode
        self.aggregation_method = aggregation_method
        base = self._prompt_set(prompts)
        self.prompts = PromptSet.of(
            base.contrastive_pairs if contrastive_pairs is None else contrastive_pairs,
            base.positive_attributes if positive_attributes is None else positive_attributes,
            base.negative_attributes if negative_attributes is None else negative_attributes,
        )
        self._sizes = GroupSizes(
            len(self.prompts.contrastive_pairs),
            len(self.prompts.positive_attributes),
            len(self.prompts.negative_attributes),
        )
        self._weights = self._term_weights(aggregation_method)
        if encoder is not None:
            self.encoder = encoder

    def __repr__(self) -> str:
        model = f"model_name={self.model_name!r}, pretrained={self.pretrained!r}"
        how = f"aggregation_method={self.aggregation_method!r}, decode={self.decode!r}"
        return f"{type(self).__name__}({model}, {how}, prompts={self.prompts!r})"

    def _prompt_set(self, prompts: PromptSet | str | Path | None) -> PromptSet:
        if isinstance(prompts, PromptSet):
            return prompts
        if prompts is None or prompts == "default":
            cls = type(self)
            return PromptSet(
                tuple(cls.CONTRASTIVE_PAIRS),
                tuple(cls.POSITIVE_ATTRIBUTES),
                tuple(cls.NEGATIVE_ATTRIBUTES),
            )
        return load_prompts(prompts)

    def _term_weights(self, method: Aggregation) -> NDArray[np.float64]:
        if method == "contrastive_only" and not self._sizes.pairs:
            raise PromptError(
                "aggregation 'contrastive_only' needs contrastive pairs and there are none; "
                "give some, or choose 'weighted' or 'mean'"
            )
        return term_weights(method, self._sizes)

    @cached_property
    def encoder(self) -> Encoder:
        """The encoder, loaded when first used."""
        from sim_bench.encoders.load import load_encoder

        return load_encoder(
            self.model_name, self.pretrained, device=self.device, precision=self.precision
        )

    def parts(self) -> dict[str, tuple[float, QualityAssessor]]:
        """Each pair ("positive / negative") and attribute that has a weight, over one encoder."""
        prompts = self.prompts
        alone = {
            **{f"{a} / {b}": PromptSet.of([(a, b)], [], []) for a, b in prompts.contrastive_pairs},
            **{one: PromptSet.of([], [one], []) for one in prompts.positive_attributes},
            **{one: PromptSet.of([], [], [one]) for one in prompts.negative_attributes},
        }
        return {
            name: (
                float(weight),
                CLIPAestheticAssessor(
                    aggregation_method="mean",
                    decode=self.decode,
                    prompts=one,
                    encoder=self.encoder,
                ),
            )
            for (name, one), weight in zip(alone.items(), self._weights, strict=True)
            if weight > 0
        }

    @property
    def texts(self) -> tuple[str, ...]:
        """Every prompt: pairs' positives, pairs' negatives, positive, negative attributes."""
        pairs = self.prompts.contrastive_pairs
        return (
            *(positive for positive, _ in pairs),
            *(negative for _, negative in pairs),
            *self.prompts.positive_attributes,
            *self.prompts.negative_attributes,
        )

    @cached_property
    def _text_vectors(self) -> NDArray[np.float32]:
        return encode_texts(self.encoder, self.texts)

    @property
    def term_names(self) -> tuple[str, ...]:
        """What each term is called in the details, in the order of `terms_of`.

        A pair is named after its positive prompt, and after both where two pairs share it.
        """
        pairs = self.prompts.contrastive_pairs
        heads = [positive for positive, _ in pairs]
        return (
            *(
                f"contrast_{positive}"
                if heads.count(positive) == 1
                else f"contrast_{positive} / {negative}"
                for positive, negative in pairs
            ),
            *(f"pos_{prompt}" for prompt in self.prompts.positive_attributes),
            *(f"neg_{prompt}" for prompt in self.prompts.negative_attributes),
        )

    def provenance(self) -> Provenance:
        """As in the base class."""
        from sim_bench.encoders.load import provenance_of

        return provenance_of(self.model_name, self.pretrained)

    def missing(self) -> str | None:
        """Say which weights or which device are lacking; None when the model is usable."""
        if "encoder" in self.__dict__:
            return None
        from sim_bench.encoders.load import what_is_missing

        return what_is_missing(self.model_name, self.pretrained, device=self.device)

    def load(self, store: "Store | None" = None) -> None:
        """Find the encoder and encode the prompts that the store does not hold.

        Raises:
            ModelError: The weights or the device are not to be had.
        """
        if "_text_vectors" not in self.__dict__:
            self.__dict__["_text_vectors"] = encode_texts(self.encoder, self.texts, store)

    def similarities(self, vectors: NDArray[np.float32]) -> NDArray[np.float64]:
        """Cosine of each image vector with each prompt.

        Args:
            vectors: Unit vectors of shape (n, dim).

        Returns:
            Shape (n, 2 * pairs + positive + negative): the pairs' positive prompts, their
            negative prompts, the positive attributes, the negative attributes.
        """
        return cosines(vectors, self._text_vectors)

    def terms_of(self, similarities: NDArray[np.float64]) -> NDArray[np.float64]:
        """Turn `similarities` into one term per pair and attribute; see `aggregate.terms`."""
        pairs, positive = self._sizes.pairs, self._sizes.positive
        cuts = [pairs, 2 * pairs, 2 * pairs + positive]
        return terms(*np.split(similarities, cuts, axis=1))

    def score_vectors(
        self, vectors: NDArray[np.float32], aggregation_method: Aggregation | None = None
    ) -> NDArray[np.float64]:
        """Score image vectors, by another aggregation if one is named.

        Args:
            vectors: Unit vectors of this encoder, shape (n, dim).
            aggregation_method: Instead of the assessor's own.

        Returns:
            Shape (n,), each in [-1, 1].
        """
        weights = self._term_weights(aggregation_method) if aggregation_method else self._weights
        # Row by row, where a matrix product might add up differently for another number of rows.
        scores = (self.terms_of(self.similarities(vectors)) * weights).sum(axis=1)
        return np.asarray(np.clip(scores, -1.0, 1.0))

    def details_observed(self, observed: NDArray[np.float32]) -> dict[str, float]:
        """Return `contrast_...` in [-2, 2], raw similarities `pos_...`, `neg_...`, `overall`."""
        similarities = self.similarities(observed[None])
        names, pairs = self.term_names, self._sizes.pairs
        row = similarities[0].tolist()
        details: dict[str, float] = {}
        for k, (positive, negative) in enumerate(self.prompts.contrastive_pairs):
            details[names[k]] = row[k] - row[pairs + k]
            details[f"pos_{positive}"] = row[k]
            details[f"neg_{negative}"] = row[pairs + k]
        details.update(zip(names[pairs:], row[2 * pairs :], strict=True))
        details["overall"] = float((self.terms_of(similarities)[0] * self._weights).sum())
        return details

    def explain_observed(self, observed: NDArray[np.float32]) -> Explanation:
        """One reason per pair ("positive / negative") and attribute that has a weight."""
        similarities = self.similarities(observed[None])
        parts = self.terms_of(similarities)[0] * self._weights
        pairs = self._sizes.pairs
        row = similarities[0]
        reasons = []
        for k, (positive, negative) in enumerate(self.prompts.contrastive_pairs):
            detail = f"{row[k]:+.3f} against {row[pairs + k]:+.3f}"
            reasons.append(Reason(f"{positive} / {negative}", float(parts[k]), detail))
        attributes = (*self.prompts.positive_attributes, *self.prompts.negative_attributes)
        for k, prompt in enumerate(attributes, start=pairs):
            kind = "good" if k < pairs + self._sizes.positive else "bad"
            detail = f"{row[pairs + k]:+.3f}, a {kind} sign"
            reasons.append(Reason(prompt, float(parts[k]), detail))
        used = [r for r, weight in zip(reasons, self._weights, strict=True) if weight > 0]
        return Explanation.of(float(parts.sum()), used)

    def remark(
        self, spread: float, vectors: NDArray[np.float32], mirrored: NDArray[np.float32]
    ) -> str | None:
        """Say so when the scores of a run are within noise of each other, and which prompts are.

        Noise is measured, not assumed: a photo and its mirror image are equally good, so the
        root mean square of what mirroring changes is the noise of one score.
        """
        there = self.terms_of(self.similarities(vectors))
        back = self.terms_of(self.similarities(mirrored))
        noise = float(np.sqrt(np.mean(((there - back) @ self._weights) ** 2) / 2.0))
        if spread >= NOISE_FACTOR * noise:
            return None
        ratio = _over_noise(there, there - back)
        order = [k for k in np.argsort(-ratio) if self._weights[k] > 0]
        telling = [k for k in order if ratio[k] >= NOISE_FACTOR]
        silent = [k for k in order if ratio[k] < NOISE_FACTOR]
        return (
            f"all scores lie within noise of each other (spread {spread:.4f}, noise {noise:.4f} "
            f"from mirrored photos). Prompts that do tell these photos apart: "
            f"{self._named(telling)}; that do not: {self._named(silent)}. "
            f"Try other prompts (--prompts), or more varied photos"
        )

    def _named(self, terms_: Sequence[int]) -> str:
        names = [self.term_names[k].split("_", 1)[1] for k in terms_]
        return ", ".join(repr(name) for name in names) or "none"


def _over_noise(
    values: NDArray[np.float64], differences: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Spread of each column over its noise; 0 where the column does not vary at all."""
    spread = values.std(axis=0, ddof=1) if len(values) > 1 else np.zeros(values.shape[1])
    noise = np.sqrt(np.mean(differences**2, axis=0) / 2.0)
    return np.where(spread > 0, spread / np.maximum(noise, np.finfo(float).tiny), 0.0)


if __name__ == "__main__":
    from sim_bench.cli.clip_aesthetic import main

    main()
