"""NIMA: the ratings that people would give a photo, as a distribution over 1 to 10.

Source: Talebi and Milanfar, IEEE TIP 2018 (arXiv 1709.05424): the mean of the ten ratings by their
probabilities is the score, the standard deviation tells how much people would differ. Google
published no weights; these are by others: idealo (MobileNet) and pyiqa (the other two).
Deviation: none but that of `ratings`.
"""

from functools import cached_property
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from sim_bench.encoders.base import ImageEncoder, Provenance
from sim_bench.quality_assessment.base import Explanation
from sim_bench.quality_assessment.ratings import mean_rating, rating_details, rating_reasons
from sim_bench.quality_assessment.vector_based import VectorBasedAssessor

if TYPE_CHECKING:
    from sim_bench.store.store import Store

ModelName = Literal["mobilenet", "inception_resnet_v2", "vgg16"]
Task = Literal["aesthetic", "technical"]

_WEIGHTS: dict[tuple[str, str], str] = {
    ("mobilenet", "aesthetic"): "nima-mobilenet-aesthetic",
    ("mobilenet", "technical"): "nima-mobilenet-technical",
    ("inception_resnet_v2", "aesthetic"): "nima-inception-resnet-v2-ava",
    ("vgg16", "aesthetic"): "nima-vgg16-ava",
}
"""Names in the cabinet."""


class NIMAAssessor(VectorBasedAssessor):
    """The mean rating that people would give a photo, from 1 to 10, larger is better.

    A photo is decoded in full, since MobileNet's input is made of single pixels of it.

    Args:
        model_name: "mobilenet" (idealo's), "inception_resnet_v2" or "vgg16" (pyiqa's).
        task: "aesthetic": ratings as in AVA; "technical": as in TID2013, for "mobilenet" alone.
            The technical weights were trained on ratings from 0 to 9 and are read as 1 to 10, as
            their makers do, so that this score is the mean opinion score plus 1.
        encoder: Use this encoder, whose vectors are the ten probabilities.

    Attributes:
        weights: Name of the weights in the cabinet.

    Raises:
        ValueError: An unknown model, or a task for which it has no weights.
    """

    name = "nima"
    score_range = (1.0, 10.0)
    decode = "exact"

    def __init__(
        self,
        model_name: ModelName = "mobilenet",
        task: Task = "aesthetic",
        *,
        encoder: ImageEncoder | None = None,
    ) -> None:
        if model_name not in get_args(ModelName):
            known = ", ".join(get_args(ModelName))
            raise ValueError(f"model_name must be one of {known}. Got {model_name!r} instead.")
        if (model_name, task) not in _WEIGHTS:
            known = ", ".join(each for model, each in _WEIGHTS if model == model_name)
            raise ValueError(f"task must be one of {known} for {model_name}. Got {task!r} instead.")
        self.model_name = model_name
        self.task = task
        self.weights = _WEIGHTS[model_name, task]
        self._given = encoder is not None
        if encoder is not None:
            self.encoder = encoder

    def __repr__(self) -> str:
        given = f", encoder={self.encoder.name!r}" if self._given else ""
        return f"{type(self).__name__}(model_name={self.model_name!r}, task={self.task!r}{given})"

    @cached_property
    def encoder(self) -> ImageEncoder:
        """The network, with the weights of the cabinet; found when first used."""
        from sim_bench.networks.nima_encoder import ARCHITECTURES, NIMAEncoder
        from sim_bench.weights.cabinet import find_weights

        return NIMAEncoder(find_weights(self.weights), ARCHITECTURES[self.model_name])

    def provenance(self) -> Provenance:
        """As in the base class: what the cabinet's table says of the weights."""
        from sim_bench.weights.table import weight_file

        file = weight_file(self.weights)
        return Provenance(file.licence, file.trained_on)

    def missing(self) -> str | None:
        """Say which weights are lacking and where to put them; None when they are here."""
        if self._given:
            return None
        from sim_bench.weights.cabinet import missing_weights

        return missing_weights(self.weights)

    def load(self, store: "Store | None" = None) -> None:
        """Find the weights, and make sure that they are those of the network.

        Raises:
            ModelError: The weights are not to be had, or not usable.
        """
        del store
        from sim_bench.networks.nima_encoder import NIMAEncoder

        if isinstance(self.encoder, NIMAEncoder):
            self.encoder.load()

    def score_vectors(self, vectors: NDArray[np.float32]) -> NDArray[np.float64]:
        """Mean rating of each row of ten probabilities, shape (n, 10); shape (n,)."""
        return mean_rating(vectors)

    def details_observed(self, observed: NDArray[np.float32]) -> dict[str, float]:
        """Return the `mean` rating, the `spread` of the ratings, `p1` to `p10`, and `overall`.

        The spread is the standard deviation of the distribution, 0 to 4.5. `overall` is the mean.
        """
        details = rating_details(observed)
        return {"mean": details["overall"], **details}

    def explain_observed(self, observed: NDArray[np.float32]) -> Explanation:
        """One reason per rating: the rating times its probability."""
        return rating_reasons(observed)
