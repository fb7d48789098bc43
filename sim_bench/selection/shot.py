"""One photo as grouping sees it."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim_bench.images.capture import Capture


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """One photo as grouping sees it.

    Attributes:
        path: The file.
        capture: When and how it was taken.
        look: What it looks like: a vector of `LookEncoder`; None if it gave no pixels.
        digest: SHA-256 of the file; None if it was not read.
    """

    path: Path
    capture: Capture
    look: NDArray[np.float32] | None = None
    digest: bytes | None = None
