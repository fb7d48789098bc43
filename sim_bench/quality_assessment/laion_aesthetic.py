"""LAION-Aesthetics: an affine map of a CLIP vector, fitted to how much people like pictures.

Source: v1, LAION-AI/aesthetic-predictor; v2, christophschuhmann/improved-aesthetic-predictor,
the checkpoint sac+logos+ava1-l14-linearMSE. The vector is that of OpenAI's CLIP, of unit length.
Deviation: none in the head. Resizing is the encoder's own, as for every method over it.
"""

from functools import cached_property
from math import inf
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from sim_bench.encoders.base import Device, Encoder, Precision, Provenance
from sim_bench.errors import WeightsError
from sim_bench.networks.laion_head import VERSIONS, AffineHead, Version, read_head
from sim_bench.quality_assessment.base import Explanation, Reason
from sim_bench.quality_assessment.vector_based import (
    DECODES,
    Decode,
    VectorBasedAssessor,
    encode_texts,
)
from sim_bench.weights.kept import Kept

if TYPE_CHECKING:
    from sim_bench.store.store import Store

HEADS: dict[Version, dict[str, str]] = {
    "v1": {
        "ViT-L-14": "laion-v1-vit-l-14",
        "ViT-B-32": "laion-v1-vit-b-32",
        "ViT-B-16": "laion-v1-vit-b-16",
    },
    "v2": {"ViT-L-14": "laion-v2-vit-l-14"},
}
"""Name in the cabinet by version and model; all for the weights "openai"."""

_GREY = 128
_SIDE = 224  # of the plain picture, where the encoder takes any size


class LAIONAestheticAssessor(VectorBasedAssessor):
    """Predicts how much people like a picture; larger is better.

    Opinions ran from 1 to 10, those behind v1 from 0 to 10. The score has no bounds: it is a
    straight line through the space of vectors.

    Args:
        version: "v2", or "v1", which was fitted to far fewer opinions.
        model_name: "ViT-L-14"; for v1 also "ViT-B-32" or "ViT-B-16".
        pretrained: "openai": the heads are for no other weights.
        device: "auto", "cpu" or "cuda".
        precision: Of the encoder; "auto", "f32" or "bf16".
        decode: "scaled" reduces large JPEGs while decoding them; "exact" decodes every pixel.
        encoder: Use this encoder; model_name, pretrained, device and precision then say nothing
            of it.
        head: Use this head, in the layout of `version`, instead of the published one.

    Raises:
        ValueError: Unknown version or way of decoding, or a model that the version is not for.
    """

    name = "laion_aesthetic"
    score_range = (-inf, inf)

    PAIRS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("Bright photo.", "Dark photo."),
        ("Sharp photo.", "Blurry photo."),
        ("Clean photo.", "Noisy photo."),
        ("Colorful photo.", "Dull photo."),
        ("High contrast photo.", "Low contrast photo."),
        ("Natural photo.", "Synthetic photo."),
        ("Complex photo.", "Simple photo."),
        ("Happy photo.", "Sad photo."),
        ("Scary photo.", "Peaceful photo."),
        ("New photo.", "Old photo."),
    )
    """Directions that reasons speak of: attributes of CLIP-IQA (arXiv 2207.12396) but those that
    ask for the quality itself."""

    def __init__(
        self,
        version: Version = "v2",
        model_name: str = "ViT-L-14",
        pretrained: str = "openai",
        device: Device = "auto",
        *,
        precision: Precision = "auto",
        decode: Decode = "scaled",
        encoder: Encoder | None = None,
        head: Kept | None = None,
    ) -> None:
        if version not in VERSIONS:
            raise ValueError(f"version must be one of {', '.join(VERSIONS)}. Got {version!r}.")
        if decode not in DECODES:
            raise ValueError(f"decode must be one of {', '.join(DECODES)}. Got {decode!r} instead.")
        if model_name not in HEADS[version] or pretrained != "openai":
            raise ValueError(
                f"LAION-Aesthetics {version} has heads for {', '.join(HEADS[version])}, each with "
                f"the weights 'openai'. Got {model_name!r} with {pretrained!r}."
            )
        self.version = version
        self.model_name = model_name
        self.pretrained = pretrained
        self.device = device
        self.precision = precision
        self.decode = decode
        self._given: dict[str, str] = {}
        if encoder is not None:
            self.encoder = encoder
            self._given["encoder"] = encoder.name
        if head is not None:
            self.head = head
            self._given["head"] = head.name

    def __repr__(self) -> str:
        model = f"model_name={self.model_name!r}, pretrained={self.pretrained!r}"
        how = f"device={self.device!r}, precision={self.precision!r}, decode={self.decode!r}"
        given = "".join(f", {name}={label!r}" for name, label in self._given.items())
        return f"{type(self).__name__}({self.version!r}, {model}, {how}{given})"

    @cached_property
    def encoder(self) -> Encoder:
        """The encoder, loaded when first used."""
        from sim_bench.encoders.load import load_encoder

        return load_encoder(
            self.model_name, self.pretrained, device=self.device, precision=self.precision
        )

    @cached_property
    def head(self) -> Kept:
        """The head's weight file, fetched when first used."""
        from sim_bench.weights.cabinet import find_weights

        return find_weights(self.head_name)

    @property
    def head_name(self) -> str:
        """What the head is called in the cabinet."""
        return HEADS[self.version][self.model_name]

    @cached_property
    def affine(self) -> AffineHead:
        """The head as one affine map.

        Raises:
            WeightsError: The file holds something else, or is for vectors of another length.
        """
        try:
            return read_head(self.head.tensors(), self.version, self.encoder.dim)
        except WeightsError as error:
            raise WeightsError(
                f"{self.head.name} is no head of version {self.version} for the "
                f"{self.encoder.dim} numbers of a vector of {self.encoder.name}: {error}"
            ) from error

    @property
    def made_by(self) -> str:
        """Name of the encoder and of the head; loads the encoder."""
        return f"{self.encoder.name}, {self.head.name}"

    @property
    def licence(self) -> str:
        """Of the head; loads nothing."""
        return self._head_provenance().licence

    @property
    def trained_on(self) -> tuple[str, ...] | None:
        """What head and encoder have seen, or that it is not on record; loads nothing."""
        encoder, head = super().trained_on, self._head_provenance().trained_on
        if encoder is None and head is None:
            return None
        return (
            *(("head not on record",) if head is None else head),
            *(("encoder not on record",) if encoder is None else encoder),
        )

    def licences(self) -> tuple[str, ...]:
        """Of the head and of the encoder; loads nothing."""
        return (self.licence, super().licence)

    def provenance(self) -> Provenance:
        """As in the base class, of the encoder."""
        from sim_bench.encoders.load import provenance_of

        return provenance_of(self.model_name, self.pretrained)

    def _head_provenance(self) -> Provenance:
        from sim_bench.weights.table import weight_file

        head = self.__dict__.get("head") or weight_file(self.head_name)
        return Provenance(head.licence, head.trained_on)

    def missing(self) -> str | None:
        """Say which weights or which device are lacking; None when the method can run."""
        lacking = []
        if "encoder" not in self._given:
            from sim_bench.encoders.load import what_is_missing

            lacking.append(what_is_missing(self.model_name, self.pretrained, device=self.device))
        if "head" not in self._given:
            from sim_bench.weights.cabinet import missing_weights

            lacking.append(missing_weights(self.head_name))
        return "\n".join(filter(None, lacking)) or None

    def load(self, store: "Store | None" = None) -> None:
        """Find the encoder and the head; scores need no texts.

        Raises:
            ModelError: The weights or the device are not to be had, or do not fit each other.
        """
        del store
        _ = self.affine

    def score_vectors(self, vectors: NDArray[np.float32]) -> NDArray[np.float64]:
        """Score unit vectors of the encoder, shape (n, dim); shape (n,)."""
        return self.affine.scores(vectors)

    def details_observed(self, observed: NDArray[np.float32]) -> dict[str, float]:
        """Return `overall` = `bias` + `weight_norm` * `cosine`, and these three.

        `cosine` is that of the vector and the direction which the head likes.
        """
        affine = self.affine
        norm = float(np.linalg.norm(affine.weight))
        overall = float(affine.scores(observed[None])[0])
        cosine = (overall - affine.bias) / norm if norm else 0.0
        return {"bias": affine.bias, "weight_norm": norm, "cosine": cosine, "overall": overall}

    def explain_observed(self, observed: NDArray[np.float32]) -> Explanation:
        """Compare with a plain grey picture: one reason per pair of `PAIRS`, and the rest.

        The head's weight is split exactly into its least-squares share along the directions from
        the second to the first text of each pair, and what is at right angles to all of them.
        Encodes the pairs when first used.
        """
        grey, directions, shares = self._split
        places, places_of_grey = directions @ observed, directions @ grey
        differences = shares * (places - places_of_grey)
        score, start = self.affine.scores(np.stack([observed, grey])).tolist()
        reasons = [Reason("a plain grey picture", start, "what the others are compared with")]
        for (one, other), share, here, there in zip(
            self.PAIRS, differences.tolist(), places, places_of_grey, strict=True
        ):
            reasons.append(Reason(f"{one} / {other}", share, f"{here:+.3f}, grey {there:+.3f}"))
        rest = score - start - float(differences.sum())
        reasons.append(Reason("everything else", rest, "what none of the pairs describes"))
        return Explanation.of(score, reasons)

    @cached_property
    def _split(self) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """The grey picture's vector, unit directions (pairs, dim), the weight's share of each."""
        height, width = self.encoder.input_size or (_SIDE, _SIDE)
        plain = np.full((height, width, 3), _GREY, dtype=np.uint8)
        grey = self.encoder.encode_images([plain])[0].astype(np.float64)
        texts = [text for column in zip(*self.PAIRS, strict=True) for text in column]
        first, second = np.split(encode_texts(self.encoder, texts).astype(np.float64), 2)
        directions = first - second
        directions /= np.linalg.norm(directions, axis=1, keepdims=True)
        shares = np.linalg.lstsq(directions.T, self.affine.weight, rcond=None)[0]
        return grey, directions, np.asarray(shares)
