"""A weight file that is on this machine, with all that is known about it."""

from dataclasses import dataclass
from pathlib import Path

from sim_bench.weights.tensors import Tensors


@dataclass(frozen=True, slots=True)
class Kept:
    """One weight file, checked.

    Attributes:
        name: In the cabinet's table, e.g. "musiq-koniq"; what scores are labelled with.
        path: The file; never a pickle: what was one is converted.
        sha256: Of `path`, in hexadecimal.
        licence: SPDX identifier, or a sentence where there is none.
        trained_on: Data sets that the weights have seen; None where that is not on record.
    """

    name: str
    path: Path
    sha256: str
    licence: str
    trained_on: tuple[str, ...] | None

    def tensors(self) -> Tensors:
        """Open the arrays.

        Raises:
            WeightsError: The file cannot be read as weights.
        """
        from sim_bench.weights.read import read_tensors

        return read_tensors(self.path)
