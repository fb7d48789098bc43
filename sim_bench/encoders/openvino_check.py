"""Whether a graph gives each row of a larger batch what it gives the row alone.

Published bundles have their batch fixed at 1 and are rewritten here, and OpenVINO 2026.4 adds a
mean and a bias up wrongly for more than one row. The comparison compiles the graph a second time,
which doubles the time to load, so its outcome is kept in the user's cache folder: a fact about one
model, one batch, one precision, one version of OpenVINO and one kind of CPU.
"""

import hashlib
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict

from sim_bench.encoders.openvino_graph import Graph
from sim_bench.encoders.openvino_runtime import ov
from sim_bench.encoders.settings import read_settings, write_json
from sim_bench.errors import BundleError
from sim_bench.user_folders import user_cache

# Largest 1 - cosine between a row in a batch and the row alone, chosen by us.
_SAME = {"f32": 1e-6, "bf16": 1e-3}


def same_rows(
    graph: Graph, batch: int, row_shape: tuple[int, ...], precision: Literal["f32", "bf16"]
) -> Any:
    """Compile a graph of photos for a batch and compare its first, middle and last row.

    Returns:
        The compiled graph; None where a row differs.

    Raises:
        BundleError: The graph cannot take the batch, or not even one row.
    """
    rows = np.random.default_rng(0).integers(0, 256, (batch, *row_shape), np.uint8)
    chosen = sorted({0, batch // 2, batch - 1})
    single = graph.compile(1).create_infer_request()
    alone = np.stack([np.array(single.infer({0: rows[[at]]})[0][0]) for at in chosen])
    del single  # so that large towers are not in memory twice
    compiled = graph.compile(batch)
    many = compiled.create_infer_request().infer({0: rows})[0][chosen]
    norms = np.linalg.norm(many, axis=1) * np.linalg.norm(alone, axis=1)
    distance = 1.0 - (many * alone).sum(axis=1) / norms
    return compiled if np.all(distance < _SAME[precision]) else None  # not for NaN


class _Verdict(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True)

    good: bool


class Verdicts:
    """What comparisons have found on this machine; lost or unreadable, they are made again.

    Args:
        identity: Names the weights; None: nothing is kept.
        precision: Of the computation.
    """

    def __init__(self, identity: str | None, precision: Literal["f32", "bf16"]) -> None:
        self._identity = identity
        self._precision = precision

    def read(self, batch: int) -> bool | None:
        """Whether a batch can be trusted; None: not known."""
        with suppress(BundleError, OSError, RuntimeError):
            if path := self._path(batch):
                return read_settings(path, _Verdict).good
        return None

    def write(self, batch: int, *, good: bool) -> None:
        """Keep what was found, where the folder can be written."""
        with suppress(OSError, RuntimeError):
            if path := self._path(batch):
                path.parent.mkdir(parents=True, exist_ok=True)
                write_json(path, _Verdict(good=good).model_dump())

    def _path(self, batch: int) -> Path | None:
        if self._identity is None:
            return None
        cpu = ov.Core().get_property("CPU", "FULL_DEVICE_NAME")
        facts = (self._identity, batch, self._precision, ov.get_version(), cpu)
        name = hashlib.sha256(repr(facts).encode()).hexdigest()[:16]
        return user_cache() / "batches" / f"{name}.json"
