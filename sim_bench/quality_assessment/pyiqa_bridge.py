"""Any no-reference metric of pyiqa (IQA-PyTorch), computed by pyiqa itself.

Source: https://github.com/chaofengc/IQA-PyTorch, licensed PolyForm-Noncommercial-1.0.0. Nothing of
it is shipped; the extra [pyiqa] brings it, and it is imported when a metric is loaded. Photos go in
as they are; what resizes them, if anything, is the metric.

PyTorch's random numbers are seeded before each photo, so that a metric that drew some, as those of
pyiqa 0.1.16 do in training only, would still give the same photo the same score.
"""

import threading
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import inf, nan
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim_bench.encoders.base import Device
from sim_bench.errors import DeviceError, MissingDependencyError, ModelError
from sim_bench.quality_assessment.base import Explanation, QualityAssessor, Reason
from sim_bench.quality_assessment.luma import Planes
from sim_bench.quality_assessment.pyiqa_metrics import is_installed, metric_facts

if TYPE_CHECKING:
    from PIL import Image

    from sim_bench.store.store import Store

LICENCE = "PolyForm-Noncommercial-1.0.0"
"""Of pyiqa."""

_SEED = 0


class PyIQAWarning(UserWarning):
    """A metric of pyiqa failed on a photo."""


@dataclass(frozen=True, slots=True)
class LoadedMetric:
    """A metric that is ready.

    Attributes:
        score: From a photo to its score.
        made_by: pyiqa and PyTorch with their versions, and the device: what scores depend on.
    """

    score: "Callable[[Image.Image], float]"
    made_by: str


class PyIQAAssessor(QualityAssessor):
    """The score of one metric of pyiqa, in the metric's own unit, range and direction.

    Args:
        metric: Its name in pyiqa, e.g. "topiq_nr"; `pyiqa.list_models("NR")` lists them. Checked
            where pyiqa is installed.
        device: "auto" (CUDA where there is one), "cpu" or "cuda".

    Raises:
        UnknownNameError: pyiqa has no such metric.
        ValueError: The metric needs more than one photo; unknown device.
    """

    name = "pyiqa"
    kind = "learned"
    score_range = (-inf, inf)

    def __init__(self, metric: str = "topiq_nr", device: Device = "auto") -> None:
        if device not in ("auto", "cpu", "cuda"):
            raise ValueError(f"device must be auto, cpu or cuda. Got {device!r} instead.")
        self.metric = metric
        self.device = device
        self._lock = threading.Lock()
        if is_installed():
            facts = metric_facts(metric)
            self.direction, self.score_range = facts.direction, facts.score_range

    def __repr__(self) -> str:
        return f"{type(self).__name__}(metric={self.metric!r}, device={self.device!r})"

    @cached_property
    def loaded(self) -> LoadedMetric:
        """The metric, made when first used."""
        if not is_installed():
            raise MissingDependencyError(f"The metric {self.metric} of pyiqa", "pyiqa")
        return load_metric(self.metric, self.device)

    @property
    def licence(self) -> str:
        """Of pyiqa itself."""
        return LICENCE

    def licences(self) -> tuple[str, ...]:
        """Of pyiqa, and that nothing is on record of the metric's weights."""
        return (LICENCE, "unknown")

    @property
    def trained_on(self) -> tuple[str, ...] | None:
        """None: not on record here."""
        return None

    @property
    def made_by(self) -> str:
        """The metric, and the versions that compute it; loads it."""
        return f"{self.metric} of {self.loaded.made_by}"

    @property
    def fingerprint(self) -> str | None:
        """Names the metric and what computes it; loads it."""
        return self.made_by

    def missing(self) -> str | None:
        """Say how to install pyiqa where it is not; it fetches weights itself when first used."""
        if "loaded" in self.__dict__ or is_installed():
            return None
        return str(MissingDependencyError(f"The metric {self.metric} of pyiqa", "pyiqa"))

    def load(self, store: "Store | None" = None) -> None:
        """Import pyiqa and make the metric; pyiqa may download the metric's weights.

        Raises:
            MissingDependencyError: pyiqa is not installed.
            ModelError: pyiqa cannot make the metric, for instance for want of its weights.
        """
        del store
        _ = self.loaded

    def observe(self, planes: Planes) -> float:
        """Score one photo at a time, from whatever thread; NaN with a warning where that fails."""
        from PIL import Image

        photo = Image.fromarray(planes.rgb)
        with self._lock:
            metric = self.loaded
            try:
                return metric.score(photo)
            except Exception as error:  # noqa: BLE001 - whatever it is, this photo has no score
                warnings.warn(
                    f"pyiqa's {self.metric} gives a photo of {photo.width} x {photo.height} pixels "
                    f"no score: {_told(error)}",
                    PyIQAWarning,
                    stacklevel=2,
                )
                return nan

    def score_observed(self, observed: Sequence[float]) -> NDArray[np.float64]:
        """Return what was observed: the scores."""
        return np.array(observed, dtype=np.float64)

    def details_observed(self, observed: float) -> dict[str, float]:
        """Return the score under "overall"; pyiqa tells no more of it."""
        return {"overall": observed}

    def explain_observed(self, observed: float) -> Explanation:
        """Return the score as its one reason."""
        return Explanation.of(observed, [Reason(self.metric, observed, "pyiqa gives no reasons")])


def load_metric(metric: str, device: Device) -> LoadedMetric:
    """Make a metric by pyiqa.

    Raises:
        DeviceError: CUDA was asked for and PyTorch finds none.
        ModelError: pyiqa cannot make it.
    """
    import pyiqa
    import torch

    if device == "cuda" and not torch.cuda.is_available():
        raise DeviceError("PyTorch finds no CUDA device. Use device cpu, or check the driver.")
    try:
        model = pyiqa.create_metric(metric, device=None if device == "auto" else device)
    except Exception as error:
        raise ModelError(
            f"pyiqa cannot make its metric {metric!r}: {_told(error)}. It fetches the weights "
            "itself, into PyTorch's cache folder, and some metrics need more packages; its "
            "documentation says which."
        ) from error

    cuda = [model.device] if str(model.device).startswith("cuda") else []

    def score(photo: "Image.Image") -> float:
        with torch.random.fork_rng(devices=cuda):
            torch.manual_seed(_SEED)
            return _number(model(photo))

    versions = f"pyiqa {pyiqa.__version__}, torch {torch.__version__}"
    return LoadedMetric(score, f"{versions}, {model.device}")


def _number(output: Any) -> float:
    """Take the score from what a metric returns; the first where it returns several things."""
    return float((output[0] if isinstance(output, tuple) else output).item())


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".rstrip(": ")
