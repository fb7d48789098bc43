"""The common part of methods that look at a photo through an encoder.

What such a method observes of a photo is the encoder's vector. Methods over one encoder share
the vectors, which the store keeps: another question about the same photos opens none of them.
"""

from abc import abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from sim_bench.encoders.base import Encoder, ImageEncoder, Provenance
from sim_bench.images.decode import DECODE_VERSION
from sim_bench.images.scaling import shortest_side
from sim_bench.quality_assessment.base import QualityAssessor
from sim_bench.quality_assessment.luma import Planes

if TYPE_CHECKING:
    from sim_bench.store.store import Store

Decode = Literal["scaled", "exact"]
DECODES: tuple[Decode, ...] = get_args(Decode)

_ROWS = 64
"""Vectors multiplied at once. One constant shape, so that a row gets the same bits in any company:
a matrix library adds up in another order for another shape (seen between 64 and 128 rows). Small
enough that it does not split the work over threads, whose waiting costs more than they save."""


class VectorBasedAssessor(QualityAssessor):
    """A method whose scores are computed from an encoder's vectors.

    Attributes:
        encoder: The encoder, loaded when first used.
        decode: "scaled": a JPEG may be reduced while it is decoded, to not less than three
            times the encoder's input; "exact": every pixel is decoded, as in the encoder's own
            library.
    """

    kind = "learned"
    decode: Decode = "scaled"

    @property
    @abstractmethod
    def encoder(self) -> ImageEncoder:
        """See the class."""

    @property
    def at_least(self) -> int | None:
        """Shortest side in pixels that the encoder needs; None to decode every pixel."""
        if self.decode == "exact" or (size := self.encoder.input_size) is None:
            return None
        return shortest_side(size)

    def provenance(self) -> Provenance:
        """What is on record of the weights that would be loaded; loads nothing."""
        return Provenance()

    def _provenance(self) -> Provenance:
        if "encoder" in self.__dict__:
            return Provenance(self.encoder.licence, self.encoder.trained_on)
        return self.provenance()

    @property
    def licence(self) -> str:
        """As the encoder says, or what is on record of it; loads nothing."""
        return self._provenance().licence

    @property
    def made_by(self) -> str:
        """Name of the encoder's model; loads it."""
        return self.encoder.name

    @property
    def trained_on(self) -> tuple[str, ...] | None:
        """As the encoder says, or what is on record of it; loads nothing."""
        return self._provenance().trained_on

    @abstractmethod
    def score_vectors(self, vectors: NDArray[np.float32]) -> NDArray[np.float64]:
        """Score vectors of the encoder, shape (n, dim); shape (n,), in the order given."""

    def observe(self, planes: Planes) -> NDArray[np.float32]:
        """Encode one photo."""
        return np.asarray(self.encoder.encode_images([planes.rgb])[0])

    def score_observed(self, observed: Sequence[NDArray[np.float32]]) -> NDArray[np.float64]:
        """Score vectors given one by one."""
        return self.score_vectors(np.stack(observed))

    def remark(
        self, spread: float, vectors: NDArray[np.float32], mirrored: NDArray[np.float32]
    ) -> str | None:
        """Say what a reader of a whole run of two photos or more ought to know, if anything.

        Args:
            spread: Standard deviation of the run's scores.
            vectors: Vectors of a few of its photos, shape (n, dim).
            mirrored: Vectors of the same photos mirrored left to right.
        """
        del spread, vectors, mirrored
        return None

    @property
    def remarks(self) -> bool:
        """Whether the method has something to say of a run; only then is `remark` asked."""
        return type(self).remark is not VectorBasedAssessor.remark


def looks_at_every_pixel(method: QualityAssessor) -> bool:
    """Whether a method, or a member of it, wants photos decoded in full; loads nothing."""
    if members := method.members():
        return any(map(looks_at_every_pixel, members.values()))
    return not isinstance(method, VectorBasedAssessor) or method.decode == "exact"


def decode_exactly(method: QualityAssessor) -> None:
    """Have a method, and its members, see photos decoded in full as those beside it must."""
    for member in method.members().values():
        decode_exactly(member)
    if isinstance(method, VectorBasedAssessor):
        method.decode = "exact"


def vector_key(encoder: ImageEncoder, at_least: int | None) -> str:
    """Name all that an image vector depends on but the file's bytes, for the store.

    Args:
        encoder: What computes it.
        at_least: Shortest side to which the photo may have been reduced; None: not at all.
    """
    pixels = "exact" if at_least is None else f"scaled{at_least}"
    return f"{encoder.fingerprint}-d{DECODE_VERSION}-{pixels}"


def mirrored_key(key: str) -> str:
    """Name the vectors of the photos mirrored left to right."""
    return f"{key}-mirrored"


def cosines(vectors: NDArray[np.float32], texts: NDArray[np.float32]) -> NDArray[np.float64]:
    """Cosine of each unit vector (n, dim) with each unit vector of a text (t, dim).

    Returns:
        Shape (n, t), in [-1, 1]; a row does not depend on its neighbours, to the last bit.
    """
    columns = texts.astype(np.float64).T
    out = np.empty((len(vectors), len(texts)))
    block = np.zeros((_ROWS, vectors.shape[1]))
    for start in range(0, len(vectors), _ROWS):
        rows = vectors[start : start + _ROWS]
        block[: len(rows)] = rows
        out[start : start + len(rows)] = (block @ columns)[: len(rows)]
    return np.clip(out, -1.0, 1.0, out=out)


def encode_texts(
    encoder: Encoder, texts: Sequence[str], store: "Store | None" = None
) -> NDArray[np.float32]:
    """Encode texts to unit rows (n, dim); what the store holds is not encoded again."""
    if store is None:
        return encoder.encode_texts(texts)
    key = encoder.text_fingerprint
    known = store.texts(key, texts, encoder.dim)
    missing = [text for text in dict.fromkeys(texts) if text not in known]
    if missing:
        new = dict(zip(missing, encoder.encode_texts(missing), strict=True))
        store.add_texts(key, new)
        store.name_encoder(key, f"{encoder.name}, texts")
        known |= new
    return np.stack([known[text] for text in texts])
