"""CLIP-IQA: is this rather a "Good photo." or a "Bad photo."?

Source: Wang, Chan and Loy, "Exploring CLIP for Assessing the Look and Feel of Images", AAAI 2023
(arXiv 2207.12396); IceClear/CLIP-IQA, `configs/clipiqa/clipiqa_attribute_test.py`.
The cosines are multiplied by CLIP's own scale, 100, before the softmax, as in the official code.
Equation 3 of the paper leaves it out: all scores would then lie between .48 and .51.
Deviations: those of the encoder (see `networks.clip_resnet_encoder`). The official code reports the
pairs of attributes one by one and has no mean of them; the mean here is this package's, in which
"Noisy photo." / "Clean photo." counts by its second text.
"""

from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim_bench.encoders.base import Device, Encoder, Precision, Provenance
from sim_bench.errors import DeviceError
from sim_bench.networks.own_size import MOST_PIXELS, OwnSize
from sim_bench.quality_assessment.antonyms import antonyms, as_given
from sim_bench.quality_assessment.base import Explanation, QualityAssessor, Reason
from sim_bench.quality_assessment.vector_based import (
    DECODES,
    Decode,
    VectorBasedAssessor,
    cosines,
    encode_texts,
)

if TYPE_CHECKING:
    from sim_bench.store.store import Store

WEIGHTS = ("clip-rn50-openai", "clip-tokenizer")
"""Names in the cabinet."""

PUBLISHED_SCALE = 100.0
EMBEDDED_SCALE = 5.0

_OFFICIAL = frozenset({("rn50", None), ("rn50", "openai"), ("rn50/openai", None)})


class CLIPIQAAssessor(VectorBasedAssessor):
    """Probability that a photo is what the good text of a pair says, 0 to 1, larger is better.

    Of several pairs the mean. With RN50, which looks at photos at their own size without positional
    embedding, and the pair "quality" it is the published method; all else is a variant of it, for
    which the published figures do not hold; `variant` says so.

    Args:
        model_name: "RN50"; or any model of `load_encoder` ("ViT-B-32", "embedded", "auto", a
            bundle folder), which looks at photos resized and cropped to its input.
        pretrained: Which weights; None for the model's usual ones, which for RN50 are OpenAI's.
        device: "auto", "cpu" or "cuda"; RN50 runs on the CPU.
        precision: "auto", "f32" or "bf16"; RN50 runs in f32.
        decode: "scaled" reduces large JPEGs while decoding them; "exact" decodes every pixel, as
            RN50 always has it.
        pairs: "quality"; "attributes", the official six; "five_pairs", pyiqa's; the name of a
            shipped prompt set or a YAML file with pairs only; or (positive, negative) texts.
        scale: What cosines are multiplied with before the softmax. None: the published 100, but
            5 for the embedded model, whose cosines differ by tenths where CLIP's differ by
            hundredths; chosen by us.
        short_side: For RN50: resize photos by bicubic to this short side first, as published
            figures on SPAQ did with 512. None: look at them at their own size.
        most_pixels: For RN50: reduce larger photos to so many pixels, with a warning; None: never.
            A million takes 0.3 GB of memory per thread.
        encoder: Use this encoder; the model's arguments then say nothing.

    Raises:
        PromptError: The pairs cannot be used.
        UnknownNameError: No such set of pairs.
        ValueError: Another argument is not allowed.
    """

    name = "clip_iqa"
    score_range = (0.0, 1.0)

    def __init__(
        self,
        model_name: str = "RN50",
        pretrained: str | None = None,
        device: Device = "auto",
        *,
        precision: Precision = "auto",
        decode: Decode = "scaled",
        pairs: str | Path | Iterable[Sequence[str]] = "quality",
        scale: float | None = None,
        short_side: int | None = None,
        most_pixels: int | None = MOST_PIXELS,
        encoder: Encoder | None = None,
    ) -> None:
        if decode not in DECODES:
            raise ValueError(f"decode must be one of {', '.join(DECODES)}. Got {decode!r} instead.")
        if scale is not None and not 0 < scale < np.inf:
            raise ValueError(f"scale must be a number above 0. Got {scale!r}.")
        OwnSize(short_side, most_pixels)
        self.model_name = model_name
        self.pretrained = pretrained
        self.device = device
        self.precision = precision
        self.decode = decode
        self.pairs = as_given(pairs)
        self.scale = scale
        self.short_side = short_side
        self.most_pixels = most_pixels
        self.antonyms = antonyms(self.pairs)
        if short_side is not None and encoder is None and not self._is_rn50:
            raise ValueError(f"short_side is for RN50. Got it with model_name {model_name!r}.")
        if encoder is not None:
            self.encoder = encoder

    def __repr__(self) -> str:
        names = "model_name pretrained device precision decode pairs scale short_side most_pixels"
        arguments = [f"{name}={getattr(self, name)!r}" for name in names.split()]
        if "encoder" in self.__dict__:
            arguments.append(f"encoder={self.encoder.name!r}")
        said = f" [{self.variant}]" if self.variant else ""
        return f"{type(self).__name__}({', '.join(arguments)}){said}"

    @property
    def variant(self) -> str:
        """How this differs from the published method; empty where it does not. Loads nothing."""
        differences = []
        if not self._is_rn50:
            given = self.__dict__.get("encoder")
            differences.append(f"model {given.name if given else self.model_name}")
        if self.pairs != "quality":
            named = isinstance(self.pairs, str)
            differences.append(f"pairs {self.pairs}" if named else "other pairs")
        if self.multiplier != PUBLISHED_SCALE:
            differences.append(f"scale {self.multiplier:g}")
        return f"a variant of CLIP-IQA: {', '.join(differences)}" if differences else ""

    @property
    def multiplier(self) -> float:
        """What cosines are multiplied with: `scale`, or what it stands for. Loads nothing."""
        if self.scale is not None:
            return self.scale
        given = self.__dict__.get("encoder")
        is_embedded = (given.name if given else self.model_name) == "embedded"
        return EMBEDDED_SCALE if is_embedded else PUBLISHED_SCALE

    @property
    def _is_rn50(self) -> bool:
        given = self.__dict__.get("encoder")
        if given is None:
            return (self.model_name.lower(), self.pretrained) in _OFFICIAL
        if given.input_size is not None:
            return False
        from sim_bench.networks.clip_resnet_encoder import ClipResNetEncoder

        return isinstance(given, ClipResNetEncoder)

    @cached_property
    def encoder(self) -> Encoder:
        """The encoder, loaded when first used."""
        if not self._is_rn50:
            from sim_bench.encoders.load import load_encoder

            return load_encoder(
                self._catalogued, self.pretrained, device=self.device, precision=self.precision
            )
        if reason := self._not_for_rn50():
            raise DeviceError(reason)
        from sim_bench.networks.clip_resnet_encoder import open_clip_resnet

        return open_clip_resnet(self.short_side, self.most_pixels)

    @property
    def _catalogued(self) -> str:
        """The model's name, in the catalogue's letters where it is in the catalogue."""
        from sim_bench.encoders.catalogue import KNOWN
        from sim_bench.encoders.resolve import is_folder

        if is_folder(self.model_name):
            return self.model_name
        known = {name.lower(): name for one in KNOWN for name in (one.model, one.name)}
        return known.get(self.model_name.lower(), self.model_name)

    def _not_for_rn50(self) -> str | None:
        if self.device == "cuda":
            return "RN50 runs on the CPU here. Use device cpu or auto."
        if self.precision == "bf16":
            return "RN50 runs in 32-bit floats here. Use precision f32 or auto."
        return None

    @property
    def made_by(self) -> str:
        """Name of the encoder's model, and in what this is a variant; loads the encoder."""
        return f"{self.encoder.name} [{self.variant}]" if self.variant else self.encoder.name

    def provenance(self) -> Provenance:
        """What is on record of the model's weights; loads nothing."""
        if not self._is_rn50:
            from sim_bench.encoders.load import provenance_of

            return provenance_of(self._catalogued, self.pretrained)
        from sim_bench.weights.table import weight_file

        published = weight_file(WEIGHTS[0])
        return Provenance(published.licence, published.trained_on)

    def missing(self) -> str | None:
        """Say which weights or which device are lacking; None when the method can run."""
        if "encoder" in self.__dict__:
            return None
        if not self._is_rn50:
            from sim_bench.encoders.load import what_is_missing

            return what_is_missing(self._catalogued, self.pretrained, device=self.device)
        from sim_bench.weights.cabinet import missing_weights

        lacking = [self._not_for_rn50(), *map(missing_weights, WEIGHTS)]
        return "\n".join(filter(None, lacking)) or None

    def load(self, store: "Store | None" = None) -> None:
        """Find the weights, make sure that they fit, and encode the texts that are not kept.

        Raises:
            ModelError: The weights or the device are not to be had, or do not fit.
        """
        if self._is_rn50:
            from sim_bench.networks.clip_resnet_encoder import ClipResNetEncoder

            if isinstance(self.encoder, ClipResNetEncoder):
                self.encoder.load()
        if "_text_vectors" not in self.__dict__:
            self.__dict__["_text_vectors"] = encode_texts(self.encoder, self.texts, store)

    def parts(self) -> dict[str, tuple[float, QualityAssessor]]:
        """Each pair by itself ("good text / bad text"), over one encoder; none of a single pair."""
        if len(self.antonyms) == 1:
            return {}
        return {
            " / ".join(one.good_first): (
                1.0 / len(self.antonyms),
                CLIPIQAAssessor(
                    decode=self.decode,
                    pairs=[one.good_first],
                    scale=self.scale,
                    encoder=self.encoder,
                ),
            )
            for one in self.antonyms
        }

    @property
    def texts(self) -> tuple[str, ...]:
        """Every first text, then every second text, in the order of `antonyms`."""
        return (*(one.first for one in self.antonyms), *(one.second for one in self.antonyms))

    @cached_property
    def _text_vectors(self) -> NDArray[np.float32]:
        return encode_texts(self.encoder, self.texts)

    def similarities(self, vectors: NDArray[np.float32]) -> NDArray[np.float64]:
        """Cosine of each unit vector (n, dim) with each of `texts`, shape (n, 2 * pairs)."""
        return cosines(vectors, self._text_vectors)

    def probabilities(self, vectors: NDArray[np.float32]) -> NDArray[np.float64]:
        """Probability of the first text of each pair, shape (n, pairs), 0 to 1."""
        return _logistic(self._logits(self.similarities(vectors)))

    def _logits(self, similarities: NDArray[np.float64]) -> NDArray[np.float64]:
        """Of the first text of each pair: the softmax of two numbers looks at their difference."""
        first, second = np.split(similarities, 2, axis=1)
        return self.multiplier * (first - second)

    def _good(self, similarities: NDArray[np.float64]) -> NDArray[np.float64]:
        """Probability of the good text of each pair, shape (n, pairs)."""
        signs = np.where([one.second_is_good for one in self.antonyms], -1.0, 1.0)
        return _logistic(signs * self._logits(similarities))

    def score_vectors(self, vectors: NDArray[np.float32]) -> NDArray[np.float64]:
        """Score unit vectors of the encoder, shape (n, dim); shape (n,), each 0 to 1."""
        return np.asarray(self._good(self.similarities(vectors)).mean(axis=1))

    def details_observed(self, observed: NDArray[np.float32]) -> dict[str, float]:
        """Return the probability of each first text, every cosine, and `overall`.

        The probability is called "first text|second text", in the official order also where the
        second is the good one; a cosine is called "similarity_" and its text.
        """
        similarities = self.similarities(observed[None])
        names = [one.name for one in self.antonyms]
        first = _logistic(self._logits(similarities))[0]
        details = dict(zip(names, first.tolist(), strict=True))
        for text, cosine in zip(self.texts, similarities[0].tolist(), strict=True):
            details[f"similarity_{text}"] = cosine
        details["overall"] = float(self._good(similarities).mean(axis=1)[0])
        return details

    def explain_observed(self, observed: NDArray[np.float32]) -> Explanation:
        """One reason per pair: its good text's probability over the number of pairs."""
        similarities = self.similarities(observed[None])
        good = self._good(similarities)
        first, second = np.split(similarities[0], 2)
        reasons = []
        for one, p, a, b in zip(self.antonyms, good[0].tolist(), first, second, strict=True):
            here, there = (b, a) if one.second_is_good else (a, b)
            detail = f"{p:.0%} the first: {here:+.3f} against {there:+.3f}"
            reasons.append(Reason(" / ".join(one.good_first), p / len(self.antonyms), detail))
        return Explanation.of(float(good.mean(axis=1)[0]), reasons)


def _logistic(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """1 / (1 + exp(-x)), to full relative precision also where it is next to 0."""
    return np.asarray(np.exp(-np.logaddexp(0.0, -x)))
