"""Weights that are in no file, for tests of networks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sim_bench.weights.kept import Kept
from sim_bench.weights.tensors import Tensors


@dataclass(frozen=True)
class InMemory(Kept):
    """As `Kept`, with arrays of its own; messages name it by `path`, which need not be there."""

    name: str = "random"
    path: Path = Path("random.safetensors")
    sha256: str = "0" * 64
    licence: str = "CC0-1.0"
    trained_on: tuple[str, ...] | None = ()
    arrays: Mapping[str, Any] = field(default_factory=dict)

    def tensors(self):
        return Tensors(self.arrays, str(self.path))
